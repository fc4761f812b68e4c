/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The calendar is compared with one that is counted forward day by day, and
 * with days that the world agrees on. The runner sets TZ to New York: the
 * machine's zone must not take part.
 */
#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The next day, by the rule that a child learns. */
static struct civil_day day_after(struct civil_day day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    int length =
        day.month == 2 && is_leap(day.year) ? 29 : lengths[day.month - 1];
    if (day.day < length)
        return (struct civil_day){day.year, day.month, day.day + 1};
    if (day.month < 12)
        return (struct civil_day){day.year, day.month + 1, 1};
    return (struct civil_day){day.year + 1, 1, 1};
}

static void assert_same_day(struct civil_day a, struct civil_day b)
{
    assert_int_equal(a.year, b.year);
    assert_int_equal(a.month, b.month);
    assert_int_equal(a.day, b.day);
}

static void test_civil_day__counts_every_day_from_1900_to_2100(void **state)
{
    (void)state;
    struct civil_day day = {1900, 1, 1}; /* a Monday, day -25567 */
    int64_t number = -25567;
    int weekday = 1;
    while (day.year <= 2100) {
        assert_int_equal(civil_day_number(day), number);
        assert_same_day(civil_day_of_number(number), day);
        assert_int_equal(civil_day_weekday(day), weekday);
        assert_true(civil_day_is_valid(day));
        day = day_after(day);
        number++;
        weekday = (weekday + 1) % 7;
    }
    assert_int_equal(number, 47847); /* 2101-01-01 */
}

static void test_civil_day__knows_days_that_the_world_agrees_on(void **state)
{
    (void)state;
    static const struct {
        struct civil_day day;
        int64_t number;
        int weekday;
    } rows[] = {
        {{1970, 1, 1}, 0, 4},         {{1969, 12, 31}, -1, 3},
        {{2000, 2, 29}, 11016, 2},    {{2000, 3, 1}, 11017, 3},
        {{1582, 10, 15}, -141427, 5}, {{2038, 1, 19}, 24855, 2},
        {{2026, 11, 22}, 20779, 0},   {{1, 1, 1}, -719162, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(civil_day_number(rows[i].day), rows[i].number);
        assert_same_day(civil_day_of_number(rows[i].number), rows[i].day);
        assert_int_equal(civil_day_weekday(rows[i].day), rows[i].weekday);
    }
}

static void test_civil_day__refuses_days_that_are_not(void **state)
{
    (void)state;
    static const struct civil_day days[] = {
        {2026, 2, 29}, {1900, 2, 29}, {2100, 2, 29}, {2024, 2, 30},
        {2026, 4, 31}, {2026, 13, 1}, {2026, 0, 1},  {2026, 1, 0},
        {2026, 1, 32}, {0, 1, 1},     {-1, 1, 1},    {2026, 6, 31},
    };
    for (size_t i = 0; i < COUNT_OF(days); i++)
        assert_false(civil_day_is_valid(days[i]));
    assert_true(civil_day_is_valid((struct civil_day){2000, 2, 29}));
    assert_true(civil_day_is_valid((struct civil_day){2024, 2, 29}));
}

static void test_civil_day__is_read_from_one_text_only(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "2026-11-2",   "2026-11-211",
        "2026-1-21",  " 2026-11-21", "2026-11-21 ",
        "2026/11/21", "20261121",    "2026-02-29",
        "0000-01-01", "2026-+1-21",  "2026-11-21T00:00:00Z"};
    struct civil_day day = {7, 7, 7};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(civil_day_parse(texts[i], &day));
    assert_same_day(day, (struct civil_day){7, 7, 7});
    assert_true(civil_day_parse("2024-02-29", &day));
    assert_same_day(day, (struct civil_day){2024, 2, 29});
}

static void test_civil_day__begins_at_midnight_in_beijing(void **state)
{
    (void)state;
    struct civil_day day = {2026, 11, 22};
    instant start = civil_day_start(day);
    assert_int_equal(start, 1795276800000); /* 2026-11-21T16:00:00Z */
    assert_same_day(civil_day_of(start), day);
    assert_same_day(civil_day_of(start - 1), (struct civil_day){2026, 11, 21});
    assert_same_day(civil_day_of(start + INSTANT_DAY - 1), day);
    assert_same_day(civil_day_of(-1), (struct civil_day){1970, 1, 1});
    assert_same_day(civil_day_of(-8 * INSTANT_HOUR - 1),
                    (struct civil_day){1969, 12, 31});
}

static instant parse(const char *text)
{
    instant at = -1;
    struct fault why = {0};
    assert_int_equal(instant_parse(text, &at, &why), R_OK);
    return at;
}

