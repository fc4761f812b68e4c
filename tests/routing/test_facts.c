/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Crime thresholds over real letters: which figures and words meet which, who
 * is joined with whom, and what a transfer covers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "routing/supervision/supervise.h"
#include "tests/routing/planted.h"

struct facts_bench {
    struct centre *centre;
    struct rules *rules;
    struct findings *findings;
};

static int open_bench(void **state)
{
    struct fault why = {0};
    struct facts_bench *made = mem_new(1, sizeof *made);
    AUTO(buf) struct buf report = {0};
    made->centre = centre_open();
    const struct rules_source source = {.procedures = made->centre->procedures};
    office_must(rules_load(&made->rules, &source, &report, &why), &why);
    *state = made;
    return 0;
}

static int close_bench(void **state)
{
    struct facts_bench *made = *state;
    findings_free(made->findings);
    rules_free(made->rules);
    centre_close(made->centre);
    free(made);
    return 0;
}

static void look(struct facts_bench *in)
{
    struct fault why = {0};
    findings_free(in->findings);
    in->findings = NULL;
    office_must(findings_read(&in->findings, in->centre->ledger, in->rules,
                              &(struct finding_request){.at = centre_clock},
                              &why),
                &why);
}

/* A clue that the bureau tells the police: figures and words, no penalty. */
static void tell_clue(struct facts_bench *in, const char *case_id,
                      const char *content, const char *parties,
                      const char *measurement)
{
    bool bare = !*measurement || strncmp(measurement, "<harm>", 6) == 0;
    AUTO(text) char *figures =
        bare ? mem_text(measurement)
             : mem_print("<measurements><measurement>%s</measurement>"
                         "</measurements>",
                         measurement);
    AUTO(text) char *body =
        mem_print("<notice><subject>线索通报</subject><content>%s</content>"
                  "<parties>%s</parties>%s</notice>",
                  content, parties, figures);
    struct draft clue = {.type = "crime-clue-notice",
                         .case_id = case_id,
                         .from = ECOLOGY,
                         .to = POLICE,
                         .sequence = 1,
                         .body = body};
    planted_submit(in->centre, &clue);
}

static const struct finding *find(const struct facts_bench *in,
                                  const char *reason, const char *case_id)
{
    for (size_t i = 0; i < in->findings->count; i++) {
        const struct finding *finding = &in->findings->items[i];
        if (strcmp(finding->rule->id, reason) == 0 &&
            strcmp(finding->case_id, case_id) == 0)
            return finding;
    }
    return NULL;
}

#define MEASURED(pollutant, value, unit, more)                                 \
    "<pollutant>" pollutant "</pollutant><value>" value "</value><unit>" unit  \
    "</unit>" more

#define HARM(more) "<harm>" more "</harm>"
#define INTAKE(level, hours)                                                   \
    HARM("<intakeLevel>" level "</intakeLevel><intakeHours>" hours             \
         "</intakeHours>")

