/* What the files config*.c share with each other only. */
#ifndef CONFIG_INSIDE_H
#define CONFIG_INSIDE_H

#include "config.h"

enum { CONFIG_MAX_DEPTH = 32, CONFIG_MAX_KEY = 128 };

#define CONFIG_COMMAND_LINE "command line"

/* YAML text. All strings live as long as the tree. */
typedef struct config_source {
    const char *name, *text;
    size_t length;
    config_origin origin;
    const char *excerpt;        /* of a value: the single line whose end `text` is; else NULL */
    int offset;                 /* code points of the excerpt before `text` */
    int depth;                  /* maps and lists around the value */
    const config_place *within; /* as in config_place */
} config_source;

/* The tree of a text, any kind of node; NULL if it holds no value. Mistakes go to the report. */
LSNN_MUST_USE lsnn_status config_yaml(config_node **out, arena *a, const config_source *source, config_report *report,
                                      lsnn_error *err);

/* Whether YAML reads `text` back when it stands without quotes as a key or as a value of a block. */
bool config_plain(const char *text);

/* Give `node` the kind, children, place and origin of `from`, which is not used any more. */
void config_replace(config_node *node, const config_node *from);

#endif
