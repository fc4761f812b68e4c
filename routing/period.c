/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counting limits. The last day is found first, by unit; then, for all but
 * hours, it is moved if it must be and becomes its last second. Nothing here
 * asks the clock or the machine's zone.
 *
 * The rules: 环环监〔2017〕17号 art. 38 and the codes of procedure (the start
 * does not count, an end on a holiday moves), 公治〔2014〕853号 art. 19
 * (working days).
 */
#include "routing/period.h"

#include <string.h>

#include "base/language.h"

enum { YEAR_LEAST = 1900, YEAR_MOST = 2999, DIGITS_MAX = 6, SKIPPED_MAX = 31 };

static const struct {
    const char *prefix, *suffix;
    int most;
    const char *chinese, *english;
} units[PERIOD_UNIT_COUNT] = {
    [PERIOD_HOURS] = {"PT", "H", 876600, "小时", "hour"},
    [PERIOD_DAYS] = {"P", "D", 36525, "日", "day"},
    [PERIOD_WORKING_DAYS] = {"P", "WD", 36525, "个工作日", "working day"},
    [PERIOD_MONTHS] = {"P", "M", 1200, "个月", "month"},
    [PERIOD_YEARS] = {"P", "Y", 100, "年", "year"},
};

/* The count, if the text is this unit's; 0 if it is not. */
static int read_count(const char *text, enum period_unit unit)
{
    size_t prefix = strlen(units[unit].prefix);
    if (strncmp(text, units[unit].prefix, prefix) != 0)
        return 0;
    const char *digits = text + prefix;
    size_t length = strspn(digits, "0123456789");
    if (length < 1 || length > DIGITS_MAX || digits[0] == '0' ||
        strcmp(digits + length, units[unit].suffix) != 0)
        return 0;
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count = count * 10 + (digits[i] - '0');
    return count <= units[unit].most ? count : 0;
}

enum reason period_parse(const char *text, struct period *out,
                         struct fault *why)
{
    for (enum period_unit unit = 0; unit < PERIOD_UNIT_COUNT; unit++) {
        int count = read_count(text, unit);
        if (count == 0)
            continue;
        *out = (struct period){unit, count};
        return R_OK;
    }
    return fault(why, R_BAD_FIELD, "'%.40s' %s", text,
                 say("不是期限，应为 PT24H、P3D、P3WD、P1M 或 P1Y 之类",
                     "is not a limit such as PT24H, P3D, P3WD, P1M or P1Y"));
}

char *period_format(const struct period *period, char text[PERIOD_TEXT_MAX])
{
    snprintf(text, PERIOD_TEXT_MAX, "%s%d%s", units[period->unit].prefix,
             period->count, units[period->unit].suffix);
    return text;
}

static struct civil_day day_after(struct civil_day day, int64_t days)
{
    return civil_day_of_number(civil_day_number(day) + days);
}

/* The same date, or the last day of a shorter month. */
static struct civil_day month_after(struct civil_day day, int months)
{
    int place = day.year * 12 + day.month - 1 + months;
    struct civil_day end = {place / 12, place % 12 + 1, day.day};
    while (!civil_day_is_valid(end))
        end.day--;
    return end;
}

/* "2026-10-01 (Thursday, 国庆节)" */
static void put_day(struct buf *how, const struct calendar *calendar,
                    struct civil_day day)
{
    static const char *const chinese[] = {
        "星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"};
    static const char *const english[] = {"Sunday",    "Monday",   "Tuesday",
                                          "Wednesday", "Thursday", "Friday",
                                          "Saturday"};
    int weekday = civil_day_weekday(day);
    buf_print(how, "%04d-%02d-%02d%s%s", day.year, day.month, day.day,
              say("（", " ("), say(chinese[weekday], english[weekday]));
    const char *holiday = calendar_holiday(calendar, day);
    if (holiday)
        buf_print(how, "%s%s%s", say("，", ", "), holiday,
                  calendar_is_working_day(calendar, day)
                      ? say("调休上班", ", worked instead")
                      : "");
    buf_put_text(how, say("）", ")"));
}

static void tell_start(const struct period *period, struct civil_day day,
                       const struct calendar *calendar, struct buf *how)
{
    buf_put_text(how, say("自 ", "counted from "));
    put_day(how, calendar, day);
    buf_print(
        how, say("起算 %d %s%s，当日不计入\n", ", %d %s%s, without that day\n"),
        period->count,
        say(units[period->unit].chinese, units[period->unit].english),
        say("", period->count == 1 ? "" : "s"));
}

