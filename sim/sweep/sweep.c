/* Reading, checking and writing down a sweep. */
#include "sweep.h"
#include "csv.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWEEP_FILE "sweep.yaml"

void sweep_values(const char **out, const space *sp, size_t trial)
{
    for (int p = 0; p < sp->n_parameters; p++)
        out[p] = space_value_of(sp, trial, p);
}

void sweep_trial_folder(char *out, const sweep *s, size_t trial)
{
    if (snprintf(out, PATH_MAX, "%s/%0*zu", s->folder, s->digits, trial) >= PATH_MAX) out[0] = '\0';
}

/* ---- the config of a trial ----------------------------------------------------------------------------------------------- */

/* Messages about a swept value point to where the sweep names it. */
static void set_places(config_node *root, const space_parameter *p, const config_place *value)
{
    config_node *node = root;
    const char *name = p->path;
    while (node && *name) {
        char key[256];
        const size_t length = strcspn(name, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, name);
        name += length + (name[length] == '.');
        if (node->kind == CONFIG_LIST) {
            long k = strtol(key, NULL, 10);
            for (node = node->first; node && k > 0; k--)
                node = node->next;
        } else {
            node = config_get(node, key);
        }
        if (node && node->key_place.line == 0) node->key_place = p->key;
        if (node && node->place.line == 0 && node->kind == CONFIG_MAP) node->place = p->key;
    }
    if (node) node->place = *value;
}

static const config_place *place_of(const space_parameter *p, const char *value)
{
    for (int k = 0; k < p->n; k++)
        if (p->values[k].text == value) return &p->values[k].place;
    return &p->place;
}

