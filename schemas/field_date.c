/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Dates as they are printed: 2021-09-07, 2017.10.24, 20210907,
 * 2025 年 1 月 15 日, 二〇二一年九月二十七日. The normal form is ISO 8601.
 *
 * A date is cut into runs of numerals, each with the mark behind it, and the
 * marks tell what the runs are ("年月日"). Where 年 and 月 both fell out of a
 * page (20251119日, 2024327日) the digits are all there; they are read if only
 * one real day fits.
 */
#include "schemas/field_rules.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/language.h"

enum { YEAR_LEAST = 1900, YEAR_MOST = 2100, RUNS_MAX = 3, DIGITS_MAX = 8 };
enum {
    YEAR = 0x5E74,       /* 年 */
    MONTH = 0x6708,      /* 月 */
    DAY = 0x65E5,        /* 日 */
    DAY_SPOKEN = 0x53F7, /* 号 */
    FIRST = 0x5143,      /* 元, of 元月 */
    TEN = 0x5341,
    TEN_CAPITAL = 0x62FE,
    TWENTY = 0x5EFF,
    THIRTY = 0x5345,
    MIDDLE_DOT = 0xB7
};

/* Numerals [from, from + count) and the mark behind them; 0 at the end. */
struct run {
    size_t from, count;
    uint32_t mark;
    bool chinese;
};

struct runs {
    const struct field_text *text;
    struct run at[RUNS_MAX];
    size_t count;
};

static enum reason unreadable(struct fault *why)
{
    return fault(why, R_BAD_FIELD, "%s",
                 say("不是日期，应写作 2021-09-07 或 2021年9月7日",
                     "not a date such as 2021-09-07 or 2021年9月7日"));
}

static enum reason ambiguous(struct fault *why, const char *chinese,
                             const char *english)
{
    return fault(why, R_AMBIGUOUS, "%s", say(chinese, english));
}

static bool is_ten(uint32_t c)
{
    return c == TEN || c == TEN_CAPITAL;
}

static bool is_chinese(uint32_t c)
{
    return field_numeral(c) >= 0 || is_ten(c) || c == TWENTY || c == THIRTY ||
           c == FIRST;
}

/* 二0一三年, 二ＯＯ八年: among Chinese numerals all round letters are zeros. */
static bool is_zero_among_chinese(uint32_t c)
{
    static const uint32_t zeros[] = {'0', 'O', 'o', 0x39F, 0x41E, 0x25EF};
    for (size_t i = 0; i < COUNT_OF(zeros); i++)
        if (c == zeros[i])
            return true;
    return false;
}

static uint32_t plain_mark(uint32_t c)
{
    if (c == DAY_SPOKEN)
        return DAY;
    return c == MIDDLE_DOT ? '.' : c;
}

/* What spreadsheets add to a day. */
static void drop_midnight(struct field_text *text)
{
    static const char *const midnight[] = {" 00:00:00", " 0:00:00", " 00:00",
                                           " 0:00", NULL};
    size_t place = field_text_find(text, midnight, NULL);
    if (place + field_text_match(text, place, midnight, NULL) == text->count)
        field_text_cut(text, place, text->count);
}

/* Spaces say nothing beside a mark, and nothing in 年月日; else they part. */
static void tidy_spaces(struct field_text *text)
{
    static const char *const frames[] = {"年", "月", "日", NULL};
    if (field_text_find(text, frames, NULL) < text->count) {
        field_text_drop_spaces(text);
        return;
    }
    for (size_t i = text->count; i > 0; i--) {
        bool between = i > 1 && field_is_digit(text->at[i - 2]) &&
                       field_is_digit(text->at[i]);
        if (text->at[i - 1] == ' ' && !between)
            field_text_cut(text, i - 1, i);
    }
}

