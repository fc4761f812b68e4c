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

static instant at(const char *text)
{
    instant time = 0;
    assert_int_equal(instant_parse(text, &time, NULL), R_OK);
    return time;
}

static void assert_due(const struct deadline *deadline, const char *text)
{
    char due[INSTANT_TEXT_MAX];
    assert_non_null(deadline);
    assert_string_equal(instant_format(deadline->due, due), text);
}

/* Says it, and returns whether something was late. */
static bool say_late(struct bench *bench, struct draft draft)
{
    AUTO(outcome) struct outcome got = bench_say(bench, &draft);
    if (got.reason != R_OK)
        fault_print(stderr, draft.type, &got.why);
    assert_int_equal(got.reason, R_OK);
    return got.effect.late;
}

static struct draft accepted_on_thursday(void)
{
    struct draft letter = receipt;
    letter.body = ACCEPTED("2026-11-19T09:30:00+08:00");
    return letter;
}

static int open_real(void **state)
{
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(NULL);
    *state = bench;
    return 0;
}

static int open_extra(void **state)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s/tests/procedures/extra",
             getenv("YISONG_SOURCE") ? getenv("YISONG_SOURCE") : ".");
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(folder);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

/* W17-9 and W17-38: from acceptance, Sunday is moved to Monday. */
static void test_filing_decision__is_due_three_days_after_acceptance(
    void **state)
{
    struct bench *bench = *state;
    say_late(bench, transfer);
    say_late(bench, accepted_on_thursday());
    const struct deadline *clock =
        bench_clock(bench, "filing-decision", "police-a");
    assert_due(clock, "2026-11-23T23:59:59+08:00");
    assert_int_equal(clock->status, DEADLINE_RUNNING);
    assert_int_equal(clock->start, at("2026-11-19T09:30:00+08:00"));
}

static void test_acceptance__is_never_later_than_our_receipt(void **state)
{
    struct bench *bench = *state;
    say_late(bench, transfer);
    struct draft dreamer = receipt;
    dreamer.body = ACCEPTED("2027-01-01T00:00:00+08:00");
    say_late(bench, dreamer);
    assert_int_equal(bench_clock(bench, "filing-decision", "police-a")->start,
                     BENCH_START);
}

static void test_receipt_of_the_case__waits_for_the_delivery(void **state)
{
    struct bench *bench = *state;
    say_late(bench, transfer);
    struct deadline *clock = bench_clock(bench, "acceptance", "police-a");
    assert_int_equal(clock->status, DEADLINE_WAITING);

    assert_int_equal(procedure_delivered(bench->procedures, bench->registry,
                                         bench->casefile, 1, "procuratorate-a",
                                         BENCH_START),
                     0);
    assert_int_equal(procedure_delivered(bench->procedures, bench->registry,
                                         bench->casefile, 1, "police-a",
                                         at("2026-11-20T17:00:00+08:00")),
                     1);

    assert_int_equal(clock->status, DEADLINE_RUNNING);
    assert_due(clock, "2026-11-21T17:00:00+08:00");
    assert_int_equal(procedure_delivered(bench->procedures, bench->registry,
                                         bench->casefile, 1, "police-a",
                                         at("2026-11-22T17:00:00+08:00")),
                     0);
    assert_due(clock, "2026-11-21T17:00:00+08:00");
}

static void test_late_act__is_accepted_and_marked(void **state)
{
    struct bench *bench = *state;
    say_late(bench, transfer);
    say_late(bench, accepted_on_thursday());
    struct draft late = filing;
    late.at = at("2026-11-24T08:00:00+08:00");
    assert_true(say_late(bench, late));
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
    say_late(bench, transfer);
    say_late(bench, accepted_on_thursday());
    struct draft told = filing;
    told.decided = "2026-11-22T16:00:00+08:00";
    told.at = at("2026-11-24T08:00:00+08:00");
    assert_false(say_late(bench, told));
    assert_int_equal(bench_clock(bench, "filing-decision", "police-a")->status,
                     DEADLINE_MET);
    assert_int_equal(bench_clock(bench, "decision-notice", "police-a")->status,
                     DEADLINE_MET);
}

static void test_decision__that_is_told_too_late_is_marked(void **state)
{
    struct bench *bench = *state;
    say_late(bench, transfer);
    say_late(bench, accepted_on_thursday());
    struct draft told = filing;
    told.decided = "2026-11-20T16:00:00+08:00";
    told.at = at("2026-11-24T08:00:00+08:00");
    assert_true(say_late(bench, told));
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
    slow.at = at("2026-11-21T17:00:00+08:00");
    assert_false(say_late(bench, slow));
    bench_forget(bench);
    slow.at = at("2026-11-21T17:00:01+08:00");
    assert_true(say_late(bench, slow));
}

static void test_decision__ends_the_other_clocks(void **state)
{
    struct bench *bench = *state;
    struct draft notice = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    say_late(bench, transfer);
    say_late(bench, accepted_on_thursday());
    say_late(bench, notice);
    assert_int_equal(bench_clock(bench, "correction", "ecology-a")->status,
                     DEADLINE_WAITING);
    say_late(bench, filing);
    for (size_t i = 0; i < bench->casefile->deadline_count; i++)
        assert_true(bench->casefile->deadlines[i].status > DEADLINE_RUNNING ||
                    strcmp(bench->casefile->deadlines[i].limit, "acceptance") ==
                        0);
}

