/* The program: finds the verb. */
#include "text.h"
#include "verb.h"
#include "version.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const verb *const verbs[] = {&verb_run,      &verb_resume, &verb_sweep,  &verb_check,  &verb_describe,
                             &verb_analyze,  &verb_plot,   &verb_report, &verb_export, &verb_import,
                             &verb_baseline, &verb_replay, &verb_bench,  NULL};

static const verb *find(const char *name)
{
    for (int k = 0; verbs[k]; k++)
        if (strcmp(verbs[k]->name, name) == 0) return verbs[k];
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[32];
    int n = 0;
    for (; verbs[n]; n++)
        names[n] = verbs[n]->name;
    names[n++] = "help";
    const char *near = text_nearest(name, names, n);
    if (near)
        fprintf(stderr, "lsnn: no verb is called '%s'; did you mean '%s'?\n", name, near);
    else
        fprintf(stderr, "lsnn: no verb is called '%s'; `lsnn help` lists them\n", name);
    return lsnn_exit_code(LSNN_USAGE);
}

static void print_overview(void)
{
    printf("lsnn %s: long short-term memory in networks of spiking neurons\n\n"
           "usage: lsnn VERB ...\n\n",
           version_number);
    for (int k = 0; verbs[k]; k++)
        printf("  %-9s %s\n", verbs[k]->name, verbs[k]->summary);
    printf("  %-9s %s\n", "help", "this text, or all about one verb: lsnn help VERB");
    printf("\nStart with: lsnn run experiments/evidence_accumulation/run.yaml\n"
           "Exit codes:\n");
#define MAIN_CODE(name, code, text) printf("  %-9d %s\n", code, text);
    LSNN_STATUS_LIST(MAIN_CODE)
#undef MAIN_CODE
}

static int help(int argc, char **argv)
{
    if (argc < 3) {
        print_overview();
        return 0;
    }
    const verb *v = find(argv[2]);
    if (!v) return unknown(argv[2]);
    printf("usage: lsnn %s %s\n\n%s", v->name, v->synopsis, v->help);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview();
        return lsnn_exit_code(LSNN_USAGE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("lsnn %s (%s%s, %s, %s)\n", version_number, version_commit, version_dirty ? "-dirty" : "",
               version_compiler, version_flags);
        return 0;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(argc, argv);
    const verb *v = find(argv[1]);
    if (!v) return unknown(argv[1]);
    for (int k = 2; k < argc; k++)
        if (strcmp(argv[k], "--help") == 0 || strcmp(argv[k], "-h") == 0)
            return help(3, (char *[]){argv[0], NULL, argv[1], NULL});
    const int code = v->run(argc - 1, argv + 1);
    if (code != 0 || (fflush(stdout) == 0 && !ferror(stdout))) return code;
    fprintf(stderr, "lsnn: what was printed could not be written: %s\n", strerror(errno));
    return lsnn_exit_code(LSNN_OUTPUT);
}
