/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong due: when a limit of the law ends, and how that was counted.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/language.h"
#include "routing/calendar.h"
#include "routing/period.h"

/* A plain day means the beginning of that day in +08:00. */
static enum reason read_start(const char *text, instant *start,
                              struct fault *why)
{
    AUTO(buf) struct buf whole = {0};
    buf_put_text(&whole, text);
    if (strlen(text) == strlen("2026-11-21"))
        buf_put_text(&whole, "T00:00:00+08:00");
    struct fault inner = {0};
    if (instant_parse(buf_text(&whole), start, &inner) == R_OK)
        return R_OK;
    return fault(why, R_USAGE, "--from: %s", inner.text);
}

static enum reason read_limit(const char *text, struct period *period,
                              struct fault *why)
{
    struct fault inner = {0};
    if (period_parse(text, period, &inner) == R_OK)
        return R_OK;
    return fault(why, R_USAGE, "--limit: %s", inner.text);
}

static void tell_json(const char *due, const struct period *period,
                      const char *start, const struct buf *how)
{
    char limit[PERIOD_TEXT_MAX];
    AUTO(buf) struct buf line = {0};
    buf_print(&line, "{\"due\":\"%s\",\"limit\":\"%s\",\"from\":\"%s\",", due,
              period_format(period, limit), start);
    buf_put_text(&line, "\"how\":[");
    const char *separator = "\"";
    for (const char *text = buf_text(how); *text;) {
        size_t length = strcspn(text, "\n");
        AUTO(buf) struct buf one = {0};
        buf_put(&one, text, length);
        buf_put_text(&line, separator);
        buf_put_json(&line, buf_text(&one));
        buf_put_char(&line, '"');
        separator = ",\"";
        text += length + (text[length] ? 1 : 0);
    }
    buf_put_text(&line, "]}");
    puts(buf_text(&line));
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *limit, *from;
    TRY(arguments_require(arguments, "--limit", &limit, why));
    TRY(arguments_require(arguments, "--from", &from, why));
    struct period period;
    TRY(read_limit(limit, &period, why));
    instant start, due;
    TRY(read_start(from, &start, why));
    AUTO(calendar) struct calendar *calendar = NULL;
    TRY(calendar_load(&calendar, arguments_value(arguments, "--calendar"),
                      why));
    AUTO(buf) struct buf how = {0};
    TRY(period_due(&period, start, arguments_has(arguments, "--shift"),
                   calendar, &due, &how, why));
    char due_text[INSTANT_TEXT_MAX], start_text[INSTANT_TEXT_MAX];
    instant_format(due, due_text);
    if (arguments_has(arguments, "--json"))
        tell_json(due_text, &period, instant_format(start, start_text), &how);
    else
        printf("%s\n%s", due_text, buf_text(&how));
    return R_OK;
}

static const struct option options[] = {
    {"--limit", "P",
     "期限：PT24H 小时，P3D 自然日，P3WD 工作日，P1M 月，P1Y 年",
     "PT24H hours, P3D days, P3WD working days, P1M months, P1Y years"},
    {"--from", "TIME", "起算时间，如 2026-11-20T17:00:00+08:00 或 2026-11-20",
     "the start: 2026-11-20T17:00:00+08:00 or 2026-11-20"},
    {"--shift", NULL, "届满日为节假日的，顺延至其后第一个工作日",
     "an end on a day off moves to the next working day"},
    {"--calendar", "F", "以该 CSV 文件或文件夹代替内置日历",
     "a CSV file or folder in place of the carried calendar"},
    {"--json", NULL, "以 JSON 输出", "print JSON"},
};

const struct command command_due = {
    .name = "due",
    .operands = "",
    .chinese = "计算法定期限的届满时刻及其算法",
    .english = "tell when a limit of the law ends, and why",
    .example = "yisong due --limit P3D --from 2026-11-19 --shift",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 0,
    .most = 0,
    .run = run,
};