lsnn_status sweep_tree(config_node **out, const space *sp, const config_node *base, const char *const *values, arena *a,
                       lsnn_error *err)
{
    config_node *root;
    TRY(config_copy(&root, base, a, err));
    for (int p = 0; p < sp->n_parameters; p++) {
        const char *assignment;
        if (!values[p]) continue;
        TRY(arena_format(a, &assignment, err, "%s=%s", sp->parameters[p].path, values[p]));
        TRY(config_override(root, a, assignment, err));
        set_places(root, &sp->parameters[p], place_of(&sp->parameters[p], values[p]));
    }
    *out = root;
    return LSNN_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static lsnn_status build_once(const sweep *s, const sweep_host *host, const char *const *values, sweep_facts *facts,
                              lsnn_error *err)
{
    arena *a;
    config_node *root;
    TRY(arena_new(&a, err));
    lsnn_status status = sweep_tree(&root, &s->space, s->base, values, a, err);
    if (status == LSNN_OK) status = host->check(facts, root, a, err);
    arena_free(a);
    return status;
}

static void refuse(config_report *report, const search *s, const char *why)
{
    config_mistake(report, &s->place, "%s: %s", search_title(s), why);
}

static void judge_training(const sweep *s, config_report *report)
{
    const search *q = &s->search;
    const bool validation = q->metric == OUTCOME_validation_loss || q->metric == OUTCOME_validation_error;
    if (validation && s->facts.validate_every == 0)
        refuse(report, q, "the metric is one of validation: set validation.every");
    else if (q->metric >= OUTCOME_cv)
        refuse(report, q, "the metric is one of simulations");
    else if (q->metric >= OUTCOME_test_loss && !s->facts.tests)
        refuse(report, q, "the metric is one of the test: set test.trials");
    else if (q->metric == OUTCOME_test_error_ratio && !s->facts.adapts)
        refuse(report, q, "the metric is one of rules that learn within a trial");
    else if (q->metric == OUTCOME_test_round_ratio && !s->facts.rounds)
        refuse(report, q, "the metric is one of tasks whose trials have rounds");
    if (q->kind == SEARCH_ASHA && space_find(&s->space, "learning.iterations") >= 0)
        refuse(report, q, "learning.iterations is what is shared out, it cannot be swept");
    if (q->kind == SEARCH_MEDIAN && validation && s->facts.validate_every > 0 &&
        q->every % (int)s->facts.validate_every != 0)
        refuse(report, q, "`every` must be a multiple of validation.every");
}

static void judge_search(const sweep *s, config_report *report)
{
    const search *q = &s->search;
    const bool simulated = q->metric == OUTCOME_rate || q->metric >= OUTCOME_cv;
    if (!s->facts.simulates)
        judge_training(s, report);
    else if (!search_grows(q))
        refuse(report, q, "a simulation is not stopped midway; cross_entropy and samplers are possible");
    else if (!simulated)
        refuse(report, q, "a simulation has the metrics rate, cv and synchrony");
}

static int digits_of(size_t n)
{
    int digits = 1;
    for (; n >= 10; n /= 10)
        digits++;
    return digits < 4 ? 4 : digits;
}

static lsnn_status know_facts(sweep *s, const sweep_host *host, config_report *report, lsnn_error *err)
{
    const char **values;
    s->n_rungs = 1;
    if (s->search.kind == SEARCH_NONE) return LSNN_OK;
    TRY(arena_take(s->memory, &values, (size_t)s->space.n_parameters + 1, sizeof *values, err));
    sweep_values(values, &s->space, 0);
    TRY(build_once(s, host, values, &s->facts, err));
    judge_search(s, report);
    s->n_rungs = search_rungs(&s->search, s->facts.iterations, s->facts.validate_every);
    return LSNN_OK;
}

static lsnn_status read_name(sweep *s, const config_node *root, lsnn_error *err)
{
    const config_node *name = config_get(root, "experiment");
    const char *text = name && name->kind == CONFIG_SCALAR && name->text[0] ? name->text : "experiment";
    return arena_text(s->memory, &s->name, text, strlen(text), err);
}

static lsnn_status set_folder(sweep *s, const char *folder, lsnn_error *err)
{
    int n = folder ? snprintf(s->folder, sizeof s->folder, "%s", folder)
                   : snprintf(s->folder, sizeof s->folder, "sweeps/%s", s->name);
    while (n > 1 && n < PATH_MAX && s->folder[n - 1] == '/')
        s->folder[--n] = '\0';
    if (n >= PATH_MAX - 64) return lsnn_fail(err, LSNN_OUTPUT, "the name of the folder is too long");
    memcpy(s->state, s->folder, (size_t)n);
    memcpy(s->state + n, "/state", sizeof "/state");
    return LSNN_OK;
}

static lsnn_status read_space(sweep *s, const config_node *block, config_report *report, lsnn_error *err)
{
    TRY(search_read(&s->search, block, s->memory, report, err));
    TRY(config_verdict(report, err));
    TRY(space_read(&s->space, block, s->memory, report, err));
    TRY(config_verdict(report, err));
    search_check(&s->search, &s->space, report);
    TRY(config_verdict(report, err));
    TRY(space_lay(&s->space, search_draws(&s->search, &s->space), s->memory, report, err));
    TRY(config_verdict(report, err));
    return search_grows(&s->search) ? search_generation(&s->search, &s->space, 0, NULL, s->memory, err) : LSNN_OK;
}

lsnn_status sweep_read(sweep **out, config_node *root, const char *folder, const sweep_host *host, arena *a,
                       lsnn_error *err)
{
    sweep *s;
    config_report report = {0};
    TRY(arena_take(a, &s, 1, sizeof *s, err));
    s->memory = a;
    TRY(config_print(&s->text, root, a, false, err));
    config_node *block = config_take(root, "sweep");
    s->base = root;
    TRY(read_name(s, root, err));
    TRY(set_folder(s, folder, err));
    TRY(read_space(s, block, &report, err));
    if (s->space.n_parameters == 0)
        return lsnn_fail(err, LSNN_CONFIG,
                         "nothing is swept: give a block `sweep:` in the config, or values like "
                         "learning.rate=1e-3,1e-2 seed=0..4");
    s->digits = digits_of(s->space.n_trials - 1);
    TRY(know_facts(s, host, &report, err));
    TRY(config_verdict(&report, err));
    *out = s;
    return LSNN_OK;
}

/* ---- checking ------------------------------------------------------------------------------------------------------------ */

/* Whether a value of a trial has not been built yet. Of numbers that are drawn or rise evenly the two ends stand for all, since ranges
 * of fields have no holes. */
static bool take_new(bool *const *built, const space *sp, size_t trial, int p)
{
    const space_parameter *q = &sp->parameters[p];
    const int k = space_index_of(sp, trial, p);
    bool *mark = &built[p][k < 0 ? 0 : k];
    if (*mark || (k > 0 && k < q->n - 1 && q->monotonic)) return false;
    return *mark = true;
}

static lsnn_status check_ends(const sweep *s, const sweep_host *host, const char **values, int p, lsnn_error *err)
{
    const space_parameter *q = &s->space.parameters[p];
    sweep_facts facts;
    const char *drawn = values[p];
    if (!space_is_drawn(q) || q->sort == SPACE_CHOICE) return LSNN_OK;
    for (int end = 0; end < 2; end++) {
        TRY(space_at(&values[p], q, end, s->memory, err));
        TRY(build_once(s, host, values, &facts, err));
    }
    values[p] = drawn;
    return LSNN_OK;
}

static lsnn_status check_trial(const sweep *s, const sweep_host *host, bool *const *built, size_t trial,
                               const char **values, lsnn_error *err)
{
    sweep_facts facts;
    bool is_new = false;
    for (int p = 0; p < s->space.n_parameters; p++) {
        if (!values[p] || !take_new(built, &s->space, trial, p)) continue;
        is_new = true;
        TRY(check_ends(s, host, values, p, err));
    }
    return is_new ? build_once(s, host, values, &facts, err) : LSNN_OK;
}

lsnn_status sweep_check(const sweep *s, const sweep_host *host, lsnn_error *err)
{
    bool **built;
    const char **values;
    const size_t n = (size_t)s->space.n_parameters;
    TRY(arena_take(s->memory, &values, n, sizeof *values, err));
    TRY(arena_take(s->memory, &built, n, sizeof *built, err));
    for (size_t p = 0; p < n; p++)
        TRY(arena_take(s->memory, &built[p], (size_t)s->space.parameters[p].n + 1, sizeof(bool), err));
    for (size_t trial = 0; trial < s->space.n_trials; trial++) {
        sweep_values(values, &s->space, trial);
        TRY(check_trial(s, host, built, trial, values, err));
    }
    return LSNN_OK;
}

/* ---- the folder ---------------------------------------------------------------------------------------------------------- */

static lsnn_status make_folders(const sweep *s, lsnn_error *err)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", s->state);
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash) *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be made: %s", part, strerror(errno));
        if (!slash) return LSNN_OK;
        *slash = '/';
    }
}

