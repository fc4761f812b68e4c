/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The case transfer: who may say what, to whom, and when.
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
static const struct draft deficiency = {.type = "material-deficiency-notice",
                                        .from = "police-a",
                                        .to = "ecology-a"};
static const struct draft supplement = {
    .type = "material-supplement", .from = "ecology-a", .to = "police-a"};
static const struct draft filing = {.type = "filing-decision-notice",
                                    .from = "police-a",
                                    .to = "ecology-a",
                                    .copy_to = "procuratorate-a"};

static void test_case_transfer__runs_to_filing(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    assert_string_equal(bench_state(bench), "SENT");
    bench_must(bench, receipt);
    bench_must(bench, deficiency);
    bench_must(bench, supplement);
    assert_string_equal(bench_state(bench), "UNDER_REVIEW");
    bench_must(bench, filing);
    assert_string_equal(bench_state(bench), "FILED");
}

static void test_case_transfer__fixes_the_parties_and_their_parts(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    assert_string_equal(casefile_party(bench->casefile, "ecology-a")->as,
                        "ecology");
    assert_string_equal(casefile_party(bench->casefile, "police-a")->as,
                        "police");
    assert_string_equal(casefile_party(bench->casefile, "procuratorate-a")->as,
                        "procuratorate");
    assert_null(casefile_party(bench->casefile, "police-b"));
}

static void test_case_transfer__tells_what_opening_it_changed(void **state)
{
    AUTO(outcome) struct outcome got = bench_say(*state, &transfer);
    assert_true(got.effect.opened);
    assert_string_equal(got.effect.state_before, "");
    assert_string_equal(got.effect.state_after, "SENT");
    assert_true(outcome_reached(&got, "police-a"));
    assert_true(outcome_reached(&got, "procuratorate-a"));
}

/* Jiangxi is one of the provinces where the court takes part. */
static void test_case_transfer__copies_the_court_where_the_province_does(
    void **state)
{
    struct bench *bench = *state;
    AUTO(outcome) struct outcome jiangxi = bench_say(bench, &transfer);
    assert_true(outcome_reached(&jiangxi, "court-a"));
    bench_forget(bench);
    struct draft elsewhere = transfer;
    elsewhere.from = "ecology-b";
    elsewhere.to = "police-b";
    elsewhere.copy_to = "procuratorate-b";
    AUTO(outcome) struct outcome shandong = bench_say(bench, &elsewhere);
    assert_int_equal(shandong.reason, R_OK);
    assert_int_equal(shandong.effect.recipient_count, 2);
}

static void test_case_transfer__needs_the_copy_to_the_procuratorate(
    void **state)
{
    struct draft silent = transfer;
    silent.copy_to = "";
    AUTO(outcome) struct outcome got = bench_say(*state, &silent);
    assert_int_equal(got.reason, R_WRONG_ADDRESSEE);
    assert_string_equal(got.ground.article, "W17-6");
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh), "抄送检察机关"));
}

static void test_case_transfer__is_opened_by_a_bureau_alone(void **state)
{
    struct draft wrong = transfer;
    wrong.from = "bank-a";
    AUTO(outcome) struct outcome got = bench_say(*state, &wrong);
    assert_int_equal(got.reason, R_NOT_PERMITTED);
    assert_string_equal(got.ground.rule, "case-transfer/START");
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh),
                           "生态环境部门→公安机关《案件移送书》"));
    assert_non_null(strstr(buf_text(&got.ground.lawful_en), "ecology bureau"));
}

static void test_case_transfer__goes_to_no_other_role(void **state)
{
    struct bench *bench = *state;
    struct draft wrong = transfer;
    wrong.to = "court-a";
    assert_int_equal(bench_reason(bench, wrong), R_WRONG_ADDRESSEE);
    wrong.to = "police-a bank-a";
    assert_int_equal(bench_reason(bench, wrong), R_WRONG_ADDRESSEE);
    wrong.to = "police-nowhere";
    assert_int_equal(bench_reason(bench, wrong), R_UNKNOWN_ADDRESSEE);
    wrong.to = "police-a";
    wrong.copy_to = "procuratorate-a bank-a";
    assert_int_equal(bench_reason(bench, wrong), R_WRONG_ADDRESSEE);
    assert_null(bench->casefile);
}

static void test_case_transfer__cannot_be_opened_twice(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    assert_int_equal(bench_reason(bench, transfer), R_CASE_EXISTS);
    struct draft other = transfer;
    other.from = "ecology-b";
    AUTO(outcome) struct outcome got = bench_say(bench, &other);
    assert_int_equal(got.reason, R_CASE_EXISTS);
    assert_int_equal(got.ground.lawful_zh.size, 0);
}

static void test_case__must_exist_for_an_answer(void **state)
{
    AUTO(outcome) struct outcome got = bench_say(*state, &receipt);
    assert_int_equal(got.reason, R_UNKNOWN_CASE);
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh), "《案件移送书》"));
}

static void test_case__is_closed_to_those_who_are_not_parties(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    struct draft stranger = receipt;
    stranger.from = "police-b";
    AUTO(outcome) struct outcome got = bench_say(bench, &stranger);
    assert_int_equal(got.reason, R_NOT_A_PARTY);
    assert_string_equal(got.ground.rule, "");
    assert_int_equal(got.ground.lawful_zh.size, 0);
}

