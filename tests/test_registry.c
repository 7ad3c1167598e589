/* Looking up plug-ins by name. */
#include "registry.h"
#include <criterion/criterion.h>
#include <string.h>

Test(registry, finds_each_kind_by_name)
{
    cr_assert_str_eq(registry_model("alif")->name, "alif");
    cr_assert_str_eq(registry_rule("eprop")->name, "eprop");
    cr_assert_str_eq(registry_optimiser("adam")->name, "adam");
    cr_assert_str_eq(registry_task("evidence_accumulation")->name, "evidence_accumulation");
}

Test(registry, knows_nothing_of_names_of_another_kind)
{
    cr_assert_null(registry_model("eprop"));
    cr_assert_null(registry_rule("adam"));
    cr_assert_null(registry_optimiser("alif"));
    cr_assert_null(registry_task("lif"));
}

Test(registry, lists_names_in_alphabetical_order)
{
    const char *names[64];
    int n = registry_model_names(names, 64);
    cr_assert_geq(n, 3);
    for (int i = 1; i < n; i++)
        cr_assert_lt(strcmp(names[i - 1], names[i]), 0, "%s comes before %s", names[i - 1], names[i]);
}

Test(registry, writes_no_more_names_than_asked_for)
{
    const char *names[2] = {NULL, NULL};
    cr_assert_geq(registry_model_names(names, 1), 3);
    cr_assert_not_null(names[0]);
    cr_assert_null(names[1]);
}

Test(registry, finds_everything_that_it_lists)
{
    for (int i = 0; registry_models[i]; i++)
        cr_assert_eq(registry_model(registry_models[i]->name), registry_models[i]);
    for (int i = 0; registry_tasks[i]; i++)
        cr_assert_eq(registry_task(registry_tasks[i]->name), registry_tasks[i]);
}
