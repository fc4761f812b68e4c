/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The periods of reports: days, weeks from Monday (ISO 8601), months, quarters
 * and years, in China's days.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routing/supervision/statistics.h"

static bool read_digits(const char *text, size_t count, int *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

/* The Monday of week 1 is that of the week with January 4th. */
static struct civil_day week_start(int year, int week)
{
    struct civil_day fourth = {year, 1, 4};
    int monday = (civil_day_weekday(fourth) + 6) % 7;
    return civil_day_of_number(civil_day_number(fourth) - monday +
                               7 * (int64_t)(week - 1));
}

static bool is_week(int year, int week)
{
    return week >= 1 && week <= 53 &&
           (week < 53 || civil_day_number(week_start(year, 53)) <
                             civil_day_number(week_start(year + 1, 1)));
}

static struct civil_day months_on(int year, int month, int months)
{
    int place = month - 1 + months;
    return (struct civil_day){year + place / 12, place % 12 + 1, 1};
}

static bool read_season(const char *text, struct civil_day *first,
                        struct civil_day *behind)
{
    size_t length = strlen(text);
    int year, number;
    if (length < 4 || !read_digits(text, 4, &year) || year < 1900 ||
        year > 2999 || (length > 4 && text[4] != '-'))
        return false;
    if (length == 4) {
        *first = (struct civil_day){year, 1, 1};
        *behind = (struct civil_day){year + 1, 1, 1};
        return true;
    }
    if (length == 7 && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4') {
        *first = (struct civil_day){year, 3 * (text[6] - '1') + 1, 1};
        *behind = months_on(year, first->month, 3);
        return true;
    }
    if (length == 8 && text[5] == 'W' && read_digits(text + 6, 2, &number) &&
        is_week(year, number)) {
        *first = week_start(year, number);
        *behind = civil_day_of_number(civil_day_number(*first) + 7);
        return true;
    }
    if (length == 7 && read_digits(text + 5, 2, &number) && number >= 1 &&
        number <= 12) {
        *first = (struct civil_day){year, number, 1};
        *behind = months_on(year, number, 1);
        return true;
    }
    if (!civil_day_parse(text, first))
        return false;
    *behind = civil_day_of_number(civil_day_number(*first) + 1);
    return true;
}

enum reason season_parse(const char *text, struct season *out,
                         struct fault *why)
{
    struct civil_day first, behind;
    if (strlen(text) >= sizeof out->text || !read_season(text, &first, &behind))
        return fault(why, R_USAGE,
                     "%s (2026, 2026-Q3, 2026-10, 2026-W45, 2026-10-05)", text);
    snprintf(out->text, sizeof out->text, "%s", text);
    out->from = civil_day_start(first);
    out->until = civil_day_start(behind);
    return R_OK;
}
