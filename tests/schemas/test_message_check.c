/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is told of a bad letter: every mistake, at the same places in both
 * encodings, and nothing that must stay secret.
 */
#include "tests/schemas/letters.h"

/* A letter with mistakes of every kind, and where they must be found. */
static const char bad_xml[] =
    "<message xmlns='urn:yisong:message:1'><header>"
    "<schemaVersion>2</schemaVersion><id>1</id>"
    "<type>filing-decision-notice</type><caseId>a</caseId>"
    "<from>Police</from><to>x</to><to>ecology-a</to><sequence>-1</sequence>"
    "<sentAt>2026-11-21</sentAt><urgency>high</urgency></header><body>"
    "<decision><outcome>filed</outcome><parties><unit><name>甲</name>"
    "<creditCode>911</creditCode></unit><unit><name>乙</name><age>3</age>"
    "</unit></parties><effectiveFrom>2026-02-30</effectiveFrom>"
    "<fileReturned>yes</fileReturned></decision></body></message>";

static const char bad_json[] =
    "{\"body\":{\"decision\":{\"fileReturned\":\"yes\",\"outcome\":\"filed\","
    "\"parties\":{\"unit\":[{\"name\":\"甲\",\"creditCode\":\"911\"},"
    "{\"age\":\"3\",\"name\":\"乙\"}]},\"effectiveFrom\":\"2026-02-30\"}},"
    "\"header\":{\"schemaVersion\":\"2\",\"id\":\"1\","
    "\"type\":\"filing-decision-notice\",\"caseId\":\"a\",\"from\":\"Police\","
    "\"to\":[\"x\",\"ecology-a\"],\"sequence\":-1,\"sentAt\":\"2026-11-21\","
    "\"urgency\":\"high\"}}";

static const char *const bad_paths[] = {
    "/message/header/schemaVersion",
    "/message/header/id",
    "/message/header/from",
    "/message/header/to[1]",
    "/message/header/sequence",
    "/message/header/sentAt",
    "/message/header/urgency",
    "/message/body/decision/parties/unit[1]/creditCode",
    "/message/body/decision/parties/unit[2]/age",
    "/message/body/decision/effectiveFrom",
    "/message/body/decision/fileReturned",
    "/message/header/decidedAt",
    "/message/header/documentNumber",
    "/message/header/inReplyTo",
};

static bool has_path(const struct mistakes *mistakes, const char *path)
{
    for (size_t i = 0; i < mistakes->count; i++)
        if (strcmp(mistakes->rows[i].path, path) == 0)
            return true;
    return false;
}

static void check_text(const char *text, struct mistakes *mistakes)
{
    struct buf bytes = {.bytes = (char *)(uintptr_t)text, .size = strlen(text)};
    AUTO(message) struct message *message = parsed(&bytes);
    assert_int_not_equal(message_check(message, mistakes, NULL), R_OK);
}

static void assert_bad(const char *text)
{
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    check_text(text, &mistakes);
    mistakes_print(&mistakes, "letter", &told);
    for (size_t i = 0; i < COUNT_OF(bad_paths); i++)
        if (!has_path(&mistakes, bad_paths[i]))
            fail_msg("not found: %s\n%s", bad_paths[i], told.bytes);
    for (size_t i = 0; i < mistakes.count; i++) {
        bool expected = false;
        for (size_t k = 0; k < COUNT_OF(bad_paths); k++)
            expected |= strcmp(bad_paths[k], mistakes.rows[i].path) == 0;
        if (!expected)
            fail_msg("unexpected: %s", mistakes.rows[i].path);
    }
}

static void test_message__tells_all_mistakes_at_once_in_xml(void **state)
{
    (void)state;
    assert_bad(bad_xml);
}

static void test_message__tells_all_mistakes_at_the_same_places_in_json(
    void **state)
{
    (void)state;
    assert_bad(bad_json);
}

static void test_message__tells_the_detail_in_both_languages(void **state)
{
    (void)state;
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    check_text("{\"header\":{\"sentAt\":\"2026-02-30T00:00:00Z\"},\"body\":{"
               "\"card\":{\"unit\":{\"name\":\"甲\","
               "\"creditCode\":\"91350100M000100Y44\"}}}}",
               &mistakes);
    mistakes_print_json(&mistakes, &told);
    assert_non_null(strstr(told.bytes, "没有这一时刻"));
    assert_non_null(strstr(told.bytes, "there is no such time"));
    assert_non_null(strstr(told.bytes, "校验码"));
    assert_non_null(strstr(told.bytes, "check character"));
}

