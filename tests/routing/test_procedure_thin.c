/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks that the notices name in their own way: a class of credit, hours from
 * when a fault was found, the list of a quarter, the report of one year; and
 * the words of the law in a refusal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/procedure_cite.h"
#include "tests/routing/procedure_fixture.h"

#define CLASS(class)                                                           \
    "<decision><outcome>published</outcome><creditClass>" class "</"           \
                                                                "creditClass>" \
                                                                "</decision>"

static int open_bench(void **state)
{
    struct bench *bench = mem_new(1, sizeof *bench);
    *bench = bench_open(NULL);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

/* An agency of a region that the bench does not have. */
static void add(struct bench *bench, const char *role, const char *suffix,
                const char *region)
{
    bench_add(bench, role, suffix, region, "city");
}

static const struct draft notice = {.type = "repair-notice",
                                    .from = "ecology-a",
                                    .to = "credit-platform-a",
                                    .decided = "2026-11-19T09:00:00+08:00",
                                    .answers = ""};

static void test_repair__has_the_limits_of_its_class(void **state)
{
    static const struct {
        const char *body, *minimum, *maximum;
        const char *earliest, *latest; /* limits, NULL: none */
    } rows[] = {
        {CLASS("minor"), NULL, "maximum-minor", NULL,
         "2027-02-19T23:59:59+08:00"},
        {CLASS("general"), "minimum", "maximum-general",
         "2027-02-19T23:59:59+08:00", "2027-11-19T23:59:59+08:00"},
        {CLASS("serious"), "minimum-serious", "maximum",
         "2027-11-19T23:59:59+08:00", "2029-11-19T23:59:59+08:00"},
        {"<decision><outcome>published</outcome></decision>", "minimum",
         "maximum", "2027-02-19T23:59:59+08:00", "2029-11-19T23:59:59+08:00"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct draft draft = notice;
        draft.body = rows[i].body;
        bench_must(bench, draft);
        if (rows[i].minimum)
            bench_assert_due(bench_clock(bench, rows[i].minimum, "ecology-a"),
                             rows[i].earliest);
        bench_assert_due(
            bench_clock(bench, rows[i].maximum, "credit-platform-a"),
            rows[i].latest);
        assert_int_equal(bench->casefile->deadline_count,
                         rows[i].minimum ? 2 : 1);
        bench_forget(bench);
    }
}

static void test_repair__of_serious_information_is_too_early_for_a_year(
    void **state)
{
    struct bench *bench = *state;
    struct draft serious = notice;
    struct draft asked = {.type = "repair-application",
                          .from = "credit-platform-a",
                          .to = "credit-platform-a",
                          .answers = ""};
    serious.body = CLASS("serious");
    bench_must(bench, serious);
    asked.at = BENCH_START + 100 * (instant)INSTANT_DAY;

    AUTO(outcome) struct outcome got = bench_say(bench, &asked);

    assert_int_equal(got.reason, R_OK);
    assert_non_null(
        strstr(buf_text(&got.effect.warning_zh), "最短公示期（严重）"));
}

/* Found at nine; told of at eight in the evening, and at half past nine. */
static void test_fault__is_reported_within_twelve_hours_of_being_found(
    void **state)
{
    struct bench *bench = *state;
    struct draft fault = {.type = "equipment-fault-report",
                          .from = "monitoring-centre-a",
                          .to = "ecology-a",
                          .decided = "2026-11-19T09:00:00+08:00",
                          .answers = ""};
    static const struct {
        const char *at;
        enum deadline_status status;
    } rows[] = {{"2026-11-19T20:00:00+08:00", DEADLINE_MET},
                {"2026-11-19T21:30:00+08:00", DEADLINE_MET_LATE}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        fault.at = bench_time(rows[i].at);
        bench_late(bench, fault);
        assert_int_equal(
            bench_clock(bench, "report", "monitoring-centre-a")->status,
            rows[i].status);
        bench_forget(bench);
    }
}

/* Jincheng publishes within a month after the quarter, the first day too. */
static void test_list__of_a_quarter_is_due_a_month_after_it(void **state)
{
    static const struct {
        const char *at, *due;
    } rows[] = {
        {"2026-04-01T10:00:00+08:00", "2026-07-31T23:59:59+08:00"},
        {"2026-06-30T10:00:00+08:00", "2026-07-31T23:59:59+08:00"},
        {"2026-07-01T10:00:00+08:00", "2026-10-31T23:59:59+08:00"},
        {"2026-12-31T10:00:00+08:00", "2027-01-31T23:59:59+08:00"},
        {"2026-02-10T10:00:00+08:00", "2026-04-30T23:59:59+08:00"},
    };
    struct bench *bench = *state;
    add(bench, "ecology", "jincheng", "140500");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct draft card = {.type = "yellow-card-decision",
                             .from = "ecology-jincheng",
                             .to = "ecology-jincheng",
                             .answers = "",
                             .at = bench_time(rows[i].at)};
        bench_late(bench, card);
        card.type = "card-credit-push";
        card.to = "credit-platform-a";
        card.body = "<card><colour>yellow</colour></card>";
        bench_late(bench, card);
        bench_assert_due(bench_clock(bench, "publication", "ecology-jincheng"),
                         rows[i].due);
        bench_forget(bench);
    }
}

/* The city asks, the county reports; both are of Nanchang. */
static struct draft progress(const char *type, const char *at)
{
    bool asks = strcmp(type, "report-reminder") == 0;
    return (struct draft){.type = type,
                          .from = asks ? "ecology-a" : "ecology-county",
                          .to = asks ? "ecology-county" : "ecology-a",
                          .answers = "",
                          .at = bench_time(at)};
}

/* The day of 2018 is for the report of 2018, whenever the reports began. */
static void test_report__of_2018_has_a_day_of_its_own(void **state)
{
    static const struct {
        const char *at, *due;
    } rows[] = {
        {"2018-03-01T10:00:00+08:00", "2018-11-16T23:59:59+08:00"},
        {"2018-11-20T10:00:00+08:00", "2019-12-15T23:59:59+08:00"},
        {"2017-12-20T10:00:00+08:00", "2018-11-16T23:59:59+08:00"},
        {"2019-01-10T10:00:00+08:00", "2019-12-15T23:59:59+08:00"},
    };
    struct bench *bench = *state;
    add(bench, "ecology", "county", "360121");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_late(bench, progress("report-reminder", rows[i].at));
        bench_assert_due(
            bench_clock(bench, "progress-report", "ecology-county"),
            rows[i].due);
        bench_forget(bench);
    }
    static const char *const said[] = {"2017-12-10T10:00:00+08:00",
                                       "2018-11-10T10:00:00+08:00"};
    static const char *const next[] = {"2018-11-16T23:59:59+08:00",
                                       "2019-12-15T23:59:59+08:00"};
    bench_late(bench, progress("report-reminder", "2017-06-01T10:00:00+08:00"));
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        bench_late(bench, progress("annual-progress-report", said[i]));
        bench_assert_due(
            bench_clock(bench, "progress-report", "ecology-county"), next[i]);
    }
}

