/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The example of every type that the program makes: valid in both encodings,
 * the same letter in both, and honest about who writes to whom.
 */
#include "tests/schemas/letters.h"

#include "schemas/catalogue.h"

static void make(const char *type, enum message_encoding encoding,
                 struct buf *out)
{
    struct fault why = {0};
    if (message_example(type, encoding, out, &why) != R_OK)
        fail_msg("%s: %s", type, why.text);
}

static void assert_valid(const struct buf *text, const char *type)
{
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    AUTO(message) struct message *message = parsed(text);
    assert_string_equal(message_type(message), type);
    if (message_check(message, &mistakes, NULL) == R_OK)
        return;
    mistakes_print(&mistakes, type, &told);
    fail_msg("%s\n%s", told.bytes, buf_text(text));
}

static void test_example__of_every_type_is_valid_in_both_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *type = catalogue_get(i)->id;
        AUTO(buf) struct buf xml = {0};
        AUTO(buf) struct buf json = {0};
        make(type, MESSAGE_XML, &xml);
        make(type, MESSAGE_JSON, &json);
        assert_valid(&xml, type);
        assert_valid(&json, type);
    }
}

static void test_example__is_one_letter_in_both_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *type = catalogue_get(i)->id;
        AUTO(buf) struct buf xml = {0};
        AUTO(buf) struct buf json = {0};
        AUTO(buf) struct buf from_xml = {0};
        AUTO(buf) struct buf from_json = {0};
        make(type, MESSAGE_XML, &xml);
        make(type, MESSAGE_JSON, &json);
        rewrite(&xml, MESSAGE_XML, &from_xml);
        rewrite(&json, MESSAGE_XML, &from_json);
        assert_string_equal(from_xml.bytes, from_json.bytes);
    }
}

/* Without the parts that a type needs the example is not valid: they count. */
static void test_example__holds_what_the_type_needs(void **state)
{
    (void)state;
    AUTO(buf) struct buf with = {0};
    AUTO(buf) struct buf without = {0};
    make("superior-transfer-order", MESSAGE_XML, &with);
    make("indictment-info", MESSAGE_XML, &without);
    assert_non_null(strstr(with.bytes, "<until>"));
    assert_non_null(strstr(with.bytes, "<outcome>ordered</outcome>"));
    assert_null(strstr(without.bytes, "<until>"));
    assert_non_null(strstr(without.bytes, "<outcome>prosecuted</outcome>"));
}

static void test_example__of_an_unknown_type_is_not_found(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {0};
    assert_int_equal(message_example("nothing", MESSAGE_XML, &out, NULL),
                     R_NOT_FOUND);
    assert_int_equal(out.size, 0);
}

/* An internal record goes to its own agency, a letter to another one. */
static void test_example__goes_to_somebody_else_unless_it_is_a_record(
    void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct message_type *type = catalogue_get(i);
        AUTO(buf) struct buf xml = {0};
        make(type->id, MESSAGE_XML, &xml);
        AUTO(message) struct message *message = parsed(&xml);
        if (strcmp(type->scope, "network") == 0)
            assert_string_not_equal(message_from(message),
                                    message_to(message, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_example__of_every_type_is_valid_in_both_encodings),
        cmocka_unit_test(test_example__is_one_letter_in_both_encodings),
        cmocka_unit_test(test_example__holds_what_the_type_needs),
        cmocka_unit_test(test_example__of_an_unknown_type_is_not_found),
        cmocka_unit_test(
            test_example__goes_to_somebody_else_unless_it_is_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
