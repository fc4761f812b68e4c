/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The procedures of the notices, told as short stories: one list to many
 * signatories, cards that rise, local limits by region and by day, fixed days
 * of reports, acts that are too early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/procedure_fixture.h"

#define REPLY(result) "<reply><result>" result "</result></reply>"
#define STAGE(stage)  "<feedback><stage>" stage "</stage></feedback>"

static struct draft letter(const char *type, const char *from, const char *to)
{
    return (struct draft){.type = type, .from = from, .to = to};
}

static struct draft opening(const char *type, const char *from, const char *to)
{
    struct draft draft = letter(type, from, to);
    draft.answers = "";
    return draft;
}

static struct draft saying(struct draft draft, const char *body)
{
    draft.body = body;
    return draft;
}

static struct draft at(struct draft draft, const char *time)
{
    draft.at = bench_time(time);
    return draft;
}

static enum deadline_status status_of(const struct bench *bench,
                                      const char *limit, const char *owner)
{
    const struct deadline *clock = bench_clock(bench, limit, owner);
    assert_non_null(clock);
    return clock->status;
}

static void deliver(struct bench *bench, const char *agency)
{
    procedure_delivered(bench->procedures, bench->registry, bench->casefile,
                        bench->position, agency, BENCH_START);
}

/* --- joint punishment -------------------------------------------------------
 */

static void list(struct bench *bench)
{
    bench_must(bench, opening("punishment-list", "ecology-a",
                              "credit-platform-a bank-a securities-a"));
    deliver(bench, "bank-a");
    deliver(bench, "securities-a");
}

static void test_list__starts_a_clock_for_every_signatory(void **state)
{
    struct bench *bench = *state;
    list(bench);
    assert_int_equal(status_of(bench, "measure", "bank-a"), DEADLINE_RUNNING);
    assert_int_equal(status_of(bench, "measure", "securities-a"),
                     DEADLINE_RUNNING);
    bench_must(bench, letter("punishment-measure", "bank-a", "ecology-a"));
    bench_must(bench,
               letter("punishment-refusal", "securities-a", "ecology-a"));
    assert_int_equal(status_of(bench, "measure", "bank-a"), DEADLINE_MET);
    assert_int_equal(status_of(bench, "measure", "securities-a"), DEADLINE_MET);
    assert_int_equal(status_of(bench, "ingest", "credit-platform-a"),
                     DEADLINE_WAITING);
    assert_string_equal(bench_state(bench), "LISTED");
}

static void test_removal__is_over_when_all_have_lifted(void **state)
{
    struct bench *bench = *state;
    list(bench);
    bench_must(bench, opening("list-removal", "ecology-a",
                              "credit-platform-a bank-a securities-a"));
    static const char *const agencies[] = {"bank-a", "credit-platform-a",
                                           "securities-a"};
    for (size_t i = 0; i < COUNT_OF(agencies); i++) {
        assert_string_equal(bench_state(bench), "LIFTING");
        bench_must(bench, saying(letter("punishment-feedback", agencies[i],
                                        "ecology-a"),
                                 STAGE("lifted")));
    }
    assert_string_equal(bench_state(bench), "REMOVED");
}

static void test_stranger__cannot_answer_a_list(void **state)
{
    struct bench *bench = *state;
    list(bench);
    assert_int_equal(bench_reason(bench, letter("punishment-measure", "bank-b",
                                                "ecology-a")),
                     R_NOT_A_PARTY);
    assert_int_equal(bench_reason(bench, letter("punishment-measure",
                                                "ecology-a", "bank-a")),
                     R_NOT_PERMITTED);
}

/* --- cards ------------------------------------------------------------------
 */

static void test_yellow_card__that_is_not_put_right_becomes_red(void **state)
{
    struct bench *bench = *state;
    bench_must(bench,
               opening("yellow-card-decision", "ecology-a", "ecology-a"));
    bench_must(bench, saying(opening("card-credit-push", "ecology-a",
                                     "credit-platform-a"),
                             "<card><colour>yellow</colour></card>"));
    assert_string_equal(bench_state(bench), "YELLOW");
    struct limit_facts facts;
    assert_true(procedure_limit(bench->procedures, "red-yellow-card",
                                "rectification", &facts));
    assert_string_equal(facts.offers, "red-card-decision");
    bench_must(bench, opening("red-card-decision", "ecology-a", "ecology-a"));
    assert_int_equal(status_of(bench, "rectification", "ecology-a"),
                     DEADLINE_CANCELLED);
    bench_must(bench, saying(opening("card-credit-push", "ecology-a",
                                     "credit-platform-a"),
                             "<card><colour>red</colour></card>"));
    assert_string_equal(bench_state(bench), "RED");
}

static void test_failed_review__leads_back_to_the_same_colour(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, saying(opening("card-credit-push", "ecology-a",
                                     "credit-platform-a"),
                             "<card><colour>red</colour></card>"));
    bench_must(bench,
               opening("card-removal-application", "ecology-a", "ecology-a"));
    assert_string_equal(bench_state(bench), "RED_REVIEW");
    bench_must(bench,
               saying(opening("card-removal-decision", "ecology-a",
                              "credit-platform-a"),
                      "<cardRemoval><outcome>kept</outcome></cardRemoval>"));
    assert_string_equal(bench_state(bench), "RED");
}

