/* Claims and outcomes of trials. */
#include "claim.h"
#include "outcome.h"
#include "parsed_config.h"
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

TestSuite(claim, .init = config_start, .fini = config_end, .timeout = 60);

static bool take(const char *path)
{
    claim_holder holder;
    bool taken;
    claim_introduce(&holder);
    cr_assert_eq(claim_take(&taken, path, &holder, &err), LSNN_OK, "%s", err.message);
    return taken;
}

Test(claim, only_the_first_gets_it)
{
    cr_expect(take("0.1"));
    cr_expect_not(take("0.1"));
    cr_expect(claim_is_held("0.1", "."));
    cr_expect_not(claim_exists("0.2"));
}

/* 8 processes for 200 claims. */
Test(claim, many_processes_never_share_one)
{
    int pipes[2], total = 0;
    cr_assert_eq(pipe(pipes), 0);
    for (int k = 0; k < 8; k++) {
        if (fork() != 0) continue;
        int n = 0;
        for (int c = 0; c < 200; c++) {
            char path[16];
            snprintf(path, sizeof path, "c%d", c);
            n += take(path);
        }
        _exit(write(pipes[1], &n, sizeof n) == sizeof n ? 0 : 1);
    }
    for (int k = 0, n = 0; k < 8; k++) {
        cr_assert_eq(read(pipes[0], &n, sizeof n), (ssize_t)sizeof n);
        total += n;
    }
    while (wait(NULL) > 0) {
    }
    cr_expect_eq(total, 200);
}

Test(claim, a_holder_that_was_killed_holds_it_no_more_even_before_it_is_waited_for)
{
    const pid_t child = fork();
    if (child == 0) {
        (void)!take("0.1");
        pause();
    }
    while (!claim_exists("0.1"))
        usleep(1000);
    cr_expect(claim_is_held("0.1", "."));
    kill(child, SIGKILL);
    siginfo_t info;
    cr_assert_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    cr_expect_not(claim_is_held("0.1", ".")); /* it is a zombie now */
    waitpid(child, NULL, 0);
    cr_expect_not(claim_is_held("0.1", "."));
}

Test(claim, a_process_that_has_the_number_of_a_dead_holder_is_not_taken_for_it)
{
    claim_holder holder;
    char text[400];
    long pid;
    unsigned long long started;
    int rest;
    claim_introduce(&holder);
    cr_assert_eq(sscanf(holder.text, "%ld %llu %n", &pid, &started, &rest), 2);
    snprintf(text, sizeof text, "%ld %llu %s", pid, started - 1, holder.text + rest);
    cr_assert_eq(symlink(text, "0.1"), 0);
    cr_expect_not(claim_is_held("0.1", "."));
}

static void set_time(const char *path, long seconds_ago)
{
    const struct timespec then = {.tv_sec = time(NULL) - seconds_ago}, times[2] = {then, then};
    cr_assert_eq(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

Test(claim, a_holder_on_another_machine_lives_as_long_as_it_touches_its_claim)
{
    cr_assert_eq(symlink("17 4711 other-boot/pid:[1] elsewhere", "0.1"), 0);
    cr_expect(claim_is_held("0.1", "."));
    set_time("0.1", CLAIM_SILENCE - 20);
    cr_expect(claim_is_held("0.1", "."));
    set_time("0.1", CLAIM_SILENCE + 20);
    cr_expect_not(claim_is_held("0.1", "."));
    claim_touch("0.1");
    cr_expect(claim_is_held("0.1", "."));
}

Test(claim, a_folder_that_cannot_be_written_is_an_error)
{
    claim_holder holder;
    bool taken;
    claim_introduce(&holder);
    cr_expect_eq(claim_take(&taken, "nowhere/0.1", &holder, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "nowhere/0.1 cannot be claimed: No such file or directory");
}

/* ---- outcomes ------------------------------------------------------------------------------------------------------------ */

Test(claim, an_outcome_reads_back)
{
    outcome a, b;
    outcome_begin(&a);
    a.status = OUTCOME_FAILED;
    a.seed = UINT64_MAX;
    a.iterations = 12;
    a.goal = 0;
    a.metric[OUTCOME_loss] = 1.0 / 3;
    a.metric[OUTCOME_test_error] = -0.0;
    a.seconds = 1.5;
    snprintf(a.message, sizeof a.message, "run.yaml:1:2: \"x\"\n    \\n: \"seed\": 4\n    ^");
    cr_assert_eq(outcome_write(&a, "0.json", &err), LSNN_OK, "%s", err.message);
    cr_assert(outcome_read(&b, "0.json"));
    cr_expect(b.status == OUTCOME_FAILED && b.seed == UINT64_MAX && b.iterations == 12 && b.goal == 0);
    cr_expect(fabs(b.metric[OUTCOME_loss] - 1.0 / 3) < 1e-9 && b.metric[OUTCOME_test_error] == 0);
    cr_expect(isnan(b.metric[OUTCOME_error]));
    cr_expect_eq(b.seconds, 1.5);
    cr_expect_str_eq(b.message, a.message);
    cr_expect_str_eq(b.version, a.version);
    cr_expect_str_eq(b.host, a.host);
}

Test(claim, an_outcome_that_was_cut_is_none)
{
    outcome o;
    char text[4096];
    outcome_begin(&o);
    cr_assert_eq(outcome_write(&o, "0.json", &err), LSNN_OK);
    const size_t n = scratch_read("0.json", text, sizeof text);
    cr_assert(outcome_read(&o, "0.json"));
    for (size_t k = 0; k < n; k++) {
        scratch_write("0.json", text, k);
        cr_assert_not(outcome_read(&o, "0.json"), "cut to %zu bytes", k);
    }
    cr_expect_not(outcome_read(&o, "none"));
}
