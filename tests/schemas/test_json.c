/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The strict JSON reader: everything here that is refused, some JSON reader in
 * wide use accepts.
 */
#include "schemas/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

struct text_case {
    const char *text;
    size_t size; /* 0: strlen */
};

#define BYTES(literal)                                                         \
    {                                                                          \
        literal, sizeof(literal) - 1                                           \
    }

static enum reason outcome(const char *text, size_t size)
{
    AUTO(json_text) struct json_text *read = NULL;
    return json_parse(&read, text, size, NULL);
}

static void assert_all(const struct text_case *cases, size_t count,
                       enum reason expected)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = cases[i].size ? cases[i].size : strlen(cases[i].text);
        if (outcome(cases[i].text, size) != expected)
            fail_msg("%s: not %s", cases[i].text, reason_code(expected));
    }
}

static void test_json__refuses_what_rfc_8259_does_not_know(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"", 0},
        {" ", 0},
        {"nul", 0},
        {"NaN", 0},
        {"Infinity", 0},
        {"-Infinity", 0},
        {"'a'", 0},
        {"{'a':1}", 0},
        {"{a:1}", 0},
        {"[1,]", 0},
        {"{\"a\":1,}", 0},
        {"[,1]", 0},
        {"01", 0},
        {"-", 0},
        {"+1", 0},
        {".5", 0},
        {"1.", 0},
        {"1e", 0},
        {"1e+", 0},
        {"0x10", 0},
        {"1 2", 0},
        {"{} {}", 0},
        {"[1", 0},
        {"{\"a\"", 0},
        {"{\"a\":", 0},
        {"{\"a\":1", 0},
        {"\"a", 0},
        {"\"\\", 0},
        {"\"\\x41\"", 0},
        {"\"\\u12\"", 0},
        {"\"\\u00g0\"", 0},
        {"/* */1", 0},
        {"1//", 0},
        {"[1}", 0},
        {"{\"a\":1]", 0},
        {"{1:1}", 0},
        {"truefalse", 0},
        {"[true false]", 0},
        {"\xEF\xBB\xBF{}", 0},
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
}

static void test_json__refuses_names_given_twice_after_unescaping(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"{\"a\":1,\"a\":1}", 0},
        {"{\"to\":1,\"t\\u006f\":2}", 0},
        {"{\"x\":{\"\\u6d4b\":1,\"\xE6\xB5\x8B\":2}}", 0},
        {"[{\"\":1,\"\":2}]", 0},
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
    static const char apart[] = "{\"a\":{\"a\":1},\"b\":{\"a\":1}}";
    assert_int_equal(outcome(apart, strlen(apart)), R_OK);
}

static void test_json__refuses_characters_that_xml_cannot_carry(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        BYTES("\"a\0b\""),        BYTES("\"\x01\""),
        BYTES("\"\n\""),          BYTES("\"\t\""),
        {"\"a\\u0000b\"", 0},     {"\"\\u0001\"", 0},
        {"\"\\b\"", 0},           {"\"\\f\"", 0},
        {"\"\\u001f\"", 0},       {"\"\\ufffe\"", 0},
        {"\"\\uFFFF\"", 0},       {"\"\xEF\xBF\xBE\"", 0},
        {"\"\\ufdd0\"", 0},       {"\"\\ud83f\\udffe\"", 0},
        {"{\"a\\u0000b\":1}", 0},
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
}

static void test_json__refuses_bytes_that_are_not_utf_8(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"\"\xC0\xAF\"", 0},
        {"\"\xE0\x80\xAF\"", 0},
        {"\"\xED\xA0\x80\"", 0},
        {"\"\xF4\x90\x80\x80\"", 0},
        {"\"\xFF\"", 0},
        {"\"\x80\"", 0},
        {"\"\xE6\xB5\"", 0},
        {"\"\xF0\x80\x80\xAF\"", 0},
        {"\"\xD0\xC6\xD5\xFE\"", 0}, /* GBK */
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
}

static void test_json__refuses_lone_surrogates(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"\"\\ud800\"", 0},        {"\"\\udc00\"", 0},
        {"\"\\ud83d\\u0041\"", 0}, {"\"\\ud83dx\"", 0},
        {"\"\\ud83d\\ud83d\"", 0}, {"\"\\ud83d\\", 0},
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
}

static void test_json__refuses_numbers_that_readers_disagree_about(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"-0", 0},
        {"[-0]", 0},
        {"9007199254740992", 0},
        {"-9007199254740992", 0},
        {"18446744073709551616", 0},
        {"100000000000000000000", 0},
    };
    assert_all(cases, COUNT_OF(cases), R_NOT_WELL_FORMED);
    assert_int_equal(outcome("9007199254740991", 16), R_OK);
    assert_int_equal(outcome("-9007199254740991", 17), R_OK);
}

static void repeat(struct buf *out, const char *text, size_t times)
{
    while (times-- > 0)
        buf_put_text(out, text);
}

