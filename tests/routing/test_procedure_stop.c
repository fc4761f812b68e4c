/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks that stop and go on, fixed days, earliest days, warnings, the law of
 * the day, internal letters and parents: tests/procedures/clocks.
 *
 * 2026-11-19 is a Thursday; 21 and 22, 28 and 29 are weekends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/procedure_fixture.h"

#define OFFICE "police-a"
#define LEAD   "ecology-a"

static int open_clocks(void **state)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s/tests/procedures/clocks",
             getenv("YISONG_SOURCE") ? getenv("YISONG_SOURCE") : "..");
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(folder);
    *state = bench;
    return 0;
}

static struct draft letter(const char *type, const char *from, const char *to,
                           const char *at)
{
    return (struct draft){.type = type,
                          .from = from,
                          .to = to,
                          .body = "<notice/>",
                          .answers = "",
                          .at = bench_time(at)};
}

static void open_case(struct bench *bench, const char *at)
{
    bench_must(bench, letter("criminal-case-transfer", LEAD, OFFICE, at));
}

static void stop(struct bench *bench, const char *at)
{
    bench_must(bench, letter("review-suspension", OFFICE, LEAD, at));
}

static void resume(struct bench *bench, const char *at)
{
    bench_must(bench, letter("review-end", OFFICE, LEAD, at));
}

static void assert_due(struct bench *bench, const char *limit, const char *due)
{
    const char *owner = bench_clock(bench, limit, OFFICE) ? OFFICE : LEAD;
    bench_assert_due(bench_clock(bench, limit, owner), due);
}

/* --- stop and go ------------------------------------------------------------
 */

static void test_hours__go_on_to_the_second(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_due(bench, "hours", "2026-11-20T10:00:00+08:00");
    stop(bench, "2026-11-19T15:00:00+08:00");
    assert_int_equal(bench_clock(bench, "hours", OFFICE)->status,
                     DEADLINE_PAUSED);
    resume(bench, "2026-11-21T15:00:30+08:00");
    assert_due(bench, "hours", "2026-11-22T10:00:30+08:00");
    assert_int_equal(bench_clock(bench, "hours", OFFICE)->status,
                     DEADLINE_RUNNING);
}

/* The raw end is moved by the days that it stood, and only then past Sunday. */
static void test_days__go_on_by_whole_days_and_are_moved_once(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_due(bench, "days", "2026-11-30T23:59:59+08:00");
    stop(bench, "2026-11-21T09:00:00+08:00");
    resume(bench, "2026-11-25T17:00:00+08:00");
    assert_due(bench, "days", "2026-12-03T23:59:59+08:00");
}

static void test_days__may_stop_twice(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    stop(bench, "2026-11-21T09:00:00+08:00");
    resume(bench, "2026-11-25T17:00:00+08:00");
    stop(bench, "2026-11-26T09:00:00+08:00");
    resume(bench, "2026-11-27T17:00:00+08:00");
    assert_due(bench, "days", "2026-12-04T23:59:59+08:00");
}

/* Two of five were used on Monday the 23rd; three are left. */
static void test_working_days__go_on_with_the_working_days_left(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_due(bench, "working", "2026-11-26T23:59:59+08:00");
    stop(bench, "2026-11-23T09:00:00+08:00");
    resume(bench, "2026-11-28T09:00:00+08:00");
    assert_due(bench, "working", "2026-12-02T23:59:59+08:00");
}

static void test_last_working_day__is_given_back_when_it_goes_on(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    stop(bench, "2026-11-26T09:00:00+08:00");
    resume(bench, "2026-11-28T09:00:00+08:00");
    assert_due(bench, "working", "2026-11-30T23:59:59+08:00");
}

static void test_months__are_counted_from_the_moved_start(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_due(bench, "months", "2026-12-21T23:59:59+08:00");
    stop(bench, "2026-11-20T09:00:00+08:00");
    resume(bench, "2026-12-20T09:00:00+08:00");
    assert_due(bench, "months", "2027-01-19T23:59:59+08:00");
}

static void test_named_day__is_moved_by_the_days_that_it_stood(void **state)
{
    struct bench *bench = *state;
    struct draft open = letter("criminal-case-transfer", LEAD, OFFICE,
                               "2026-11-19T10:00:00+08:00");
    open.body = "<notice><due>2026-12-01</due></notice>";
    bench_must(bench, open);
    stop(bench, "2026-11-20T09:00:00+08:00");
    resume(bench, "2026-11-23T09:00:00+08:00");
    assert_due(bench, "named", "2026-12-04T23:59:59+08:00");
}

/* What is over is not stopped; what is stopped is not late when it is met. */
static void test_expired_clock__is_not_stopped(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    stop(bench, "2026-11-20T10:00:01+08:00");
    assert_int_equal(bench_clock(bench, "hours", OFFICE)->status,
                     DEADLINE_RUNNING);
    assert_int_equal(bench_clock(bench, "days", OFFICE)->status,
                     DEADLINE_PAUSED);
    bench_clock(bench, "hours", OFFICE)->status = DEADLINE_CANCELLED;
    assert_false(bench_late(bench, letter("clue-feedback", OFFICE, LEAD,
                                          "2027-06-01T10:00:00+08:00")));
    assert_int_equal(bench_clock(bench, "days", OFFICE)->status, DEADLINE_MET);
}