static size_t run_length(const struct field_text *text, size_t from,
                         bool *chinese)
{
    size_t end = from;
    *chinese = false;
    while (field_is_digit(text->at[end]) || is_chinese(text->at[end]) ||
           (end > from && is_zero_among_chinese(text->at[end])))
        *chinese = is_chinese(text->at[end++]) || *chinese;
    return end - from;
}

static enum reason cut_runs(struct runs *runs, struct fault *why)
{
    const struct field_text *text = runs->text;
    for (size_t i = 0; i < text->count;) {
        struct run run = {.from = i};
        run.count = run_length(text, i, &run.chinese);
        if (run.count == 0 || runs->count == RUNS_MAX)
            return unreadable(why);
        i += run.count;
        run.mark = plain_mark(text->at[i]);
        runs->at[runs->count++] = run;
        i += i < text->count ? 1 : 0;
    }
    return R_OK;
}

/* The digits of a run as a number, 二〇二一 too; -1 if one is none. */
static int read_digits(const struct field_text *text, const struct run *run)
{
    int number = 0;
    for (size_t i = run->from; i < run->from + run->count; i++) {
        uint32_t c = text->at[i];
        int digit = field_is_digit(c) ? (int)(c - '0') : field_numeral(c);
        if (run->chinese && is_zero_among_chinese(c))
            digit = 0;
        else if (run->chinese && field_is_digit(c))
            return -1;
        if (digit < 0 || run->count > DIGITS_MAX)
            return -1;
        number = number * 10 + digit;
    }
    return number;
}

/* A month or day: 9, 09, 九, 零九, 十九, 二十, 廿七, 三十一, 元; else -1. */
static int read_small(const struct field_text *text, const struct run *run)
{
    const uint32_t *c = &text->at[run->from];
    if (!run->chinese)
        return run->count <= 2 ? read_digits(text, run) : -1;
    if (run->count == 1 && c[0] == FIRST)
        return run->mark == MONTH ? 1 : -1;
    size_t i = 0;
    int tens = 0;
    if (c[0] == TWENTY || c[0] == THIRTY) {
        tens = c[i++] == TWENTY ? 2 : 3;
    } else if (is_ten(c[0])) {
        tens = 1;
        i = 1;
    } else if (run->count > 1 && is_ten(c[1])) {
        tens = field_numeral(c[0]);
        i = 2;
    } else if (run->count == 2 && field_numeral(c[0]) == 0) {
        i = 1;
    }
    if (i == run->count)
        return tens > 0 ? tens * 10 : -1;
    int ones = field_numeral(c[i]);
    return tens >= 0 && ones > 0 && i + 1 == run->count ? tens * 10 + ones : -1;
}

static bool is_real(struct civil_day day)
{
    return day.year >= YEAR_LEAST && day.year <= YEAR_MOST &&
           civil_day_is_valid(day);
}

static enum reason take_day(struct civil_day day, struct buf *out,
                            struct fault *why)
{
    if (!is_real(day))
        return fault(why, R_BAD_FIELD, "%s",
                     say("没有这一天（年份限 1900 至 2100）",
                         "there is no such day (years 1900 to 2100)"));
    buf_print(out, "%04d-%02d-%02d", day.year, day.month, day.day);
    return R_OK;
}

/* All digits of a day without marks: tries every cut into month and day. */
static enum reason read_packed(const struct runs *runs, struct buf *out,
                               struct fault *why)
{
    const struct run *run = &runs->at[0];
    int number = run->chinese ? -1 : read_digits(runs->text, run);
    if (number < 0)
        return unreadable(why);
    bool marked = run->mark == DAY;
    if (run->count < 7 || run->count > 8 || (run->count < 8 && !marked))
        return ambiguous(why, "年、月、日不全",
                         "year, month or day is missing");
    int scale = run->count == 8 ? 10000 : 1000;
    int rest = number % scale, fitting = 0;
    struct civil_day found = {.year = number / scale};
    for (int cut = 10; cut <= 100; cut *= 10) {
        bool whole = run->count == 8 ? cut == 100
                                     : rest >= 100 && rest % cut >= cut / 10;
        struct civil_day day = {number / scale, rest / cut, rest % cut};
        if (!whole || !is_real(day))
            continue;
        found = day;
        fitting++;
    }
    if (fitting > 1)
        return ambiguous(why, "月、日的分界不明",
                         "month and day cannot be told apart");
    return take_day(found, out, why);
}

