/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Red and yellow cards: colours, copies to banks, answers, removal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/procedure_fixture.h"

#define CARD(colour) "<card><colour>" colour "</colour></card>"
#define REMOVAL(outcome)                                                       \
    "<cardRemoval><outcome>" outcome "</outcome></cardRemoval>"

static const struct draft red_card = {.type = "card-credit-push",
                                      .from = "ecology-a",
                                      .to = "credit-platform-a",
                                      .copy_to = "bank-a",
                                      .body = CARD("red"),
                                      .answers = ""};

static void test_card__has_the_colour_of_its_body(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, red_card);
    assert_string_equal(bench_state(bench), "RED");
    bench_forget(bench);
    struct draft yellow = red_card;
    yellow.body = CARD("yellow");
    bench_must(bench, yellow);
    assert_string_equal(bench_state(bench), "YELLOW");
    bench_must(bench, red_card);
    assert_string_equal(bench_state(bench), "RED");
}

static void test_yellow_card__is_not_given_twice(void **state)
{
    struct bench *bench = *state;
    struct draft yellow = red_card;
    yellow.body = CARD("yellow");
    bench_must(bench, yellow);
    AUTO(outcome) struct outcome got = bench_say(bench, &yellow);
    assert_int_equal(got.reason, R_OUT_OF_TURN);
    assert_non_null(strstr(buf_text(&got.ground.lawful_zh), "（红牌）"));
}

static void test_card__is_copied_to_the_nearest_banks_if_none_is_named(
    void **state)
{
    struct draft unnamed = red_card;
    unnamed.copy_to = "";
    AUTO(outcome) struct outcome got = bench_say(*state, &unnamed);
    assert_int_equal(got.reason, R_OK);
    assert_true(outcome_reached(&got, "bank-a"));
    assert_false(outcome_reached(&got, "bank-province"));
    assert_false(outcome_reached(&got, "bank-b"));
}

static void test_card__goes_to_the_bank_that_is_named(void **state)
{
    struct draft named = red_card;
    named.copy_to = "bank-province";
    AUTO(outcome) struct outcome got = bench_say(*state, &named);
    assert_true(outcome_reached(&got, "bank-province"));
    assert_false(outcome_reached(&got, "bank-a"));
}

static void test_removal__goes_to_the_bank_that_had_the_card(void **state)
{
    struct bench *bench = *state;
    struct draft named = red_card;
    named.copy_to = "bank-province";
    bench_must(bench, named);
    struct draft removal = {.type = "card-removal-decision",
                            .from = "ecology-a",
                            .to = "credit-platform-a",
                            .body = REMOVAL("removed"),
                            .answers = ""};
    AUTO(outcome) struct outcome got = bench_say(bench, &removal);
    assert_int_equal(got.reason, R_OK);
    assert_string_equal(bench_state(bench), "REMOVED");
    assert_int_equal(got.effect.recipient_count, 2);
    assert_true(outcome_reached(&got, "bank-province"));
}

static void test_removal__may_be_declined_or_make_it_worse(void **state)
{
    struct bench *bench = *state;
    struct draft card = red_card, decision = {.type = "card-removal-decision",
                                              .from = "ecology-a",
                                              .to = "credit-platform-a",
                                              .body = REMOVAL("kept"),
                                              .answers = ""};
    card.body = CARD("yellow");
    bench_must(bench, card);
    bench_must(bench, decision);
    assert_string_equal(bench_state(bench), "YELLOW");
    decision.body = REMOVAL("upgraded");
    bench_must(bench, decision);
    assert_string_equal(bench_state(bench), "RED");
    assert_int_equal(bench_reason(bench, decision), R_OUT_OF_TURN);
}

static void test_bank__answers_without_changing_the_colour(void **state)
{
    struct bench *bench = *state;
    bench_must(bench, red_card);
    struct draft feedback = {.type = "punishment-feedback",
                             .from = "bank-a",
                             .to = "ecology-a",
                             .copy_to = "credit-platform-a"};
    bench_must(bench, feedback);
    assert_string_equal(bench_state(bench), "RED");
    feedback.from = "bank-b";
    assert_int_equal(bench_reason(bench, feedback), R_NOT_A_PARTY);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, bench_make, bench_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_card__has_the_colour_of_its_body),
        TEST(test_yellow_card__is_not_given_twice),
        TEST(test_card__is_copied_to_the_nearest_banks_if_none_is_named),
        TEST(test_card__goes_to_the_bank_that_is_named),
        TEST(test_removal__goes_to_the_bank_that_had_the_card),
        TEST(test_removal__may_be_declined_or_make_it_worse),
        TEST(test_bank__answers_without_changing_the_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
