/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void test_buf__is_empty_text_before_the_first_append(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_text(&buf), "");
    buf_put(&buf, NULL, 0);
    assert_int_equal(buf.size, 0);
    buf_done(&buf);
}

static void test_buf__keeps_a_nul_behind_the_last_byte(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {0};
    for (size_t i = 1; i < 1000; i++) {
        buf_put_char(&buf, 'x');
        assert_int_equal(buf.size, i);
        assert_int_equal(strlen(buf.bytes), i);
    }
}

static void test_buf__keeps_bytes_that_are_no_text(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {0};
    buf_put(&buf, "a\0b", 3);
    buf_put(&buf, "\0", 1);
    assert_int_equal(buf.size, 4);
    assert_memory_equal(buf.bytes, "a\0b\0", 5);
}

static void test_buf__takes_exactly_its_ceiling(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {.ceiling = 4};
    buf_put_text(&buf, "1234");
    assert_int_equal(buf_check(&buf, NULL), R_OK);
    buf_put_char(&buf, '5');
    assert_int_equal(buf_check(&buf, NULL), R_TOO_LARGE);
    assert_string_equal(buf_text(&buf), "1234");
}

static void test_buf__drops_whole_what_passes_the_ceiling(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {.ceiling = 4};
    buf_put_text(&buf, "12");
    buf_put_text(&buf, "345");
    assert_string_equal(buf_text(&buf), "12");
    buf_put_text(&buf, "3"); /* would fit, but there would be a hole */
    assert_string_equal(buf_text(&buf), "12");
    struct fault why = {0};
    assert_int_equal(buf_check(&buf, &why), R_TOO_LARGE);
    assert_string_equal(why.text, "more than 4 bytes");
}

static void test_buf__prints_within_the_ceiling_only(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {.ceiling = 5};
    buf_print(&buf, "%d-%s", 12, "ab");
    assert_string_equal(buf_text(&buf), "12-ab");
    buf_print(&buf, "%s", "");
    assert_int_equal(buf_check(&buf, NULL), R_OK);
    buf_print(&buf, "%c", 'c');
    assert_int_equal(buf_check(&buf, NULL), R_TOO_LARGE);
    assert_string_equal(buf_text(&buf), "12-ab");
}

static void test_buf__has_a_ceiling_that_nobody_asked_for(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {0};
    char *piece = mem_new(BUF_CEILING, 1);
    buf_put(&buf, piece, BUF_CEILING);
    assert_int_equal(buf_check(&buf, NULL), R_OK);
    buf_put_char(&buf, 'x');
    assert_int_equal(buf_check(&buf, NULL), R_TOO_LARGE);
    free(piece);
}

static void test_buf__clear_forgets_the_overflow_and_keeps_the_ceiling(
    void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {.ceiling = 2};
    buf_put_text(&buf, "123");
    buf_clear(&buf);
    buf_put_text(&buf, "12");
    assert_int_equal(buf_check(&buf, NULL), R_OK);
    buf_put_text(&buf, "3");
    assert_int_equal(buf_check(&buf, NULL), R_TOO_LARGE);
}

static void test_buf__take_hands_over_and_leaves_it_empty(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {.ceiling = 9};
    buf_put_text(&buf, "mine");
    char *taken = buf_take(&buf);
    assert_string_equal(taken, "mine");
    assert_int_equal(buf.size, 0);
    assert_int_equal(buf.ceiling, 9);
    char *nothing = buf_take(&buf);
    assert_string_equal(nothing, "");
    free(taken);
    free(nothing);
}

static void test_buf__xml_text_comes_back_as_it_was_written(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {0};
    buf_put_xml(&buf, "a<b>&\"c'\r\n江西");
    assert_string_equal(buf_text(&buf), "a&lt;b&gt;&amp;&quot;c'&#13;\n江西");
}

static void test_buf__json_text_escapes_all_that_must_be(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = {0};
    buf_put_json(&buf, "\"\\\b\f\n\r\t\x01\x1f/江西\x7f");
    assert_string_equal(buf_text(&buf),
                        "\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/江西\x7f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf__is_empty_text_before_the_first_append),
        cmocka_unit_test(test_buf__keeps_a_nul_behind_the_last_byte),
        cmocka_unit_test(test_buf__keeps_bytes_that_are_no_text),
        cmocka_unit_test(test_buf__takes_exactly_its_ceiling),
        cmocka_unit_test(test_buf__drops_whole_what_passes_the_ceiling),
        cmocka_unit_test(test_buf__prints_within_the_ceiling_only),
        cmocka_unit_test(test_buf__has_a_ceiling_that_nobody_asked_for),
        cmocka_unit_test(
            test_buf__clear_forgets_the_overflow_and_keeps_the_ceiling),
        cmocka_unit_test(test_buf__take_hands_over_and_leaves_it_empty),
        cmocka_unit_test(test_buf__xml_text_comes_back_as_it_was_written),
        cmocka_unit_test(test_buf__json_text_escapes_all_that_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
