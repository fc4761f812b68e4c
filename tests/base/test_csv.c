/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_csv__gives_cells_and_lines(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "# a comment, with a comma\n"
                               "name,text\r\n\r\n\n"
                               "a,\"x,\"\"y\"\"\nz\"\n"
                               ",\n"
                               "last";
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, text, sizeof text - 1);
    char *cells[CSV_CELLS_MAX];
    assert_int_equal(csv_next(&rows, cells), 2);
    assert_int_equal(rows.line, 2);
    assert_int_equal(csv_column(cells, 2, "text"), 1);
    assert_int_equal(csv_column(cells, 2, "colour"), 2);
    assert_int_equal(csv_next(&rows, cells), 2);
    assert_int_equal(rows.line, 5);
    assert_string_equal(cells[0], "a");
    assert_string_equal(cells[1], "x,\"y\"\nz");
    assert_int_equal(csv_next(&rows, cells), 2);
    assert_int_equal(rows.line, 7);
    assert_string_equal(cells[0], "");
    assert_string_equal(cells[1], "");
    assert_int_equal(csv_next(&rows, cells), 1);
    assert_string_equal(cells[0], "last");
    assert_int_equal(csv_next(&rows, cells), 0);
    assert_int_equal(csv_next(&rows, cells), 0);
}

static void test_csv__survives_what_is_broken(void **state)
{
    (void)state;
    static const char *const texts[] = {"",      "\n",      "\r",   "#",
                                        "#\n\r", "\"",      "\"\"", "\"a",
                                        "a\"b",  "\"a\"b,", ",,,",  "\"a\n\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(csv) struct csv rows = {0};
        csv_open(&rows, texts[i], strlen(texts[i]));
        char *cells[CSV_CELLS_MAX];
        int read = 0;
        while (csv_next(&rows, cells) > 0)
            assert_true(++read < 10);
    }
}

static void test_csv__drops_cells_beyond_the_ceiling(void **state)
{
    (void)state;
    char text[200];
    memset(text, ',', sizeof text);
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, text, sizeof text);
    char *cells[CSV_CELLS_MAX];
    assert_int_equal(csv_next(&rows, cells), CSV_CELLS_MAX);
    assert_int_equal(csv_next(&rows, cells), 0);
}

static void test_csv__writes_what_it_reads(void **state)
{
    (void)state;
    static const char *const cells[] = {"a", "", "x,\"y\"\nz", "#", " b "};
    static const char *const lone[] = {""};
    AUTO(buf) struct buf text = {0};
    csv_put(&text, cells + 3, 1);
    csv_put(&text, lone, 1);
    csv_put(&text, cells, COUNT_OF(cells));
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, buf_text(&text), text.size);
    rows.no_comments = true;
    char *read[CSV_CELLS_MAX];
    assert_int_equal(csv_next(&rows, read), 1);
    assert_string_equal(read[0], "#");
    assert_int_equal(csv_next(&rows, read), 1);
    assert_string_equal(read[0], "");
    assert_int_equal(csv_next(&rows, read), COUNT_OF(cells));
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        assert_string_equal(read[i], cells[i]);
    assert_int_equal(csv_next(&rows, read), 0);
}

static void test_csv__tells_a_quote_that_is_never_closed(void **state)
{
    (void)state;
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, "a,\"b\nc,d\n", 10);
    char *cells[CSV_CELLS_MAX];
    assert_int_equal(csv_next(&rows, cells), 2);
    assert_true(rows.unclosed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv__gives_cells_and_lines),
        cmocka_unit_test(test_csv__survives_what_is_broken),
        cmocka_unit_test(test_csv__drops_cells_beyond_the_ceiling),
        cmocka_unit_test(test_csv__writes_what_it_reads),
        cmocka_unit_test(test_csv__tells_a_quote_that_is_never_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