static void test_json__refuses_what_nests_too_deeply(void **state)
{
    (void)state;
    AUTO(buf) struct buf deep = {0};
    repeat(&deep, "[", JSON_DEPTH_MAX);
    repeat(&deep, "]", JSON_DEPTH_MAX);
    assert_int_equal(outcome(deep.bytes, deep.size), R_OK);
    buf_clear(&deep);
    repeat(&deep, "[", 2000000);
    assert_int_equal(outcome(deep.bytes, deep.size), R_TOO_LARGE);
    buf_clear(&deep);
    repeat(&deep, "{\"a\":", JSON_DEPTH_MAX + 1);
    assert_int_equal(outcome(deep.bytes, deep.size), R_TOO_LARGE);
}

static void test_json__refuses_too_many_values(void **state)
{
    (void)state;
    AUTO(buf) struct buf many = {0};
    buf_put_text(&many, "[1");
    repeat(&many, ",1", JSON_VALUES_MAX);
    buf_put_text(&many, "]");
    assert_int_equal(outcome(many.bytes, many.size), R_TOO_LARGE);
    buf_clear(&many);
    buf_put_char(&many, '{');
    for (int i = 0; i <= JSON_MEMBERS_MAX; i++)
        buf_print(&many, "%s\"m%d\":1", i ? "," : "", i);
    buf_put_char(&many, '}');
    assert_int_equal(outcome(many.bytes, many.size), R_TOO_LARGE);
}

static void test_json__reads_every_escape(void **state)
{
    (void)state;
    AUTO(json_text) struct json_text *text = NULL;
    static const char json[] = "\"\\\"\\\\\\/\\n\\r\\t\\u6D4b\\ud83d\\uDE00x\"";
    assert_int_equal(json_parse(&text, json, sizeof json - 1, NULL), R_OK);
    assert_string_equal(json_root(text)->text,
                        "\"\\/\n\r\t\xE6\xB5\x8B\xF0\x9F\x98\x80x");
}

static void test_json__keeps_kinds_names_order_and_lines(void **state)
{
    (void)state;
    static const char json[] = " {\"s\":\"x\",\n\"i\":-12 ,\"f\":1.5e3,\n\n"
                               "\"t\":true,\"n\":null,\"a\":[false,{}]}\r\n";
    AUTO(json_text) struct json_text *text = NULL;
    assert_int_equal(json_parse(&text, json, sizeof json - 1, NULL), R_OK);
    const struct json *root = json_root(text);
    assert_int_equal(root->kind, JSON_OBJECT);
    assert_int_equal(root->count, 6);
    assert_int_equal(json_find(root, "s")->kind, JSON_STRING);
    assert_int_equal(json_find(root, "i")->kind, JSON_INTEGER);
    assert_string_equal(json_find(root, "i")->text, "-12");
    assert_int_equal(json_find(root, "f")->kind, JSON_FRACTION);
    assert_int_equal(json_find(root, "t")->line, 4);
    assert_int_equal(json_find(root, "n")->kind, JSON_NULL);
    assert_int_equal(json_find(root, "a")->first->next->kind, JSON_OBJECT);
    assert_null(json_find(root, "z"));
}

static void test_json__tells_the_line_of_what_is_wrong(void **state)
{
    (void)state;
    AUTO(json_text) struct json_text *text = NULL;
    struct fault why = {0};
    assert_int_equal(json_parse(&text, "{\n\"a\":1,\n\"a\":2}", 16, &why),
                     R_NOT_WELL_FORMED);
    assert_non_null(strstr(why.text, "line 3"));
}

/* No cut of a sound text is sound, and none is read past its end. */
static void test_json__refuses_every_cut_of_a_text(void **state)
{
    (void)state;
    static const char json[] = "{\"a\":[1,-2.5e-7,true,null],\"\\u6d4b\":"
                               "\"\\ud83d\\ude00\xE6\xB5\x8B\"}";
    for (size_t size = 0; size < sizeof json - 1; size++) {
        char *cut = malloc(size ? size : 1);
        memcpy(cut, json, size);
        assert_int_equal(outcome(cut, size), R_NOT_WELL_FORMED);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__refuses_what_rfc_8259_does_not_know),
        cmocka_unit_test(test_json__refuses_names_given_twice_after_unescaping),
        cmocka_unit_test(test_json__refuses_characters_that_xml_cannot_carry),
        cmocka_unit_test(test_json__refuses_bytes_that_are_not_utf_8),
        cmocka_unit_test(test_json__refuses_lone_surrogates),
        cmocka_unit_test(
            test_json__refuses_numbers_that_readers_disagree_about),
        cmocka_unit_test(test_json__refuses_what_nests_too_deeply),
        cmocka_unit_test(test_json__refuses_too_many_values),
        cmocka_unit_test(test_json__reads_every_escape),
        cmocka_unit_test(test_json__keeps_kinds_names_order_and_lines),
        cmocka_unit_test(test_json__tells_the_line_of_what_is_wrong),
        cmocka_unit_test(test_json__refuses_every_cut_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