/* The days between that were not counted, for a person to check. */
static void tell_skipped(const struct calendar *calendar,
                         struct civil_day start, struct civil_day last,
                         struct buf *how)
{
    int skipped = 0;
    int64_t end = civil_day_number(last);
    for (int64_t n = civil_day_number(start) + 1; n < end; n++) {
        struct civil_day day = civil_day_of_number(n);
        if (calendar_is_working_day(calendar, day))
            continue;
        if (skipped++ >= SKIPPED_MAX)
            continue;
        buf_put_text(how, skipped == 1 ? say("不计入：", "not counted: ")
                                       : say("、", ", "));
        put_day(how, calendar, day);
    }
    if (skipped > SKIPPED_MAX)
        buf_print(how, say(" 等共 %d 日", " ... %d days in all"), skipped);
    if (skipped)
        buf_put_char(how, '\n');
}

static void tell_last(const char *chinese, const char *english,
                      const struct calendar *calendar, struct civil_day day,
                      struct buf *how)
{
    buf_put_text(how, say(chinese, english));
    put_day(how, calendar, day);
    buf_put_char(how, '\n');
}

static void tell_unknown_years(const struct calendar *calendar, int from,
                               int to, struct buf *how)
{
    for (int year = from; year <= to; year++)
        if (!calendar_knows(calendar, year))
            buf_print(how,
                      say("日历中没有 %d 年的放假安排，只按周末计算\n",
                          "the holidays of %d are not known: weekends only\n"),
                      year);
}

static struct civil_day working_days_after(const struct calendar *calendar,
                                           struct civil_day day, int count)
{
    while (count > 0) {
        day = day_after(day, 1);
        count -= calendar_is_working_day(calendar, day) ? 1 : 0;
    }
    return day;
}

static struct civil_day last_day(const struct period *period,
                                 struct civil_day start,
                                 const struct calendar *calendar)
{
    switch (period->unit) {
    case PERIOD_WORKING_DAYS:
        return working_days_after(calendar, start, period->count);
    case PERIOD_MONTHS:
        return month_after(start, period->count);
    case PERIOD_YEARS:
        return month_after(start, period->count * 12);
    default:
        return day_after(start, period->count);
    }
}

static struct civil_day move_end(struct civil_day last, bool shift,
                                 const struct calendar *calendar,
                                 struct buf *how)
{
    if (calendar_is_working_day(calendar, last)) {
        if (shift)
            buf_put_text(how, say("届满日是工作日，不顺延\n",
                                  "that is a working day: not moved\n"));
        return last;
    }
    if (!shift) {
        buf_put_text(how, say("届满日是节假日，此期限不顺延\n",
                              "a day off, but this limit is not moved\n"));
        return last;
    }
    struct civil_day moved = calendar_next_working_day(calendar, last);
    tell_last("届满日是节假日，顺延至其后第一个工作日 ",
              "a day off: moved to the first working day after it, ", calendar,
              moved, how);
    return moved;
}

static instant hours_due(const struct period *period, instant start,
                         struct buf *how)
{
    char text[INSTANT_TEXT_MAX];
    buf_print(how,
              say("自 %s 起连续计算 %d 小时，节假日不扣除、不顺延\n",
                  "%2$d hours from %1$s on, through nights and days off; "
                  "never moved\n"),
              instant_format(start, text), period->count);
    return start + (int64_t)period->count * INSTANT_HOUR;
}

static instant days_due(const struct period *period, instant start, bool shift,
                        const struct calendar *calendar, struct buf *how)
{
    struct civil_day day = civil_day_of(start);
    tell_start(period, day, calendar, how);
    struct civil_day last = last_day(period, day, calendar);
    if (period->unit == PERIOD_WORKING_DAYS)
        tell_skipped(calendar, day, last, how);
    tell_last("届满日 ", "ends on ", calendar, last, how);
    if (period->unit != PERIOD_WORKING_DAYS)
        last = move_end(last, shift, calendar, how);
    tell_unknown_years(calendar, day.year, last.year, how);
    return civil_day_start(last) + INSTANT_DAY - INSTANT_SECOND;
}

enum reason period_due(const struct period *period, instant start, bool shift,
                       const struct calendar *calendar, instant *due,
                       struct buf *how, struct fault *why)
{
    int year = civil_day_of(start).year;
    if (year < YEAR_LEAST || year > YEAR_MOST)
        return fault(why, R_BAD_FIELD,
                     say("起算年份 %d 不在 %d 至 %d 之间",
                         "the start is in %d, not between %d and %d"),
                     year, YEAR_LEAST, YEAR_MOST);
    AUTO(buf) struct buf unread = {0};
    struct buf *told = how ? how : &unread;
    *due = period->unit == PERIOD_HOURS
               ? hours_due(period, start, told)
               : days_due(period, start, shift, calendar, told);
    return R_OK;
}

bool period_has_passed(instant due, instant at)
{
    return at >= due + INSTANT_SECOND;
}
