/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic of one clock. Spans are counted by period.h; what is added
 * here: fixed days of the calendar, the law of the day, warnings, and clocks
 * that stood still.
 *
 * A clock that stood still goes on with its remainder. Hours lose nothing: the
 * end moves by the time that it stood. Days are whole: the day on which it
 * stopped counts as used, the one on which it goes on does not; working days
 * are counted by working days.
 */
#include "routing/procedure_due.h"

#include <string.h>

bool due_is_within(const char *since, const char *until, instant at)
{
    char day[INSTANT_TEXT_MAX];
    instant_format(at, day);
    day[strcspn(day, "T")] = '\0';
    return (!since || strcmp(day, since) >= 0) &&
           (!until || strcmp(day, until) < 0);
}

/* The first variant that fits the owner's region and this time. */
static const struct measure *measure_on(const struct due_of *of, instant at)
{
    const struct agency *agency = registry_find(of->registry, of->owner);
    const char *region = agency ? agency->region : "";
    for (size_t i = 0; i < of->limit->variant_count; i++) {
        const struct variant *variant = &of->limit->variants[i];
        if ((variant->regions.count == 0 ||
             words_begin(&variant->regions, region)) &&
            due_is_within(variant->from, variant->until, at))
            return &variant->measure;
    }
    return &of->limit->measure;
}

const struct measure *due_measure(const struct due_of *of)
{
    return measure_on(of, of->opened_at);
}

bool due_is_fixed(const struct due_of *of)
{
    return of->limit->measure.due_on.day || due_measure(of)->due_on.day;
}

static instant end_of_day(struct civil_day day)
{
    return civil_day_start(day) + INSTANT_DAY - INSTANT_SECOND;
}

/* --- fixed days -------------------------------------------------------------
 */

enum { MONTHS_OF_YEAR = 12 };

/* The fixed day of the month that is `months` after the year's first. */
static struct civil_day fixed_day(int year, int months, int day)
{
    struct civil_day fixed = {year + months / MONTHS_OF_YEAR,
                              months % MONTHS_OF_YEAR + 1, day};
    while (!civil_day_is_valid(fixed))
        fixed.day--; /* the 31st of a shorter month is its last day */
    return fixed;
}

/*
 * The fixed day of the period that has `months` in it. Where the limit itself
 * has fixed days, a variant is the rule for the days that fall into its time,
 * not for the cases that were opened in it: a report of 2018 has the day of
 * 2018, whenever the case of reports began.
 */
static struct civil_day day_of_period(const struct due_of *of, int year,
                                      int months, const struct measure **rule)
{
    const struct measure *own = &of->limit->measure;
    const struct due_on *on = &(*rule)->due_on;
    if (*rule == own) {
        instant usual = civil_day_start(fixed_day(year, months, on->day));
        *rule = measure_on(of, usual);
        on = (*rule)->due_on.day ? &(*rule)->due_on : on;
    }
    if (on->month)
        months = months / MONTHS_OF_YEAR * MONTHS_OF_YEAR + on->month - 1;
    return fixed_day(year, months, on->day);
}

/* The first fixed day after the day of `at`: each month, quarter or year. */
static instant fixed_due(const struct due_of *of, const struct measure *measure,
                         instant at)
{
    const struct civil_day today = civil_day_of(at);
    const struct measure *own = &of->limit->measure;
    const struct measure *rule = own->due_on.day ? own : measure;
    const struct period *rhythm = &rule->period;
    int step = rhythm->unit == PERIOD_YEARS ? rhythm->count * MONTHS_OF_YEAR
                                            : rhythm->count;
    int months = rule->due_on.month ? rule->due_on.month - 1 : 0;
    for (;; months += step) {
        const struct measure *found = rule;
        struct civil_day day = day_of_period(of, today.year, months, &found);
        struct civil_day first = fixed_day(today.year, months, 1);
        if (civil_day_number(rule->due_on.after ? first : day) <=
            civil_day_number(today))
            continue;
        if (found->shift)
            day = calendar_next_working_day(of->procedures->calendar, day);
        return end_of_day(day);
    }
}

/* --- warnings ---------------------------------------------------------------
 */

static struct civil_day day_before(const struct calendar *calendar,
                                   struct civil_day day,
                                   const struct period *ahead)
{
    int64_t number = civil_day_number(day);
    if (ahead->unit != PERIOD_WORKING_DAYS)
        return civil_day_of_number(number - ahead->count);
    for (int left = ahead->count; left > 0; number--)
        left -=
            calendar_is_working_day(calendar, civil_day_of_number(number - 1));
    return civil_day_of_number(number);
}

instant due_warning(const struct due_of *of, const struct deadline *deadline)
{
    const struct limit *limit = of->limit;
    if (!limit->warn_text || !limit->duty || !deadline->due)
        return 0;
    instant at = limit->warn.unit == PERIOD_HOURS
                     ? deadline->due - limit->warn.count * (instant)INSTANT_HOUR
                     : civil_day_start(day_before(of->procedures->calendar,
                                                  civil_day_of(deadline->due),
                                                  &limit->warn));
    return at > deadline->start ? at : 0;
}

/* --- the end ----------------------------------------------------------------
 */

enum reason due_compute(const struct due_of *of, struct deadline *deadline,
                        instant after, struct fault *why)
{
    const struct measure *measure = due_measure(of);
    if (due_is_fixed(of))
        deadline->due = fixed_due(of, measure, after ? after : deadline->start);
    else
        TRY(period_due(&measure->period, deadline->start + deadline->stopped,
                       measure->shift, of->procedures->calendar, &deadline->due,
                       NULL, why));
    deadline->warn = due_warning(of, deadline);
    return R_OK;
}

/* Working days after the first day, up to and including the last. */
static int working_days_between(const struct calendar *calendar,
                                struct civil_day first, struct civil_day last)
{
    int count = 0;
    int64_t end = civil_day_number(last);
    for (int64_t n = civil_day_number(first) + 1; n <= end; n++)
        count += calendar_is_working_day(calendar, civil_day_of_number(n));
    return count;
}

static enum reason resume_working_days(const struct due_of *of,
                                       struct deadline *deadline, instant at,
                                       struct fault *why)
{
    const struct calendar *calendar = of->procedures->calendar;
    const struct period left = {
        .unit = PERIOD_WORKING_DAYS,
        .count = working_days_between(calendar, civil_day_of(deadline->paused),
                                      civil_day_of(deadline->due))};
    if (left.count > 0)
        return period_due(&left, at, false, calendar, &deadline->due, NULL,
                          why);
    deadline->due =
        end_of_day(calendar_next_working_day(calendar, civil_day_of(at)));
    return R_OK;
}

enum reason due_resume(const struct due_of *of, struct deadline *deadline,
                       instant at, struct fault *why)
{
    const struct measure *measure = due_measure(of);
    const enum period_unit unit = measure->period.unit;
    int64_t days = civil_day_number(civil_day_of(at)) -
                   civil_day_number(civil_day_of(deadline->paused));
    instant span = unit == PERIOD_HOURS ? at - deadline->paused
                                        : days * (instant)INSTANT_DAY;
    deadline->stopped += span;
    if (unit == PERIOD_WORKING_DAYS)
        TRY(resume_working_days(of, deadline, at, why));
    else if (of->limit->due_in || due_is_fixed(of))
        deadline->due += span; /* the day was named, not counted */
    else
        TRY(due_compute(of, deadline, 0, why));
    deadline->warn = due_warning(of, deadline);
    deadline->paused = 0;
    deadline->reminded = 0;
    deadline->status = DEADLINE_RUNNING;
    return R_OK;
}
