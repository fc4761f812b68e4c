/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * When limits end: the vectors of the law, breaks, months, zones.
 */
#include "routing/period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct calendar *carried;

static int load_carried(void **state)
{
    (void)state;
    return calendar_load(&carried, NULL, NULL) == R_OK ? 0 : -1;
}

static int free_carried(void **state)
{
    (void)state;
    calendar_free(carried);
    return 0;
}

struct vector {
    const char *limit, *start;
    bool shift;
    const char *due; /* a day means its last second */
};

static instant read_instant(const char *text, const char *time_of_day)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", text,
             strlen(text) == 10 ? time_of_day : "");
    instant at;
    assert_int_equal(instant_parse(whole, &at, NULL), R_OK);
    return at;
}

static void assert_due(const struct vector *vector)
{
    struct period period;
    struct fault why = {0};
    assert_int_equal(period_parse(vector->limit, &period, &why), R_OK);
    instant start = read_instant(vector->start, "T10:30:00+08:00");
    instant due;
    AUTO(buf) struct buf how = {0};
    assert_int_equal(
        period_due(&period, start, vector->shift, carried, &due, &how, &why),
        R_OK);
    char got[INSTANT_TEXT_MAX];
    instant wanted = read_instant(vector->due, "T23:59:59+08:00");
    if (due != wanted)
        fail_msg("%s from %s ends %s, not %s\n%s", vector->limit, vector->start,
                 instant_format(due, got), vector->due, buf_text(&how));
    assert_true(how.size > 0 && how.bytes[how.size - 1] == '\n');
}

static void assert_all(const struct vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_due(&vectors[i]);
}

static void test_period__ends_as_the_vectors_of_the_law_say(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"P3D", "2026-11-19", true, "2026-11-23"},
        {"P3D", "2026-11-19", false, "2026-11-22"},
        {"P3WD", "2026-11-19", false, "2026-11-24"},
        {"P5WD", "2026-11-19", false, "2026-11-26"},
        {"PT24H", "2026-11-20T17:00:00+08:00", true,
         "2026-11-21T17:00:00+08:00"},
        {"P7D", "2026-11-14", true, "2026-11-23"},
        {"P30D", "2026-09-01", true, "2026-10-08"},
        {"P15D", "2026-11-02", true, "2026-11-17"},
        {"P1M", "2026-01-31", false, "2026-02-28"},
    };
    assert_all(vectors, COUNT_OF(vectors));
}

/* 28 February 2026 is a Saturday worked instead: an end on it stays. */
static void test_period__counts_days_worked_instead(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"P1M", "2026-01-31", true, "2026-02-28"},
        {"P1D", "2026-02-27", true, "2026-02-28"},
        {"P1WD", "2026-02-27", false, "2026-02-28"},
        {"P2WD", "2026-02-27", false, "2026-03-02"},
        {"P1WD", "2026-02-13", false, "2026-02-14"},
        {"P2WD", "2026-02-13", false, "2026-02-24"},
        {"P7D", "2025-09-21", true, "2025-09-28"},
        {"P3WD", "2025-09-30", false, "2025-10-11"},
        {"P1D", "2025-10-10", true, "2025-10-11"},
    };
    assert_all(vectors, COUNT_OF(vectors));
}

static void test_period__moves_over_the_great_breaks(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"P3D", "2024-09-29", true, "2024-10-08"},
        {"P3D", "2025-09-29", true, "2025-10-09"},
        {"P1WD", "2025-09-30", false, "2025-10-09"},
        {"P3D", "2023-09-27", true, "2023-10-07"},
        {"P10D", "2024-02-02", true, "2024-02-18"},
        {"P3D", "2026-02-12", true, "2026-02-24"},
        {"P1D", "2019-04-30", true, "2019-05-05"},
        {"P1WD", "2019-04-30", false, "2019-05-05"},
        {"P5D", "2020-01-23", true, "2020-02-03"},
        {"P1WD", "2020-01-23", false, "2020-02-03"},
        {"P1D", "2018-12-29", true, "2019-01-02"},
        {"P1D", "2022-12-30", true, "2023-01-03"},
        {"P1D", "2015-09-02", true, "2015-09-06"},
    };
    assert_all(vectors, COUNT_OF(vectors));
}

static void test_period__keeps_dates_and_the_ends_of_months(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"P1M", "2024-01-31", false, "2024-02-29"},
        {"P1M", "2023-01-31", false, "2023-02-28"},
        {"P1M", "2024-02-29", false, "2024-03-29"},
        {"P2M", "2025-12-31", false, "2026-02-28"},
        {"P3M", "2025-11-30", false, "2026-02-28"},
        {"P6M", "2025-08-31", false, "2026-02-28"},
        {"P12M", "2024-02-29", false, "2025-02-28"},
        {"P1Y", "2024-02-29", false, "2025-02-28"},
        {"P4Y", "2024-02-29", false, "2028-02-29"},
        {"P1M", "2025-12-15", false, "2026-01-15"},
        {"P1M", "2025-09-02", true, "2025-10-09"},
        {"P1Y", "2024-10-01", true, "2025-10-09"},
    };
    assert_all(vectors, COUNT_OF(vectors));
}