static void test_suspension__counts_from_its_decision(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    struct draft suspend =
        letter("review-suspension", OFFICE, LEAD, "2026-11-20T12:00:00+08:00");
    suspend.decided = "2026-11-20T09:00:00+08:00";
    bench_must(bench, suspend);
    assert_int_equal(bench_clock(bench, "hours", OFFICE)->status,
                     DEADLINE_PAUSED);
    resume(bench, "2026-11-21T09:00:00+08:00");
    assert_due(bench, "hours", "2026-11-21T10:00:00+08:00");
}

/* --- fixed days -------------------------------------------------------------
 */

static void test_fixed_days__are_the_next_of_the_calendar(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_due(bench, "monthly", "2026-12-05T23:59:59+08:00");
    assert_due(bench, "quarterly", "2027-01-10T23:59:59+08:00");
    assert_due(bench, "yearly", "2026-12-15T23:59:59+08:00");
    assert_due(bench, "month-end", "2026-11-30T23:59:59+08:00");
}

static void test_fixed_day__of_the_start_itself_is_the_next_one(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-12-05T08:00:00+08:00");
    assert_due(bench, "monthly", "2027-01-05T23:59:59+08:00");
    assert_due(bench, "month-end", "2026-12-31T23:59:59+08:00");
}

static void test_month_end__of_february_is_its_last_day(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2028-02-03T08:00:00+08:00");
    assert_due(bench, "month-end", "2028-02-29T23:59:59+08:00");
}

/* Early, late, or two months late: the next report is never forgotten. */
static void test_next_report__follows_the_one_before(void **state)
{
    static const char *const sent[] = {"2026-12-03T08:00:00+08:00",
                                       "2026-12-07T08:00:00+08:00",
                                       "2027-02-07T08:00:00+08:00"};
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(sent); i++) {
        bench_forget(bench);
        open_case(bench, "2026-11-19T10:00:00+08:00");
        bool late =
            bench_late(bench, letter("stat-report", LEAD, OFFICE, sent[i]));
        assert_int_equal(late, i > 0);
        assert_due(bench, "monthly", "2027-01-05T23:59:59+08:00");
    }
}

/* --- earliest days ----------------------------------------------------------
 */

static void test_act__before_its_earliest_day_is_refused(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    struct draft apply =
        letter("repair-application", LEAD, OFFICE, "2027-02-19T23:59:59+08:00");
    assert_int_equal(bench_reason(bench, apply), R_OUT_OF_TURN);
    apply.at = bench_time("2027-02-20T00:00:00+08:00");
    assert_false(bench_late(bench, apply));
    assert_int_equal(bench_clock(bench, "minimum", LEAD)->status,
                     DEADLINE_CANCELLED);
}

static void test_report_of_haste__is_accepted_with_a_warning(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    struct draft report = letter("utility-cutoff-execution-report", OFFICE,
                                 LEAD, "2026-11-19T12:00:00+08:00");
    AUTO(outcome) struct outcome got = bench_say(bench, &report);
    assert_int_equal(got.reason, R_OK);
    assert_non_null(strstr(buf_text(&got.effect.warning_zh), "提前告知"));
    assert_non_null(strstr(buf_text(&got.effect.warning_en), "Too early"));
}

static void test_earliest_day__reminds_nobody(void **state)
{
    struct bench *bench = *state;
    struct limit_facts facts;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_true(procedure_clock(bench->procedures, bench->registry,
                                bench->casefile,
                                bench_clock(bench, "minimum", LEAD), &facts));
    assert_false(facts.duty);
    assert_int_equal(bench_clock(bench, "minimum", LEAD)->warn, 0);
}

/* --- warnings ---------------------------------------------------------------
 */

static void assert_warn(struct bench *bench, const char *limit,
                        const char *expected)
{
    char at[INSTANT_TEXT_MAX];
    instant_format(bench_clock(bench, limit, OFFICE)->warn, at);
    assert_string_equal(at, expected);
}

static void test_warning__comes_before_the_last_day(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    assert_warn(bench, "hours", "2026-11-20T06:00:00+08:00");
    assert_warn(bench, "days", "2026-11-29T00:00:00+08:00");
    assert_warn(bench, "working", "2026-11-25T00:00:00+08:00");
    assert_int_equal(bench_clock(bench, "months", OFFICE)->warn, 0);
    stop(bench, "2026-11-21T09:00:00+08:00");
    resume(bench, "2026-11-25T17:00:00+08:00");
    assert_warn(bench, "days", "2026-12-02T00:00:00+08:00");
}

/* --- the law of the day, internal letters, parents --------------------------
 */

