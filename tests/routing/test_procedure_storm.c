/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Storms of random letters, lawful ones and ones with a part of another: no
 * procedure ever reaches a state that its file does not allow, and a refusal
 * changes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "schemas/catalogue.h"
#include "tests/routing/procedure_letter.h"

enum { STORM = 1000 };

static const char *random_agency(void)
{
    static char id[NAME_SIZE];
    snprintf(id, NAME_SIZE, "%s-%c",
             bench_roles[random_below(COUNT_OF(bench_roles))],
             random_below(8) ? 'a' : 'b');
    return id;
}

/* Mostly of the state at hand. */
static const struct row *random_row(const struct bench *bench,
                                    const struct chart *chart)
{
    const char *state = bench->casefile ? bench->casefile->state : "START";
    const struct row *row = &chart->rows[random_below(chart->row_count)];
    for (int i = 0; i < 40 && strcmp(row->state, state) != 0; i++)
        row = &chart->rows[random_below(chart->row_count)];
    return row;
}

/* One part may be something else. */
static void spoil(const struct chart *chart, struct draft *draft)
{
    switch (random_below(12)) {
    case 0:
        draft->type = catalogue_get(random_below(catalogue_count()))->id;
        break;
    case 1:
        draft->from = random_agency();
        break;
    case 2:
        draft->to = random_agency();
        break;
    case 3:
        draft->copy_to = random_below(2) ? random_agency() : "";
        break;
    case 4:
        draft->body = chart->rows[random_below(chart->row_count)].body;
        break;
    case 5:
        draft->answers = "";
        break;
    default:
        break;
    }
}

/* Whether the file has a row from this state to that one for this letter. */
static bool allows(const struct chart *chart, const char *before,
                   const char *after, const struct draft *draft)
{
    const char *state = *before ? before : "START";
    for (size_t i = 0; i < chart->row_count; i++) {
        const struct row *row = &chart->rows[i];
        bool free_body = !strstr(attribute(row->accept, "when"), "m:body");
        bool waits = *attribute(row->accept, "once-settled") &&
                     strcmp(after, state) == 0;
        if (!*row->follows && strcmp(row->state, state) == 0 &&
            (waits || strcmp(row->next, after) == 0) &&
            strcmp(row->type, draft->type) == 0 &&
            (free_body || strcmp(row->body, draft->body) == 0))
            return true;
    }
    return false;
}

static void assert_accepted(struct bench *bench, struct chart *chart,
                            const char *before, const struct draft *draft,
                            const struct outcome *got)
{
    assert_true(allows(chart, before, bench_state(bench), draft));
    assert_string_equal(got->effect.state_before, before);
    assert_string_equal(got->effect.state_after, bench_state(bench));
    for (size_t k = 0; k < got->effect.recipient_count; k++)
        assert_non_null(
            casefile_party(bench->casefile, got->effect.recipients[k]));
}

/* One random letter; +1 accepted, -1 refused, 0 there was none to write. */
static int say_one(struct bench *bench, struct chart *chart, instant now)
{
    struct made made;
    AUTO(text) char *before = mem_text(bench_state(bench));
    if (!make_letter(bench, chart, random_row(bench, chart), random_below(2),
                     &made))
        return 0;
    made.draft.at = now;
    spoil(chart, &made.draft);
    AUTO(outcome) struct outcome got = bench_say(bench, &made.draft);
    if (got.reason != R_OK) {
        assert_string_equal(bench_state(bench), before);
        return -1;
    }
    if (strcmp(bench->casefile->procedure, attribute(chart->root, "id")) == 0)
        assert_accepted(bench, chart, before, &made.draft, &got);
    else
        assert_string_equal(before, ""); /* another one was opened */
    deliver_all(bench, &got, now);
    return 1;
}

static void storm(struct bench *bench, struct chart *chart)
{
    size_t accepted = 0, refused = 0;
    instant now = BENCH_START;
    for (int i = 0; i < STORM; i++) {
        bool stray = bench->casefile && strcmp(bench->casefile->procedure,
                                               attribute(chart->root, "id"));
        if (stray || random_below(16) == 0) {
            bench_forget(bench);
            now = BENCH_START;
        }
        int said = say_one(bench, chart, now);
        accepted += said > 0;
        refused += said < 0;
        now += (instant)random_below(20) * INSTANT_DAY;
    }
    assert_true(accepted > STORM / 20);
    assert_true(refused > STORM / 40);
}

static void test_storm__never_reaches_a_state_that_the_file_does_not_allow(
    void **state)
{
    (void)state;
    each_chart(storm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_storm__never_reaches_a_state_that_the_file_does_not_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
