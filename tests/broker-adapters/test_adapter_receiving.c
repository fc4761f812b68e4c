/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One letter that came: kept or put into quarantine; and what the exchange
 * says of letters of ours.
 */
#include "tests/broker-adapters/desk_fixture.h"

static void check_quarantined(const struct post *post, const char *code)
{
    assert_true(query_holds(post, "SELECT code FROM quarantine", code));
    assert_int_equal(number_of(post, "SELECT count(*) FROM incoming"), 0);
    assert_int_equal(number_of(post, "SELECT count(*) FROM outgoing"), 0);
}

static void test_receiving__quarantines_what_was_changed_on_the_way(
    void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(sender, "NC-1", "police-nanchang");
    memcpy(strstr(letter.bytes, "NC-1"), "NC-2", 4);

    assert_int_equal(arrive(recipient, &letter, 1), RECEIVING_QUARANTINED);
    assert_int_equal(arrive(recipient, &letter, 1), RECEIVING_QUARANTINED);

    check_quarantined(recipient, "BAD_SIGNATURE");
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM quarantine"),
                     1);
}

static void test_receiving__files_the_reason_beside_what_it_quarantines(
    void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *post = world_post(world, "police-nanchang");
    struct unjudged came = {.message_id = "",
                            .case_id = "",
                            .media_type = "application/xml",
                            .jws = "",
                            .body = "<rubbish",
                            .size = 8};
    enum receiving outcome;

    must(receive(&post->desk, &came, &outcome, &why), &why);
    world_turns(world, 2);

    check_quarantined(post, "NOT_WELL_FORMED");
    assert_int_equal(files_in(post, "quarantine"), 2);
    assert_int_equal(files_in(post, "in"), 0);
}

static void test_receiving__does_not_let_a_bad_letter_hold_up_the_next(
    void **state)
{
    struct world *world = *state;
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    AUTO(queued_letter) struct queued_letter bad =
        queue_letter(sender, "NC-1", "police-nanchang");
    AUTO(queued_letter) struct queued_letter good =
        queue_letter(sender, "NC-1", "police-nanchang");
    memcpy(strstr(bad.bytes, "NC-1"), "NC-2", 4);

    arrive(recipient, &bad, 1);
    arrive(recipient, &good, 2);

    assert_true(query_holds(recipient, "SELECT state FROM incoming", "ready"));
}

static void test_receiving__refuses_other_bytes_under_a_known_id(void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    AUTO(text) char *first = signed_text(world, SIGNED_ID);
    AUTO(text) char *second = signed_text(world, SIGNED_ID);
    struct post *post = world_post(world, "police-nanchang");
    const char *const texts[] = {first, second};
    enum receiving outcomes[2];
    /* Two signatures of one text differ, so the bytes do. */
    assert_string_not_equal(first, second);

    for (size_t i = 0; i < 2; i++) {
        struct unjudged came = {.message_id = SIGNED_ID,
                                .case_id = "NC-1",
                                .media_type = "application/xml",
                                .jws = "",
                                .body = texts[i],
                                .size = strlen(texts[i]),
                                .place = (int64_t)i + 1};
        must(receive(&post->desk, &came, &outcomes[i], &why), &why);
    }

    assert_int_equal(outcomes[0], RECEIVING_KEPT);
    assert_int_equal(outcomes[1], RECEIVING_QUARANTINED);
    assert_true(query_holds(post, "SELECT code FROM quarantine", "ID_REUSED"));
}

static void test_receiving__judges_again_when_the_registry_knows_more(
    void **state)
{
    struct world *world = *state;
    struct fault why = {0};
    struct post *sender = world_post(world, "ecology-nanchang");
    struct post *recipient = world_post(world, "police-nanchang");
    struct office smaller = office_open();
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(sender, "NC-1", "police-nanchang");
    recipient->desk.registry = smaller.registry; /* other certificates */
    arrive(recipient, &letter, 1);
    check_quarantined(recipient, "CERTIFICATE_UNKNOWN");
    int released;

    recipient->desk.registry = world->office.registry;
    must(sql_begin(recipient->desk.mailbox, &why), &why);
    must(mailbox_end(recipient->desk.mailbox,
                     receiving_judge_again(&recipient->desk, OFFICE_LATER,
                                           &released, &why),
                     &why),
         &why);

    assert_int_equal(released, 1);
    assert_true(query_holds(recipient, "SELECT state FROM incoming", "ready"));
    assert_int_equal(number_of(recipient, "SELECT count(*) FROM quarantine"),
                     0);
    office_close(&smaller);
}

