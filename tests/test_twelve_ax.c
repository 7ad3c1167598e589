/* The trials of 12AX: grammar, answers, spikes, what counts as an error. */
#include "opened_task.h"

#include <regex.h>

TestSuite(twelve_ax, .init = start_arena, .fini = end_arena);

enum { MOST = 4000 };

/* One cell a symbol that fires in both steps of its symbol, and no other: easy to read. */
#define PLAIN "{symbols: 400, cells: 1, symbol: 2 ms, rate_on: 1000 Hz, rate_off: 0 Hz}"

static void read_text(char text[MOST + 1], const lsnn_trial *trial, int cells, int symbol)
{
    const int n = trial->shape.n_steps / symbol;
    for (int k = 0; k < n; k++) {
        int most = -1;
        for (int c = 0; c < 8; c++) {
            const int spikes = count_spikes(trial, c * cells, (c + 1) * cells, k * symbol, (k + 1) * symbol);
            if (spikes > most) text[k] = "12ABCXYZ"[c];
            if (spikes > most) most = spikes;
        }
    }
    text[n] = '\0';
}

/* The rule, read backwards: which letter of A, B, X, Y came last before place k, and after which digit? */
static bool right_at(const char *text, int k)
{
    if (text[k] != 'X' && text[k] != 'Y') return false;
    int last = k - 1;
    while (last >= 0 && (text[last] == 'C' || text[last] == 'Z'))
        last--;
    int digit = last;
    while (digit >= 0 && text[digit] != '1' && text[digit] != '2')
        digit--;
    if (last < 0 || digit < 0) return false;
    return text[k] == 'X' ? text[last] == 'A' && text[digit] == '1' : text[last] == 'B' && text[digit] == '2';
}

static void check_answers(const lsnn_trial *trial, const char *text, int symbol)
{
    const int n = trial->shape.n_steps / symbol;
    cr_assert_eq(trial->n_questions, n);
    for (int k = 0; k < n; k++) {
        const lsnn_question *q = &trial->questions[k];
        cr_assert(q->start == k * symbol && q->stop == (k + 1) * symbol);
        cr_assert_eq(q->label, right_at(text, k), "place %d of %s", k, text);
    }
}

Test(twelve_ax, has_the_published_shape)
{
    opened_task o = open_task(registry_task("twelve_ax"), "{}", 1);
    cr_assert(o.shape.n_in == 40 && o.shape.n_out == 2 && o.shape.n_steps == 45000 && o.shape.classes);
    cr_assert_eq(o.shape.n_questions, 90);
}

Test(twelve_ax, answers_follow_the_rule)
{
    opened_task o = open_task(registry_task("twelve_ax"), PLAIN, 1);
    lsnn_trial *trial = new_trial(&o);
    char text[MOST + 1];
    int right = 0;
    for (uint64_t i = 0; i < 200; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        read_text(text, trial, 1, 2);
        check_answers(trial, text, 2);
        for (int k = 0; k < trial->n_questions; k++)
            right += trial->questions[k].label;
    }
    cr_assert_gt(right, 1000, "the answer R is asked for too");
}

/* One block [first, first + n) against the regular expression of the published code. */
static void check_block(const regex_t *grammar, const char *first, size_t n)
{
    char block[MOST + 1];
    memcpy(block, first, n);
    block[n] = '\0';
    cr_assert_eq(regexec(grammar, block, 0, NULL, 0), 0, "%s", block);
}

typedef struct tally {
    double blocks, twos, lengths, squares;
    double letters[128], letter_squares[128];
} tally;

static void count_blocks(tally *sum, const regex_t *grammar, const char *text)
{
    cr_assert(text[0] == '1' || text[0] == '2');
    for (const char *first = text, *next; *(next = first + 1 + strcspn(first + 1, "12")) != '\0'; first = next) {
        const double n = (double)(next - first);
        check_block(grammar, first, (size_t)(next - first));
        sum->blocks++;
        sum->twos += first[0] == '2';
        sum->lengths += n;
        sum->squares += n * n;
        for (const char *letter = "ABCXYZ"; *letter; letter++) {
            double count = 0;
            for (const char *c = first; c < next; c++)
                count += *c == *letter;
            sum->letters[(int)*letter] += count;
            sum->letter_squares[(int)*letter] += count * count;
        }
    }
}