static const struct {
    const char *content, *measurement; /* or harm */
    const char *met;                   /* a threshold, or NULL: none */
} vectors[] = {
    {"铅", MEASURED("铅", "3", "mg/L", "<timesOver>3</timesOver>"),
     "heavy-metal-3-times"},
    {"铅", MEASURED("总铅", "3", "mg/L", "<timesOver>2.99</timesOver>"), NULL},
    {"镉", MEASURED("镉", "0.4", "mg/L", "<limit>0.1</limit>"),
     "heavy-metal-3-times"},
    {"镉", MEASURED("镉", "0.39", "mg/L", "<limit>0.1</limit>"), NULL},
    {"土壤", MEASURED("铅", "7760", "mg/kg", "<timesOver>8.7</timesOver>"),
     NULL},
    {"铜", MEASURED("铜", "9", "mg/L", "<timesOver>9.9</timesOver>"), NULL},
    {"铜", MEASURED("铜", "9", "mg/L", "<timesOver>10</timesOver>"),
     "metal-10-times"},
    {"锌", MEASURED("锌", "22", "mg/L", "<limit>2</limit>"), "metal-10-times"},
    {"锌", MEASURED("锌", "21", "mg/L", "<limit>2</limit>"), NULL},
    {"化学需氧量",
     MEASURED("化学需氧量", "900", "mg/L", "<timesOver>99</timesOver>"), NULL},
    {"危废", MEASURED("危险废物", "3", "吨", ""), "hazardous-waste-3-tonnes"},
    {"危废", MEASURED("危险废物", "2.999", "吨", ""), NULL},
    {"危废", MEASURED("危险废物", "100", "吨", ""),
     "hazardous-waste-100-tonnes"},
    {"以渗坑排放废水。", "", "hidden-discharge"},
    {"干扰自动监测设施。", "", "falsified-monitoring"},
    {"自动监测设施正常。", "", NULL},
    {"在水源保护区倾倒危险废物。", "", "protected-area"},
    {"在水源保护区钓鱼。", "", NULL},
    {"取水中断十三小时。", "", "water-intake-cut"},
    {"噪声扰民。", "", NULL},
    {"得利", HARM("<illegalGain>300000</illegalGain>"), "gain-300000"},
    {"得利", HARM("<illegalGain>299999.99</illegalGain>"), NULL},
    {"得利", HARM("<illegalGain>1000000</illegalGain>"), "gain-1000000"},
    {"损失", HARM("<loss>300000</loss>"), "loss-300000"},
    {"损失", HARM("<loss>299999</loss>"), NULL},
    {"损失", HARM("<loss>1000000</loss>"), "loss-1000000"},
    {"取水", INTAKE("township", "12"), "township-intake-12-hours"},
    {"取水", INTAKE("township", "11.9"), NULL},
    {"取水", INTAKE("county", "12"), "county-intake-12-hours"},
    {"疏散", HARM("<evacuated>5000</evacuated>"), "evacuated-5000"},
    {"疏散", HARM("<evacuated>4999</evacuated>"), NULL},
    {"中毒", HARM("<poisoned>30</poisoned>"), "poisoned-30"},
    {"中毒", HARM("<poisoned>29</poisoned>"), NULL},
    {"伤", HARM("<lightlyInjured>3</lightlyInjured>"), "injured"},
    {"伤", HARM("<lightlyInjured>2</lightlyInjured>"), NULL},
    {"伤", HARM("<seriouslyInjured>1</seriouslyInjured>"), "injured"},
    {"伤", HARM("<seriouslyInjured>3</seriouslyInjured>"), "dead-or-disabled"},
    {"死", HARM("<dead>1</dead>"), "dead-or-disabled"},
    {"残", HARM("<disabled>1</disabled>"), "dead-or-disabled"},
    {"再犯", HARM("<priorPenalties>2</priorPenalties>"), "prior-penalties-2"},
    {"再犯", HARM("<priorPenalties>1</priorPenalties>"), NULL},
    {"重污染天气预警期间超标，二年内曾受二次处罚。", "",
     "heavy-pollution-warning"},
    {"重污染天气预警期间超标。", "", NULL},
    {"擅自进口固体废物用作原料。", HARM("<loss>1000000</loss>"),
     "imported-waste-loss"},
};

static bool is_met(const struct facts_bench *in, const struct finding *finding,
                   const char *id)
{
    for (size_t i = 0; finding && i < in->rules->threshold_count; i++)
        if (strcmp(in->rules->thresholds[i].id, id) == 0)
            return finding->thresholds & (UINT64_C(1) << i);
    return false;
}

static void test_thresholds__are_met_at_the_figure_of_the_law(void **state)
{
    struct facts_bench *in = *state;
    char case_id[32], unit[200];
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        snprintf(case_id, sizeof case_id, "CLUE-%zu", i);
        snprintf(unit, sizeof unit, "<unit><name>第%zu厂</name></unit>", i);
        tell_clue(in, case_id, vectors[i].content, unit,
                  vectors[i].measurement);
    }
    look(in);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        snprintf(case_id, sizeof case_id, "CLUE-%zu", i);
        const struct finding *finding =
            find(in, "threshold-not-transferred", case_id);
        if (vectors[i].met ? !is_met(in, finding, vectors[i].met)
                           : finding != NULL)
            fail_msg("%zu: %s %s", i, vectors[i].content,
                     vectors[i].met ? vectors[i].met : "none");
    }
}

static void test_thresholds__of_facts_and_penalty_in_two_cases_are_joined(
    void **state)
{
    struct facts_bench *in = *state;
    tell_clue(in, "CLUE", "渗坑排放。",
              "<unit><name>南昌某电镀有限公司</name>"
              "</unit>",
              "");
    planted_card(in->centre, "CARD", "yellow", DIRTY_UNIT, "废水超标。");
    look(in);
    const struct finding *finding =
        find(in, "penalised-not-transferred", "CARD");
    assert_non_null(finding);
    assert_string_equal(finding->letter_type, "card-credit-push");
    assert_null(find(in, "threshold-not-transferred", "CLUE"));
}

