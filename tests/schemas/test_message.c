/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Messages in both encodings: what is read, what is lost on the way from one
 * to the other (nothing), what is completed, and what survives damage.
 */
#include "tests/schemas/letters.h"

#include <pthread.h>

#include "schemas/catalogue.h"
#include "tests/schemas/random_message.h"

static void assert_valid(const struct message *message, const char *what)
{
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    if (message_check(message, &mistakes, NULL) == R_OK)
        return;
    mistakes_print(&mistakes, what, &told);
    fail_msg("%s", told.bytes);
}

static void test_message__finds_the_example_of_every_type_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *type = catalogue_get(i)->id;
        static const char *const endings[] = {"xml", "json"};
        for (size_t k = 0; k < COUNT_OF(endings); k++) {
            AUTO(buf) struct buf text = {0};
            read_example(type, endings[k], &text);
            AUTO(message) struct message *message = parsed(&text);
            assert_string_equal(message_type(message), type);
            assert_int_equal(message_encoding(message), k);
            assert_valid(message, type);
        }
    }
}

static void test_message__survives_the_way_through_json(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 1000; seed++) {
        AUTO(buf) struct buf xml = {0};
        AUTO(buf) struct buf json = {0};
        AUTO(buf) struct buf back = {0};
        AUTO(buf) struct buf again = {0};
        random_message_put(seed, &xml);
        rewrite(&xml, MESSAGE_JSON, &json);
        rewrite(&json, MESSAGE_XML, &back);
        assert_string_equal(back.bytes, xml.bytes);
        rewrite(&back, MESSAGE_JSON, &again);
        assert_string_equal(again.bytes, json.bytes);
    }
}

static void test_message__has_one_canonical_form_in_both_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        AUTO(buf) struct buf xml = {0};
        AUTO(buf) struct buf json = {0};
        AUTO(buf) struct buf compact = {0};
        AUTO(buf) struct buf from_xml = {0};
        AUTO(buf) struct buf from_json = {0};
        read_example(catalogue_get(i)->id, "xml", &xml);
        read_example(catalogue_get(i)->id, "json", &json);
        rewrite(&xml, MESSAGE_XML, &compact); /* no blanks between elements */
        AUTO(message) struct message *first = parsed(&compact);
        AUTO(message) struct message *second = parsed(&json);
        assert_int_equal(
            document_canonical(message_document(first), NULL, &from_xml, NULL),
            R_OK);
        assert_int_equal(document_canonical(message_document(second), NULL,
                                            &from_json, NULL),
                         R_OK);
        assert_string_equal(from_xml.bytes, from_json.bytes);
    }
}

static void test_message__reads_the_header_alike(void **state)
{
    (void)state;
    static const char *const endings[] = {"xml", "json"};
    for (size_t k = 0; k < COUNT_OF(endings); k++) {
        AUTO(buf) struct buf text = {0};
        read_example("filing-decision-notice", endings[k], &text);
        AUTO(message) struct message *message = parsed(&text);
        instant decided;
        assert_string_equal(message_case(message), "zaoyang-2023-0908");
        assert_string_equal(message_from(message), "police-zaoyang");
        assert_int_equal(message_to_count(message), 1);
        assert_string_equal(message_to(message, 0), "ecology-zaoyang");
        assert_string_equal(message_copy(message, 0), "procuratorate-zaoyang");
        assert_int_equal(message_sequence(message), 3);
        assert_int_equal(message_sent_at(message), 1696662600000);
        assert_true(message_has_decided_at(message, &decided));
        assert_int_equal(decided, 1696658400000);
        assert_string_equal(message_number(message),
                            "枣公（环）立字〔2023〕21号");
        assert_int_equal(strlen(message_answers_digest(message)), 64);
        assert_string_equal(message_certificate(message), "");
        assert_string_equal(element_name(message_body(message)), "decision");
        assert_null(message_signature(message));
        assert_int_equal(
            message_digest(message)->bytes[0],
            digest_of(DIGEST_SHA256, text.bytes, text.size).bytes[0]);
    }
}

static void test_message__refuses_texts_that_are_no_message(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum reason reason;
    } cases[] = {
        {"", R_NOT_WELL_FORMED},
        {"hello", R_NOT_WELL_FORMED},
        {"[1]", R_NOT_WELL_FORMED},
        {"{}", R_NOT_VALID},
        {"{\"header\":{}}", R_NOT_VALID},
        {"{\"header\":1}", R_NOT_VALID},
        {"{\"a\":1", R_NOT_WELL_FORMED},
        {"<message/>", R_NOT_VALID},
        {"<message xmlns='urn:yisong:message:1'/>", R_NOT_VALID},
        {"<message xmlns='urn:yisong:message:2'><header><id/></header>"
         "</message>",
         R_NOT_VALID},
        {"<wrap xmlns='urn:yisong:message:1'><message><header><id/></header>"
         "</message></wrap>",
         R_NOT_VALID},
        {"<!DOCTYPE x><message/>", R_FORBIDDEN_CONSTRUCT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(message) struct message *message = NULL;
        enum reason reason =
            message_parse(&message, cases[i].text, strlen(cases[i].text), NULL);
        if (reason != cases[i].reason)
            fail_msg("%s: %s", cases[i].text, reason_code(reason));
    }
}

static void test_message__refuses_more_than_its_ceiling(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, "{\"header\":{\"id\":\"");
    while (text.size < MESSAGE_CEILING)
        buf_put_text(&text, "xxxxxxxxxxxxxxxx");
    buf_put_text(&text, "\"}}");
    AUTO(message) struct message *message = NULL;
    assert_int_equal(message_parse(&message, text.bytes, text.size, NULL),
                     R_TOO_LARGE);
}