static void test_letters_without_end__make_no_clocks_without_end(void **state)
{
    struct bench *bench = *state;
    struct draft notice = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    say_late(bench, transfer);
    say_late(bench, receipt);
    for (int i = 0; i < 50; i++)
        say_late(bench, notice);
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
    say_late(bench, card);
    say_late(bench, done);
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

/* --- what only the extra procedure uses -------------------------------------
 */

static void test_limit__follows_the_region_and_the_law_of_its_day(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer;
    open.copy_to = "";
    say_late(bench, open);
    assert_due(bench_clock(bench, "answer", "police-a"),
               "2026-11-24T23:59:59+08:00");
    bench_forget(bench);
    open.at = at("2026-11-20T10:00:00+08:00");
    say_late(bench, open);
    assert_due(bench_clock(bench, "answer", "police-a"),
               "2026-11-27T23:59:59+08:00");
    bench_forget(bench);
    open.to = "police-b";
    say_late(bench, open);
    assert_due(bench_clock(bench, "answer", "police-b"),
               "2026-12-04T23:59:59+08:00");
}

static void test_extension__keeps_the_start(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer,
                 longer = {.type = "material-deficiency-notice",
                           .from = "police-a",
                           .to = "ecology-a"};
    open.copy_to = "";
    say_late(bench, open);
    longer.at = BENCH_START + 3 * (instant)INSTANT_DAY;
    say_late(bench, longer);
    assert_int_equal(bench_clock(bench, "answer", "police-a")->status,
                     DEADLINE_CANCELLED);
    assert_due(bench_clock(bench, "answer-long", "police-a"),
               "2026-12-19T23:59:59+08:00");
}

static void test_limit__may_be_named_in_the_letter(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer, order = {.type = "material-supplement",
                                           .from = "ecology-a",
                                           .to = "police-a"};
    open.copy_to = "";
    say_late(bench, open);
    order.body = "<notice><due>2026-12-31T12:00:00+08:00</due></notice>";
    say_late(bench, order);
    assert_due(bench_clock(bench, "ordered", "police-a"),
               "2026-12-31T12:00:00+08:00");
    order.body = "<notice><due>2026-12-30</due></notice>";
    say_late(bench, order);
    assert_due(bench_clock(bench, "ordered", "police-a"),
               "2026-12-30T23:59:59+08:00");
    order.body = "<notice/>";
    say_late(bench, order);
    assert_int_equal(bench_clock(bench, "ordered", "police-a")->status,
                     DEADLINE_WAITING);
}

static void test_handed_over_case__belongs_to_the_new_office(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer, forward = {.type = "acceptance-receipt",
                                             .from = "police-a",
                                             .to = "police-b"};
    open.copy_to = "";
    say_late(bench, open);
    say_late(bench, forward);
    assert_int_equal(bench_clock(bench, "answer", "police-a")->status,
                     DEADLINE_CANCELLED);
    assert_int_equal(bench_clock(bench, "answer", "police-b")->status,
                     DEADLINE_RUNNING);
    struct draft decide = filing;
    decide.copy_to = "";
    AUTO(outcome) struct outcome former = bench_say(bench, &decide);
    assert_int_equal(former.reason, R_NOT_PERMITTED);
    decide.from = "police-b";
    say_late(bench, decide);
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
    open.copy_to = "";
    say_late(bench, open);
    say_late(bench, list);
    say_late(bench, answer);
    AUTO(outcome) struct outcome again = bench_say(bench, &answer);
    assert_int_equal(again.reason, R_OUT_OF_TURN);
    answer.from = "bank-b";
    say_late(bench, answer);
    assert_string_equal(bench_state(bench), "LISTED");
    answer.from = "credit-platform-a";
    say_late(bench, answer);
    assert_string_equal(bench_state(bench), "CLOSED");
}

static void test_rule_copy__follows_a_condition_on_the_body(void **state)
{
    struct bench *bench = *state;
    struct draft open = transfer;
    open.copy_to = "";
    open.body = "<caseTransfer><stateOwned>false</stateOwned></caseTransfer>";
    AUTO(outcome) struct outcome private = bench_say(bench, &open);
    assert_int_equal(private.effect.recipient_count, 1);
    bench_forget(bench);
    open.body = "<caseTransfer><stateOwned>true</stateOwned></caseTransfer>";
    AUTO(outcome) struct outcome owned = bench_say(bench, &open);
    assert_int_equal(owned.effect.recipient_count, 2);
    assert_true(outcome_reached(&owned, "state-assets-a"));
}

#define REAL(name) cmocka_unit_test_setup_teardown(name, open_real, close_bench)
#define EXTRA(name)                                                            \
    cmocka_unit_test_setup_teardown(name, open_extra, close_bench)

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
        EXTRA(test_limit__follows_the_region_and_the_law_of_its_day),
        EXTRA(test_extension__keeps_the_start),
        EXTRA(test_limit__may_be_named_in_the_letter),
        EXTRA(test_handed_over_case__belongs_to_the_new_office),
        EXTRA(test_list__is_closed_when_the_last_member_answered),
        EXTRA(test_rule_copy__follows_a_condition_on_the_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
