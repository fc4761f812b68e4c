/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/width.h"

static void assert_put(const char *text, size_t columns, const char *expected)
{
    AUTO(buf) struct buf out = {0};
    width_put_in(&out, text, columns);
    assert_string_equal(buf_text(&out), expected);
}

static void test_width__counts_two_columns_for_a_chinese_character(void **state)
{
    (void)state;
    assert_int_equal(width_of(""), 0);
    assert_int_equal(width_of("abc"), 3);
    assert_int_equal(width_of("南昌市"), 6);
    assert_int_equal(width_of("洪环移〔2026〕17号"), 18);
    assert_int_equal(width_of("e\xCC\x81"), 1);
}

static void test_width__fills_and_cuts_to_the_column(void **state)
{
    (void)state;
    assert_put("南昌", 6, "南昌  ");
    assert_put("南昌市", 6, "南昌市");
    assert_put("南昌市公安局", 6, "南昌… ");
    assert_put("南昌市公安局", 7, "南昌市…");
    assert_put("abc", 0 + 2, "a…");
}

static void test_width__does_not_let_a_text_steer_the_terminal(void **state)
{
    (void)state;
    assert_put("\x1b[2J", 4, "?[2J");
    assert_put("a\nb", 3, "a?b");
    assert_put("\xE2\x80\xAE", 1, "?");
    assert_put("\xFF", 1, "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_width__counts_two_columns_for_a_chinese_character),
        cmocka_unit_test(test_width__fills_and_cuts_to_the_column),
        cmocka_unit_test(test_width__does_not_let_a_text_steer_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
