/* What a user sees on stderr: here a file, or the other end of a pseudo terminal. */
#include "log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { SEEN = 1 << 16 };
static char seen[SEEN];

static FILE *opened(log_state *l, log_level level)
{
    FILE *file = tmpfile();
    cr_assert_not_null(file);
    log_open(l, level, file);
    return file;
}

static const char *content(FILE *file)
{
    fflush(file);
    rewind(file);
    seen[fread(seen, 1, sizeof seen - 1, file)] = '\0';
    return seen;
}

static int count(const char *text, char c)
{
    int n = 0;
    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

/* A terminal of so many columns, whose screen is read from *screen. */
static FILE *terminal(int *screen, unsigned short columns)
{
    *screen = posix_openpt(O_RDWR | O_NOCTTY);
    if (*screen < 0) cr_skip_test("needs pseudo-terminals (/dev/pts)");
    cr_assert_eq(grantpt(*screen), 0);
    cr_assert_eq(unlockpt(*screen), 0);
    int line = open(ptsname(*screen), O_RDWR | O_NOCTTY);
    cr_assert_geq(line, 0);
    struct termios mode;
    tcgetattr(line, &mode);
    cfmakeraw(&mode);
    tcsetattr(line, TCSANOW, &mode);
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    cr_assert_eq(ioctl(line, TIOCSWINSZ, &size), 0);
    return fdopen(line, "w");
}

static const char *on_screen(int screen, FILE *line)
{
    fflush(line);
    size_t length = 0;
    /* What was written in pieces may arrive in pieces. */
    for (struct pollfd ready = {.fd = screen, .events = POLLIN}; poll(&ready, 1, 300) == 1;) {
        ssize_t n = read(screen, seen + length, sizeof seen - 1 - length);
        cr_assert_gt(n, 0);
        length += (size_t)n;
    }
    seen[length] = '\0';
    return seen;
}

/* The cursor's farthest column, as a terminal moves it. */
static int farthest_column(const char *text)
{
    int column = 0, farthest = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\r' || *text == '\n')
            column = 0;
        else if (((unsigned char)*text & 0xC0) != 0x80)
            column++;
        if (column > farthest) farthest = column;
    }
    return farthest;
}

Test(log, says_the_time_and_what_kind_of_line_it_is)
{
    log_state l;
    FILE *file = opened(&l, LOG_DEBUG);
    l.started -= 12.3;
    log_say(&l, LOG_INFO, "reading %s", "run.yaml");
    log_say(&l, LOG_WARNING, "no spikes");
    log_say(&l, LOG_ERROR, "wrong");
    log_say(&l, LOG_DEBUG, "detail");
    cr_expect_str_eq(content(file), "   12.3 s  reading run.yaml\n   12.3 s  warning: no spikes\n"
                                    "   12.3 s  error: wrong\n   12.3 s  debug: detail\n");
    fclose(file);
}

Test(log, keeps_back_what_is_below_its_level)
{
    log_state l;
    FILE *file = opened(&l, LOG_WARNING);
    log_say(&l, LOG_INFO, "not this");
    log_progress(&l, 1, 2, "nor this");
    cr_expect_not(log_progress_due(&l, 1, 2));
    log_say(&l, LOG_WARNING, "this");
    cr_expect_str_eq(content(file), "    0.0 s  warning: this\n");
    fclose(file);
}

Test(log, indents_the_further_lines_of_a_text)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_say(&l, LOG_ERROR, "one\ntwo");
    cr_expect_str_eq(content(file), "    0.0 s  error: one\n           two\n");
    fclose(file);
}

Test(log, writes_the_same_to_its_copy)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO), *copy = tmpfile();
    l.copy = copy;
    log_say(&l, LOG_INFO, "reading");
    log_progress(&l, 1, 10, "loss 3");
    char first[1 << 16];
    snprintf(first, sizeof first, "%s", content(file));
    cr_expect_str_eq(content(copy), first);
    cr_expect_eq(count(first, '\n'), 2);
    fclose(file);
    fclose(copy);
}

Test(log, does_not_colour_a_file)
{
    log_state l;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    FILE *file = opened(&l, LOG_INFO);
    cr_expect_not(l.terminal);
    cr_expect_not(l.colour);
    log_say(&l, LOG_ERROR, "wrong");
    cr_expect_null(strchr(content(file), '\033'));
    fclose(file);
}

Test(log, colours_a_terminal_unless_told_not_to)
{
    log_state l;
    int screen;
    FILE *line = terminal(&screen, 80);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    log_open(&l, LOG_INFO, line);
    cr_expect(l.terminal);
    cr_expect(l.colour);
    log_say(&l, LOG_ERROR, "wrong");
    cr_expect_str_eq(on_screen(screen, line), "    0.0 s  \033[1;31merror:\033[0m wrong\n");
    setenv("NO_COLOR", "1", 1);
    log_open(&l, LOG_INFO, line);
    cr_expect_not(l.colour);
    setenv("NO_COLOR", "", 1); /* counts as not set */
    log_open(&l, LOG_INFO, line);
    cr_expect(l.colour);
    setenv("TERM", "dumb", 1);
    log_open(&l, LOG_INFO, line);
    cr_expect_not(l.colour);
}

Test(log, progress_in_a_file_is_a_line_per_ten_percent)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    for (uint64_t i = 0; i <= 2000; i++)
        log_progress(&l, i, 2000, "loss %d", (int)i);
    const char *text = content(file);
    cr_expect_eq(count(text, '\n'), 11);
    cr_expect_eq(strncmp(text, "    0.0 s  iteration 0/2000  0%  loss 0\n", 40), 0, "%s", text);
    cr_expect_not_null(strstr(text, "iteration 200/2000  10%  loss 200  "));
    cr_expect_not_null(strstr(text, "iteration 2000/2000  100%  loss 2000  "));
    cr_expect_null(strchr(text, '\r'));
    fclose(file);
}