static void test_refusal__names_the_law_in_words(void **state)
{
    struct draft receipt = {.type = "filing-decision-notice",
                            .from = "police-a",
                            .to = "ecology-a"};
    struct draft transfer = {.type = "criminal-case-transfer",
                             .from = "ecology-a",
                             .to = "police-a",
                             .copy_to = "procuratorate-a",
                             .answers = ""};
    struct bench *bench = *state;
    bench_must(bench, transfer);

    AUTO(outcome) struct outcome got = bench_say(bench, &receipt);

    assert_int_not_equal(got.reason, R_OK);
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh),
                           "依据：《环境保护行政执法与刑事司法衔接工作办法》"
                           "（环环监〔2017〕17号）第"));
    assert_non_null(strstr(buf_text(&got.ground.lawful_en),
                           "Basis: Measures on linking environmental "
                           "enforcement and criminal justice, art. "));
}

static void test_citation__is_read_in_figures(void **state)
{
    static const char *const rows[][2] = {
        {"第五条", "art. 5"},
        {"第十条", "art. 10"},
        {"第十九条", "art. 19"},
        {"第二十条", "art. 20"},
        {"第三百七十三条", "art. 373"},
        {"第一百零六条", "art. 106"},
        {"第一千零六十二条", "art. 1062"},
        {"第二条第十项", "art. 2(10)"},
        {"第四条、第五条", "art. 4, art. 5"},
        {"摘牌（条号未核实）", "摘牌 (article number not confirmed)"},
        {"检察意见（第十二条至第十五条）", "检察意见 (art. 12 to art. 15)"},
        {"第一", "第一"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf) struct buf out = {0};
        bool is_read = cite_put_english(&out, rows[i][0]);
        assert_string_equal(buf_text(&out), rows[i][1]);
        assert_int_equal(is_read, (rows[i][1][0] & 0x80) == 0);
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_repair__has_the_limits_of_its_class),
        TEST(test_repair__of_serious_information_is_too_early_for_a_year),
        TEST(test_fault__is_reported_within_twelve_hours_of_being_found),
        TEST(test_list__of_a_quarter_is_due_a_month_after_it),
        TEST(test_report__of_2018_has_a_day_of_its_own),
        TEST(test_refusal__names_the_law_in_words),
        cmocka_unit_test(test_citation__is_read_in_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
