/* Training does not allocate: malloc and its relatives are counted while it iterates. */
#include "build.h"
#include "files.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer has a malloc of its own. */
#if !defined __SANITIZE_ADDRESS__

static atomic_bool counting;
static atomic_int count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    count += counting;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count += counting;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    count += counting;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count += counting;
    return __libc_memalign(alignment, size);
}

static const char text[] =
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}\n"
    "sources: {noise: {kind: poisson, n: 3, rate: 50 Hz}}\n"
    "populations:\n"
    "  lif: {model: lif, n: 10, v_th: 0.3}\n"
    "  alif: {model: alif, n: 10, v_th: 0.3}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  in: {from: input, to: [lif, alif]}\n"
    "  noise: {from: noise, to: lif}\n"
    "  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.5}, delay: {uniform: [1 ms, 4 ms]}}\n"
    "  out: {from: [lif, alif], to: out}\n"
    "learning: {rule: {kind: eprop, feedback: adaptive}, batch: 4, loss: cross_entropy, clip: 1,\n"
    "           regularisation: {strength: 1, scope: sample}}\n";

static arena *memory;
static experiment *e;

static void start(const char *override)
{
    lsnn_error err = {0};
    config_node *root;
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    if (override) cr_assert_eq(config_override(root, memory, override, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&e, root, &files_default, 2, memory, &err), LSNN_OK, "%s", err.message);
}

/* Allocations in five iterations; OpenMP makes its threads in the first, which does not count. */
static int allocations(void)
{
    metrics m;
    for (int k = 0; k < 6; k++) {
        cr_assert_eq(trainer_iterate(e->trainer, &m, NULL, NULL), LSNN_OK);
        counting = true;
    }
    cr_assert_eq(trainer_evaluate(e->trainer, &m, LSNN_VALIDATION, 0, 7, NULL), LSNN_OK);
    counting = false;
    arena_free(memory);
    return count;
}

Test(allocations, are_counted)
{
    counting = true;
    void *volatile block = malloc(10);
    counting = false;
    free(block);
    cr_assert_eq(count, 1);
}

Test(allocations, do_not_happen_while_training)
{
    start(NULL);
    cr_assert_eq(allocations(), 0, "%d allocations", count);
}

Test(allocations, do_not_happen_when_the_batch_waits_for_its_rate)
{
    start("learning.regularisation.scope=batch");
    cr_assert_eq(allocations(), 0, "%d allocations", count);
}

Test(allocations, do_not_happen_while_synapses_move)
{
    start("projections.rec.rewiring={kind: deep_r, l1: 1, temperature: 0.1}");
    cr_assert_eq(allocations(), 0, "%d allocations", count);
}

Test(allocations, do_not_happen_with_gradient_descent)
{
    start("learning.optimiser={kind: sgd, momentum: 0.9}");
    cr_assert_eq(allocations(), 0, "%d allocations", count);
}

#endif
