/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong map try|back|check|list|show: mapping files, and what would come of a
 * table, before anything is sent.
 */
#include "program/command.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "base/width.h"
#include "program/mapping_look.h"

#define MAPPINGS "broker-adapters/mappings/"

/* What is tried: a table, its mapping, and what was found so far. */
struct trial {
    struct mapping *mapping;
    struct sheet sheet;
    struct mistakes mistakes;
    size_t *good; /* rows that make a letter */
    size_t good_count;
    enum reason worst;
};

static void trial_done(struct trial *trial)
{
    mapping_free(trial->mapping);
    sheet_done(&trial->sheet);
    mistakes_done(&trial->mistakes);
    free(trial->good);
}
AUTO_VALUE(trial, trial_done)

static enum reason read_trial(struct trial *trial,
                              const struct arguments *arguments,
                              struct fault *why)
{
    const char *name;
    AUTO(buf) struct buf bytes = {0};
    TRY(arguments_require(arguments, "--mapping", &name, why));
    TRY(mapping_look_read(&trial->mapping, name, why));
    TRY(io_read(arguments->operands[0], &bytes, why));
    mapping_send_to(trial->mapping, arguments_value(arguments, "--to"));
    TRY(sheet_read(&trial->sheet, buf_text(&bytes), bytes.size, why));
    trial->good = mem_new(trial->sheet.row_count + 1, sizeof *trial->good);
    return R_OK;
}

/* `only`: the number of one row, counted from 1; 0: all. */
static void judge_rows(struct trial *trial, size_t only)
{
    for (size_t i = 0; i < trial->sheet.row_count; i++) {
        if (only > 0 && i + 1 != only)
            continue;
        enum reason reason = mapping_check_row(trial->mapping, &trial->sheet, i,
                                               &trial->mistakes, NULL);
        if (reason == R_OK)
            trial->good[trial->good_count++] = i;
        else if (trial->worst == R_OK)
            trial->worst = reason;
    }
}

static enum reason put_letters(struct trial *trial, struct buf *out, bool json,
                               struct fault *why)
{
    size_t *rows = trial->good;
    size_t left = trial->good_count, count;
    for (; left > 0; rows += count, left -= count) {
        AUTO(buf) struct buf xml = {0};
        AUTO(message) struct message *letter = NULL;
        count = mapping_group(trial->mapping, &trial->sheet, rows, left);
        TRY(mapping_write(trial->mapping, &trial->sheet, rows, count, &xml,
                          why));
        if (!json) {
            buf_put(out, xml.bytes, xml.size);
            continue;
        }
        TRY(message_parse(&letter, buf_text(&xml), xml.size, why));
        TRY(message_write(letter, MESSAGE_JSON, out, why));
        buf_put_char(out, '\n');
    }
    return R_OK;
}

static enum reason run_try(const struct arguments *arguments, struct fault *why)
{
    AUTO(trial) struct trial trial = {0};
    AUTO(buf) struct buf faults = {0};
    AUTO(buf) struct buf out = {0};
    long row;
    bool json = arguments_has(arguments, "--json");
    TRY(arguments_int(arguments, "--row", 1, SHEET_ROWS_MAX, 0, &row, why));
    TRY(read_trial(&trial, arguments, why));
    trial.worst = mapping_check_heading(trial.mapping, &trial.sheet,
                                        &trial.mistakes, NULL);
    if (trial.worst == R_OK)
        judge_rows(&trial, (size_t)row);
    TRY(put_letters(&trial, &out, json, why));
    if (json && trial.mistakes.count > 0)
        mistakes_print_json(&trial.mistakes, &faults);
    else
        mistakes_print(&trial.mistakes, arguments->operands[0], &faults);
    fwrite(buf_text(&out), 1, out.size, stdout);
    fputs(buf_text(&faults), stderr);
    return trial.worst;
}

static enum reason run_back(const struct arguments *arguments,
                            struct fault *why)
{
    const char *name;
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(buf) struct buf out = {0};
    TRY(arguments_require(arguments, "--mapping", &name, why));
    TRY(mapping_look_read(&mapping, name, why));
    for (size_t i = 0; i < arguments->count; i++) {
        AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
        TRY(io_read(arguments->operands[i], &bytes, why));
        TRY(mapping_look_put(mapping, buf_text(&bytes), bytes.size, &out, why));
    }
    fwrite(buf_text(&out), 1, out.size, stdout);
    return R_OK;
}

