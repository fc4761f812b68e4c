/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong stats: the tables that the notices ask for, counted from the log.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "program/progress.h"
#include "program/rules_look.h"
#include "routing/ledger/deletions.h"
#include "routing/supervision/statistics.h"

static const struct option options[] = {
    CASE_LOOK_OPTIONS,
    RULES_LOOK_OPTION,
    {"--period", "P", "统计期：2026、2026-Q3、2026-10、2026-W45、2026-10-05",
     "2026, 2026-Q3, 2026-10, 2026-W45 or 2026-10-05"},
    {"--by", "agency|region", "按机关（缺省）或者按地区",
     "rows are agencies (if not given) or regions"},
    {"--table", "ID", "只列该表", "only this table"},
    {"--explain", "CELL", "列出一个数字背后的案件：表.列 或 表.列.行",
     "the cases behind a figure: TABLE.COLUMN or TABLE.COLUMN.ROW"},
    {"--csv", NULL, "输出 CSV", "print CSV"},
    {"--bom", NULL, "CSV 以 UTF-8 字节序标记开头（供 Excel 使用）",
     "begin the CSV with a byte order mark, for Excel"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static enum reason read_request(const struct arguments *arguments,
                                struct stat_request *request, struct fault *why)
{
    const char *period, *by = arguments_value(arguments, "--by");
    struct fault inner = {0};
    TRY(arguments_require(arguments, "--period", &period, why));
    if (season_parse(period, &request->season, &inner) != R_OK)
        return fault(why, R_USAGE, "--period %s", inner.text);
    if (by && strcmp(by, "agency") != 0 && strcmp(by, "region") != 0)
        return fault(why, R_USAGE, "--by %s", by);
    request->by_region = by && strcmp(by, "region") == 0;
    request->table = arguments_value(arguments, "--table");
    request->explain = arguments_value(arguments, "--explain");
    return R_OK;
}

static void put(const struct arguments *arguments,
                const struct statistics *statistics, const struct names *names,
                struct buf *out)
{
    if (arguments_has(arguments, "--json")) {
        statistics_put_json(statistics, out);
    } else if (arguments_has(arguments, "--csv")) {
        buf_put_text(out,
                     arguments_has(arguments, "--bom") ? "\xEF\xBB\xBF" : "");
        statistics_put_csv(statistics, names, out);
    } else {
        statistics_put_text(statistics, names, out);
    }
}

/* What is counted from bodies cannot count those that are gone. */
static enum reason tell_deleted(struct ledger *ledger, struct fault *why)
{
    int64_t count;
    instant newest;
    char at[INSTANT_TEXT_MAX];
    TRY(deletions_count(ledger, &count, &newest, why));
    if (count > 0)
        fprintf(stderr,
                say("注意：%lld 件公文的正文已依法删除（最晚收到于 "
                    "%s），取自正文的数字不含这些公文\n",
                    "note: the bodies of %lld letters were deleted (the newest "
                    "came on %s); figures taken from bodies leave them out\n"),
                (long long)count, instant_format(newest, at));
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(case_look) struct case_look look = {0};
    AUTO(rules) struct rules *rules = NULL;
    AUTO(statistics) struct statistics *statistics = NULL;
    AUTO(buf) struct buf out = {.ceiling = (size_t)1 << 31};
    struct stat_request request = {0};
    TRY(read_request(arguments, &request, why));
    TRY(case_look_open(&look, arguments, why));
    TRY(rules_look_open(&rules, arguments, look.procedures, why));
    request.registry = look.registry;
    request.progress = progress_tell;
    enum reason reason =
        statistics_read(&statistics, look.ledger, rules, &request, why);
    progress_end();
    TRY(reason);
    TRY(tell_deleted(look.ledger, why));
    put(arguments, statistics, &look.names, &out);
    TRY(buf_check(&out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

const struct command command_stats = {
    .name = "stats",
    .operands = "",
    .chinese = "按日、周、月、季、年统计，由日志中的公文重新计数",
    .english = "tables for a day, week, month, quarter or year, from the log",
    .example = "yisong stats --ledger ledger.db --agencies agencies "
               "--period 2026-Q4",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