static void test_message__never_shows_a_citizen_id(void **state)
{
    (void)state;
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    check_text("{\"header\":{\"id\":\"1\"},\"body\":{\"caseTransfer\":{"
               "\"suspects\":{\"person\":[{\"name\":\"陈某\","
               "\"citizenId\":\"110105194912310021\"}]}}}}",
               &mistakes);
    mistakes_print_json(&mistakes, &told);
    assert_non_null(strstr(told.bytes, "citizenId"));
    assert_null(strstr(told.bytes, "19491231"));
}

/* A valid letter in JSON with one member of it written another way. */
static void assert_json_mistake(const char *from, const char *to,
                                const char *path)
{
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf changed = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf xml = {0};
    read_example("card-credit-push", "xml", &xml);
    rewrite(&xml, MESSAGE_JSON, &text);
    const char *at = strstr(text.bytes, from);
    assert_non_null(at);
    buf_put(&changed, text.bytes, (size_t)(at - text.bytes));
    buf_print(&changed, "%s%s", to, at + strlen(from));
    AUTO(message) struct message *message = parsed(&changed);
    assert_int_equal(message_check(message, &mistakes, NULL), R_NOT_VALID);
    if (!has_path(&mistakes, path))
        fail_msg("%s: %s, not %s", to, mistakes.rows[0].path, path);
    AUTO(buf) struct buf out = {0};
    if (strstr(to, "unknown") == NULL)
        assert_int_equal(message_write(message, MESSAGE_XML, &out, NULL),
                         R_NOT_VALID);
}

static void test_message__refuses_wrong_kinds_of_json_values(void **state)
{
    (void)state;
    assert_json_mistake("\"sequence\":1", "\"sequence\":\"1\"",
                        "/message/header/sequence");
    assert_json_mistake("\"sequence\":1", "\"sequence\":1.0",
                        "/message/header/sequence");
    assert_json_mistake("\"sequence\":1", "\"sequence\":null",
                        "/message/header/sequence");
    assert_json_mistake("\"to\":[\"credit-xiangyang\"]",
                        "\"to\":\"credit-xiangyang\"", "/message/header");
    assert_json_mistake("\"copyTo\":[\"bank-zaoyang\"]", "\"copyTo\":[]",
                        "/message/header");
    assert_json_mistake("\"colour\":\"red\"", "\"colour\":[\"red\"]",
                        "/message/body/card/colour");
    assert_json_mistake("\"fine\":\"1000000\"", "\"fine\":1000000",
                        "/message/body/card/penalties/penalty/fine");
    assert_json_mistake("\"stateOwned\":false", "\"stateOwned\":\"false\"",
                        "/message/body/card/unit/stateOwned");
    assert_json_mistake("\"stateOwned\":false", "\"a b\":1",
                        "/message/body/card/unit");
    assert_json_mistake("\"stateOwned\":false", "\"unknown\":[1,{\"x\":2}]",
                        "/message/body/card/unit/unknown[1]");
    assert_json_mistake("\"kinds\":[\"fine\",\"close-down\"]",
                        "\"kinds\":{\"kind\":[\"fine\"]}",
                        "/message/body/card/penalties/penalty/kinds");
}

/* Each breaks a valid letter in one way that only XML knows. */
static void assert_xml_mistake(const char *from, const char *to)
{
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf changed = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    read_example("card-credit-push", "xml", &text);
    const char *at = strstr(text.bytes, from);
    assert_non_null(at);
    buf_put(&changed, text.bytes, (size_t)(at - text.bytes));
    buf_print(&changed, "%s%s", to, at + strlen(from));
    AUTO(message) struct message *message = parsed(&changed);
    if (message_check(message, &mistakes, NULL) == R_OK)
        fail_msg("accepted: %s", to);
}

static void test_message__refuses_what_only_xml_can_say(void **state)
{
    (void)state;
    assert_xml_mistake("<card>", "<card kind='x'>");
    assert_xml_mistake("<card>", "<card xml:lang='zh'>");
    assert_xml_mistake("<card>", "<card xmlns:xsi='http://www.w3.org/2001/"
                                 "XMLSchema-instance' xsi:nil='true'>");
    assert_xml_mistake("<card>", "<card>text");
    assert_xml_mistake("<body>", "<body xmlns='urn:other'>");
    assert_xml_mistake("<colour>red", "<colour> red");
    assert_xml_mistake("<colour>red", "<colour>red<x/>");
    assert_xml_mistake("<decidedOn>2023", "<decidedOn>\n2023");
    assert_xml_mistake("<fine>1000000", "<fine>+1000000");
    assert_xml_mistake("<stateOwned>false", "<stateOwned>0");
    assert_xml_mistake("<sequence>1", "<sequence>01");
    assert_xml_mistake("</message>",
                       "<x:Signature xmlns:x='http://www.w3.org/2000/09/"
                       "xmldsig#'/><x:Signature xmlns:x='http://www.w3.org/"
                       "2000/09/xmldsig#'/></message>");
    assert_xml_mistake("<body>", "<x:Signature xmlns:x='http://www.w3.org/"
                                 "2000/09/xmldsig#'/><body>");
    assert_xml_mistake("<reason>", "<reason>&#x202E;");
    assert_xml_mistake("<name>", "<name>&#x85;");
}

