/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One letter on its way out: completed, judged, signed; or refused.
 */
#include "tests/broker-adapters/desk_fixture.h"

static void test_intake__fills_in_what_the_letter_lacks(void **state)
{
    struct world *world = *state;
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(post, NULL, "police-nanchang");
    AUTO(message) struct message *message = NULL;
    must(message_parse(&message, letter.bytes, letter.size, NULL), NULL);

    assert_true(uuid_is_valid(message_id(message)));
    assert_string_equal(message_case(message), message_id(message));
    assert_string_equal(message_from(message), "ecology-nanchang");
    assert_int_equal(message_sequence(message), 1);
    assert_int_equal(message_sent_at(message), OFFICE_LATER);
    assert_int_equal(signature_verify(world->office.registry, message, "",
                                      OFFICE_LATER, NULL),
                     R_OK);
}

static void test_intake__finds_the_case_of_the_letter_answered(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "ecology-nanchang");
    struct post *police = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter asked =
        queue_letter(police, "NC-77", "ecology-nanchang");
    arrive(post, &asked, 1);
    AUTO(text) char *text = mem_print(
        "{\"header\":{\"schemaVersion\":\"1\",\"type\":\"acceptance-receipt\","
        "\"to\":[\"police-nanchang\"],\"inReplyTo\":{\"id\":\"%s\","
        "\"digest\":\"\"},\"urgency\":\"normal\"},\"body\":{\"acceptance\":{"
        "\"acceptedAt\":\"2026-11-21T09:00:00+08:00\","
        "\"officers\":[{\"name\":\"张某\"}]}}}",
        asked.id);
    AUTO(intake) struct intake made = {0};

    must(put_letter(post, text, &made, &why), &why);

    assert_string_equal(made.case_id, "NC-77");
    AUTO(queued_letter) struct queued_letter answer = last_queued(post);
    AUTO(message) struct message *message = NULL;
    must(message_parse(&message, answer.bytes, answer.size, &why), &why);
    char expected[DIGEST_TEXT_MAX];
    struct digest digest = digest_of(DIGEST_SHA256, asked.bytes, asked.size);
    assert_string_equal(message_answers_digest(message),
                        digest_format(&digest, expected));
    assert_true(*answer.jws);
}

static void expect_refused(struct post *post, const char *text,
                           enum reason expected)
{
    AUTO(intake) struct intake made = {0};
    assert_int_equal(put_letter(post, text, &made, NULL), expected);
    assert_int_equal(number_of(post, "SELECT count(*) FROM outgoing"), 0);
    assert_int_equal(number_of(post, "SELECT count(*) FROM counter"), 0);
}

static void test_intake__refuses_what_is_not_this_agencys(void **state)
{
    struct post *post = world_post(*state, "ecology-nanchang");
    AUTO(text) char *text = sample_text("acceptance-receipt.xml",
                                        "bank-nanchang", "police-nanchang");

    expect_refused(post, text, R_WRONG_CHANNEL);
}

static void test_intake__tells_mistakes_with_the_line_of_the_file(void **state)
{
    struct post *post = world_post(*state, "ecology-nanchang");
    AUTO(text) char *text = letter_text(SIGNED_ID, "a case", "police-nanchang");
    AUTO(intake) struct intake made = {0};

    assert_int_equal(put_letter(post, text, &made, NULL), R_NOT_VALID);

    assert_int_equal(made.mistakes.count, 1);
    assert_string_equal(made.mistakes.rows[0].path, "/message/header/caseId");
    assert_int_equal(made.mistakes.rows[0].line, 2);
}

static void test_intake__knows_the_same_source_again(void **state)
{
    struct post *post = world_post(*state, "ecology-nanchang");
    struct fault why = {0};
    AUTO(text) char *text = letter_text(SIGNED_ID, "NC-1", "police-nanchang");
    AUTO(intake) struct intake first = {0};
    AUTO(intake) struct intake again = {0};

    must(put_letter(post, text, &first, &why), &why);
    must(put_letter(post, text, &again, &why), &why);

    assert_false(first.repeat);
    assert_true(again.repeat);
    assert_int_equal(number_of(post, "SELECT count(*) FROM outgoing"), 1);
}

static void test_intake__refuses_an_id_used_for_other_content(void **state)
{
    struct post *post = world_post(*state, "ecology-nanchang");
    struct fault why = {0};
    AUTO(text) char *text = letter_text(SIGNED_ID, "NC-1", "police-nanchang");
    AUTO(text) char *other = letter_text(SIGNED_ID, "NC-2", "police-nanchang");
    AUTO(intake) struct intake made = {0};
    AUTO(intake) struct intake refused = {0};
    must(put_letter(post, text, &made, &why), &why);

    assert_int_equal(put_letter(post, other, &refused, NULL), R_ID_REUSED);
}

static void test_intake__passes_on_unchanged_what_is_signed(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    AUTO(text) char *text = signed_text(world, SIGNED_ID);
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(intake) struct intake made = {0};

    must(put_letter(post, text, &made, &why), &why);

    AUTO(queued_letter) struct queued_letter letter = last_queued(post);
    assert_int_equal(letter.size, strlen(text));
    assert_memory_equal(letter.bytes, text, letter.size);
}

static void test_intake__refuses_what_was_changed_after_signing(void **state)
{
    struct world *world = *state;
    AUTO(text) char *text = signed_text(world, SIGNED_ID);
    struct post *post = world_post(world, "ecology-nanchang");
    memcpy(strstr(text, "NC-1"), "NC-2", 4);

    expect_refused(post, text, R_BAD_SIGNATURE);
}

static void test_intake__refuses_a_number_that_goes_back(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    AUTO(text) char *text = signed_text(world, SIGNED_ID);
    struct post *post = world_post(world, "ecology-nanchang");
    struct queued_letter other = queue_letter(post, "NC-1", "police-nanchang");
    queued_letter_done(&other);
    AUTO(intake) struct intake made = {0};

    assert_int_equal(put_letter(post, text, &made, &why), R_OUT_OF_SEQUENCE);
    assert_int_equal(number_of(post, "SELECT count(*) FROM outgoing"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_intake__fills_in_what_the_letter_lacks),
        WORLD_TEST(test_intake__finds_the_case_of_the_letter_answered),
        WORLD_TEST(test_intake__refuses_what_is_not_this_agencys),
        WORLD_TEST(test_intake__tells_mistakes_with_the_line_of_the_file),
        WORLD_TEST(test_intake__knows_the_same_source_again),
        WORLD_TEST(test_intake__refuses_an_id_used_for_other_content),
        WORLD_TEST(test_intake__passes_on_unchanged_what_is_signed),
        WORLD_TEST(test_intake__refuses_what_was_changed_after_signing),
        WORLD_TEST(test_intake__refuses_a_number_that_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