static enum reason read_year_first(const struct runs *runs, struct buf *out,
                                   struct fault *why)
{
    const struct field_text *text = runs->text;
    const struct run *run = runs->at;
    if (run[0].count == 2)
        return ambiguous(why, "年份应为四位", "the year needs four digits");
    struct civil_day day = {.year = read_digits(text, &run[0]),
                            .month = read_small(text, &run[1]),
                            .day = read_small(text, &run[2])};
    if (run[0].count != 4 || day.year < 0 || day.month < 0 || day.day < 0)
        return unreadable(why);
    return take_day(day, out, why);
}

/* 24/10/2017 has one reading, 03/04/2021 has two. */
static enum reason read_year_last(const struct runs *runs, struct buf *out,
                                  struct fault *why)
{
    int first = read_small(runs->text, &runs->at[0]);
    int second = read_small(runs->text, &runs->at[1]);
    int year = read_digits(runs->text, &runs->at[2]);
    struct civil_day month_first = {year, first, second};
    struct civil_day day_first = {year, second, first};
    if (first != second && is_real(month_first) && is_real(day_first))
        return ambiguous(why, "月、日顺序不明，应先写年份",
                         "month and day cannot be told apart; year first");
    return take_day(is_real(month_first) ? month_first : day_first, out, why);
}

static enum reason read_separated(const struct runs *runs, struct buf *out,
                                  struct fault *why)
{
    const struct run *run = runs->at;
    if (run[0].mark != run[1].mark || (run[2].mark && run[2].mark != DAY))
        return ambiguous(why, "分隔符前后不一致", "the separators differ");
    bool year_last = run[0].count <= 2 && run[2].count == 4 && !run[2].mark &&
                     !run[0].chinese && !run[1].chinese && !run[2].chinese;
    return year_last ? read_year_last(runs, out, why)
                     : read_year_first(runs, out, why);
}

static bool marks_are(const struct runs *runs, const uint32_t *marks,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (i >= runs->count || runs->at[i].mark != marks[i])
            return false;
    return runs->count == count;
}

static enum reason read_incomplete(const struct runs *runs, struct fault *why)
{
    static const uint32_t no_year[] = {MONTH, DAY};
    static const uint32_t no_month[] = {YEAR, DAY};
    static const uint32_t no_day[] = {YEAR, MONTH};
    if (marks_are(runs, no_year, 2))
        return ambiguous(why, "没有年份", "the year is missing");
    if (marks_are(runs, no_month, 2))
        return ambiguous(why, "没有月份", "the month is missing");
    if (marks_are(runs, no_day, 2))
        return ambiguous(why, "没有日", "the day is missing");
    return unreadable(why);
}

enum reason field_date(const struct field_text *text, struct buf *out,
                       struct fault *why)
{
    static const uint32_t whole[] = {YEAR, MONTH, DAY};
    static const uint32_t open[] = {YEAR, MONTH, 0};
    struct field_text tidied = *text;
    drop_midnight(&tidied);
    tidy_spaces(&tidied);
    struct runs runs = {.text = &tidied};
    TRY(cut_runs(&runs, why));
    if (marks_are(&runs, whole, 3) || marks_are(&runs, open, 3))
        return read_year_first(&runs, out, why);
    uint32_t mark = runs.at[0].mark;
    if (runs.count == 3 && mark && mark < 0x7F && strchr("-./ ", (int)mark))
        return read_separated(&runs, out, why);
    if (runs.count == 1 && (!mark || mark == DAY))
        return read_packed(&runs, out, why);
    return read_incomplete(&runs, why);
}
