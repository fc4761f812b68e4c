/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The carried calendar against the published lists, and calendars of others.
 */
#include "routing/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/io.h"

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

static struct civil_day read_day(const char *text)
{
    return (struct civil_day){(int)strtol(text, NULL, 10),
                              (int)strtol(text + 5, NULL, 10),
                              (int)strtol(text + 8, NULL, 10)};
}

/* Days of 2015-2026 that no list names are worked from Monday to Friday. */
static void test_calendar__agrees_with_the_published_lists(void **state)
{
    (void)state;
    const char *source = getenv("YISONG_SOURCE");
    AUTO(buf) struct buf path = {0}, bytes = {0};
    buf_print(&path, "%s/tests/data/fields/holidays_2015_2026.csv",
              source ? source : "..");
    assert_int_equal(io_read(buf_text(&path), &bytes, NULL), R_OK);
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, buf_text(&bytes), bytes.size);
    char *cells[CSV_CELLS_MAX];
    assert_true(csv_next(&rows, cells) > 4);
    int64_t next = civil_day_number((struct civil_day){2015, 1, 1});
    int64_t end = civil_day_number((struct civil_day){2027, 1, 1});
    while (next < end) {
        bool more = csv_next(&rows, cells) > 4;
        int64_t named = more ? civil_day_number(read_day(cells[0])) : end;
        for (; next < named; next++) {
            struct civil_day day = civil_day_of_number(next);
            int weekday = civil_day_weekday(day);
            assert_int_equal(calendar_is_working_day(carried, day),
                             weekday > 0 && weekday < 6);
            assert_null(calendar_holiday(carried, day));
        }
        if (!more)
            break;
        struct civil_day day = read_day(cells[0]);
        assert_int_equal(calendar_is_working_day(carried, day),
                         strcmp(cells[4], "work") == 0);
        assert_string_equal(calendar_holiday(carried, day), cells[3]);
        next++;
    }
}

static void test_calendar__knows_the_years_that_it_carries(void **state)
{
    (void)state;
    for (int year = 2000; year < 2040; year++)
        assert_int_equal(calendar_knows(carried, year),
                         year >= 2015 && year <= 2026);
}

static void test_calendar__has_only_weekends_in_other_years(void **state)
{
    (void)state;
    struct civil_day friday = {2027, 10, 1}, saturday = {2027, 10, 2};
    assert_true(calendar_is_working_day(carried, friday));
    assert_false(calendar_is_working_day(carried, saturday));
}

/* 2019: the Labour Day was made longer; 2020: the Spring Festival was. */
static void test_calendar__carries_the_revised_notices(void **state)
{
    (void)state;
    static const struct {
        struct civil_day day;
        bool worked;
    } days[] = {{{2019, 4, 28}, true},  {{2019, 5, 1}, false},
                {{2019, 5, 2}, false},  {{2019, 5, 3}, false},
                {{2019, 5, 5}, true},   {{2020, 1, 19}, true},
                {{2020, 1, 31}, false}, {{2020, 2, 1}, false},
                {{2020, 2, 2}, false},  {{2020, 2, 3}, true},
                {{2018, 12, 29}, true}, {{2022, 12, 31}, false}};
    for (size_t i = 0; i < COUNT_OF(days); i++)
        assert_int_equal(calendar_is_working_day(carried, days[i].day),
                         days[i].worked);
}

static char *write_file(const char *folder, const char *name, const char *text)
{
    char *path = io_join(folder, name);
    assert_int_equal(io_write(path, text, strlen(text), 0600, NULL), R_OK);
    return path;
}

struct folder {
    char path[64];
    char *files[4];
};

static void folder_open(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/yisong-calendar-XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
}

static void folder_done(struct folder *folder)
{
    for (size_t i = 0; i < COUNT_OF(folder->files); i++) {
        if (folder->files[i])
            unlink(folder->files[i]);
        free(folder->files[i]);
    }
    rmdir(folder->path);
}

AUTO_VALUE(folder, folder_done)