static void test_act__is_that_of_the_law_on_the_day_of_opening(void **state)
{
    struct bench *bench = *state;
    struct draft copy =
        letter("copy-to-department", LEAD, OFFICE, "2026-11-19T12:00:00+08:00");
    open_case(bench, "2026-08-14T23:59:59+08:00");
    bench_must(bench, copy);
    assert_string_equal(bench_state(bench), "OPEN");
    bench_forget(bench);
    open_case(bench, "2026-08-15T00:00:00+08:00");
    bench_must(bench, copy);
    assert_string_equal(bench_state(bench), "CLOSED");
}

static void test_internal_letter__reaches_nobody(void **state)
{
    struct bench *bench = *state;
    open_case(bench, "2026-11-19T10:00:00+08:00");
    struct draft inside =
        letter("detention-approval", LEAD, LEAD, "2026-11-19T12:00:00+08:00");
    AUTO(outcome) struct outcome got = bench_say(bench, &inside);
    assert_int_equal(got.reason, R_OK);
    assert_int_equal(got.effect.recipient_count, 0);
    inside.to = OFFICE;
    assert_int_equal(bench_reason(bench, inside), R_WRONG_ADDRESSEE);
}

static enum reason check_parent(struct bench *bench, struct draft draft,
                                const struct casefile *parent)
{
    AUTO(message) struct message *message = bench_message(bench, &draft);
    AUTO(ground) struct ground ground = {0};
    TRY(procedure_authorise(bench->procedures, bench->registry, NULL, message,
                            &ground, NULL));
    return procedure_check_parent(bench->procedures, bench->registry, NULL,
                                  parent, message, NULL);
}

static void test_parent__is_of_the_procedure_and_state_that_the_act_names(
    void **state)
{
    struct bench *bench = *state;
    struct draft child = letter("criminal-case-transfer", LEAD, OFFICE,
                                "2026-11-19T10:00:00+08:00");
    child.parent = "P-1";
    open_case(bench, "2026-11-19T10:00:00+08:00");
    struct casefile *parent = bench->casefile;
    assert_int_equal(check_parent(bench, child, parent), R_OUT_OF_TURN);
    casefile_set_state(parent, "CLOSED");
    assert_int_equal(check_parent(bench, child, parent), R_OK);
    assert_int_equal(check_parent(bench, child, NULL), R_UNKNOWN_CASE);
    child.from = "ecology-b"; /* no party of the parent */
    assert_int_equal(check_parent(bench, child, parent), R_UNKNOWN_CASE);
}

static void test_child_without_its_parent__is_refused(void **state)
{
    struct bench *bench = *state;
    struct draft clue =
        letter("damage-clue", LEAD, OFFICE, "2026-11-19T10:00:00+08:00");
    assert_int_equal(bench_reason(bench, clue), R_UNKNOWN_CASE);
    clue.parent = "P-1";
    bench_must(bench, clue);
    assert_string_equal(bench->casefile->parent, "P-1");
}

static void test_later_letter__may_only_repeat_the_parent(void **state)
{
    struct bench *bench = *state;
    struct draft clue =
        letter("damage-clue", LEAD, OFFICE, "2026-11-19T10:00:00+08:00");
    clue.parent = "P-1";
    bench_must(bench, clue);
    AUTO(message) struct message *same = bench_message(bench, &clue);
    clue.parent = "P-2";
    AUTO(message) struct message *other = bench_message(bench, &clue);
    assert_int_equal(procedure_check_parent(bench->procedures, bench->registry,
                                            bench->casefile, NULL, same, NULL),
                     R_OK);
    assert_int_equal(procedure_check_parent(bench->procedures, bench->registry,
                                            bench->casefile, NULL, other, NULL),
                     R_UNKNOWN_CASE);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_clocks, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hours__go_on_to_the_second),
        TEST(test_days__go_on_by_whole_days_and_are_moved_once),
        TEST(test_days__may_stop_twice),
        TEST(test_working_days__go_on_with_the_working_days_left),
        TEST(test_last_working_day__is_given_back_when_it_goes_on),
        TEST(test_months__are_counted_from_the_moved_start),
        TEST(test_named_day__is_moved_by_the_days_that_it_stood),
        TEST(test_expired_clock__is_not_stopped),
        TEST(test_suspension__counts_from_its_decision),
        TEST(test_fixed_days__are_the_next_of_the_calendar),
        TEST(test_fixed_day__of_the_start_itself_is_the_next_one),
        TEST(test_month_end__of_february_is_its_last_day),
        TEST(test_next_report__follows_the_one_before),
        TEST(test_act__before_its_earliest_day_is_refused),
        TEST(test_report_of_haste__is_accepted_with_a_warning),
        TEST(test_earliest_day__reminds_nobody),
        TEST(test_warning__comes_before_the_last_day),
        TEST(test_act__is_that_of_the_law_on_the_day_of_opening),
        TEST(test_internal_letter__reaches_nobody),
        TEST(test_parent__is_of_the_procedure_and_state_that_the_act_names),
        TEST(test_child_without_its_parent__is_refused),
        TEST(test_later_letter__may_only_repeat_the_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