/* NULL: there is none. */
static char *read_all(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    if (!file) return NULL;
    if (getdelim(&text, &room, '\0', file) < 0 && text) text[0] = '\0';
    fclose(file);
    return text;
}

static size_t first_difference(const char *a, const char *b, int *line)
{
    size_t k = 0, start = 0;
    *line = 1;
    for (; a[k] && a[k] == b[k]; k++) {
        if (a[k] != '\n') continue;
        ++*line;
        start = k + 1;
    }
    return start;
}

static lsnn_status same_or_refuse(const char *path, const char *is, const char *wanted, lsnn_error *err)
{
    int line;
    if (strcmp(is, wanted) == 0) return LSNN_OK;
    const size_t start = first_difference(is, wanted, &line);
    return lsnn_fail(err, LSNN_DATA,
                     "%s is of another sweep; the first difference is in line %d:\n    there: %.*s\n    now:   %.*s\n"
                     "give another folder with -o, or go on with: lsnn sweep DIR",
                     path, line, (int)strcspn(is + start, "\n"), is + start, (int)strcspn(wanted + start, "\n"),
                     wanted + start);
}

/* Whether a folder holds more than what a sweep makes before sweep.yaml is there: it may have been killed then. */
static bool has_strangers(const char *folder)
{
    DIR *directory = opendir(folder);
    bool found = false;
    if (!directory) return false;
    for (const struct dirent *e; !found && (e = readdir(directory));)
        found = strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && strcmp(e->d_name, "state") != 0 &&
                strncmp(e->d_name, SWEEP_FILE, strlen(SWEEP_FILE)) != 0;
    closedir(directory);
    return found;
}