static void test_calendar__is_replaced_whole_by_a_file(void **state)
{
    (void)state;
    AUTO(folder) struct folder folder;
    folder_open(&folder);
    folder.files[0] = write_file(folder.path, "own.csv",
                                 "# before the revision of 2019\n"
                                 "day_type,date\n"
                                 "off,2019-05-01\noff,2019-10-01\n");
    AUTO(calendar) struct calendar *own = NULL;
    assert_int_equal(calendar_load(&own, folder.files[0], NULL), R_OK);
    assert_true(calendar_knows(own, 2019));
    assert_false(calendar_knows(own, 2020));
    assert_false(calendar_is_working_day(own, (struct civil_day){2019, 5, 1}));
    assert_true(calendar_is_working_day(own, (struct civil_day){2019, 5, 2}));
    assert_string_equal(calendar_holiday(own, (struct civil_day){2019, 5, 1}),
                        "");
}

static void test_calendar__is_read_from_a_folder_of_years(void **state)
{
    (void)state;
    AUTO(folder) struct folder folder;
    folder_open(&folder);
    folder.files[0] = write_file(folder.path, "2030.csv",
                                 "date,holiday,day_type\r\n"
                                 "2030-10-01,国庆节,off\r\n"
                                 "2030-10-12,国庆节,work\r\n");
    folder.files[1] = write_file(folder.path, "2031.csv",
                                 "date,holiday,day_type\n"
                                 "2030-10-12,国庆节,work\n"
                                 "2031-10-01,国庆节,off\n");
    folder.files[2] = write_file(folder.path, "notes.txt", "not a calendar");
    AUTO(calendar) struct calendar *own = NULL;
    assert_int_equal(calendar_load(&own, folder.path, NULL), R_OK);
    assert_true(calendar_knows(own, 2030) && calendar_knows(own, 2031));
    assert_true(calendar_is_working_day(own, (struct civil_day){2030, 10, 12}));
}

static void assert_refused(const char *text, const char *detail)
{
    AUTO(folder) struct folder folder;
    folder_open(&folder);
    folder.files[0] = write_file(folder.path, "bad.csv", text);
    AUTO(calendar) struct calendar *own = NULL;
    struct fault why = {0};
    assert_int_equal(calendar_load(&own, folder.files[0], &why),
                     R_BAD_SETTINGS);
    assert_null(own);
    if (!strstr(why.text, detail))
        fail_msg("'%s' does not say '%s'", why.text, detail);
}

static void test_calendar__names_the_line_that_is_wrong(void **state)
{
    (void)state;
    assert_refused("", ":1: the heading");
    assert_refused("date,kind\n", ":1: the heading");
    assert_refused("date,day_type\n2026-02-30,off\n", "bad.csv:2: ");
    assert_refused("date,day_type\n2026-2-3,off\n", "bad.csv:2: ");
    assert_refused("date,day_type\n\n# x\n2026-02-03,half\n", "bad.csv:4: ");
    assert_refused("date,day_type\n2026-02-03\n", "too few");
    assert_refused("date,day_type\n2026-02-03,off\n2026-02-03,work\n",
                   "2026-02-03 is named both");
}

static void test_calendar__must_be_there(void **state)
{
    (void)state;
    AUTO(folder) struct folder folder;
    folder_open(&folder);
    AUTO(calendar) struct calendar *own = NULL;
    assert_int_equal(calendar_load(&own, folder.path, NULL), R_NO_FILE);
    assert_int_equal(calendar_load(&own, "/nowhere/at/all", NULL), R_NO_FILE);
    calendar_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar__agrees_with_the_published_lists),
        cmocka_unit_test(test_calendar__knows_the_years_that_it_carries),
        cmocka_unit_test(test_calendar__has_only_weekends_in_other_years),
        cmocka_unit_test(test_calendar__carries_the_revised_notices),
        cmocka_unit_test(test_calendar__is_replaced_whole_by_a_file),
        cmocka_unit_test(test_calendar__is_read_from_a_folder_of_years),
        cmocka_unit_test(test_calendar__names_the_line_that_is_wrong),
        cmocka_unit_test(test_calendar__must_be_there),
    };
    return cmocka_run_group_tests(tests, load_carried, free_carried);
}