/* --- clocks -----------------------------------------------------------------
 */

/* W17-24 and W17-38: seven days from receipt; a Sunday moves to Monday. */
static void test_written_consultation__is_due_in_seven_days(void **state)
{
    struct bench *bench = *state;
    bench_must(bench,
               opening("case-consultation-request", "ecology-a", "police-a"));
    procedure_delivered(bench->procedures, bench->registry, bench->casefile, 1,
                        "police-a", bench_time("2026-11-21T09:00:00+08:00"));
    bench_assert_due(bench_clock(bench, "answer", "police-a"),
                     "2026-11-30T23:59:59+08:00");
    bench_must(bench, saying(letter("case-consultation-reply", "police-a",
                                    "ecology-a"),
                             REPLY("ongoing")));
    assert_string_equal(bench_state(bench), "ASKED");
    assert_true(bench_late(
        bench, at(letter("case-consultation-reply", "police-a", "ecology-a"),
                  "2026-12-01T09:00:00+08:00")));
    assert_string_equal(bench_state(bench), "ANSWERED");
}

static void open_complaint(struct bench *bench, const char *time)
{
    bench_forget(bench);
    bench_must(
        bench,
        at(opening("complaint-12369", "hotline-a", "ecology-fujian"), time));
}

/* Fujian: 60 days by the rules of 2015, 30 by those of 2018. */
static void test_complaint__is_judged_by_the_local_law_of_its_day(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, "ecology", "fujian", "350100", "city");
    open_complaint(bench, "2017-03-01T09:00:00+08:00");
    bench_assert_due(bench_clock(bench, "finish", "ecology-fujian"),
                     "2017-04-30T23:59:59+08:00");
    open_complaint(bench, "2019-03-01T09:00:00+08:00");
    bench_assert_due(bench_clock(bench, "finish", "ecology-fujian"),
                     "2019-03-31T23:59:59+08:00");
}

/* The next month's table starts with this month's, so none is forgotten. */
static void test_monthly_table__is_due_on_the_fifth(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, opening("report-reminder", "ecology-a", "ecology-b"));
    bench_assert_due(bench_clock(bench, "monthly-table", "ecology-b"),
                     "2026-12-05T23:59:59+08:00");
    assert_false(bench_late(bench, at(opening("double-random-monthly-table",
                                              "ecology-b", "ecology-a"),
                                      "2026-12-04T09:00:00+08:00")));
    bench_assert_due(bench_clock(bench, "monthly-table", "ecology-b"),
                     "2027-01-05T23:59:59+08:00");
}

/* --- too early --------------------------------------------------------------
 */

static bool warns(struct bench *bench, struct draft draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, &draft);
    assert_int_equal(got.reason, R_OK);
    return got.effect.warning_zh.size > 0;
}

static void tell_user(struct bench *bench)
{
    bench_forget(bench);
    bench_must(bench,
               opening("utility-cutoff-notice", "ecology-a", "power-grid-a"));
    bench_must(bench,
               letter("utility-user-notice", "power-grid-a", "ecology-a"));
}

/* Jiangxi: not before 24 hours, not after 72. What was done is still told. */
static void test_cut__that_is_too_early_is_accepted_with_a_warning(void **state)
{
    struct bench *bench = *state;
    const struct draft cut =
        letter("utility-cutoff-execution-report", "power-grid-a", "ecology-a");
    tell_user(bench);
    bench_assert_due(bench_clock(bench, "cut", "power-grid-a"),
                     "2026-11-22T10:00:00+08:00");
    assert_true(warns(bench, at(cut, "2026-11-20T09:00:00+08:00")));
    assert_string_equal(bench_state(bench), "CUT");
    tell_user(bench);
    assert_false(warns(bench, at(cut, "2026-11-20T11:00:00+08:00")));
}

/* Not the supplier alone decides: residents' supply is objected to. */
static void test_objection__stops_the_cut_until_it_is_answered(void **state)
{
    struct bench *bench = *state;
    tell_user(bench);
    bench_must(bench,
               letter("utility-cutoff-objection", "power-grid-a", "ecology-a"));
    assert_string_equal(bench_state(bench), "OBJECTED");
    assert_int_equal(
        bench_reason(bench, letter("utility-cutoff-execution-report",
                                   "power-grid-a", "ecology-a")),
        R_OUT_OF_TURN);
    bench_must(bench, letter("utility-cutoff-confirmation", "ecology-a",
                             "power-grid-a"));
    assert_string_equal(bench_state(bench), "NOTIFIED");
}

#define STORY(test)                                                            \
    cmocka_unit_test_setup_teardown(test, bench_make, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_list__starts_a_clock_for_every_signatory),
        STORY(test_removal__is_over_when_all_have_lifted),
        STORY(test_stranger__cannot_answer_a_list),
        STORY(test_yellow_card__that_is_not_put_right_becomes_red),
        STORY(test_failed_review__leads_back_to_the_same_colour),
        STORY(test_written_consultation__is_due_in_seven_days),
        STORY(test_complaint__is_judged_by_the_local_law_of_its_day),
        STORY(test_monthly_table__is_due_on_the_fifth),
        STORY(test_cut__that_is_too_early_is_accepted_with_a_warning),
        STORY(test_objection__stops_the_cut_until_it_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
