/* The space of a sweep: which settings it varies, and the values of each trial. Block `sweep:` of a config, or words of the command
 * line.
 *
 * Parameters with lists and ranges are axes of a grid; those with the same `zip` share one. All parameters that are drawn share
 * the first axis, one entry a draw. The last axis varies fastest. Trials are numbered from 0. */
#ifndef SPACE_H
#define SPACE_H

#include "fields.h"

typedef enum space_sort {
    SPACE_VALUES,
    SPACE_CHOICE, /* from here on: drawn */
    SPACE_UNIFORM,
    SPACE_LOG_UNIFORM,
    SPACE_INTEGER,
    SPACE_LOG_INTEGER
} space_sort;

typedef enum space_sampler {
    SPACE_RANDOM,
    SPACE_SOBOL,
    SPACE_NIEDERREITER,
    SPACE_HALTON,
    SPACE_REVERSE_HALTON
} space_sampler;

typedef struct space_value {
    const char *text; /* YAML on one line */
    config_place place;
} space_value;

/* The parameter `of` has one of these values. */
typedef struct space_condition {
    int of, n;
    const char **values;
} space_condition;

typedef struct space_parameter {
    const char *path; /* learning.rate */
    config_place key, place;
    space_sort sort;
    int n;          /* VALUES, CHOICE */
    bool monotonic; /* the values rise or fall, so that the first and the last stand for all of them in a check */
    space_value *values;
    double low, high; /* the others */
    const char *zip;  /* NULL: none */
    int axis;
    int n_conditions;
    space_condition *conditions;
} space_parameter;

typedef struct space {
    config_place place; /* of the block */
    int n_parameters;
    space_parameter *parameters;
    int n_axes;
    size_t *length, *stride; /* [n_axes] */
    space_sampler sampler;
    uint64_t sampler_seed;
    size_t n_draws, n_known; /* draws whose values are known: all of them, unless a search finds them as it goes on */
    const char **drawn;      /* [n_draws][n_parameters] */
    size_t n_trials;
    size_t *point; /* [n_trials] position in the grid; NULL: the trial's number */
} space;

enum { SPACE_MOST_TRIALS = 1000000 };

/* The parameters, and how many draws the block asks for. `block`: `sweep:` of a config, NULL: none. Mistakes go to the report, here
 * and in what follows. */
LSNN_MUST_USE lsnn_status space_read(space *out, const config_node *block, arena *a, config_report *report,
                                     lsnn_error *err);
/* The trials of a space that was read without mistakes. `draws` > 0: a search says how many, and makes them; else they are made here. */
LSNN_MUST_USE lsnn_status space_lay(space *s, size_t draws, arena *a, config_report *report, lsnn_error *err);
/* Whether "key=value" of the command line belongs to the sweep: a setting like draws=20, values with commas, a range a..b, or
 * log_uniform(a,b) and the like. Then it is put into the block as if it stood there; so is a plain value whose key the block has. */
LSNN_MUST_USE lsnn_status space_word(bool *taken, config_node *block, const char *word, arena *a, lsnn_error *err);

/* The value of a parameter in a trial; NULL: a condition does not hold, or the draw is not known yet. */
const char *space_value_of(const space *s, size_t trial, int parameter);
/* Its number among `values`; -1: it has none. */
int space_index_of(const space *s, size_t trial, int parameter);
/* The draw that a trial belongs to; 0 if nothing is drawn. */
size_t space_draw_of(const space *s, size_t trial);
bool space_is_drawn(const space_parameter *p);
int space_n_drawn(const space *s);
int space_find(const space *s, const char *path); /* -1: not swept */

/* Draws `first` to first + n - 1 by the sampler. */
LSNN_MUST_USE lsnn_status space_draw(space *s, size_t first, size_t n, arena *a, lsnn_error *err);
/* One draw from places in the unit interval, u[space_n_drawn]. */
LSNN_MUST_USE lsnn_status space_fill(space *s, size_t draw, const double *u, arena *a, lsnn_error *err);
/* A parameter's value at u of the unit interval, where u is uniform. */
LSNN_MUST_USE lsnn_status space_at(const char **out, const space_parameter *p, double u, arena *a, lsnn_error *err);

/* Tables for the documentation: of the block, and of a parameter that is a map. */
const lsnn_field *space_block_table(void);
const lsnn_field *space_parameter_table(void);
bool space_is_setting(const char *key); /* a key of the block that is no parameter */

#endif