static void check_letters(const tally *sum, const char *letters, double per_block)
{
    for (const char *c = letters; *c; c++) {
        const double mean = sum->letters[(int)*c] / sum->blocks, squares = sum->letter_squares[(int)*c] / sum->blocks;
        assert_near(mean, per_block, sqrt((squares - mean * mean) / sum->blocks));
    }
}

Test(twelve_ax, blocks_follow_the_grammar_with_its_probabilities)
{
    opened_task o = open_task(registry_task("twelve_ax"),
                              "{symbols: 4000, cells: 1, symbol: 1 ms, rate_on: 1000 Hz, rate_off: 0 Hz}", 1);
    lsnn_trial *trial = new_trial(&o);
    char text[MOST + 1];
    regex_t grammar;
    tally sum = {0};
    cr_assert_eq(regcomp(&grammar, "^[12][ABCXYZ]{1,10}((A[CZ]{0,6}X|B[CZ]{0,6}Y)|([ABC][XYZ])){1,2}$",
                         REG_EXTENDED | REG_NOSUB),
                 0);
    for (uint64_t i = 0; i < 40; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        read_text(text, trial, 1, 1);
        count_blocks(&sum, &grammar, text);
    }
    regfree(&grammar);
    const double n = sum.blocks, mean = sum.lengths / n;
    assert_near(sum.twos / n, 0.5, 0.5 / sqrt(n));
    /* A digit, 5.5 letters, and 1.5 times either 2 symbols or 2 and on average 3 between them. The last block of a sequence is
     * not counted, and a long one is more often the last; in 340 blocks a sequence that shifts the mean by some hundredths. */
    assert_near(mean, 1 + 5.5 + 1.5 * (2 + 1.5), sqrt((sum.squares / n - mean * mean) / n) + 0.02);
    check_letters(&sum, "ABXY", 5.5 / 6 + 1.5 * (1 / 4.0 + 1 / 6.0));
    check_letters(&sum, "CZ", 5.5 / 6 + 1.5 * (1 / 6.0 + 3 / 4.0));
}

Test(twelve_ax, cells_fire_at_their_rates)
{
    opened_task o = open_task(registry_task("twelve_ax"), "{}", 2);
    lsnn_trial *trial = new_trial(&o);
    char text[MOST + 1];
    double on = 0, all = 0;
    for (uint64_t i = 0; i < 3; i++) {
        draw(trial, &o, LSNN_TEST, i);
        read_text(text, trial, 5, 500);
        check_answers(trial, text, 500);
        all += count_spikes(trial, 0, 40, 0, 45000);
        for (int k = 0; k < 90; k++) {
            const int c = (int)(strchr("12ABCXYZ", text[k]) - "12ABCXYZ");
            on += count_spikes(trial, 5 * c, 5 * c + 5, 500 * k, 500 * k + 500);
        }
    }
    const double n_on = 3 * 5 * 45000.0, n_off = 7 * n_on;
    assert_near(on / n_on, 0.2, sqrt(0.16 / n_on));
    assert_near((all - on) / n_off, 0.002, sqrt(0.002 / n_off));
}

static double score(const opened_task *o, const lsnn_trial *trial, const real *pooled)
{
    return o->task->score(o->state, o->parameters, trial, pooled);
}

Test(twelve_ax, error_counts_symbols_or_sequences)
{
    opened_task o = open_task(registry_task("twelve_ax"), "{}", 1);
    opened_task whole = open_task(registry_task("twelve_ax"), "error: sequences", 1);
    lsnn_trial *trial = new_trial(&o);
    real pooled[180];
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int k = 0; k < 90; k++) {
        pooled[2 * k] = (real)(trial->questions[k].label == 0);
        pooled[2 * k + 1] = (real)(trial->questions[k].label == 1);
    }
    cr_assert_eq(score(&o, trial, pooled), 0);
    cr_assert_eq(score(&whole, trial, pooled), 0);
    for (int k = 10; k < 13; k++) {
        pooled[2 * k] = 1 - pooled[2 * k];
        pooled[2 * k + 1] = 1 - pooled[2 * k + 1];
    }
    cr_assert_float_eq(score(&o, trial, pooled), 3.0 / 90, 1e-12);
    cr_assert_eq(score(&whole, trial, pooled), 1);
    for (int t = 10 * 500; t < 13 * 500; t++)
        trial->weight[t] = 0;
    cr_assert_eq(score(&whole, trial, pooled), 0, "what is not judged is not counted");
}
