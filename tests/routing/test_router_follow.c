/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cases that follow a letter of a linked one: a card that is removed, or a
 * credit that is repaired, lifts the joint punishment, whoever was told to
 * punish is told, and all of it is one transaction that can be recomputed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/routing/follow_fixture.h"

/* --- a removal lifts every measure ------------------------------------------
 */

static void test_removal__lifts_the_joint_punishment_and_stops_its_clocks(
    void **state)
{
    struct centre *centre = *state;
    punish(centre);
    check_state(centre, LIST, "LISTED");

    say_all(centre, &removal);

    check_state(centre, CARD, "REMOVED");
    check_state(centre, LIST, "LIFTING");
    check_clocks(centre, LIST,
                 "lifting/" CREDIT "/waiting lifting/" TRANSPORT "/waiting");
}

static void test_removal__is_told_to_whoever_was_told_to_punish(void **state)
{
    struct centre *centre = *state;
    punish(centre);

    say_all(centre, &removal);

    assert_int_equal(centre_count(centre, TRANSPORT, REMOVAL), 1);
    assert_int_equal(centre_count(centre, CREDIT, REMOVAL), 1);
    assert_int_equal(centre_count(centre, BANK, REMOVAL), 1);
    const struct message *letter = centre_find(centre, TRANSPORT, REMOVAL, 0);
    const char *const told[] = {TRANSPORT, CREDIT, ECOLOGY};
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        const struct message *notice = centre_find(centre, told[i], NOTICE, 0);
        assert_non_null(notice);
        assert_string_equal(message_case(notice), LIST);
        assert_string_equal(message_parent(notice), CARD);
        assert_string_equal(message_answers(notice), message_id(letter));
        assert_string_equal(message_from(notice), "exchange");
    }
    assert_int_equal(centre_count(centre, BANK, NOTICE), 0);
    const char *content = element_child_text(
        message_body(centre_find(centre, TRANSPORT, NOTICE, 0)), "content");
    assert_non_null(strstr(content, "转为“解除中”"));
    assert_non_null(strstr(content, "发改财金〔2016〕1580号"));
    assert_non_null(strstr(content, "to \"being lifted\""));
}

/* The platform has a clock in both cases, and one delivery starts both. */
static void test_removal__starts_the_clocks_of_all_cases_when_delivered(
    void **state)
{
    struct centre *centre = *state;
    punish(centre);
    say_all(centre, &removal);

    sign_for(centre, CREDIT, centre_find(centre, CREDIT, REMOVAL, 0));

    check_clocks(centre, CARD,
                 "lifting/" CREDIT "/running lifting/" BANK "/waiting");
    check_clocks(centre, LIST,
                 "lifting/" CREDIT "/running lifting/" TRANSPORT "/waiting");
}

static const struct draft lifted = {
    .type = "punishment-feedback",
    .case_id = LIST,
    .from = TRANSPORT,
    .to = ECOLOGY,
    .body = "<feedback><stage>lifted</stage><measures><measure>"
            "<name>限制资质</name><status>lifted</status></measure></measures>"
            "</feedback>",
    .sequence = 1};

static void test_removal__is_answered_in_the_case_that_followed(void **state)
{
    struct centre *centre = *state;
    punish(centre);
    say_all(centre, &removal);
    struct draft answer = lifted;
    answer.answers = centre_find(centre, TRANSPORT, REMOVAL, 0);

    say_all(centre, &answer);
    answer.from = CREDIT;
    say_all(centre, &answer);

    assert_int_equal(centre_count(centre, TRANSPORT, "refusal"), 0);
    check_state(centre, LIST, "REMOVED");
    check_clocks(centre, LIST, "");
}

/* The example, with another outcome. */
static char *removal_of(const char *outcome)
{
    AUTO(text) char *body = example_body(REMOVAL);
    char *from = strstr(body, "<cardRemoval>");
    char *rest = strstr(body, "</outcome>");
    *strstr(body, "</body>") = '\0';
    *strstr(body, "removed") = '\0';
    return mem_print("%s%s%s", from, outcome, rest);
}

static void test_removal__that_keeps_the_card_lifts_nothing(void **state)
{
    struct centre *centre = *state;
    punish(centre);
    struct draft kept = removal;
    AUTO(text) char *body = removal_of("kept");
    kept.body = body;

    say_all(centre, &kept);

    assert_int_equal(centre_count(centre, CREDIT, REMOVAL), 1);
    check_state(centre, LIST, "LISTED");
    assert_int_equal(centre_count(centre, TRANSPORT, REMOVAL), 0);
    assert_int_equal(centre_count(centre, TRANSPORT, NOTICE), 0);
}

static void test_removal__leaves_a_case_alone_that_has_ended_already(
    void **state)
{
    struct centre *centre = *state;
    punish(centre);
    struct draft off = list;
    off.type = "list-removal";
    off.parent = NULL;
    off.sequence = 2;
    say_all(centre, &off);
    check_state(centre, LIST, "LIFTING");
    AUTO(text) char *clocks = clocks_of(centre, LIST);

    say_all(centre, &removal);

    check_state(centre, CARD, "REMOVED");
    check_state(centre, LIST, "LIFTING");
    check_clocks(centre, LIST, clocks);
    assert_int_equal(centre_count(centre, TRANSPORT, NOTICE), 0);
}

