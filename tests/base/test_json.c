/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"

static void test_json__puts_members_behind_the_first(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {0};
    buf_put_text(&out, "{\"id\": 1");
    json_put_text(&out, "name", "a \"b\"\n");
    json_put_instant(&out, "at", 1795222800000);
    json_put_number(&out, "count", -2);
    buf_put_char(&out, '}');
    assert_string_equal(buf_text(&out),
                        "{\"id\": 1, \"name\": \"a \\\"b\\\"\\n\", "
                        "\"at\": \"2026-11-21T09:00:00+08:00\", "
                        "\"count\": -2}");
}

static void test_json__leaves_out_what_is_not_there(void **state)
{
    (void)state;
    AUTO(buf) struct buf out = {0};
    json_put_text(&out, "name", NULL);
    json_put_text(&out, "name", "");
    json_put_instant(&out, "at", 0);
    json_put_number(&out, "count", 0);
    assert_string_equal(buf_text(&out), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__puts_members_behind_the_first),
        cmocka_unit_test(test_json__leaves_out_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