static void test_case__is_answered_to_its_own_parties(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    struct draft astray = receipt;
    astray.to = "ecology-b";
    assert_int_equal(bench_reason(bench, astray), R_WRONG_ADDRESSEE);
    astray.to = "ecology-a police-a";
    assert_int_equal(bench_reason(bench, astray), R_WRONG_ADDRESSEE);
}

static void test_case__lets_each_party_say_only_its_own_acts(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    struct draft mine = receipt;
    mine.from = "procuratorate-a";
    assert_int_equal(bench_reason(bench, mine), R_NOT_PERMITTED);
}

/* Incomplete material is no ground to leave out the receipt. */
static void test_police__cannot_ask_before_they_accept(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    AUTO(outcome) struct outcome got = bench_say(bench, &deficiency);
    assert_int_equal(got.reason, R_OUT_OF_TURN);
    assert_string_equal(got.ground.rule, "case-transfer/SENT");
    assert_string_equal(got.ground.article, "W17-8");
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh),
                           "在“已移送，待接受”状态下，可以：公安机关→生态环境"
                           "部门《接受案件回执》；"));
}

static void test_ended_case__says_that_it_ended(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    bench_must(bench, receipt);
    struct draft refused = filing;
    refused.type = "non-police-return";
    refused.body = "<decision/>";
    bench_must(bench, refused);
    AUTO(outcome) struct outcome got = bench_say(bench, &filing);
    assert_int_equal(got.reason, R_OUT_OF_TURN);
    assert_string_equal(buf_text(&got.ground.lawful_zh),
                        "“不属公安管辖，已退回”是终局状态，不再接受文书。");
}

static void test_answer__bench_must_what_it_answers(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    struct draft blind = receipt;
    blind.answers = "";
    assert_int_equal(bench_reason(bench, blind), R_UNKNOWN_MESSAGE);
}

static void test_answer__must_answer_a_letter_of_the_right_type(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, transfer);
    AUTO(message) struct message *message = bench_message(bench, &receipt);
    assert_int_equal(procedure_check_answer(bench->procedures, bench->casefile,
                                            message, "criminal-case-transfer",
                                            NULL),
                     R_OK);
    assert_int_equal(procedure_check_answer(bench->procedures, bench->casefile,
                                            message, "material-supplement",
                                            NULL),
                     R_UNKNOWN_MESSAGE);
}

static void test_unknown_type__is_refused(void **state)
{
    struct draft made_up = transfer;
    made_up.type = "order-pizza";
    made_up.body = "<notice/>";
    assert_int_equal(bench_reason(*state, made_up), R_UNKNOWN_TYPE);
}

static void test_receipt_of_delivery__belongs_to_no_procedure(void **state)
{
    struct draft technical = receipt;
    technical.type = "delivery-receipt";
    technical.body = "<receipts/>";
    assert_int_equal(bench_reason(*state, technical), R_NOT_PERMITTED);
}

static void test_another_level__is_lawful_with_a_warning(void **state)
{
    struct draft down = transfer;
    down.to = "police-county";
    AUTO(outcome) struct outcome got = bench_say(*state, &down);
    assert_int_equal(got.reason, R_OK);
    assert_non_null(strstr(buf_text(&got.effect.warning_zh), "不是同级机关"));
    assert_non_null(strstr(buf_text(&got.effect.warning_en), "same level"));
}

static void test_two_receivers__both_become_police_of_the_case(void **state)
{
    struct bench *bench = *state;
    struct draft both = transfer;
    both.to = "police-a police-b";
    bench_must(bench, both);
    struct draft second = receipt;
    second.from = "police-b";
    bench_must(bench, second);
    assert_string_equal(bench_state(bench), "UNDER_REVIEW");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, bench_make, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_case_transfer__runs_to_filing),
        TEST(test_case_transfer__fixes_the_parties_and_their_parts),
        TEST(test_case_transfer__tells_what_opening_it_changed),
        TEST(test_case_transfer__copies_the_court_where_the_province_does),
        TEST(test_case_transfer__needs_the_copy_to_the_procuratorate),
        TEST(test_case_transfer__is_opened_by_a_bureau_alone),
        TEST(test_case_transfer__goes_to_no_other_role),
        TEST(test_case_transfer__cannot_be_opened_twice),
        TEST(test_case__must_exist_for_an_answer),
        TEST(test_case__is_closed_to_those_who_are_not_parties),
        TEST(test_case__is_answered_to_its_own_parties),
        TEST(test_case__lets_each_party_say_only_its_own_acts),
        TEST(test_police__cannot_ask_before_they_accept),
        TEST(test_ended_case__says_that_it_ended),
        TEST(test_answer__bench_must_what_it_answers),
        TEST(test_answer__must_answer_a_letter_of_the_right_type),
        TEST(test_unknown_type__is_refused),
        TEST(test_receipt_of_delivery__belongs_to_no_procedure),
        TEST(test_another_level__is_lawful_with_a_warning),
        TEST(test_two_receivers__both_become_police_of_the_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
