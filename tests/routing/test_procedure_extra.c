/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A procedure that is only a file: tests/procedures/extra. It uses what the
 * procedures of the first release do not use yet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/procedure_fixture.h"

static const struct draft transfer = {.type = "criminal-case-transfer",
                                      .from = "ecology-a",
                                      .to = "police-a",
                                      .answers = ""};
static const struct draft filing = {
    .type = "filing-decision-notice", .from = "police-a", .to = "ecology-a"};

static int open_extra(void **state)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s/tests/procedures/extra",
             getenv("YISONG_SOURCE") ? getenv("YISONG_SOURCE") : "..");
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(folder);
    *state = bench;
    return 0;
}

static void test_limit__follows_the_region_and_the_law_of_its_day(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer;
    bench_late(bench, open);
    bench_assert_due(bench_clock(bench, "answer", "police-a"),
                     "2026-11-24T23:59:59+08:00");
    bench_forget(bench);
    open.at = bench_time("2026-11-20T10:00:00+08:00");
    bench_late(bench, open);
    bench_assert_due(bench_clock(bench, "answer", "police-a"),
                     "2026-11-27T23:59:59+08:00");
    bench_forget(bench);
    open.to = "police-b";
    bench_late(bench, open);
    bench_assert_due(bench_clock(bench, "answer", "police-b"),
                     "2026-12-04T23:59:59+08:00");
}

static void test_extension__keeps_the_start(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer,
                 longer = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    bench_late(bench, open);
    longer.at = BENCH_START + 3 * (instant)INSTANT_DAY;
    bench_late(bench, longer);
    assert_int_equal(bench_clock(bench, "answer", "police-a")->status,
                     DEADLINE_CANCELLED);
    bench_assert_due(bench_clock(bench, "answer-long", "police-a"),
                     "2026-12-19T23:59:59+08:00");
}

static void test_limit__may_be_named_in_the_letter(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer, order = {.type = "material-supplement",
                                           .from = "ecology-a",
                                           .to = "police-a"};
    bench_late(bench, open);
    order.body = "<notice><due>2026-12-31T12:00:00+08:00</due></notice>";
    bench_late(bench, order);
    bench_assert_due(bench_clock(bench, "ordered", "police-a"),
                     "2026-12-31T12:00:00+08:00");
    order.body = "<notice><due>2026-12-30</due></notice>";
    bench_late(bench, order);
    bench_assert_due(bench_clock(bench, "ordered", "police-a"),
                     "2026-12-30T23:59:59+08:00");
    order.body = "<notice/>";
    bench_late(bench, order);
    assert_int_equal(bench_clock(bench, "ordered", "police-a")->status,
                     DEADLINE_WAITING);
}

static void test_handed_over_case__belongs_to_the_new_office(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer, forward = {.type = "acceptance-receipt",
                                             .from = "police-a",
                                             .to = "police-b"};
    bench_late(bench, open);
    bench_late(bench, forward);
    assert_int_equal(bench_clock(bench, "answer", "police-a")->status,
                     DEADLINE_CANCELLED);
    assert_int_equal(bench_clock(bench, "answer", "police-b")->status,
                     DEADLINE_RUNNING);
    struct draft decide = filing;
    AUTO(outcome) struct outcome former = bench_say(bench, &decide);
    assert_int_equal(former.reason, R_NOT_PERMITTED);
    decide.from = "police-b";
    bench_late(bench, decide);
    assert_string_equal(bench_state(bench), "CLOSED");
}

static void test_list__is_closed_when_the_last_member_answered(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer, answer = {.type = "punishment-feedback",
                                            .from = "bank-a",
                                            .to = "ecology-a"};
    struct draft list = {.type = "card-credit-push",
                         .from = "ecology-a",
                         .to = "bank-a bank-b credit-platform-a"};
    bench_late(bench, open);
    bench_late(bench, list);
    bench_late(bench, answer);
    AUTO(outcome) struct outcome again = bench_say(bench, &answer);
    assert_int_equal(again.reason, R_OUT_OF_TURN);
    answer.from = "bank-b";
    bench_late(bench, answer);
    assert_string_equal(bench_state(bench), "LISTED");
    answer.from = "credit-platform-a";
    bench_late(bench, answer);
    assert_string_equal(bench_state(bench), "CLOSED");
}

static void test_rule_copy__follows_a_condition_on_the_body(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer;
    open.body = "<caseTransfer><stateOwned>false</stateOwned></caseTransfer>";
    AUTO(outcome) struct outcome private = bench_say(bench, &open);
    assert_int_equal(private.effect.recipient_count, 1);
    bench_forget(bench);
    open.body = "<caseTransfer><stateOwned>true</stateOwned></caseTransfer>";
    AUTO(outcome) struct outcome owned = bench_say(bench, &open);
    assert_int_equal(owned.effect.recipient_count, 2);
    assert_true(outcome_reached(&owned, "state-assets-a"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_extra, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_limit__follows_the_region_and_the_law_of_its_day),
        TEST(test_extension__keeps_the_start),
        TEST(test_limit__may_be_named_in_the_letter),
        TEST(test_handed_over_case__belongs_to_the_new_office),
        TEST(test_list__is_closed_when_the_last_member_answered),
        TEST(test_rule_copy__follows_a_condition_on_the_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
