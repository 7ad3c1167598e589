/* Axes from the command line. */
#include "space.h"
#include <ctype.h>
#include <string.h>

static bool has_comma(const char *text)
{
    int depth = 0;
    char quote = 0;
    for (; *text; text++) {
        if (quote) {
            if (*text == quote) quote = 0;
        } else if (*text == '"' || *text == '\'') {
            quote = *text;
        } else if (strchr("[{(", *text)) {
            depth++;
        } else if (strchr("]})", *text)) {
            depth--;
        } else if (*text == ',' && depth == 0) {
            return true;
        }
    }
    return false;
}

static bool is_range(const char *text)
{
    const char *dots = strstr(text, "..");
    if (!dots || dots == text || !dots[2]) return false;
    for (const char *c = text; *c; c++)
        if (!isdigit((unsigned char)*c) && *c != '-' && !(c == dots || c == dots + 1)) return false;
    return true;
}

/* The length of NAME in NAME(...), or 0. */
static size_t call_length(const char *text)
{
    static const char *const names[] = {"range",   "linear",      "log",    "uniform", "log_uniform",
                                        "integer", "log_integer", "choice", NULL};
    const size_t length = strcspn(text, "(");
    if (text[length] != '(' || text[strlen(text) - 1] != ')') return 0;
    for (int k = 0; names[k]; k++)
        if (strlen(names[k]) == length && strncmp(text, names[k], length) == 0) return length;
    return 0;
}

/* As the block would say it; `plain`: no axis. */
static lsnn_status as_yaml(const char **out, bool *plain, const char *key, const char *text, arena *a, lsnn_error *err)
{
    const size_t call = call_length(text);
    *plain = false;
    if (space_is_setting(key)) return arena_format(a, out, err, "%s=%s", key, text);
    if (call > 0) {
        const int inside = (int)(strlen(text) - call - 2);
        return arena_format(a, out, err, "%s={%.*s: [%.*s]}", key, (int)call, text, inside, text + call + 1);
    }
    if (has_comma(text)) return arena_format(a, out, err, "%s=[%s]", key, text);
    *plain = !is_range(text);
    return arena_format(a, out, err, *plain ? "%s=[%s]" : "%s=%s", key, text);
}

lsnn_status space_word(bool *taken, config_node *block, const char *word, arena *a, lsnn_error *err)
{
    const size_t length = strcspn(word, "=");
    const char *key, *yaml;
    bool plain;
    *taken = false;
    if (word[length] != '=' || length == 0) return LSNN_OK; /* config_override says what is wrong */
    TRY(arena_text(a, &key, word, length, err));
    TRY(as_yaml(&yaml, &plain, key, word + length + 1, a, err));
    config_node *node = config_get(block, key);
    if (plain && !node) return LSNN_OK;
    *taken = true;
    if (!node) TRY(config_add(&node, block, a, CONFIG_SCALAR, key, "", CONFIG_OVERRIDE, err));
    node->key_place = (config_place){.file = "command line", .column = 1, .excerpt = yaml, .length = (int)length};
    return config_set(node, a, yaml, length + 1, CONFIG_OVERRIDE, err);
}