Test(log, progress_in_a_file_is_a_line_per_minute)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_progress(&l, 1, 1000, "a");
    log_progress(&l, 2, 1000, "b");
    l.line_shown -= 61;
    cr_expect(log_progress_due(&l, 3, 1000));
    log_progress(&l, 3, 1000, "c");
    cr_expect_not(log_progress_due(&l, 4, 1000));
    cr_expect_eq(count(content(file), '\n'), 2);
    fclose(file);
}

Test(log, progress_tells_speed_and_time_left)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_progress(&l, 100, 2000, "resumed"); /* what was done before does not count */
    l.progress_started -= 10;
    log_progress(&l, 400, 2000, "loss 0.083");
    const char *text = content(file);
    cr_expect_not_null(strstr(text, "iteration 400/2000  20%  loss 0.083  30 it/s  left 53 s\n"), "%s", text);
    fclose(file);
}

Test(log, progress_tells_slow_iterations_by_their_seconds)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_progress(&l, 0, 500, "%s", "");
    l.progress_started -= 1200;
    log_progress(&l, 100, 500, "%s", "");
    const char *text = content(file);
    cr_expect_not_null(strstr(text, "iteration 100/500  20%  12 s/it  left 1 h 20 min\n"), "%s", text);
    fclose(file);
}

Test(log, progress_ends_with_the_time_it_took)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_progress(&l, 0, 200, "%s", "");
    l.progress_started -= 360;
    log_progress(&l, 200, 200, "done");
    log_progress_end(&l);
    const char *text = content(file);
    cr_expect_not_null(strstr(text, "iteration 200/200  100%  done  1.8 s/it  in 6 min\n"), "%s", text);
    fclose(file);
}

Test(log, progress_of_nothing_is_complete)
{
    log_state l;
    FILE *file = opened(&l, LOG_INFO);
    log_progress(&l, 0, 0, "empty");
    cr_expect_str_eq(content(file), "    0.0 s  iteration 0/0  100%  empty\n");
    fclose(file);
}

Test(log, progress_on_a_terminal_rewrites_one_line)
{
    log_state l;
    int screen;
    FILE *line = terminal(&screen, 80);
    log_open(&l, LOG_INFO, line);
    log_progress(&l, 1, 1000, "a long text");
    cr_expect_not(log_progress_due(&l, 2, 1000)); /* at most five times a second */
    log_progress(&l, 2, 1000, "not shown");
    l.shown -= 0.21;
    log_progress(&l, 3, 1000, "c");
    const char *text = on_screen(screen, line);
    cr_expect_eq(count(text, '\r'), 2);
    cr_expect_eq(count(text, '\n'), 0);
    cr_expect_null(strstr(text, "not shown"));
    cr_expect_eq(farthest_column(text), 79); /* blanks over the rest of the longer line */
    log_progress_end(&l);
    cr_expect_str_eq(on_screen(screen, line), "\n");
}

Test(log, progress_on_a_terminal_never_wraps)
{
    static const unsigned short widths[] = {1, 2, 10, 40, 80, 200};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        log_state l;
        int screen;
        FILE *line = terminal(&screen, widths[i]);
        log_open(&l, LOG_INFO, line);
        log_progress(&l, 812, 2000, "%0300d", 7);
        cr_expect_eq(farthest_column(on_screen(screen, line)), widths[i] - 1);
        fclose(line);
        close(screen);
    }
}

Test(log, progress_is_cut_between_characters)
{
    log_state l;
    int screen;
    FILE *line = terminal(&screen, 26);
    log_open(&l, LOG_INFO, line);
    log_progress(&l, 1, 2, "\xCF\x84\xCF\x84\xCF\x84\xCF\x84\xCF\x84\xCF\x84"); /* six tau */
    cr_expect_str_eq(on_screen(screen, line), "\riteration 1/2  50%  \xCF\x84\xCF\x84\xCF\x84\xCF\x84\xCF\x84");
}

Test(log, a_message_does_not_stand_in_the_progress_line)
{
    log_state l;
    int screen;
    FILE *line = terminal(&screen, 40);
    log_open(&l, LOG_INFO, line);
    log_progress(&l, 1, 100, "x");
    on_screen(screen, line);
    l.started = log_seconds(); /* reading the screen took a while */
    log_say(&l, LOG_INFO, "checkpoint written");
    char expected[256];
    snprintf(expected, sizeof expected, "\r%39s\r    0.0 s  checkpoint written\n", "");
    cr_expect_str_eq(on_screen(screen, line), expected);
    cr_expect(log_progress_due(&l, 2, 100)); /* and the line comes back at once */
}

Test(log, the_copy_of_a_terminal_holds_plain_lines)
{
    log_state l;
    int screen;
    FILE *line = terminal(&screen, 80), *copy = tmpfile();
    log_open(&l, LOG_INFO, line);
    l.copy = copy;
    for (uint64_t i = 0; i <= 100; i++)
        log_progress(&l, i, 100, "x");
    const char *text = content(copy);
    cr_expect_eq(count(text, '\n'), 11);
    cr_expect_null(strchr(text, '\r'));
    fclose(copy);
}

Test(log, the_clock_does_not_go_back)
{
    double before = log_seconds(), after = log_seconds();
    cr_expect_geq(after, before);
    cr_expect(isfinite(before));
}
