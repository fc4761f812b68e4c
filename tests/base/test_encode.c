/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * For every value exactly one text, and every other text refused.
 */
#include "base/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_hex__writes_and_reads_every_byte(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        unsigned char byte = (unsigned char)i, back = 0;
        char text[3];
        hex_format(&byte, 1, text);
        assert_true(hex_parse(text, &back, 1));
        assert_int_equal(back, byte);
    }
}

static void test_hex__refuses_every_other_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "0",   "000",  "0A",  "0g",
                                        "0x1", " 00", "00\n", "0 0", "-1"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        unsigned char byte;
        assert_false(hex_parse(texts[i], &byte, 1));
    }
}

struct vector {
    const char *bytes, *padded, *url;
};

/* RFC 4648 section 10, and the two letters in which the alphabets differ. */
static const struct vector vectors[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+", "-__-"},
};

static void test_base64__agrees_with_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct vector *vector = &vectors[i];
        AUTO(buf) struct buf text = {0}, url = {0}, back = {0}, again = {0};
        base64_put(&text, vector->bytes, strlen(vector->bytes));
        base64url_put(&url, vector->bytes, strlen(vector->bytes));
        assert_string_equal(buf_text(&text), vector->padded);
        assert_string_equal(buf_text(&url), vector->url);
        assert_true(base64_get(buf_text(&text), text.size, &back));
        assert_true(base64url_get(buf_text(&url), url.size, &again));
        assert_string_equal(buf_text(&back), vector->bytes);
        assert_string_equal(buf_text(&again), vector->bytes);
    }
}

static void test_base64__refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Zg",   "Zg=",   "Zh==",   "Zm9=",     "Zg==Zg==",
        "Z===", "====",  "Zm9v\n", " Zm9v",    "Zm 9v",
        "-__-", "Zm9v=", "=Zm9",   "Zm9vYg=a", "Zg==\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(buf) struct buf out = {0};
        assert_false(base64_get(texts[i], strlen(texts[i]), &out));
        assert_int_equal(out.size, 0);
    }
}

static void test_base64url__refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const texts[] = {"Zg==", "Zh",    "Zm9",    "Z",
                                        "+//+", "Zm9vY", "Zm9v\n", "Zm 9"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(buf) struct buf out = {0};
        assert_false(base64url_get(texts[i], strlen(texts[i]), &out));
        assert_int_equal(out.size, 0);
    }
}

/* Of the 4096 endings of two letters, exactly the 256 bytes are texts. */
static void test_base64__has_one_text_for_each_byte(void **state)
{
    (void)state;
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t good = 0;
    for (size_t i = 0; i < 64 * 64; i++) {
        AUTO(buf) struct buf out = {0};
        char text[] = {letters[i / 64], letters[i % 64], '=', '='};
        good += base64_get(text, sizeof text, &out) ? 1 : 0;
    }
    assert_int_equal(good, 256);
}

static void test_base64__says_when_the_bytes_do_not_fit(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {.ceiling = 4};
    assert_false(base64_get("Zm9vYmFy", 8, &out));
    assert_int_equal(out.size, 0);
    assert_int_equal(buf_check(&out, NULL), R_TOO_LARGE);
}

static void test_base64__appends(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {0};
    buf_put_text(&out, "a ");
    assert_true(base64_get("Zm9v", 4, &out));
    assert_string_equal(buf_text(&out), "a foo");
    assert_false(base64_get("Zm9", 3, &out));
    assert_string_equal(buf_text(&out), "a foo");
}

static void test_utf8__reads_the_first_and_last_of_each_length(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t character;
        size_t length;
    } rows[] = {
        {"\x01", 0x01, 1},
        {"\x7f", 0x7F, 1},
        {"\xc2\x80", 0x80, 2},
        {"\xdf\xbf", 0x7FF, 2},
        {"\xe0\xa0\x80", 0x800, 3},
        {"\xed\x9f\xbf", 0xD7FF, 3},
        {"\xee\x80\x80", 0xE000, 3},
        {"\xef\xbf\xbf", 0xFFFF, 3},
        {"\xf0\x90\x80\x80", 0x10000, 4},
        {"\xf4\x8f\xbf\xbf", 0x10FFFF, 4},
        {"\xe6\xb1\x9f", 0x6C5F, 3}, /* 江 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t character = 0;
        assert_int_equal(
            utf8_read(rows[i].text, strlen(rows[i].text), &character),
            rows[i].length);
        assert_int_equal(character, rows[i].character);
    }
    uint32_t zero = 1;
    assert_int_equal(utf8_read("\0", 1, &zero), 1);
    assert_int_equal(zero, 0);
}

static void test_utf8__writes_what_it_reads(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char text[UTF8_TEXT_MAX];
        uint32_t read = 0;
        size_t size = utf8_write(c, text);
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        assert_int_equal(utf8_read(text, strlen(text), &read), size);
        assert_int_equal(read, c);
    }
}

static void test_utf8__refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x80",             /* begins with a continuation */
        "\xbf",             /* likewise */
        "\xc0\xaf",         /* overlong '/' */
        "\xc1\xbf",         /* overlong */
        "\xe0\x80\xaf",     /* overlong '/' */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x80\x80\xaf", /* overlong '/' */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* surrogate */
        "\xed\xbf\xbf",     /* surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf5\x80\x80\x80", /* above U+10FFFF */
        "\xfe",             /* never a byte of UTF-8 */
        "\xff",             /* likewise */
        "\xe6\xb1",         /* cut */
        "\xe6",             /* cut */
        "\xe6\xb1\x41",     /* cut by a letter */
        "ab\xe6\xb1",       /* cut at the end */
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(utf8_is_valid(texts[i], strlen(texts[i])));
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("移送 letter", strlen("移送 letter")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex__writes_and_reads_every_byte),
        cmocka_unit_test(test_hex__refuses_every_other_text),
        cmocka_unit_test(test_base64__agrees_with_the_vectors),
        cmocka_unit_test(test_base64__refuses_what_is_not_canonical),
        cmocka_unit_test(test_base64url__refuses_what_is_not_canonical),
        cmocka_unit_test(test_base64__has_one_text_for_each_byte),
        cmocka_unit_test(test_base64__says_when_the_bytes_do_not_fit),
        cmocka_unit_test(test_base64__appends),
        cmocka_unit_test(test_utf8__reads_the_first_and_last_of_each_length),
        cmocka_unit_test(test_utf8__writes_what_it_reads),
        cmocka_unit_test(test_utf8__refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