static void test_message__tells_types_and_forms_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum reason reason;
    } cases[] = {
        {"<type>card-credit-push", "<type>no-such-type", R_UNKNOWN_TYPE},
        {"<type>card-credit-push", "<type>refusal", R_WRONG_FORM},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(buf) struct buf text = {0};
        AUTO(buf) struct buf changed = {0};
        AUTO(mistakes) struct mistakes mistakes = {0};
        read_example("card-credit-push", "xml", &text);
        const char *at = strstr(text.bytes, cases[i].from);
        buf_put(&changed, text.bytes, (size_t)(at - text.bytes));
        buf_print(&changed, "%s%s", cases[i].to, at + strlen(cases[i].from));
        AUTO(message) struct message *message = parsed(&changed);
        assert_int_equal(message_check(message, &mistakes, NULL),
                         cases[i].reason);
    }
}

static void test_message__misses_attachments_that_are_named(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf changed = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    read_example("material-supplement", "xml", &text);
    const char *at = strstr(text.bytes, "<attachments>");
    buf_put(&changed, text.bytes, (size_t)(at - text.bytes));
    buf_put_text(&changed, "</message>");
    AUTO(message) struct message *message = parsed(&changed);
    assert_int_equal(message_check(message, &mistakes, NULL), R_NOT_VALID);
    assert_int_equal(mistakes.count, 2);
    assert_true(
        has_path(&mistakes, "/message/body/reply/items/item/attachment"));
}

/* A letter as large as allowed that is nothing but mistakes. */
static void assert_flood(const char *head, const char *bit, const char *tail)
{
    AUTO(buf) struct buf text = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    buf_put_text(&text, head);
    while (text.size + strlen(bit) + strlen(tail) < MESSAGE_CEILING)
        buf_put_text(&text, bit);
    buf_put_text(&text, tail);
    AUTO(message) struct message *message = parsed(&text);
    assert_int_not_equal(message_check(message, &mistakes, NULL), R_OK);
    assert_int_equal(mistakes.count, MISTAKES_MAX);
    assert_true(mistakes.dropped > 1000);
}

static void test_message__gets_through_a_flood_of_mistakes(void **state)
{
    (void)state;
#define HEAD "<message xmlns='urn:yisong:message:1'><header><id>1</id></header>"
    assert_flood(HEAD "<body>", "<x></x>", "</body></message>");
    assert_flood(HEAD "<body><card/></body><attachments>",
                 "<attachment><name>a</name></attachment>",
                 "</attachments></message>");
    assert_flood(HEAD "<body><caseTransfer>", "<attachment>a</attachment>",
                 "</caseTransfer></body></message>");
    assert_flood("{\"header\":{\"id\":\"1\"},\"body\":{\"card\":{\"x\":[1",
                 ",{\"y\":\"0123456789\"}", "]}}}");
}

static void test_message__shortens_the_names_of_strangers(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = {0};
    AUTO(mistakes) struct mistakes mistakes = {0};
    buf_put_text(&text, "{\"header\":{\"id\":\"1\"},\"body\":{\"");
    for (int i = 0; i < 100000; i++)
        buf_put_text(&text, "long");
    buf_put_text(&text, "\":1}}");
    AUTO(message) struct message *message = parsed(&text);
    assert_int_equal(message_check(message, &mistakes, NULL), R_NOT_VALID);
    for (size_t i = 0; i < mistakes.count; i++)
        assert_in_range(strlen(mistakes.rows[i].path), 1, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message__tells_all_mistakes_at_once_in_xml),
        cmocka_unit_test(
            test_message__tells_all_mistakes_at_the_same_places_in_json),
        cmocka_unit_test(test_message__tells_the_detail_in_both_languages),
        cmocka_unit_test(test_message__never_shows_a_citizen_id),
        cmocka_unit_test(test_message__refuses_wrong_kinds_of_json_values),
        cmocka_unit_test(test_message__refuses_what_only_xml_can_say),
        cmocka_unit_test(test_message__tells_types_and_forms_that_do_not_fit),
        cmocka_unit_test(test_message__misses_attachments_that_are_named),
        cmocka_unit_test(test_message__gets_through_a_flood_of_mistakes),
        cmocka_unit_test(test_message__shortens_the_names_of_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
