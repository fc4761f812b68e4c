/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong retention plan: which bodies may go, when, by which rule, and which
 * stay although their time is over. Changes nothing. Deleting is in
 * command_retention_run.c, the proof of it in command_retention_prove.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/language.h"
#include "base/width.h"
#include "program/retention_look.h"

static const size_t widths[] = {28, 16, 10, 8, 12, 40};

static void put_cells(struct buf *out, const char *const cells[])
{
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        width_put_in(out, cells[i], widths[i]);
        buf_put_char(out, i + 1 < COUNT_OF(widths) ? ' ' : '\n');
    }
}

/* "2056-11-23", or words. */
static const char *show_end(const struct retention_line *line,
                            char text[INSTANT_TEXT_MAX])
{
    if (line->ends == INT64_MAX)
        return say("永久", "for ever");
    instant_format(line->ends, text);
    text[10] = '\0';
    return text;
}

static void put_line(struct buf *out, const struct retention_line *line,
                     instant at)
{
    char ends[INSTANT_TEXT_MAX], count[24], bytes[24];
    AUTO(buf) struct buf standing = {0};
    snprintf(count, sizeof count, "%zu", line->count);
    snprintf(bytes, sizeof bytes, "%" PRId64, line->bytes);
    if (line->hold != RETENTION_FREE)
        buf_print(&standing, "%s%s%s", retention_hold_words(line->hold),
                  *line->detail ? say("：", ": ") : "", line->detail);
    else if (retention_is_due(line, at))
        buf_put_text(&standing, say("可以删除", "may go now"));
    const char *const cells[] = {
        line->case_id, line->rule->id, show_end(line, ends),
        count,         bytes,          buf_text(&standing)};
    put_cells(out, cells);
}

static void put_line_json(struct buf *out, const struct retention_line *line,
                          instant at)
{
    buf_print(out, "{\"due\": %s",
              retention_is_due(line, at) ? "true" : "false");
    json_put_text(out, "caseId", line->case_id);
    json_put_text(out, "procedure", line->procedure);
    json_put_text(out, "state", line->state);
    json_put_text(out, "rule", line->rule->id);
    json_put_text(out, "keep", line->rule->keep);
    json_put_text(out, "force", line->rule->force);
    json_put_text(out, "certainty", line->rule->certainty);
    json_put_text(out, "basis", line->rule->basis);
    json_put_instant(out, "from", line->from);
    if (line->ends != INT64_MAX)
        json_put_instant(out, "ends", line->ends);
    json_put_text(out, "hold", retention_hold_code(line->hold));
    json_put_text(out, "detail", line->detail);
    buf_print(out, ", \"letters\": %zu, \"bytes\": %" PRId64 "}", line->count,
              line->bytes);
}

static void put_plan_json(struct buf *out, const struct retention_plan *plan,
                          instant at)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < plan->count; i++) {
        buf_put_text(out, i ? ",\n " : "");
        put_line_json(out, &plan->lines[i], at);
    }
    buf_put_text(out, "]\n");
}

/* Each rule that was used, so that nobody takes a habit for the law. */
static void put_rules(struct buf *out, const struct retention_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct retention_rule *rule = plan->lines[i].rule;
        bool told = false;
        for (size_t k = 0; k < i && !told; k++)
            told = plan->lines[k].rule == rule;
        if (told)
            continue;
        bool statutory = strcmp(rule->force, "none") != 0;
        buf_print(
            out, "\n%s  %s  %s\n  %s%s%s\n", rule->id, rule->keep,
            say(rule->chinese, rule->english),
            statutory ? "" : say("［无法定期限］", "[no statutory limit] "),
            rule->basis,
            strcmp(rule->certainty, "R") == 0
                ? ""
                : say("（依据未经核对原文）", " (the provision was not read)"));
    }
}

static void put_plan(struct buf *out, const struct retention_plan *plan,
                     instant at)
{
    const char *const head[] = {
        say("案件", "case"),    say("规则", "rule"),  say("保管至", "until"),
        say("公文", "letters"), say("字节", "bytes"), say("处置", "standing")};
    put_cells(out, head);
    for (size_t i = 0; i < plan->count; i++)
        put_line(out, &plan->lines[i], at);
    put_rules(out, plan);
}

/* The day for which is planned: its end. */
static enum reason read_day(const struct arguments *arguments, instant *at,
                            struct fault *why)
{
    struct civil_day day;
    const char *text = arguments_value(arguments, "--on");
    *at = instant_now();
    if (!text)
        return R_OK;
    if (!civil_day_parse(text, &day))
        return fault(why, R_USAGE, "--on %s", text);
    *at = civil_day_start(civil_day_of_number(civil_day_number(day) + 1)) - 1;
    return R_OK;
}

static enum reason run_plan(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(retention_look) struct retention_look look = {0};
    AUTO(retention_plan) struct retention_plan plan = {0};
    AUTO(buf) struct buf out = {0};
    instant at;
    TRY(read_day(arguments, &at, why));
    TRY(retention_look_open(&look, arguments, why));
    TRY(retention_look_plan(&look, arguments_value(arguments, "--case"), &plan,
                            why));
    if (arguments_has(arguments, "--json"))
        put_plan_json(&out, &plan, at);
    else
        put_plan(&out, &plan, at);
    TRY(buf_check(&out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static const struct option options[] = {
    RETENTION_OPTIONS,
    {"--case", "CASE", "只看这一案件", "this case alone"},
    {"--on", "DAY", "到某日为止将可删除的（缺省为现在）",
     "as on a day, to see what will be due (now)"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

const struct command command_retention_plan = {
    .name = "retention plan",
    .operands = "",
    .chinese = "列出哪些正文保管期满、依据何在、哪些不得动",
    .english = "which bodies may go, by which rule, and which must stay",
    .example = "yisong retention plan --ledger ledger.db --on 2056-12-31",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run_plan,
};