static void test_instant__reads_every_way_to_write_one_moment(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2026-11-21T17:00:00+08:00",     "2026-11-21T09:00:00Z",
        "2026-11-21T09:00:00+00:00",     "2026-11-21T09:00:00-00:00",
        "2026-11-21T04:00:00-05:00",     "2026-11-22T08:59:00+23:59",
        "2026-11-21T17:00:00.000+08:00", "2026-11-21T09:00:00.000000000Z",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(parse(texts[i]), 1795251600000);
}

static void test_instant__keeps_milliseconds_and_drops_what_is_finer(
    void **state)
{
    (void)state;
    assert_int_equal(parse("1970-01-01T00:00:00.1Z"), 100);
    assert_int_equal(parse("1970-01-01T00:00:00.12Z"), 120);
    assert_int_equal(parse("1970-01-01T00:00:00.123Z"), 123);
    assert_int_equal(parse("1970-01-01T00:00:00.123999999Z"), 123);
    assert_int_equal(parse("1969-12-31T23:59:59.999Z"), -1);
    assert_int_equal(parse("1900-01-01T00:00:00Z"), -2208988800000);
}

static void test_instant__refuses_every_other_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2026-11-21",
        "2026-11-21T17:00:00",             /* no zone */
        "2026-11-21 17:00:00+08:00",       /* no T */
        "2026-11-21t17:00:00+08:00",       /* small t */
        "2026-11-21T17:00:00z",            /* small z */
        "2026-11-21T17:00+08:00",          /* no seconds */
        "2026-11-21T17:00:60Z",            /* leap second */
        "2026-11-21T24:00:00Z",            /* no such hour */
        "2026-11-21T17:60:00Z",            /* no such minute */
        "2026-02-29T00:00:00Z",            /* no such day */
        "2026-00-10T00:00:00Z",            /* no such month */
        "0000-01-01T00:00:00Z",            /* no such year */
        "2026-11-21T17:00:00.Z",           /* no fraction */
        "2026-11-21T17:00:00,5Z",          /* comma */
        "2026-11-21T17:00:00.1234567890Z", /* ten digits */
        "2026-11-21T17:00:00+0800",        /* no colon */
        "2026-11-21T17:00:00+08",          /* no minutes */
        "2026-11-21T17:00:00+24:00",       /* no such zone */
        "2026-11-21T17:00:00+08:60",       /* no such zone */
        "2026-11-21T17:00:00+08:00 ",      /* something behind */
        " 2026-11-21T17:00:00Z",           /* something before */
        "2026-11-21T17:00:00ZZ",           /* something behind */
        "+2026-11-21T17:00:00Z",           /* sign */
        "20261121T170000Z",                /* basic form */
        "2026-11-21T1 :00:00Z",            /* a blank for a digit */
        "２０２６-11-21T17:00:00Z",        /* full width */
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        instant at = 77;
        struct fault why = {0};
        assert_int_equal(instant_parse(texts[i], &at, &why), R_BAD_FIELD);
        assert_int_equal(at, 77);
        assert_int_equal(why.reason, R_BAD_FIELD);
    }
}

static void test_instant__is_written_in_china_standard_time(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_MAX];
    assert_string_equal(instant_format(0, text), "1970-01-01T08:00:00+08:00");
    assert_string_equal(instant_format(-1, text),
                        "1970-01-01T07:59:59.999+08:00");
    assert_string_equal(instant_format(1795251600000, text),
                        "2026-11-21T17:00:00+08:00");
    assert_string_equal(instant_format(1795251600007, text),
                        "2026-11-21T17:00:00.007+08:00");
}

static void test_instant__comes_back_as_it_was_written(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_MAX];
    instant step = 86399937; /* walks through all hours and milliseconds */
    for (instant at = parse("1900-01-01T00:00:00+08:00");
         at < parse("2101-01-01T00:00:00+08:00"); at += step)
        assert_int_equal(parse(instant_format(at, text)), at);
}

static void test_instant__of_the_machine_lies_in_this_century(void **state)
{
    (void)state;
    assert_true(instant_now() > parse("2025-01-01T00:00:00Z"));
    assert_true(instant_now() < parse("2100-01-01T00:00:00Z"));
    assert_true(instant_monotonic() <= instant_monotonic());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_civil_day__counts_every_day_from_1900_to_2100),
        cmocka_unit_test(test_civil_day__knows_days_that_the_world_agrees_on),
        cmocka_unit_test(test_civil_day__refuses_days_that_are_not),
        cmocka_unit_test(test_civil_day__is_read_from_one_text_only),
        cmocka_unit_test(test_civil_day__begins_at_midnight_in_beijing),
        cmocka_unit_test(test_instant__reads_every_way_to_write_one_moment),
        cmocka_unit_test(
            test_instant__keeps_milliseconds_and_drops_what_is_finer),
        cmocka_unit_test(test_instant__refuses_every_other_text),
        cmocka_unit_test(test_instant__is_written_in_china_standard_time),
        cmocka_unit_test(test_instant__comes_back_as_it_was_written),
        cmocka_unit_test(test_instant__of_the_machine_lies_in_this_century),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