static enum reason run_check(const struct arguments *arguments,
                             struct fault *why)
{
    enum reason worst = R_OK;
    for (size_t i = 0; i < arguments->count; i++) {
        AUTO(mapping) struct mapping *mapping = NULL;
        struct fault found = {0};
        enum reason reason =
            mapping_look_read(&mapping, arguments->operands[i], &found);
        if (reason == R_OK)
            printf("%s: %s -> %s\n", arguments->operands[i],
                   say("有效", "valid"), mapping_type(mapping));
        else if (found.reason != R_OK)
            fault_print(stderr, arguments->operands[i], &found);
        worst = worst == R_OK ? reason : worst;
    }
    fault_clear(why);
    return worst;
}

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    (void)arguments;
    const struct asset *asset = NULL;
    while ((asset = asset_next(MAPPINGS, asset))) {
        AUTO(mapping) struct mapping *mapping = NULL;
        if (!strstr(asset->name, ".xml"))
            continue;
        AUTO(text) char *id =
            mem_copy(asset->name + sizeof MAPPINGS - 1,
                     strlen(asset->name) - (sizeof MAPPINGS - 1) - 4);
        TRY(mapping_look_read(&mapping, id, why));
        width_put_in(&out, id, 14);
        width_put_in(&out, mapping_type(mapping), 20);
        buf_print(&out, "%s\n", mapping_label(mapping));
    }
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static enum reason run_show(const struct arguments *arguments,
                            struct fault *why)
{
    const char *name = arguments->operands[0];
    const struct asset *asset = NULL;
    while ((asset = asset_next(MAPPINGS, asset))) {
        const char *file = asset->name + sizeof MAPPINGS - 1;
        size_t length = strcspn(file, ".");
        if (strcmp(file, name) != 0 &&
            (strcmp(file + length, ".xml") || strlen(name) != length ||
             strncmp(file, name, length) != 0))
            continue;
        fwrite(asset->bytes, 1, asset->size, stdout);
        return R_OK;
    }
    return fault(why, R_NOT_FOUND, "%s", name);
}

static const struct option try_options[] = {
    {"--mapping", "FILE|ID", "映射文件，或内置映射的名称",
     "the mapping file, or the name of one that is carried"},
    {"--row", "N", "只看第 N 行数据（从 1 起）", "only row N (counted from 1)"},
    {"--to", "AGENCIES", "收件机关（映射文件未写明时）",
     "addressees, where the mapping names none"},
    {"--json", NULL, "报文与错误均以 JSON 输出", "letters and faults as JSON"},
};

const struct command command_map_try = {
    .name = "map try",
    .operands = "FILE",
    .chinese = "试用映射：输出各行将生成的报文，或每一处错误（行、列、原因）",
    .english = "show the letters that rows would become, or every fault",
    .example = "yisong map try --mapping cards --to credit-nanchang cards.csv",
    .options = try_options,
    .option_count = COUNT_OF(try_options),
    .least = 1,
    .most = 1,
    .run = run_try,
};

static const struct option back_options[] = {
    {"--mapping", "FILE|ID", "映射文件，或内置映射的名称",
     "the mapping file, or the name of one that is carried"},
};

const struct command command_map_back = {
    .name = "map back",
    .operands = "LETTER...",
    .chinese = "把报文按映射反向输出为 CSV 行",
    .english = "print letters as CSV rows, the mapping backwards",
    .example = "yisong map back --mapping cards letter.xml",
    .options = back_options,
    .option_count = COUNT_OF(back_options),
    .least = 1,
    .most = SIZE_MAX,
    .run = run_back,
};

const struct command command_map_check = {
    .name = "map check",
    .operands = "MAPPING...",
    .chinese = "检查映射文件，一次列出全部错误",
    .english = "check mapping files, all faults at once",
    .example = "yisong map check cards ours.xml",
    .least = 1,
    .most = SIZE_MAX,
    .run = run_check,
};

const struct command command_map_list = {
    .name = "map list",
    .operands = "",
    .chinese = "列出内置映射",
    .english = "list the mappings that the program carries",
    .example = "yisong map list",
    .run = run_list,
};

const struct command command_map_show = {
    .name = "map show",
    .operands = "ID",
    .chinese = "输出内置映射或其代码表，供修改后自用",
    .english = "print a mapping or a code table, to make one's own from it",
    .example = "yisong map show penalties >ours.xml",
    .least = 1,
    .most = 1,
    .run = run_show,
};
