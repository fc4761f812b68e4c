/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong procedures check | list | show | draw: the procedure files, judged
 * and made readable.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/language.h"
#include "program/command.h"
#include "routing/procedure.h"

static const struct option folder_option[] = {
    {"--procedures", "FOLDER", "程序文件夹（缺省为程序自带的文件）",
     "folder of procedure files (default: those the program carries)"},
};

static enum reason load(struct procedures **out,
                        const struct arguments *arguments, struct fault *why)
{
    return procedures_load(out, arguments_value(arguments, "--procedures"),
                           NULL, why);
}

static enum reason print(const struct buf *text, struct fault *why)
{
    TRY(buf_check(text, why));
    if (fwrite(buf_text(text), 1, text->size, stdout) != text->size)
        return fault_errno(why, R_DISK_FAILED, "stdout");
    return R_OK;
}

/* All faults go to standard error, one line each; exit 1. */
static enum reason run_check(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    AUTO(buf) struct buf report = {0};
    enum reason reason = procedures_load(
        &procedures, arguments->count ? arguments->operands[0] : NULL, &report,
        why);
    if (reason == R_BAD_PROCEDURE && report.size > 0) {
        fputs(buf_text(&report), stderr);
        fault_clear(why);
        return R_NOT_VALID;
    }
    TRY(reason);
    printf(say("程序 %zu 个，没有错误\n", "procedures: %zu, no faults\n"),
           procedures_count(procedures));
    return R_OK;
}

const struct command command_procedures_check = {
    .name = "procedures check",
    .operands = "[FOLDER]",
    .chinese = "检查程序文件，列出全部错误",
    .english = "check the procedure files and tell all faults",
    .example = "yisong procedures check routing/procedures",
    .most = 1,
    .run = run_check,
};

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    TRY(load(&procedures, arguments, why));
    for (size_t i = 0; i < procedures_count(procedures); i++) {
        const char *id = procedures_id(procedures, i);
        printf("%-24s %s\n", id, procedure_name(procedures, id));
    }
    return R_OK;
}

const struct command command_procedures_list = {
    .name = "procedures list",
    .operands = "",
    .chinese = "列出程序，每行一个编号和名称",
    .english = "list the procedures, one id and name per line",
    .example = "yisong procedures list",
    .options = folder_option,
    .option_count = COUNT_OF(folder_option),
    .run = run_list,
};

static enum reason run_show(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    AUTO(buf) struct buf text = {0};
    TRY(load(&procedures, arguments, why));
    TRY(procedure_show(procedures, arguments->operands[0], &text, why));
    return print(&text, why);
}

const struct command command_procedures_show = {
    .name = "procedures show",
    .operands = "ID",
    .chinese = "以文字说明一个程序：状态、文书、期限、依据",
    .english = "describe a procedure: states, letters, limits, legal basis",
    .example = "yisong procedures show case-transfer",
    .options = folder_option,
    .option_count = COUNT_OF(folder_option),
    .least = 1,
    .most = 1,
    .run = run_show,
};

static enum reason run_draw(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(procedures) struct procedures *procedures = NULL;
    AUTO(buf) struct buf drawing = {0};
    TRY(load(&procedures, arguments, why));
    TRY(procedure_draw(procedures, arguments->operands[0], &drawing, why));
    return print(&drawing, why);
}

const struct command command_procedures_draw = {
    .name = "procedures draw",
    .operands = "ID",
    .chinese = "把一个程序画成 SVG 图，写到标准输出",
    .english = "draw a procedure as SVG on standard output",
    .example = "yisong procedures draw case-transfer > case-transfer.svg",
    .options = folder_option,
    .option_count = COUNT_OF(folder_option),
    .least = 1,
    .most = 1,
    .run = run_draw,
};
