/* What every task of the registry has to keep. */
#include "opened_task.h"

TestSuite(tasks, .init = start_arena, .fini = end_arena);

Test(tasks, are_at_least_the_three_first)
{
    cr_assert_not_null(registry_task("evidence_accumulation"));
    cr_assert_not_null(registry_task("pattern_generation"));
    cr_assert_not_null(registry_task("sequential_mnist"));
}

Test(tasks, and_all_their_fields_have_a_doc)
{
    for (const lsnn_task *const *task = registry_tasks; *task; task++) {
        cr_assert((*task)->doc && strlen((*task)->doc) > 20, "%s", (*task)->name);
        for (const lsnn_field *f = (*task)->fields; f->name; f++) {
            cr_assert(f->doc && strlen(f->doc) > 5, "%s.%s", (*task)->name, f->name);
            cr_assert_lt(f->offset, (*task)->size, "%s.%s", (*task)->name, f->name);
        }
    }
}

Test(tasks, have_defaults_within_their_ranges)
{
    for (const lsnn_task *const *task = registry_tasks; *task; task++) {
        for (const lsnn_field *f = (*task)->fields; f->name; f++) {
            if (!f->fallback || (f->kind != LSNN_REAL && f->kind != LSNN_INT)) continue;
            double number = strtod(f->fallback, NULL);
            bool above = f->open_min ? number > f->min : number >= f->min;
            cr_assert(above && number <= f->max, "%s.%s = %s", (*task)->name, f->name, f->fallback);
        }
    }
}

Test(tasks, draw_the_same_for_seed_set_and_index_in_any_order)
{
    for (const lsnn_task *const *task = registry_tasks; *task; task++) {
        opened_task o = open_task(*task, "{}", 5), again = open_task(*task, "{}", 5);
        lsnn_trial *one = new_trial(&o), *two = new_trial(&again);
        for (int set = LSNN_TRAIN; set <= LSNN_TEST; set++) {
            for (uint64_t i = 0; i < 5; i++) {
                draw(one, &o, (lsnn_set)set, 3);
                draw(two, &again, (lsnn_set)(i % 3), i); /* something else in between */
                draw(two, &again, (lsnn_set)set, 3);
                cr_assert(same_trial(one, two), "%s, set %d", (*task)->name, set);
            }
        }
    }
}

/* A task may freeze its trial; then it is the same everywhere, but for the seed. */
Test(tasks, differ_by_set_index_and_seed_unless_frozen)
{
    for (const lsnn_task *const *task = registry_tasks; *task; task++) {
        opened_task o = open_task(*task, "{}", 5), seeded = open_task(*task, "{}", 6);
        lsnn_trial *first = new_trial(&o), *other = new_trial(&o);
        draw(first, &o, LSNN_TRAIN, 0);
        draw(other, &o, LSNN_TRAIN, 1);
        bool frozen = same_trial(first, other);
        draw(other, &o, LSNN_VALIDATION, 0);
        cr_assert_eq(same_trial(first, other), frozen, "%s: validation", (*task)->name);
        draw(other, &o, LSNN_TEST, 0);
        cr_assert_eq(same_trial(first, other), frozen, "%s: test", (*task)->name);
        draw(other, &o, LSNN_TRAIN, UINT64_C(1) << 32);
        cr_assert_eq(same_trial(first, other), frozen, "%s: far index", (*task)->name);
        draw(other, &seeded, LSNN_TRAIN, 0);
        cr_assert_not(same_trial(first, other), "%s: seed", (*task)->name);
    }
}

static void check_trial(const lsnn_trial *trial, const char *name)
{
    const lsnn_shape *shape = &trial->shape;
    double sum = 0;
    for (int t = 0; t < trial->n_steps; t++) {
        cr_assert(isfinite(trial->weight[t]) && trial->weight[t] >= 0, "%s, step %d", name, t);
        sum += trial->weight[t];
    }
    cr_assert_gt(sum, 0, "%s: no step is judged", name);
    if (shape->n_questions == 0)
        cr_assert(trial->label >= 0 && (!shape->classes || trial->label < shape->n_out), "%s: %d", name, trial->label);
    else
        cr_assert(trial->n_questions > 0 && trial->n_questions <= shape->n_questions, "%s", name);
    for (int q = 0, t = 0; q < trial->n_questions; t = trial->questions[q++].stop) {
        const lsnn_question *asked = &trial->questions[q];
        cr_assert(t <= asked->start && asked->start < asked->stop && asked->stop <= trial->n_steps, "%s, question %d",
                  name, q);
        cr_assert(asked->label >= 0 && asked->label < shape->n_out, "%s, question %d: %d", name, q, asked->label);
    }
    for (int i = 0; trial->target && i < trial->n_steps * shape->n_out; i++)
        cr_assert(isfinite(trial->target[i]), "%s", name);
    for (int i = 0; trial->analog && i < trial->n_steps * shape->n_in; i++)
        cr_assert(isfinite(trial->analog[i]), "%s", name);
    cr_assert(trial->analog || trial->events->start[trial->n_steps] > 0, "%s: no input", name);
}

Test(tasks, draw_trials_that_can_be_judged)
{
    for (const lsnn_task *const *task = registry_tasks; *task; task++) {
        opened_task o = open_task(*task, "{}", 5);
        cr_assert(o.shape.n_in > 0 && o.shape.n_out > 0 && o.shape.n_steps > 0, "%s", (*task)->name);
        lsnn_trial *trial = new_trial(&o);
        for (int set = LSNN_TRAIN; set <= LSNN_TEST; set++) {
            for (uint64_t i = 0; i < 20; i++) {
                draw(trial, &o, (lsnn_set)set, i * 7919);
                check_trial(trial, (*task)->name);
            }
        }
    }
}
