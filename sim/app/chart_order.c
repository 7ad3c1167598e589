/* Rows of a raster by what neurons do. Those without a spike come last. */
#include "chart_order.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"number", "rate", "first", "class"};
enum { N_NAMES = sizeof names / sizeof *names };

lsnn_status chart_order_read(chart_sort *out, const char *text, lsnn_error *err)
{
    for (int k = 0; k < N_NAMES; k++)
        if (strcmp(names[k], text) == 0) {
            *out = (chart_sort)k;
            return LSNN_OK;
        }
    return lsnn_fail(err, LSNN_USAGE, "sort= takes number, rate, first or class, not '%s'", text);
}

lsnn_status chart_order_label(const char **out, chart_sort sort, const char *neuron, arena *a, lsnn_error *err)
{
    static const char *const how[] = {"", "s by rate", "s by first spike", "s by class"};
    return arena_format(a, out, err, "%s%s", neuron, how[sort]);
}

typedef struct place {
    double first, second; /* smaller ones come first */
    uint32_t neuron;
} place;

static int in_order(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->first != y->first) return x->first > y->first ? 1 : -1;
    if (x->second != y->second) return x->second > y->second ? 1 : -1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

static void by_rate(place *places, const raster *shown)
{
    for (size_t k = 0; k < shown->n; k++)
        places[shown->neuron[k]].first--;
}

static void by_first(place *places, const raster *shown)
{
    for (int j = 0; j < shown->n_neurons; j++)
        places[j].first = INFINITY;
    for (size_t k = shown->n; k-- > 0;)
        places[shown->neuron[k]].first = shown->time[k];
}

/* The class in whose trials the neuron spikes most, and how often it does per trial. */
static place preferred(const measure_subject *s, const double *trials_of, int j, double *count)
{
    place best = {INFINITY, 0, (uint32_t)j};
    memset(count, 0, (size_t)s->n_classes * sizeof *count);
    for (int k = 0; k < s->trains.n_spans; k++) {
        size_t n;
        (void)raster_train(&s->trains, j, k, &n);
        count[s->label[k]] += (double)n;
    }
    for (int k = 0; k < s->n_classes; k++)
        if (trials_of[k] > 0 && -count[k] / trials_of[k] < best.second)
            best = (place){k, -count[k] / trials_of[k], (uint32_t)j};
    return best;
}

static lsnn_status by_class(place *places, const chart *c, int p, lsnn_error *err)
{
    measure_subject s;
    double *trials_of, *count;
    TRY(selection_subject(&s, c->selection, p, -1, c->memory, err));
    if (!s.label) return lsnn_fail(err, LSNN_USAGE, "sort=class: the trials of %s have no classes", c->path);
    TRY(arena_take(c->memory, &trials_of, (size_t)s.n_classes + 1, sizeof *trials_of, err));
    TRY(arena_take(c->memory, &count, (size_t)s.n_classes + 1, sizeof *count, err));
    for (int k = 0; k < s.trains.n_spans; k++)
        trials_of[s.label[k]]++;
    for (int j = 0; j < s.trains.n_neurons; j++)
        places[j] = preferred(&s, trials_of, j, count);
    return LSNN_OK;
}

lsnn_status chart_order_rows(const uint32_t **row, const chart *c, int p, const raster *shown, lsnn_error *err)
{
    place *places;
    uint32_t *row_of, *rows;
    *row = shown->neuron;
    if (c->sort == CHART_BY_NUMBER) return LSNN_OK;
    const size_t n = (size_t)shown->n_neurons;
    TRY(arena_take(c->memory, &places, n + 1, sizeof *places, err));
    TRY(arena_take(c->memory, &row_of, n + 1, sizeof *row_of, err));
    TRY(arena_take(c->memory, &rows, shown->n + 1, sizeof *rows, err));
    for (size_t j = 0; j < n; j++)
        places[j] = (place){.neuron = (uint32_t)j};
    if (c->sort == CHART_BY_RATE) by_rate(places, shown);
    if (c->sort == CHART_BY_FIRST) by_first(places, shown);
    if (c->sort == CHART_BY_CLASS) TRY(by_class(places, c, p, err));
    qsort(places, n, sizeof *places, in_order);
    for (size_t k = 0; k < n; k++)
        row_of[places[k].neuron] = (uint32_t)k;
    for (size_t k = 0; k < shown->n; k++)
        rows[k] = row_of[shown->neuron[k]];
    *row = rows;
    return LSNN_OK;
}