/* Makes a folder only where it may: what is there belongs to this sweep, or nothing is. */
static lsnn_status keep_config(const sweep *s, lsnn_error *err)
{
    char path[PATH_MAX];
    csv_file file;
    snprintf(path, sizeof path, "%.*s/" SWEEP_FILE, PATH_MAX - 32, s->folder);
    const bool strange = has_strangers(s->folder); /* before the look for the file: another process may be writing it */
    char *is = read_all(path);
    if (is) {
        const lsnn_status status = same_or_refuse(path, is, s->text, err);
        free(is);
        return status == LSNN_OK ? make_folders(s, err) : status;
    }
    if (strange)
        return lsnn_fail(err, LSNN_OUTPUT, "%s is not an empty folder, and not one of a sweep: give a new one",
                         s->folder);
    TRY(make_folders(s, err));
    TRY(csv_open(&file, path, err));
    fputs(s->text, file.stream);
    return csv_close(&file, err);
}

void sweep_print_trials(FILE *out, const sweep *s)
{
    fputs("trial", out);
    for (int p = 0; p < s->space.n_parameters; p++) {
        fputc(',', out);
        csv_put(out, s->space.parameters[p].path);
    }
    fputc('\n', out);
    for (size_t trial = 0; trial < s->space.n_trials; trial++) {
        if (s->space.n_draws > 0 && space_draw_of(&s->space, trial) >= s->space.n_known) break;
        fprintf(out, "%zu", trial);
        for (int p = 0; p < s->space.n_parameters; p++) {
            const char *value = space_value_of(&s->space, trial, p);
            fputc(',', out);
            if (value) csv_put(out, value);
        }
        fputc('\n', out);
    }
}

lsnn_status sweep_write_trials(const sweep *s, lsnn_error *err)
{
    char path[PATH_MAX];
    csv_file file;
    snprintf(path, sizeof path, "%.*s/trials.csv", PATH_MAX - 32, s->folder);
    TRY(csv_open(&file, path, err));
    sweep_print_trials(file.stream, s);
    return csv_close(&file, err);
}

/* Those of a search grow, so only what both have is compared. */
static lsnn_status keep_trials(const sweep *s, lsnn_error *err)
{
    char path[PATH_MAX];
    char *wanted = NULL;
    size_t length = 0;
    snprintf(path, sizeof path, "%.*s/trials.csv", PATH_MAX - 32, s->folder);
    char *is = read_all(path);
    if (!is) return sweep_write_trials(s, err);
    FILE *stream = open_memstream(&wanted, &length);
    if (stream) {
        sweep_print_trials(stream, s);
        fclose(stream);
    }
    if (search_grows(&s->search) && strlen(is) > length) is[length] = '\0';
    const lsnn_status status = wanted ? same_or_refuse(path, is, wanted, err)
                                      : lsnn_fail(err, LSNN_MEMORY, "not enough memory for the table of trials");
    free(is);
    free(wanted);
    return status;
}

lsnn_status sweep_prepare(sweep *s, lsnn_error *err)
{
    TRY(keep_config(s, err));
    return keep_trials(s, err);
}

lsnn_status sweep_open(sweep **out, const char *folder, const sweep_host *host, arena *a, lsnn_error *err)
{
    char path[PATH_MAX];
    config_node *root;
    if (snprintf(path, sizeof path, "%s/" SWEEP_FILE, folder) >= PATH_MAX || access(path, F_OK) != 0)
        return lsnn_fail(err, LSNN_DATA, "%s is not the folder of a sweep: there is no " SWEEP_FILE " in it", folder);
    TRY(config_read(&root, a, path, err));
    return sweep_read(out, root, folder, host, a, err);
}
