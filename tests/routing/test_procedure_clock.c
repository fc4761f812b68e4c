/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks: which instant starts them, when they end, what ends them, who owes
 * them.
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
                                      .copy_to = "procuratorate-a",
                                      .answers = ""};
static const struct draft receipt = {
    .type = "acceptance-receipt", .from = "police-a", .to = "ecology-a"};
static const struct draft filing = {.type = "filing-decision-notice",
                                    .from = "police-a",
                                    .to = "ecology-a",
                                    .copy_to = "procuratorate-a"};

#define ACCEPTED(at) "<acceptance><acceptedAt>" at "</acceptedAt></acceptance>"

static struct draft accepted_on_thursday(void)
{
    struct draft letter = receipt;
    letter.body = ACCEPTED("2026-11-19T09:30:00+08:00");
    return letter;
}

/* W17-9 and W17-38: from acceptance, Sunday is moved to Monday. */
static void test_filing_decision__is_due_three_days_after_acceptance(
    void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    bench_late(bench, accepted_on_thursday());
    const struct deadline *clock =
        bench_clock(bench, "filing-decision", "police-a");
    bench_assert_due(clock, "2026-11-23T23:59:59+08:00");
    assert_int_equal(clock->status, DEADLINE_RUNNING);
    assert_int_equal(clock->start, bench_time("2026-11-19T09:30:00+08:00"));
}

static void test_acceptance__is_never_later_than_our_receipt(void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    struct draft dreamer = receipt;
    dreamer.body = ACCEPTED("2027-01-01T00:00:00+08:00");
    bench_late(bench, dreamer);
    assert_int_equal(bench_clock(bench, "filing-decision", "police-a")->start,
                     BENCH_START);
}

static void test_receipt_of_the_case__waits_for_the_delivery(void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    struct deadline *clock = bench_clock(bench, "acceptance", "police-a");
    assert_int_equal(clock->status, DEADLINE_WAITING);

    assert_int_equal(procedure_delivered(bench->procedures, bench->registry,
                                         bench->casefile, 1, "procuratorate-a",
                                         BENCH_START),
                     0);
    assert_int_equal(procedure_delivered(
                         bench->procedures, bench->registry, bench->casefile, 1,
                         "police-a", bench_time("2026-11-20T17:00:00+08:00")),
                     1);

    assert_int_equal(clock->status, DEADLINE_RUNNING);
    bench_assert_due(clock, "2026-11-21T17:00:00+08:00");
    assert_int_equal(procedure_delivered(
                         bench->procedures, bench->registry, bench->casefile, 1,
                         "police-a", bench_time("2026-11-22T17:00:00+08:00")),
                     0);
    bench_assert_due(clock, "2026-11-21T17:00:00+08:00");
}

static void test_late_act__is_accepted_and_marked(void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    bench_late(bench, accepted_on_thursday());
    struct draft late = filing;
    late.at = bench_time("2026-11-24T08:00:00+08:00");
    assert_true(bench_late(bench, late));
    const struct deadline *clock =
        bench_clock(bench, "filing-decision", "police-a");
    assert_int_equal(clock->status, DEADLINE_MET_LATE);
    assert_int_equal(clock->met_by, bench->position);
    assert_string_equal(bench_state(bench), "FILED");
}

/* Decided in time, told within three days of the decision. */
static void test_decision__counts_when_it_was_made(void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    bench_late(bench, accepted_on_thursday());
    struct draft told = filing;
    told.decided = "2026-11-22T16:00:00+08:00";
    told.at = bench_time("2026-11-24T08:00:00+08:00");
    assert_false(bench_late(bench, told));
    assert_int_equal(bench_clock(bench, "filing-decision", "police-a")->status,
                     DEADLINE_MET);
    assert_int_equal(bench_clock(bench, "decision-notice", "police-a")->status,
                     DEADLINE_MET);
}

static void test_decision__that_is_told_too_late_is_marked(void **state)
{
    struct bench *bench = *state;
    bench_late(bench, transfer);
    bench_late(bench, accepted_on_thursday());
    struct draft told = filing;
    told.decided = "2026-11-20T16:00:00+08:00";
    told.at = bench_time("2026-11-24T08:00:00+08:00");
    assert_true(bench_late(bench, told));
    assert_int_equal(bench_clock(bench, "filing-decision", "police-a")->status,
                     DEADLINE_MET);
    assert_int_equal(bench_clock(bench, "decision-notice", "police-a")->status,
                     DEADLINE_MET_LATE);
}

