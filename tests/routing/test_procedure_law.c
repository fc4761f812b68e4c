/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the law says of the criminal-justice procedures, number by number: the
 * files may be rearranged, but a period, its article or its force that changes
 * unseen fails here. Then the ways of a case that only these procedures have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/procedure_fixture.h"

static const struct {
    const char *procedure, *limit, *period, *article, *force;
} law[] = {
    {"case-transfer", "approval", "P3D", "W17-5", "statutory"},
    {"case-transfer", "transfer", "PT24H", "W17-6", "statutory"},
    {"case-transfer", "acceptance", "PT24H", "W17-7", "none"},
    {"case-transfer", "deficiency", "PT24H", "W17-8", "statutory"},
    {"case-transfer", "correction", "P3D", "W17-8", "statutory"},
    {"case-transfer", "forward", "PT24H", "W17-9", "statutory"},
    {"case-transfer", "filing-decision", "P3D", "W17-9", "statutory"},
    {"case-transfer", "filing-decision-clue", "P7D", "W17-9", "statutory"},
    {"case-transfer", "filing-decision-complex", "P30D", "W17-9", "statutory"},
    {"case-transfer", "decision-notice", "P3D", "W17-9", "statutory"},
    {"case-transfer", "post-filing-notice", "P3D", "PSC-184", "statutory"},
    {"case-transfer", "exhibits", "P3D", "W17-10", "statutory"},
    {"case-transfer", "reconsideration", "P3WD", "W17-11", "statutory"},
    {"case-transfer", "reconsideration-decision", "P3WD", "W17-11",
     "statutory"},
    {"case-transfer", "supervision-right", "P3D", "W310-9", "statutory"},
    {"case-transfer", "supplementary", "P1M", "W17-19", "statutory"},
    {"case-transfer", "non-prosecution", "P3D", "W17-18", "statutory"},
    {"case-transfer", "entry", "P7D", "W17-34", "statutory"},
    {"filing-supervision", "explanation", "P7D", "PPR-560", "statutory"},
    {"filing-supervision", "outcome", "P10D", "PPR-561", "statutory"},
    {"filing-supervision", "filing", "P15D", "PPR-563", "statutory"},
    {"filing-supervision", "watch", "P3M", "PPR-564", "statutory"},
    {"transfer-supervision", "transfer", "P3D", "W17-14", "statutory"},
    {"reverse-referral", "handover", "P3WD", "RG24-review", "statutory"},
    {"reverse-referral", "review", "P10WD", "RG24-review", "statutory"},
    {"reverse-referral", "reply", "P2M", "SPP4-reply", "none"},
    {"admin-detention", "transfer", "P3WD", "W853-12", "statutory"},
    {"admin-detention", "supplement-request", "P3WD", "W853-13", "statutory"},
    {"admin-detention", "copy", "P3WD", "W853-14", "statutory"},
    {"admin-detention", "refusal", "P5WD", "W853-15", "statutory"},
    {"admin-detention", "handling", "P30D", "PAC-165", "statutory"},
    {"admin-detention", "handling-extended", "P60D", "PAC-165", "statutory"},
    {"duty-crime-referral", "forward", "P5WD", "SLR-171", "statutory"},
    {"public-interest", "reply", "P2M", "PIL-21", "statutory"},
    {"public-interest", "urgent-reply", "P15D", "PIL-21", "statutory"},
    {"early-intervention", "reply", "P3D", "W17-29", "none"},
    {"joint-investigation", "accept", "PT24H", "W17-27", "none"},
    {"technical-assistance", "answer", "P15D", "W17-25", "none"},
};

static void test_periods__are_those_of_the_law(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(law); i++) {
        struct limit_facts facts = {.period = "none"};
        procedure_limit(bench->procedures, law[i].procedure, law[i].limit,
                        &facts);
        if (strcmp(facts.period, law[i].period) != 0)
            fprintf(stderr, "%s/%s\n", law[i].procedure, law[i].limit);
        assert_string_equal(facts.period, law[i].period);
        assert_string_equal(facts.article, law[i].article);
        assert_string_equal(facts.force, law[i].force);
    }
}

