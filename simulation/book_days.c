/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counting days as a clerk does: one after the other, with the calendar on the
 * desk.
 */
#include "simulation/book.h"

#include <string.h>

enum { MONTHS_OF_YEAR = 12 };

/* The last second of a day. */
static instant end_of(int64_t day)
{
    return civil_day_start(civil_day_of_number(day + 1)) - INSTANT_SECOND;
}

static bool is_worked(const struct book *book, int64_t day)
{
    return calendar_is_working_day(book->calendar, civil_day_of_number(day));
}

bool clock_is_over(instant due, instant at)
{
    return at - due >= INSTANT_SECOND;
}

/* "2026-08-15" as a number of days. */
static int64_t day_of_text(const char *text)
{
    struct civil_day day = {0};
    return civil_day_parse(text, &day) ? civil_day_number(day) : 0;
}

bool clock_is_of_day(const char *since, const char *until, instant at)
{
    int64_t day = civil_day_number(civil_day_of(at));
    return (!since || day >= day_of_text(since)) &&
           (!until || day < day_of_text(until));
}

static bool begins_one(const struct words *prefixes, const char *region)
{
    for (size_t i = 0; i < prefixes->count; i++)
        if (strncmp(region, prefixes->items[i], strlen(prefixes->items[i])) ==
            0)
            return true;
    return prefixes->count == 0;
}

/* How long, where the owner is and on the day on which the case began. */
static const struct measure *measure_of(const struct reckoning *reckoning)
{
    const struct limit *limit = reckoning->limit;
    const char *region = reckoning->book->agencies[reckoning->owner].region;
    for (size_t i = 0; i < limit->variant_count; i++) {
        const struct variant *variant = &limit->variants[i];
        if (begins_one(&variant->regions, region) &&
            clock_is_of_day(variant->from, variant->until,
                            reckoning->opened_at))
            return &variant->measure;
    }
    return &limit->measure;
}

/* The same date so many months on, or the last day of a shorter month. */
static int64_t months_on(int64_t from, int months)
{
    struct civil_day day = civil_day_of_number(from);
    int wanted = day.day;
    day.day = 1;
    for (int i = 0; i < months; i++)
        day = day.month == MONTHS_OF_YEAR
                  ? (struct civil_day){day.year + 1, 1, 1}
                  : (struct civil_day){day.year, day.month + 1, 1};
    for (day.day = wanted; !civil_day_is_valid(day);)
        day.day--;
    return civil_day_number(day);
}

static int64_t work_days_on(const struct book *book, int64_t day, int count)
{
    while (count > 0)
        count -= is_worked(book, ++day);
    return day;
}

static int64_t next_worked(const struct book *book, int64_t day)
{
    while (!is_worked(book, day))
        day++;
    return day;
}

/*
 * The first day behind `after` that is the fixed one: of each month, of the
 * first month of each quarter, or of the year.
 */
static bool is_fixed_day(const struct limit *limit, int64_t number)
{
    struct civil_day day = civil_day_of_number(number);
    struct civil_day next = civil_day_of_number(number + 1);
    const struct period *rhythm = &limit->measure.period;
    bool last = next.month != day.month;
    bool fits = day.day == limit->measure.due_on.day ||
                (last && day.day < limit->measure.due_on.day);
    int every = rhythm->unit == PERIOD_YEARS ? rhythm->count * MONTHS_OF_YEAR
                                             : rhythm->count;
    int first = limit->measure.due_on.month ? limit->measure.due_on.month : 1;
    return fits && (day.month - first + MONTHS_OF_YEAR) % every == 0;
}

static instant fixed_end(const struct reckoning *reckoning,
                         const struct measure *measure, instant after)
{
    int64_t day = civil_day_number(civil_day_of(after)) + 1;
    while (!is_fixed_day(reckoning->limit, day))
        day++;
    return end_of(measure->shift ? next_worked(reckoning->book, day) : day);
}

instant clock_end(const struct reckoning *reckoning, instant start,
                  instant stopped, instant predecessor)
{
    const struct book *book = reckoning->book;
    const struct measure *measure = measure_of(reckoning);
    const struct period *period = &measure->period;
    if (reckoning->limit->measure.due_on.day)
        return fixed_end(reckoning, measure, predecessor ? predecessor : start);
    instant from = start + stopped;
    if (period->unit == PERIOD_HOURS)
        return from + period->count * (instant)INSTANT_HOUR;
    int64_t day = civil_day_number(civil_day_of(from));
    if (period->unit == PERIOD_WORKING_DAYS)
        return end_of(work_days_on(book, day, period->count));
    if (period->unit == PERIOD_DAYS)
        day += period->count;
    else
        day = months_on(day, period->unit == PERIOD_YEARS
                                 ? period->count * MONTHS_OF_YEAR
                                 : period->count);
    return end_of(measure->shift ? next_worked(book, day) : day);
}

/* The remainder in working days, from the day on which it goes on. */
static instant go_on_worked(const struct book *book,
                            const struct book_clock *clock, instant at)
{
    int64_t end = civil_day_number(civil_day_of(clock->due));
    int64_t today = civil_day_number(civil_day_of(at));
    int left = 0;
    for (int64_t day = civil_day_number(civil_day_of(clock->stood)) + 1;
         day <= end; day++)
        left += is_worked(book, day);
    return end_of(left ? work_days_on(book, today, left)
                       : next_worked(book, today));
}

void clock_go_on(const struct reckoning *reckoning, struct book_clock *clock,
                 instant at)
{
    const struct limit *limit = reckoning->limit;
    enum period_unit unit = measure_of(reckoning)->period.unit;
    instant span = at - clock->stood;
    if (unit != PERIOD_HOURS)
        span = (civil_day_number(civil_day_of(at)) -
                civil_day_number(civil_day_of(clock->stood))) *
               (instant)INSTANT_DAY;
    clock->stopped += span;
    if (unit == PERIOD_WORKING_DAYS)
        clock->due = go_on_worked(reckoning->book, clock, at);
    else if (limit->due_in || limit->measure.due_on.day)
        clock->due += span;
    else
        clock->due = clock_end(reckoning, clock->start, clock->stopped, 0);
}