/* W17-6: 24 hours run through the weekend. */
static void test_transfer__is_late_after_twenty_four_hours(void **state)
{
    struct bench *bench = *state;
    struct draft slow = transfer;
    slow.decided = "2026-11-20T17:00:00+08:00";
    slow.at = bench_time("2026-11-21T17:00:00+08:00");
    assert_false(bench_late(bench, slow));
    bench_forget(bench);
    slow.at = bench_time("2026-11-21T17:00:01+08:00");
    assert_true(bench_late(bench, slow));
}

static void test_decision__ends_the_other_clocks(void **state)
{
    struct bench *bench = *state;
    struct draft notice = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    bench_late(bench, transfer);
    bench_late(bench, accepted_on_thursday());
    bench_late(bench, notice);
    assert_int_equal(bench_clock(bench, "correction", "ecology-a")->status,
                     DEADLINE_WAITING);
    bench_late(bench, filing);
    for (size_t i = 0; i < bench->casefile->deadline_count; i++)
        assert_true(!deadline_is_open(&bench->casefile->deadlines[i]) ||
                    strcmp(bench->casefile->deadlines[i].limit, "exhibits") ==
                        0);
}

static void test_letters_without_end__make_no_clocks_without_end(void **state)
{
    struct bench *bench = *state;
    struct draft notice = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    bench_late(bench, transfer);
    bench_late(bench, receipt);
    for (int i = 0; i < 50; i++)
        bench_late(bench, notice);
    size_t open = 0;
    for (size_t i = 0; i < bench->casefile->deadline_count; i++)
        open +=
            strcmp(bench->casefile->deadlines[i].limit, "correction") == 0 &&
            bench->casefile->deadlines[i].status <= DEADLINE_RUNNING;
    assert_int_equal(open, 8);
}

static void test_card__gives_everybody_who_gets_it_a_clock_of_their_own(
    void **state)
{
    struct bench *bench = *state;
    struct draft card = {.type = "card-credit-push",
                         .from = "ecology-a",
                         .to = "credit-platform-a",
                         .copy_to = "bank-a bank-province",
                         .answers = ""};
    struct draft done = {
        .type = "punishment-feedback", .from = "bank-a", .to = "ecology-a"};
    bench_late(bench, card);
    bench_late(bench, done);
    assert_int_equal(bench_clock(bench, "measure", "bank-a")->status,
                     DEADLINE_MET);
    assert_int_equal(bench_clock(bench, "measure", "bank-province")->status,
                     DEADLINE_WAITING);
    assert_int_equal(bench_clock(bench, "measure", "credit-platform-a")->status,
                     DEADLINE_WAITING);
}

static void test_limit__tells_what_it_stands_on(void **state)
{
    struct bench *bench = *state;
    struct limit_facts facts;
    assert_true(procedure_limit(bench->procedures, "case-transfer",
                                "filing-decision", &facts));
    assert_string_equal(facts.period, "P3D");
    assert_true(facts.statutory && facts.duty);
    assert_string_equal(facts.basis_zh, "《环境保护行政执法与刑事司法衔接工作办"
                                        "法》（环环监〔2017〕17号）第九条");
    assert_string_equal(facts.offers, "filing-supervision-suggestion");
    assert_string_equal(facts.offers_to, "ecology");
    assert_true(procedure_limit(bench->procedures, "case-transfer",
                                "deficiency", &facts));
    assert_false(facts.duty);
    assert_true(procedure_limit(bench->procedures, "red-yellow-card", "ingest",
                                &facts));
    assert_false(facts.statutory);
    assert_false(
        procedure_limit(bench->procedures, "case-transfer", "no", &facts));
}

static void test_expiry__is_told_to_those_whom_the_file_names(void **state)
{
    struct bench *bench = *state;
    struct party party = {.as = "procuratorate"}, court = {.as = "court"};
    assert_true(procedure_limit_tells(bench->procedures, "case-transfer",
                                      "filing-decision", &party));
    assert_false(procedure_limit_tells(bench->procedures, "case-transfer",
                                       "filing-decision", &court));
}

#define REAL(name)                                                             \
    cmocka_unit_test_setup_teardown(name, bench_make, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REAL(test_filing_decision__is_due_three_days_after_acceptance),
        REAL(test_acceptance__is_never_later_than_our_receipt),
        REAL(test_receipt_of_the_case__waits_for_the_delivery),
        REAL(test_late_act__is_accepted_and_marked),
        REAL(test_decision__counts_when_it_was_made),
        REAL(test_decision__that_is_told_too_late_is_marked),
        REAL(test_transfer__is_late_after_twenty_four_hours),
        REAL(test_decision__ends_the_other_clocks),
        REAL(test_letters_without_end__make_no_clocks_without_end),
        REAL(test_card__gives_everybody_who_gets_it_a_clock_of_their_own),
        REAL(test_limit__tells_what_it_stands_on),
        REAL(test_expiry__is_told_to_those_whom_the_file_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