/* A letter of the exchange about a letter of ours, sent by `from`. */
static void answer_from(struct world *world, const char *from,
                        const struct queued_letter *about,
                        const char *body_format)
{
    struct fault why = {0};
    char digest[DIGEST_TEXT_MAX];
    AUTO(intake) struct intake made = {0};
    struct digest of = digest_of(DIGEST_SHA256, about->bytes, about->size);
    AUTO(buf) struct buf text = {0};
    bool refuses = strcmp(body_format, "refusal") == 0;
    buf_print(&text,
              "<message xmlns=\"urn:yisong:message:1\"><header>"
              "<schemaVersion>1</schemaVersion><type>%s</type>"
              "<caseId>NC-1</caseId><to>ecology-nanchang</to>"
              "<urgency>normal</urgency></header><body>",
              body_format);
    digest_format(&of, digest);
    if (refuses)
        buf_print(&text,
                  "<refusal><id>%s</id><digest>%s</digest><code>NOT_PERMITTED"
                  "</code><chinese>无权</chinese><english>may not</english>"
                  "<lawfulChinese>公安机关可以</lawfulChinese></refusal>",
                  about->id, digest);
    else
        buf_print(&text,
                  "<receipts><entry><id>%s</id><digest>%s</digest><type>%s"
                  "</type><caseId>NC-1</caseId>"
                  "<at>2026-11-21T09:02:00+08:00</at><position>7</position>"
                  "</entry>%s</receipts>",
                  about->id, digest, about->type,
                  "<logSize>7</logSize><logRoot>"
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
                  "b855</logRoot>");
    buf_put_text(&text, "</body></message>");
    must(put_letter(world_post(world, from), buf_text(&text), &made, &why),
         &why);
}

static void test_answers__of_the_exchange_move_the_letter_on(void **state)
{
    struct world *world = *state;
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(post, "NC-1", "police-nanchang");
    answer_from(world, "exchange", &letter, "submission-receipt");
    world_turns(world, 2);

    assert_true(query_holds(post, "SELECT state FROM outgoing", "submitted"));
    assert_int_equal(number_of(post, "SELECT position FROM outgoing"), 7);
    assert_int_equal(files_in(post, "receipts"), 1);
    assert_int_equal(files_in(post, "in"), 0);
}

static void test_answers__of_the_exchange_count_from_nobody_else(void **state)
{
    struct world *world = *state;
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(queued_letter) struct queued_letter letter =
        queue_letter(post, "NC-1", "police-nanchang");
    answer_from(world, "bank-nanchang", &letter, "refusal");
    world_turns(world, 2);

    assert_true(
        query_holds(post, "SELECT code FROM quarantine", "NOT_PERMITTED"));
    assert_true(query_holds(post, "SELECT state FROM outgoing", "sent"));
}

static void test_answers__send_the_file_of_a_refused_letter_back(void **state)
{
    struct world *world = *state;
    struct post *post = world_post(world, "ecology-nanchang");
    AUTO(text) char *text = letter_text(NULL, "NC-1", "police-nanchang");
    world_drop(post, "a.xml", text);
    world_turns(world, 1);
    assert_true(file_is_there(post, "sent/a.xml"));
    AUTO(queued_letter) struct queued_letter letter = last_queued(post);

    answer_from(world, "exchange", &letter, "refusal");
    world_turns(world, 2);

    assert_true(query_holds(post, "SELECT state FROM outgoing", "refused"));
    assert_false(file_is_there(post, "sent/a.xml"));
    assert_true(file_is_there(post, "refused/a.xml"));
    assert_true(file_is_there(post, "refused/a.xml.reason.txt"));
    assert_true(file_is_there(post, "refused/a.xml.reason.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_receiving__quarantines_what_was_changed_on_the_way),
        WORLD_TEST(test_receiving__files_the_reason_beside_what_it_quarantines),
        WORLD_TEST(test_receiving__does_not_let_a_bad_letter_hold_up_the_next),
        WORLD_TEST(test_receiving__refuses_other_bytes_under_a_known_id),
        WORLD_TEST(test_receiving__judges_again_when_the_registry_knows_more),
        WORLD_TEST(test_answers__of_the_exchange_move_the_letter_on),
        WORLD_TEST(test_answers__of_the_exchange_count_from_nobody_else),
        WORLD_TEST(test_answers__send_the_file_of_a_refused_letter_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