static void test_period__runs_hours_through_everything(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"PT24H", "2026-09-30T17:00:00+08:00", true,
         "2026-10-01T17:00:00+08:00"},
        {"PT12H", "2024-02-28T23:30:00+08:00", false,
         "2024-02-29T11:30:00+08:00"},
        {"PT72H", "2025-12-31T00:00:00.250+08:00", false,
         "2026-01-03T00:00:00.250+08:00"},
        {"PT1H", "2026-11-20T16:30:00Z", false, "2026-11-20T17:30:00Z"},
    };
    assert_all(vectors, COUNT_OF(vectors));
}

/* 16:00 in UTC is midnight in China: a second decides about the day. */
static void test_period__counts_days_of_china(void **state)
{
    (void)state;
    static const struct vector vectors[] = {
        {"P1D", "2026-11-16T15:59:59Z", false, "2026-11-17"},
        {"P1D", "2026-11-16T16:00:00Z", false, "2026-11-18"},
        {"P1D", "2026-11-16T23:59:59.999+08:00", false, "2026-11-17"},
        {"P1D", "2026-11-17T00:00:00+08:00", false, "2026-11-18"},
        {"P1M", "2026-01-30T16:00:00Z", false, "2026-02-28"},
        {"P1WD", "2026-11-15T11:00:00-05:00", false, "2026-11-17"},
    };
    static const char *const zones[] = {"UTC", "Asia/Shanghai",
                                        "America/New_York",
                                        "Pacific/Kiritimati", "XXX+14"};
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        assert_all(vectors, COUNT_OF(vectors));
    }
}

static void test_period__is_late_only_when_its_second_is_over(void **state)
{
    (void)state;
    instant due = read_instant("2026-11-23", "T23:59:59+08:00");
    instant next_day = read_instant("2026-11-24", "T00:00:00+08:00");
    assert_false(period_has_passed(due, due));
    assert_false(period_has_passed(due, next_day - 1));
    assert_true(period_has_passed(due, next_day));
}

static void test_period__says_where_it_knows_only_weekends(void **state)
{
    (void)state;
    struct period period = {PERIOD_DAYS, 3};
    instant due;
    AUTO(buf) struct buf how = {0};
    instant start = read_instant("2027-09-29", "T10:00:00+08:00");
    assert_int_equal(
        period_due(&period, start, true, carried, &due, &how, NULL), R_OK);
    assert_non_null(strstr(buf_text(&how), "2027 are not known"));
    buf_clear(&how);
    start = read_instant("2026-09-29", "T10:00:00+08:00");
    assert_int_equal(
        period_due(&period, start, true, carried, &due, &how, NULL), R_OK);
    assert_null(strstr(buf_text(&how), "not known"));
    assert_int_equal(
        period_due(&period, start, true, carried, &due, NULL, NULL), R_OK);
}

static void test_period__reads_five_forms_and_writes_them_back(void **state)
{
    (void)state;
    static const char *const good[] = {"PT1H",   "PT24H", "PT876600H", "P1D",
                                       "P365D",  "P3WD",  "P36525WD",  "P1M",
                                       "P1200M", "P1Y",   "P100Y"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct period period;
        char text[PERIOD_TEXT_MAX];
        assert_int_equal(period_parse(good[i], &period, NULL), R_OK);
        assert_string_equal(period_format(&period, text), good[i]);
    }
}

static void test_period__refuses_every_other_form(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",        "P",         "PT",        "P3",    "3D",    "P3H",
        "PT3D",    "P0D",       "PT0H",      "P03D",  "P-3D",  "P+3D",
        "P3.5D",   "p3d",       "P3d",       "P3D ",  " P3D",  "P3DW",
        "P3W",     "P1M3D",     "P1DT1H",    "PT30M", "P101Y", "P1201M",
        "P36526D", "PT876601H", "P9999999D", "P3 D",  "三日",  "P３D",
        "P3WDX"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct period period;
        struct fault why = {0};
        if (period_parse(bad[i], &period, &why) == R_OK)
            fail_msg("'%s' was accepted", bad[i]);
        assert_int_equal(why.reason, R_BAD_FIELD);
    }
}

static void test_period__has_bounds(void **state)
{
    (void)state;
    struct period period = {PERIOD_WORKING_DAYS, 36525};
    instant due;
    instant first = read_instant("1900-01-01", "T00:00:00+08:00");
    instant last = read_instant("2999-12-31", "T23:59:59+08:00");
    assert_int_equal(
        period_due(&period, first, true, carried, &due, NULL, NULL), R_OK);
    assert_int_equal(period_due(&period, last, true, carried, &due, NULL, NULL),
                     R_OK);
    assert_int_equal(
        period_due(&period, first - 1, true, carried, &due, NULL, NULL),
        R_BAD_FIELD);
    assert_int_equal(
        period_due(&period, last + 1000, true, carried, &due, NULL, NULL),
        R_BAD_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_period__ends_as_the_vectors_of_the_law_say),
        cmocka_unit_test(test_period__counts_days_worked_instead),
        cmocka_unit_test(test_period__moves_over_the_great_breaks),
        cmocka_unit_test(test_period__keeps_dates_and_the_ends_of_months),
        cmocka_unit_test(test_period__runs_hours_through_everything),
        cmocka_unit_test(test_period__counts_days_of_china),
        cmocka_unit_test(test_period__is_late_only_when_its_second_is_over),
        cmocka_unit_test(test_period__says_where_it_knows_only_weekends),
        cmocka_unit_test(test_period__reads_five_forms_and_writes_them_back),
        cmocka_unit_test(test_period__refuses_every_other_form),
        cmocka_unit_test(test_period__has_bounds),
    };
    return cmocka_run_group_tests(tests, load_carried, free_carried);
}
