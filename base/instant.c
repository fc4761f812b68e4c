/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Civil days are counted by Howard Hinnant's day-number algorithm (eras of
 * 400 years), so that neither the C library's zone data nor the machine's
 * settings take part.
 */
#include "base/instant.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CHINA_OFFSET = 8 * INSTANT_HOUR };

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000000;
}

instant instant_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t instant_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_divide(int64_t number, int64_t by)
{
    int64_t quotient = number / by;
    return quotient - (number % by < 0 ? 1 : 0);
}

int64_t civil_day_number(struct civil_day day)
{
    int64_t year = day.year - (day.month <= 2 ? 1 : 0);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = (day.month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day.day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil_day civil_day_of_number(int64_t number)
{
    number += 719468;
    int64_t era = floor_divide(number, 146097);
    int64_t day_of_era = number - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
    int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return (struct civil_day){
        .year = (int)year,
        .month = (int)month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

struct civil_day civil_day_of(instant at)
{
    return civil_day_of_number(floor_divide(at + CHINA_OFFSET, INSTANT_DAY));
}

instant civil_day_start(struct civil_day day)
{
    return civil_day_number(day) * INSTANT_DAY - CHINA_OFFSET;
}

bool civil_day_is_valid(struct civil_day day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    if (day.year < 1 || day.month < 1 || day.month > 12 || day.day < 1)
        return false;
    bool leap =
        day.year % 4 == 0 && (day.year % 100 != 0 || day.year % 400 == 0);
    int length = lengths[day.month - 1] + (leap && day.month == 2 ? 1 : 0);
    return day.day <= length;
}

int civil_day_weekday(struct civil_day day)
{
    int64_t number = civil_day_number(day) + 4;
    return (int)(number - floor_divide(number, 7) * 7);
}

/* Reads exactly `digits` digits; -1 if there are fewer. */
static int read_digits(const char **text, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool read_mark(const char **text, char mark)
{
    if (**text != mark)
        return false;
    (*text)++;
    return true;
}

static bool read_day(const char **text, struct civil_day *day)
{
    day->year = read_digits(text, 4);
    if (day->year < 0 || !read_mark(text, '-'))
        return false;
    day->month = read_digits(text, 2);
    if (day->month < 0 || !read_mark(text, '-'))
        return false;
    day->day = read_digits(text, 2);
    return civil_day_is_valid(*day);
}

bool civil_day_parse(const char *text, struct civil_day *out)
{
    struct civil_day day;
    if (!read_day(&text, &day) || *text)
        return false;
    *out = day;
    return true;
}

/* Milliseconds of ":HH:MM" style pairs; -1 if out of range. */
static int64_t read_hour_minute(const char **text)
{
    int hour = read_digits(text, 2);
    if (hour < 0 || hour > 23 || !read_mark(text, ':'))
        return -1;
    int minute = read_digits(text, 2);
    if (minute < 0 || minute > 59)
        return -1;
    return (int64_t)hour * INSTANT_HOUR + (int64_t)minute * INSTANT_MINUTE;
}

static int64_t read_seconds(const char **text)
{
    if (!read_mark(text, ':'))
        return -1;
    int second = read_digits(text, 2);
    if (second < 0 || second > 59)
        return -1;
    int64_t value = (int64_t)second * INSTANT_SECOND;
    if (!read_mark(text, '.'))
        return value;
    int digits = 0, fraction = 0;
    for (; isdigit((unsigned char)**text); (*text)++, digits++)
        if (digits < 3)
            fraction = fraction * 10 + (**text - '0');
    if (digits < 1 || digits > 9)
        return -1;
    for (; digits < 3; digits++)
        fraction *= 10;
    return value + fraction;
}

static bool read_zone(const char **text, int64_t *offset)
{
    *offset = 0;
    if (read_mark(text, 'Z'))
        return true;
    int sign = **text == '-' ? -1 : 1;
    if (**text != '+' && **text != '-')
        return false;
    (*text)++;
    int64_t value = read_hour_minute(text);
    *offset = sign * value;
    return value >= 0;
}

enum reason instant_parse(const char *text, instant *out, struct fault *why)
{
    const char *rest = text;
    struct civil_day day;
    int64_t minutes = -1, seconds = -1, offset = 0;
    bool good = read_day(&rest, &day) && read_mark(&rest, 'T') &&
                (minutes = read_hour_minute(&rest)) >= 0 &&
                (seconds = read_seconds(&rest)) >= 0 &&
                read_zone(&rest, &offset) && *rest == '\0';
    if (!good)
        return fault(why, R_BAD_FIELD,
                     "'%.60s' is not a time like 2026-11-21T17:00:00+08:00",
                     text);
    *out = civil_day_number(day) * INSTANT_DAY + minutes + seconds - offset;
    return R_OK;
}

char *instant_format(instant at, char text[INSTANT_TEXT_MAX])
{
    struct civil_day day = civil_day_of(at);
    int64_t rest = at - civil_day_start(day);
    int length = snprintf(
        text, INSTANT_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d",
        day.year % 10000, day.month, day.day, (int)(rest / INSTANT_HOUR),
        (int)(rest / INSTANT_MINUTE % 60), (int)(rest / INSTANT_SECOND % 60));
    if (rest % INSTANT_SECOND)
        length += snprintf(text + length, INSTANT_TEXT_MAX - (size_t)length,
                           ".%03d", (int)(rest % INSTANT_SECOND));
    snprintf(text + length, INSTANT_TEXT_MAX - (size_t)length, "+08:00");
    return text;
}