static struct draft say_to(const char *type, const char *from, const char *to,
                           const char *outcome)
{
    static char bodies[8][160];
    static size_t next = 0;
    char *body = bodies[next++ % COUNT_OF(bodies)];
    snprintf(body, sizeof bodies[0],
             "<decision><outcome>%s</outcome></decision>", outcome);
    return (struct draft){.type = type,
                          .from = from,
                          .to = to,
                          .copy_to = "procuratorate-a",
                          .body = body};
}

static void open_transfer(struct bench *bench)
{
    struct draft transfer =
        say_to("criminal-case-transfer", "ecology-a", "police-a", "");
    transfer.answers = "";
    bench_must(bench, transfer);
    bench_must(bench,
               say_to("acceptance-receipt", "police-a", "ecology-a", ""));
}

/* 3 days from Thursday the 19th: Sunday, so Monday; 7 days: Thursday. */
static void test_review__is_extended_to_seven_and_to_thirty_days(void **state)
{
    struct bench *bench = *state;
    open_transfer(bench);
    bench_assert_due(bench_clock(bench, "filing-decision", "police-a"),
                     "2026-11-23T23:59:59+08:00");
    bench_must(bench, say_to("filing-review-extension", "police-a", "ecology-a",
                             "extended"));
    bench_assert_due(bench_clock(bench, "filing-decision-clue", "police-a"),
                     "2026-11-26T23:59:59+08:00");
    bench_must(bench, say_to("filing-review-extension", "police-a", "ecology-a",
                             "approved"));
    bench_assert_due(bench_clock(bench, "filing-decision-complex", "police-a"),
                     "2026-12-21T23:59:59+08:00");
    struct draft decide =
        say_to("filing-decision-notice", "police-a", "ecology-a", "filed");
    decide.at = bench_time("2026-12-21T23:59:59+08:00");
    assert_false(bench_late(bench, decide));
}

static void test_forwarded_case__starts_anew_at_the_other_police(void **state)
{
    struct bench *bench = *state;
    open_transfer(bench);
    struct draft forward =
        say_to("jurisdiction-forward", "police-a", "police-b", "");
    forward.copy_to = "";
    bench_must(bench, forward);
    assert_string_equal(bench_state(bench), "SENT");
    assert_int_equal(bench_clock(bench, "forward-notice", "police-a")->status,
                     DEADLINE_RUNNING);
    assert_int_equal(bench_clock(bench, "acceptance", "police-b")->status,
                     DEADLINE_WAITING);
    bench_must(bench, say_to("jurisdiction-forward-notice", "police-a",
                             "ecology-a", "forwarded"));
    assert_int_equal(bench_clock(bench, "forward-notice", "police-a")->status,
                     DEADLINE_MET);
    struct draft receipt =
        say_to("acceptance-receipt", "police-b", "ecology-a", "");
    bench_must(bench, receipt);
    assert_int_equal(bench_clock(bench, "filing-decision", "police-b")->status,
                     DEADLINE_RUNNING);
}

