/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong simulate: published cases through the real exchange, with a clock of
 * their own; or a whole province for a year.
 */
#include "program/command.h"

#include <stdio.h>

#include "base/language.h"
#include "program/simulate_province.h"
#include "simulation/replay.h"

struct tally {
    size_t cases, outcomes[STEP_OUTCOMES], expired;
};

static void count(struct tally *tally, const struct replay *replay)
{
    tally->cases++;
    tally->expired += replay->expired_count;
    for (size_t i = 0; i < replay->record->step_count; i++)
        tally->outcomes[replay->steps[i].outcome]++;
}

static void print_summary(const struct tally *tally)
{
    printf(say("%zu 件：", "%zu cases: "), tally->cases);
    for (enum step_outcome i = 0; i < STEP_OUTCOMES; i++)
        printf("%s %zu, ", step_outcome_words(i), tally->outcomes[i]);
    printf(say("届满期限 %zu\n", "clocks that ran out %zu\n"), tally->expired);
    puts(say("只知日期的，按当日12:00发送；未公布的文书未予补造。",
             "A day without an hour is taken as 12:00; letters that were not "
             "published were not made up."));
}

static void put_summary(struct buf *out, const struct tally *tally)
{
    buf_print(out, "\"summary\":{\"cases\":%zu", tally->cases);
    for (enum step_outcome i = 0; i < STEP_OUTCOMES; i++)
        buf_print(out, ",\"%s\":%zu", step_outcome_name(i), tally->outcomes[i]);
    buf_print(out, ",\"expired\":%zu}", tally->expired);
}

static enum reason replay_one(const struct record *record,
                              const struct procedures *procedures,
                              const struct step_letters *letters,
                              struct tally *tally, struct buf *json,
                              struct fault *why)
{
    AUTO(replay) struct replay replay = {0};
    TRY(replay_run(&replay, record, procedures, letters, why));
    if (json) {
        buf_put_text(json, tally->cases ? ",\n" : "");
        replay_put_json(&replay, json);
    } else {
        replay_print(&replay);
    }
    count(tally, &replay);
    return R_OK;
}

static enum reason replay_all(const char *path,
                              const struct procedures *procedures, bool as_json,
                              struct fault *why)
{
    AUTO(records) struct records records = {0};
    AUTO(step_letters) struct step_letters letters = {0};
    AUTO(buf) struct buf json = {0};
    struct tally tally = {0};
    TRY(records_read(&records, path, why));
    step_letters_load(&letters);
    buf_put_text(&json, "{\"cases\":[");
    for (size_t i = 0; i < records.count; i++)
        TRY(replay_one(&records.records[i], procedures, &letters, &tally,
                       as_json ? &json : NULL, why));
    if (!as_json) {
        print_summary(&tally);
        return R_OK;
    }
    buf_put_text(&json, "],");
    put_summary(&json, &tally);
    printf("%s}\n", buf_text(&json));
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *cases = arguments_value(arguments, "--cases");
    bool province = arguments_has(arguments, "--province");
    if (!cases && !province)
        return fault(why, R_USAGE, "--cases | --province");
    AUTO(procedures) struct procedures *procedures = NULL;
    AUTO(buf) struct buf report = {0};
    enum reason reason = procedures_load(
        &procedures, arguments_value(arguments, "--procedures"), &report, why);
    fputs(buf_text(&report), stderr);
    TRY(reason);
    if (province)
        return simulate_province(arguments, procedures, why);
    return replay_all(cases, procedures, arguments_has(arguments, "--json"),
                      why);
}

static const struct option options[] = {
    {"--cases", "FILE|N",
     "回放的案件文件，builtin 为内置案件；与 --province 同用为案件数",
     "cases to replay, builtin: those carried; with --province: how many"},
    {"--province", NULL, "模拟一个省的一段时间",
     "simulate a province for a time"},
    {"--cities", "N", "市的个数，默认 14", "number of cities; 14"},
    {"--counties", "N", "县的个数，默认 100", "number of counties; 100"},
    {"--region", "NN", "省的行政区划代码前两位，默认 21（辽宁：14 市 100 县）",
     "first two digits of the province; 21 (Liaoning: 14 cities, 100 "
     "counties)"},
    {"--seed", "N", "随机种子，默认 1", "seed of the dice; 1"},
    {"--from", "DAY", "第一天，默认 2025-01-01", "first day; 2025-01-01"},
    {"--to", "DAY", "最后一天，默认 2025-12-31", "last day; 2025-12-31"},
    {"--ledger", "FILE", "保留台账的新文件",
     "a new file that keeps the ledger"},
    {"--agencies", "DIR", "保存机关名录的新目录",
     "a new folder that keeps the registry of its agencies"},
    {"--acts", NULL, "列出每种文书行为各发生多少次",
     "list how often each act of the procedures was done"},
    {"--procedures", "DIR", "程序文件目录", "folder of procedure files"},
    {"--json", NULL, "以 JSON 输出", "print JSON"},
};

const struct command command_simulate = {
    .name = "simulate",
    .operands = "",
    .chinese = "回放真实案件，或者模拟一个省的一年",
    .english = "replay published cases, or simulate a year of a province",
    .example = "yisong simulate --cases builtin",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