static void complete(const char *ending, const char *draft, struct buf *out)
{
    static const struct message_header header = {
        .id = "019306e0-0001-7a10-8b20-0005c0de0001",
        .case_id = "new-1",
        .from = "ecology-zaoyang",
        .certificate =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
            "7852b855",
        .answers = "019306e0-0002-7a10-8b20-0005c0de0001",
        .answers_digest =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca4959"
            "91b7852b855",
        .sequence = 9,
        .sent_at = 1696662600000};
    AUTO(buf) struct buf text = {0};
    if (draft)
        buf_put_text(&text, draft);
    else
        read_example("acceptance-receipt", ending, &text);
    AUTO(message) struct message *message = parsed(&text);
    assert_int_equal(message_complete(message, &header, out, NULL), R_OK);
}

static void assert_completed(const struct buf *text)
{
    AUTO(message) struct message *message = parsed(text);
    assert_valid(message, text->bytes);
    assert_string_equal(message_id(message),
                        "019306e0-0001-7a10-8b20-0005c0de0001");
    assert_string_equal(message_case(message), "new-1");
    assert_string_equal(message_from(message), "ecology-zaoyang");
    assert_string_equal(message_answers(message),
                        "019306e0-0002-7a10-8b20-0005c0de0001");
    assert_int_equal(message_sequence(message), 9);
    assert_int_equal(message_sent_at(message), 1696662600000);
    assert_int_equal(strlen(message_certificate(message)), 64);
}

static void test_message__completes_and_replaces_the_header(void **state)
{
    (void)state;
    static const char *const endings[] = {"xml", "json"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        AUTO(buf) struct buf out = {0};
        complete(endings[i], NULL, &out);
        assert_completed(&out);
    }
}

static void test_message__completes_a_draft_of_body_and_addressee(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {0};
    complete("json",
             "{\"body\":{\"acceptance\":{\"acceptedAt\":"
             "\"2026-11-21T17:00:00+08:00\",\"officers\":[{\"name\":\"李某\"}]"
             "}},\"header\":{\"urgency\":\"normal\",\"to\":[\"ecology-a\"],"
             "\"type\":\"acceptance-receipt\",\"schemaVersion\":\"1\"}}",
             &out);
    assert_completed(&out);
}

static void test_message__leaves_alone_what_is_signed(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf out = {0};
    buf_put_text(&text, "<message xmlns='urn:yisong:message:1'><header>"
                        "<id>1</id></header><s:Signature xmlns:s="
                        "'http://www.w3.org/2000/09/xmldsig#'/></message>");
    AUTO(message) struct message *message = parsed(&text);
    const struct message_header header = {.id = "2"};
    assert_non_null(message_signature(message));
    assert_int_equal(message_complete(message, &header, &out, NULL),
                     R_SIGNATURE_PROFILE);
    assert_int_equal(message_write(message, MESSAGE_XML, &out, NULL), R_OK);
    assert_null(strstr(out.bytes, "Signature"));
}

static void *check_many(void *failures)
{
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct buf text = {0};
        struct message *message = NULL;
        struct mistakes mistakes = {0};
        random_message_put(seed, &text);
        if (message_parse(&message, text.bytes, text.size, NULL) != R_OK ||
            (message_check(message, &mistakes, NULL) == R_NOT_VALID &&
             mistakes.count > 40))
            ++*(int *)failures;
        mistakes_done(&mistakes);
        message_free(message);
        buf_done(&text);
    }
    return NULL;
}

static void test_message__is_read_and_judged_by_many_threads(void **state)
{
    (void)state;
    pthread_t threads[8];
    int failures[COUNT_OF(threads)] = {0};
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, check_many, &failures[i]), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures[i], 0);
    }
}

/* Every cut and every changed byte ends in a reason, never in a crash. */
static void test_message__survives_damaged_bytes(void **state)
{
    (void)state;
    static const char *const endings[] = {"xml", "json"};
    unsigned seed = 1;
    for (size_t i = 0; i < 6000; i++) {
        AUTO(buf) struct buf text = {0};
        AUTO(message) struct message *message = NULL;
        AUTO(mistakes) struct mistakes mistakes = {0};
        read_example("acceptance-receipt", endings[i % 2], &text);
        size_t size = (size_t)rand_r(&seed) % text.size + 1;
        for (int k = 0; k < 3; k++)
            text.bytes[(size_t)rand_r(&seed) % size] = (char)rand_r(&seed);
        if (message_parse(&message, text.bytes, i % 3 ? text.size : size,
                          NULL) == R_OK)
            (void)!message_check(message, &mistakes, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message__finds_the_example_of_every_type_valid),
        cmocka_unit_test(test_message__survives_the_way_through_json),
        cmocka_unit_test(
            test_message__has_one_canonical_form_in_both_encodings),
        cmocka_unit_test(test_message__reads_the_header_alike),
        cmocka_unit_test(test_message__refuses_texts_that_are_no_message),
        cmocka_unit_test(test_message__refuses_more_than_its_ceiling),
        cmocka_unit_test(test_message__completes_and_replaces_the_header),
        cmocka_unit_test(test_message__completes_a_draft_of_body_and_addressee),
        cmocka_unit_test(test_message__leaves_alone_what_is_signed),
        cmocka_unit_test(test_message__is_read_and_judged_by_many_threads),
        cmocka_unit_test(test_message__survives_damaged_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