/* From the head's desk to the judgment. */
static void test_case__goes_from_the_approval_to_the_judgment(void **state)
{
    static const struct {
        const char *type, *from, *to, *outcome, *state;
    } way[] = {
        {"transfer-approval-request", "ecology-a", "ecology-a", "",
         "APPROVAL_PENDING"},
        {"transfer-approval-decision", "ecology-a", "ecology-a", "not-approved",
         "NOT_TRANSFERRED"},
        {"transfer-approval-decision", "ecology-a", "ecology-a", "approved",
         "APPROVED"},
        {"criminal-case-transfer", "ecology-a", "police-a", "", "SENT"},
        {"acceptance-receipt", "police-a", "ecology-a", "", "UNDER_REVIEW"},
        {"non-filing-notice", "police-a", "ecology-a", "not-filed",
         "NOT_FILED"},
        {"reconsideration-request", "ecology-a", "police-a", "",
         "RECONSIDERING"},
        {"reconsideration-decision", "police-a", "ecology-a", "changed",
         "CHANGED"},
        {"filing-decision-notice", "police-a", "ecology-a", "filed", "FILED"},
        {"exhibit-handover", "ecology-a", "police-a", "", "FILED"},
        {"exhibit-handover-receipt", "police-a", "ecology-a", "",
         "INVESTIGATING"},
        {"prosecution-submission", "police-a", "procuratorate-a", "",
         "PROSECUTION_REVIEW"},
        {"supplementary-investigation-outline", "procuratorate-a", "police-a",
         "", "SUPPLEMENTARY"},
        {"prosecution-submission", "police-a", "procuratorate-a", "",
         "PROSECUTION_REVIEW"},
        {"indictment-info", "procuratorate-a", "ecology-a", "prosecuted",
         "INDICTED"},
        {"judgment-info", "procuratorate-a", "ecology-a", "convicted",
         "JUDGED"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(way); i++) {
        struct draft draft =
            say_to(way[i].type, way[i].from, way[i].to, way[i].outcome);
        if (strstr("criminal-case-transfer non-filing-notice "
                   "filing-decision-notice",
                   way[i].type) == NULL)
            draft.copy_to = "";
        bench_must(bench, draft);
        assert_string_equal(bench_state(bench), way[i].state);
    }
}

/* The review by the procuratorate stands still while the police seek review. */
static void test_suspended_review__goes_on_with_its_working_days(void **state)
{
    struct bench *bench = *state;
    const char *me = "procuratorate-a";
    struct draft handover =
        say_to("non-prosecution-notice", me, me, "not-prosecuted");
    handover.copy_to = handover.answers = "";
    bench_must(bench, handover);
    bench_assert_due(bench_clock(bench, "review", me),
                     "2026-12-03T23:59:59+08:00");
    struct draft stop = say_to("review-suspension", me, me, "suspended");
    stop.copy_to = "";
    stop.at = bench_time("2026-11-23T10:00:00+08:00");
    bench_must(bench, stop);
    handover.at = bench_time("2026-12-14T10:00:00+08:00");
    bench_must(bench, handover);
    bench_assert_due(bench_clock(bench, "review", me),
                     "2026-12-24T23:59:59+08:00");
}

/* Since the Code the measures of 2014 are practice, not law. */
static void test_detention__is_judged_by_the_law_of_its_day(void **state)
{
    static const struct {
        const char *at, *force;
    } days[] = {{"2026-08-14T10:00:00+08:00", "statutory"},
                {"2026-08-15T10:00:00+08:00", "none"}};
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        struct limit_facts facts;
        struct draft approve =
            say_to("detention-approval", "ecology-a", "ecology-a", "approved");
        approve.copy_to = approve.answers = "";
        approve.at = bench_time(days[i].at);
        bench_forget(bench);
        bench_must(bench, approve);
        assert_true(procedure_clock(
            bench->procedures, bench->registry, bench->casefile,
            bench_clock(bench, "transfer", "ecology-a"), &facts));
        assert_string_equal(facts.force, days[i].force);
    }
}

/* PPR-561: the order comes when the seven days have passed without reasons. */
static void test_order_to_file__waits_for_the_reasons(void **state)
{
    struct bench *bench = *state;
    struct draft demand = say_to("non-filing-explanation-demand",
                                 "procuratorate-a", "police-a", "");
    demand.copy_to = demand.answers = "";
    bench_must(bench, demand);
    procedure_delivered(bench->procedures, bench->registry, bench->casefile, 1,
                        "police-a", BENCH_START);
    struct draft order =
        say_to("file-case-order", "procuratorate-a", "police-a", "ordered");
    order.copy_to = "";
    order.at = bench_time("2026-11-26T23:59:59+08:00");
    assert_int_equal(bench_reason(bench, order), R_OUT_OF_TURN);
    order.at = bench_time("2026-11-27T00:00:00+08:00");
    bench_must(bench, order);
    assert_string_equal(bench_state(bench), "ORDERED");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, bench_make, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_periods__are_those_of_the_law),
        TEST(test_review__is_extended_to_seven_and_to_thirty_days),
        TEST(test_forwarded_case__starts_anew_at_the_other_police),
        TEST(test_case__goes_from_the_approval_to_the_judgment),
        TEST(test_suspended_review__goes_on_with_its_working_days),
        TEST(test_detention__is_judged_by_the_law_of_its_day),
        TEST(test_order_to_file__waits_for_the_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
