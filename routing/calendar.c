/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sorted list of the days that a notice names; every other day follows from
 * its weekday. The files need a heading with "date" and "day_type" (off or
 * work), and may have "holiday"; other columns are for people.
 */
#include "routing/calendar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/io.h"
#include "base/mem.h"

enum { FILE_CEILING = 4 * 1024 * 1024, DAYS_MAX = 100000 };

struct day {
    int64_t number;
    bool worked;
    char *holiday;
};

struct calendar {
    struct day *days;
    size_t count, room;
};

/* Where the cells are that matter; `holiday` is the count if it is missing. */
struct heading {
    size_t date, day_type, holiday;
};

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    for (size_t i = 0; i < calendar->count; i++)
        free(calendar->days[i].holiday);
    free(calendar->days);
    free(calendar);
}

static void add_day(struct calendar *calendar, int64_t number, bool worked,
                    const char *holiday)
{
    if (calendar->count == calendar->room) {
        calendar->room = calendar->room ? calendar->room * 2 : 512;
        calendar->days =
            mem_resize(calendar->days, calendar->room, sizeof(struct day));
    }
    calendar->days[calendar->count++] =
        (struct day){number, worked, mem_text(holiday)};
}

static enum reason read_heading(struct csv *rows, const char *name,
                                struct heading *heading, struct fault *why)
{
    char *cells[CSV_CELLS_MAX];
    size_t count = csv_next(rows, cells);
    heading->date = csv_column(cells, count, "date");
    heading->day_type = csv_column(cells, count, "day_type");
    heading->holiday = csv_column(cells, count, "holiday");
    if (heading->date == count || heading->day_type == count)
        return fault(why, R_BAD_SETTINGS,
                     "%s:%d: the heading must name date and day_type", name,
                     rows->line);
    return R_OK;
}

static bool read_day_number(const char *text, int64_t *number)
{
    AUTO(buf) struct buf start = {0};
    buf_print(&start, "%sT00:00:00+08:00", text);
    instant at;
    if (instant_parse(buf_text(&start), &at, NULL) != R_OK)
        return false;
    *number = civil_day_number(civil_day_of(at));
    return true;
}

static enum reason read_row(struct calendar *calendar, char *const cells[],
                            size_t count, const struct heading *heading,
                            const char **fault_text)
{
    int64_t number;
    if (heading->date >= count || heading->day_type >= count)
        *fault_text = "too few cells";
    else if (!read_day_number(cells[heading->date], &number))
        *fault_text = "the date is not a day like 2026-10-01";
    else if (strcmp(cells[heading->day_type], "off") != 0 &&
             strcmp(cells[heading->day_type], "work") != 0)
        *fault_text = "day_type must be off or work";
    else if (calendar->count == DAYS_MAX)
        *fault_text = "too many days";
    else
        *fault_text = NULL;
    if (*fault_text)
        return R_BAD_SETTINGS;
    add_day(calendar, number, strcmp(cells[heading->day_type], "work") == 0,
            heading->holiday < count ? cells[heading->holiday] : "");
    return R_OK;
}

static enum reason read_table(struct calendar *calendar, const char *name,
                              const void *bytes, size_t size, struct fault *why)
{
    AUTO(csv) struct csv rows = {0};
    csv_open(&rows, bytes, size);
    struct heading heading;
    TRY(read_heading(&rows, name, &heading, why));
    char *cells[CSV_CELLS_MAX];
    const char *wrong;
    for (size_t count; (count = csv_next(&rows, cells)) > 0;)
        if (read_row(calendar, cells, count, &heading, &wrong) != R_OK)
            return fault(why, R_BAD_SETTINGS, "%s:%d: %s", name, rows.line,
                         wrong);
    return R_OK;
}

static enum reason read_file(struct calendar *calendar, const char *path,
                             struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = FILE_CEILING};
    TRY(io_read(path, &bytes, why));
    return read_table(calendar, path, buf_text(&bytes), bytes.size, why);
}

static enum reason read_folder(struct calendar *calendar, const char *folder,
                               struct fault *why)
{
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    size_t read = 0;
    for (size_t i = 0; i < names.count; i++) {
        size_t length = strlen(names.names[i]);
        if (length < 4 || strcmp(names.names[i] + length - 4, ".csv") != 0)
            continue;
        AUTO(text) char *path = io_join(folder, names.names[i]);
        TRY(read_file(calendar, path, why));
        read++;
    }
    return read ? R_OK
                : fault(why, R_NO_FILE, "%s: no *.csv in this folder", folder);
}

static enum reason read_assets(struct calendar *calendar, struct fault *why)
{
    static const char folder[] = "routing/calendars/";
    for (const struct asset *file = asset_next(folder, NULL); file;
         file = asset_next(folder, file))
        TRY(read_table(calendar, file->name, file->bytes, file->size, why));
    return R_OK;
}

static int compare_days(const void *left, const void *right)
{
    int64_t a = ((const struct day *)left)->number;
    int64_t b = ((const struct day *)right)->number;
    return (a > b) - (a < b);
}

/* A day named twice is fine if both say the same; one is as good as two. */
static enum reason sort_days(struct calendar *calendar, struct fault *why)
{
    if (calendar->count)
        qsort(calendar->days, calendar->count, sizeof(struct day),
              compare_days);
    for (size_t i = 1; i < calendar->count; i++) {
        const struct day *day = &calendar->days[i];
        if (day->number != day[-1].number || day->worked == day[-1].worked)
            continue;
        struct civil_day date = civil_day_of_number(day->number);
        return fault(why, R_BAD_SETTINGS,
                     "%04d-%02d-%02d is named both off and work", date.year,
                     date.month, date.day);
    }
    return R_OK;
}

static enum reason read_path(struct calendar *calendar, const char *path,
                             struct fault *why)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    return S_ISDIR(status.st_mode) ? read_folder(calendar, path, why)
                                   : read_file(calendar, path, why);
}

enum reason calendar_load(struct calendar **out, const char *path_or_null,
                          struct fault *why)
{
    AUTO(calendar) struct calendar *calendar = mem_new(1, sizeof *calendar);
    if (path_or_null)
        TRY(read_path(calendar, path_or_null, why));
    else
        TRY(read_assets(calendar, why));
    TRY(sort_days(calendar, why));
    *out = TAKE(calendar);
    return R_OK;
}

static const struct day *find_day(const struct calendar *calendar,
                                  struct civil_day date)
{
    struct day wanted = {.number = civil_day_number(date)};
    return calendar->count ? bsearch(&wanted, calendar->days, calendar->count,
                                     sizeof(struct day), compare_days)
                           : NULL;
}

bool calendar_knows(const struct calendar *calendar, int year)
{
    const struct day *national =
        find_day(calendar, (struct civil_day){year, 10, 1});
    return national && !national->worked;
}

bool calendar_is_working_day(const struct calendar *calendar,
                             struct civil_day day)
{
    const struct day *named = find_day(calendar, day);
    int weekday = civil_day_weekday(day);
    return named ? named->worked : weekday >= 1 && weekday <= 5;
}

struct civil_day calendar_next_working_day(const struct calendar *calendar,
                                           struct civil_day day)
{
    while (!calendar_is_working_day(calendar, day))
        day = civil_day_of_number(civil_day_number(day) + 1);
    return day;
}

const char *calendar_holiday(const struct calendar *calendar,
                             struct civil_day day)
{
    const struct day *named = find_day(calendar, day);
    return named ? named->holiday : NULL;
}
