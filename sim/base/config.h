/* A YAML file as a tree whose nodes know where they stand. Scalars stay text: the field that reads one decides its type. */
#ifndef CONFIG_H
#define CONFIG_H

#include "arena.h"
#include <stdbool.h>
#include <stdio.h>

typedef enum config_kind { CONFIG_SCALAR, CONFIG_MAP, CONFIG_LIST } config_kind;
typedef enum config_origin { CONFIG_FILE, CONFIG_OVERRIDE, CONFIG_DEFAULT } config_origin;

typedef struct config_place {
    const char *file;                  /* or "command line", "default" */
    int line, column;                  /* from 1; 0: none */
    const char *excerpt;               /* that line of the file */
    int length;                        /* of the text that is meant, for the underline */
    const struct config_place *within; /* of a default: the map that has it; else NULL */
} config_place;

typedef struct config_node {
    config_kind kind;
    config_origin origin;
    const char *key; /* in a map, else NULL */
    config_place key_place;
    config_place place; /* of the value */
    const char *text;   /* of a scalar */
    bool quoted;
    struct config_node *first, *next; /* children in the file's order; the next sibling */
    struct config_node *parent;
} config_node;

/* Mistakes are collected, so that a user sees all of them at once; each looks like
 *     run.yaml:8:12: unknown key 'tau_n'; did you mean 'tau_m'?
 *         tau_n: 20.0
 *         ^~~~~                                                                                                        */
typedef struct config_report {
    int n_mistakes;
    int n_shown;      /* those that the message holds in full */
    lsnn_error error; /* status, place of the first; message: all of them, as many as fit, then "and N more" */
} config_report;

void config_mistake(config_report *report, const config_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* LSNN_OK without mistakes; else copies the collected error to err and returns its status. */
LSNN_MUST_USE lsnn_status config_verdict(const config_report *report, lsnn_error *err);

/* Read a file, or `length` bytes at `text` that are called `name` in messages. Refused with a place: duplicate keys,
 * anchors, aliases and tags, several documents, non-UTF-8, nesting deeper than 32, files above 16 MiB, maps of more than
 * 10000 keys, more than a million values. A top-level
 * `include: other.yaml` (one, relative to the file) is read first and the file's own keys replace or extend it. */
LSNN_MUST_USE lsnn_status config_read(config_node **out, arena *a, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status config_parse(config_node **out, arena *a, const char *name, const char *text, size_t length,
                                       lsnn_error *err);

/* "a.b.c=value": value is YAML (so lists and maps work: a.b=[1, 2]). Missing maps on the way are made: whether the key
 * exists is checked by the field tables. List entries are addressed by number: a.0.b=1. The word default, without quotes,
 * stands for the value that the field has when nobody gives one. */
LSNN_MUST_USE lsnn_status config_override(config_node *root, arena *a, const char *assignment, lsnn_error *err);
/* Whether a node is such a word; then also taken out of its map. */
bool config_is_reset(const config_node *node);
bool config_take_reset(config_node *map, const char *key);
void config_drop_resets(config_node *root); /* all of them */

config_node *config_get(const config_node *map, const char *key); /* NULL: not there, or not a map */
config_node *config_take(config_node *map, const char *key);      /* the same, taken out of the map */
int config_count(const config_node *node);                        /* children */
/* Put a child at the end of a map or list; key NULL in a list. */
LSNN_MUST_USE lsnn_status config_add(config_node **out, config_node *parent, arena *a, config_kind kind,
                                     const char *key, const char *text, config_origin origin, lsnn_error *err);

/* A tree of its own, with the same texts and places; they have to outlive it. */
LSNN_MUST_USE lsnn_status config_copy(config_node **out, const config_node *root, arena *a, lsnn_error *err);

/* Give a node another value, which may be a map or a list: the YAML that follows the first `start` bytes of `excerpt`, a
 * single line in the arena that messages quote. Used for overrides and defaults. */
LSNN_MUST_USE lsnn_status config_set(config_node *node, arena *a, const char *excerpt, size_t start,
                                     config_origin origin, lsnn_error *err);

/* As YAML, such that reading it again gives the same tree. Values that came from a default or an override carry a comment
 * that says so when `comments`. Short maps and lists of scalars stay on one line. */
LSNN_MUST_USE lsnn_status config_write(const config_node *root, FILE *out, bool comments, lsnn_error *err);
/* The same as text in the arena. */
LSNN_MUST_USE lsnn_status config_print(const char **out, const config_node *root, arena *a, bool comments,
                                       lsnn_error *err);
/* The path of a node, like populations.lif.tau_m, in the arena. */
LSNN_MUST_USE lsnn_status config_path(const char **out, const config_node *node, arena *a, lsnn_error *err);

#endif