static void test_removal__is_followed_by_every_case_that_came_from_the_card(
    void **state)
{
    struct centre *centre = *state;
    punish(centre);
    struct draft second = list;
    second.case_id = "NC-LIST-2";
    second.copy_to = BANK;
    say_all(centre, &second);
    const struct draft asked = {.type = "bank-notice",
                                .case_id = "NC-BANK-1",
                                .parent = CARD,
                                .from = ECOLOGY,
                                .to = BANK,
                                .sequence = 1};
    say_all(centre, &asked);

    say_all(centre, &removal);

    check_state(centre, LIST, "LIFTING");
    check_state(centre, "NC-LIST-2", "LIFTING");
    check_state(centre, "NC-BANK-1", "NOTIFIED"); /* told, still owes a reply */
    assert_int_equal(centre_count(centre, TRANSPORT, REMOVAL), 1);
    assert_int_equal(centre_count(centre, BANK, REMOVAL), 1);
    assert_int_equal(centre_count(centre, BANK, NOTICE), 2);
    assert_int_equal(centre_count(centre, ECOLOGY, NOTICE), 3);
}

/* A list without a card knows nothing of it. */
static void test_removal__means_nothing_for_cases_that_are_not_linked(
    void **state)
{
    struct centre *centre = *state;
    struct draft alone = list;
    alone.parent = NULL;
    say_all(centre, &card);
    say_all(centre, &alone);

    say_all(centre, &removal);

    check_state(centre, LIST, "LISTED");
}

/* No more come from one case than can follow it in one transaction. */
static void test_parent__has_only_so_many_cases_that_come_from_it(void **state)
{
    struct centre *centre = *state;
    say_all(centre, &card);
    assert_int_equal(ledger_begin(centre->ledger, NULL), R_OK);
    for (int i = 0; i < 500; i++) {
        AUTO(text) char *id = mem_print("CHILD-%d", i);
        struct casefile *made = mem_new(1, sizeof *made);
        made->id = mem_text(id);
        made->procedure = mem_text("joint-punishment");
        made->state = mem_text("REMOVED");
        made->parent = mem_text(CARD);
        made->opened_at = made->changed_at = centre_clock;
        assert_int_equal(cases_put(centre->ledger, made, NULL), R_OK);
        casefile_free(made);
    }
    assert_int_equal(ledger_commit(centre->ledger, NULL), R_OK);

    say_all(centre, &list);

    const struct message *refusal = centre_find(centre, ECOLOGY, "refusal", 0);
    assert_non_null(refusal);
    assert_string_equal(element_child_text(message_body(refusal), "code"),
                        "TOO_LARGE");
    say_all(centre, &removal);
    check_state(centre, CARD, "REMOVED");
    assert_int_equal(centre_count(centre, ECOLOGY, NOTICE), 0);
}

/* --- upwards ----------------------------------------------------------------
 */

static void test_repair__lifts_the_punishment_that_the_repair_came_from(
    void **state)
{
    struct centre *centre = *state;
    const char *repair = "NC-REPAIR-1";
    punish(centre);
    struct draft letter = {.type = "repair-application",
                           .case_id = repair,
                           .parent = LIST,
                           .from = CREDIT,
                           .to = CREDIT,
                           .sequence = 1};
    say_all(centre, &letter);
    /* the application is on the platform's own record; it names it */
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(timeline) struct timeline *story = NULL;
    AUTO(message) struct message *application = NULL;
    assert_int_equal(timeline_read(&story, centre->ledger, repair, NULL), R_OK);
    assert_int_equal(
        letters_get(centre->ledger, story->letters[0].position, &row, NULL),
        R_OK);
    assert_int_equal(
        message_parse(&application, row.letter.bytes, row.letter.size, NULL),
        R_OK);
    letter = (struct draft){.type = "repair-forward",
                            .case_id = repair,
                            .from = CREDIT,
                            .to = ECOLOGY,
                            .answers = application,
                            .sequence = 2};
    say_all(centre, &letter);
    const struct message *forward =
        centre_find(centre, ECOLOGY, "repair-forward", 0);
    assert_non_null(forward);
    letter = (struct draft){.type = "repair-acceptance",
                            .case_id = repair,
                            .from = ECOLOGY,
                            .to = CREDIT,
                            .answers = forward,
                            .body = "<reply><subject>受理</subject>"
                                    "<result>agreed</result>"
                                    "<statement>予以受理</statement></reply>",
                            .sequence = 1};
    say_all(centre, &letter);
    letter = (struct draft){.type = "repair-decision",
                            .case_id = repair,
                            .from = ECOLOGY,
                            .to = CREDIT,
                            .answers = forward,
                            .body = "<decision><outcome>repaired</outcome>"
                                    "<reasons>已纠正</reasons></decision>",
                            .sequence = 2};

    say_all(centre, &letter);

    check_state(centre, repair, "REPAIRED");
    check_state(centre, LIST, "LIFTING");
    check_state(centre, CARD, "RED"); /* only linked cases follow */
    assert_int_equal(centre_count(centre, TRANSPORT, "repair-decision"), 1);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_centre, close_centre)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_removal__lifts_the_joint_punishment_and_stops_its_clocks),
        TEST(test_removal__is_told_to_whoever_was_told_to_punish),
        TEST(test_removal__starts_the_clocks_of_all_cases_when_delivered),
        TEST(test_removal__is_answered_in_the_case_that_followed),
        TEST(test_removal__that_keeps_the_card_lifts_nothing),
        TEST(test_removal__leaves_a_case_alone_that_has_ended_already),
        TEST(test_removal__is_followed_by_every_case_that_came_from_the_card),
        TEST(test_removal__means_nothing_for_cases_that_are_not_linked),
        TEST(test_parent__has_only_so_many_cases_that_come_from_it),
        TEST(test_repair__lifts_the_punishment_that_the_repair_came_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
