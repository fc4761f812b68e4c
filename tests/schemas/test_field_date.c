/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Dates: every day of two centuries in every form that is read.
 */
#include "tests/schemas/test_field.h"

#include "base/instant.h"

static const char *const digits[] = {"〇", "一", "二", "三", "四",
                                     "五", "六", "七", "八", "九"};
static const char *const wide[] = {"０", "１", "２", "３", "４",
                                   "５", "６", "７", "８", "９"};

static void put_digits(struct buf *out, const char *const series[], int number,
                       int least)
{
    char plain[16];
    snprintf(plain, sizeof plain, "%0*d", least, number);
    for (const char *digit = plain; *digit; digit++)
        buf_put_text(out, series[*digit - '0']);
}

/* 九, 十, 十一, 二十, 三十一 */
static void put_chinese(struct buf *out, int number)
{
    if (number >= 20)
        buf_put_text(out, digits[number / 10]);
    if (number >= 10)
        buf_put_text(out, "十");
    if (number % 10)
        buf_put_text(out, digits[number % 10]);
}

static void assert_forms(struct civil_day day, const char *expected)
{
    static const char *const formats[] = {
        "%04d-%02d-%02d", "%d-%d-%d",      "%d.%d.%d",     "%d/%d/%d",
        "%04d%02d%02d",   "%d年%d月%d日",  "%d年%d月%d号", "%d 年 %d 月 %d 日",
        "%d %d %d",       "%04d%02d%02d日"};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        char text[64];
        snprintf(text, sizeof text, formats[i], day.year, day.month, day.day);
        assert_reads(FIELD_DATE, text, expected);
    }
}

static void test_date__reads_every_day_in_every_form(void **state)
{
    (void)state;
    struct civil_day first = {1900, 1, 1}, last = {2100, 12, 31};
    int64_t end = civil_day_number(last);
    for (int64_t n = civil_day_number(first); n <= end; n += 7) {
        struct civil_day day = civil_day_of_number(n);
        char expected[32];
        snprintf(expected, sizeof expected, "%04d-%02d-%02d", day.year,
                 day.month, day.day);
        assert_forms(day, expected);
        AUTO(buf) struct buf chinese = {0}, full_width = {0};
        put_digits(&chinese, digits, day.year, 4);
        buf_put_text(&chinese, "年");
        put_chinese(&chinese, day.month);
        buf_put_text(&chinese, "月");
        put_chinese(&chinese, day.day);
        buf_put_text(&chinese, "日");
        assert_reads(FIELD_DATE, buf_text(&chinese), expected);
        put_digits(&full_width, wide, day.year, 4);
        buf_put_text(&full_width, "．");
        put_digits(&full_width, wide, day.month, 1);
        buf_put_text(&full_width, "．");
        put_digits(&full_width, wide, day.day, 2);
        assert_reads(FIELD_DATE, buf_text(&full_width), expected);
    }
}

static void test_date__refuses_every_day_that_is_none(void **state)
{
    (void)state;
    for (int year = 1899; year <= 2101; year++) {
        for (int place = 0; place < 14 * 33; place++) {
            struct civil_day day = {year, place / 33, place % 33};
            char text[32];
            snprintf(text, sizeof text, "%04d-%02d-%02d", year, day.month,
                     day.day);
            bool real = civil_day_is_valid(day) && year > 1899 && year < 2101;
            enum reason reason = field_check(FIELD_DATE, text, NULL, NULL);
            assert_int_equal(reason, real ? R_OK : R_BAD_FIELD);
        }
    }
}

/* 3/4/2021 has two readings, 13/4/2021 and 4/4/2021 have one. */
static void test_date__reads_year_last_only_where_one_day_fits(void **state)
{
    (void)state;
    for (int first = 1; first <= 31; first++) {
        for (int second = 1; second <= 31; second++) {
            char text[32], expected[32];
            snprintf(text, sizeof text, "%02d/%02d/2020", first, second);
            int month = first <= 12 ? first : second;
            int day = first <= 12 ? second : first;
            struct civil_day one = {2020, month, day};
            snprintf(expected, sizeof expected, "2020-%02d-%02d", month, day);
            if (first <= 12 && second <= 12 && first != second)
                assert_reads(FIELD_DATE, text, "AMBIGUOUS");
            else if (!civil_day_is_valid(one))
                assert_reads(FIELD_DATE, text, "BAD_FIELD");
            else
                assert_reads(FIELD_DATE, text, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date__reads_every_day_in_every_form),
        cmocka_unit_test(test_date__refuses_every_day_that_is_none),
        cmocka_unit_test(test_date__reads_year_last_only_where_one_day_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