static void test_thresholds__of_a_unit_that_was_transferred_are_covered(
    void **state)
{
    struct facts_bench *in = *state;
    tell_clue(in, "CLUE", "暗管。",
              "<unit><name>枣阳某再生资源有限公司</name></unit>", "");
    look(in);
    assert_non_null(find(in, "threshold-not-transferred", "CLUE"));
    planted_transfer(in->centre, "TRANSFER", false);
    look(in);
    assert_null(find(in, "threshold-not-transferred", "CLUE"));
}

/* A transfer more than a year ago says nothing of what is done today. */
static void test_thresholds__after_a_transfer_long_ago_are_not_covered(
    void **state)
{
    struct facts_bench *in = *state;
    planted_transfer(in->centre, "TRANSFER", false);
    centre_clock += (instant)300 * INSTANT_DAY;
    tell_clue(in, "SOON", "暗管。",
              "<unit><name>枣阳某再生资源有限公司</name></unit>", "");
    look(in);
    assert_null(find(in, "threshold-not-transferred", "SOON"));
    centre_clock += (instant)60 * INSTANT_DAY;
    tell_clue(in, "CLUE", "暗管。",
              "<unit><name>枣阳某再生资源有限公司</name></unit>", "");
    centre_clock += (instant)30 * INSTANT_DAY;
    tell_clue(in, "LATE", "暗管。",
              "<unit><name>枣阳某再生资源有限公司</name></unit>", "");
    look(in);
    assert_null(find(in, "threshold-not-transferred", "CLUE"));
    assert_non_null(find(in, "threshold-not-transferred", "LATE"));
}

#define PERSON(more) "<person><name>陈某</name>" more "</person>"
#define CITIZEN      "<citizenId>420683198003120015</citizenId>"

static void test_thresholds__know_a_person_by_citizen_id_alone(void **state)
{
    struct facts_bench *in = *state;
    planted_transfer(in->centre, "TRANSFER", false);
    tell_clue(in, "SAME", "暗管。", PERSON(CITIZEN), "");
    tell_clue(in, "NAMESAKE", "暗管。", PERSON(""), "");
    look(in);
    assert_null(find(in, "threshold-not-transferred", "SAME"));
    assert_non_null(find(in, "threshold-not-transferred", "NAMESAKE"));
}

/* The police's answer names nobody: it speaks of those of the case. */
static void test_thresholds__are_read_from_exhibits_of_the_case(void **state)
{
    struct facts_bench *in = *state;
    tell_clue(in, "CLUE", "固体废物。", CLEAN_UNIT, "");
    struct draft answer = {
        .type = "clue-preliminary-result",
        .case_id = "CLUE",
        .from = POLICE,
        .to = ECOLOGY,
        .answers = planted_got(in->centre, POLICE, "crime-clue-notice", "CLUE"),
        .sequence = 1,
        .body =
            "<reply><subject>初查结果</subject><result>ongoing</result>"
            "<statement>查获废物。</statement><exhibits><exhibit><name>废铅板"
            "</name><quantity>1.5</quantity><unit>吨</unit><storagePlace>"
            "仓库</storagePlace><measure>sealed</measure><hazardous>true"
            "</hazardous></exhibit><exhibit><name>废酸</name><quantity>1.5"
            "</quantity><unit>吨</unit><storagePlace>仓库</storagePlace>"
            "<measure>sealed</measure><hazardous>true</hazardous></exhibit>"
            "</exhibits></reply>"};
    planted_submit(in->centre, &answer);
    look(in);
    const struct finding *finding =
        find(in, "threshold-not-transferred", "CLUE");
    assert_true(is_met(in, finding, "hazardous-waste-3-tonnes"));
    assert_string_equal(finding->subject, "南昌某食品有限公司");
    assert_string_equal(finding->agency, POLICE);
}

#define BENCHED(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCHED(test_thresholds__are_met_at_the_figure_of_the_law),
        BENCHED(test_thresholds__of_facts_and_penalty_in_two_cases_are_joined),
        BENCHED(test_thresholds__of_a_unit_that_was_transferred_are_covered),
        BENCHED(test_thresholds__after_a_transfer_long_ago_are_not_covered),
        BENCHED(test_thresholds__know_a_person_by_citizen_id_alone),
        BENCHED(test_thresholds__are_read_from_exhibits_of_the_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
