/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong check: judges single fields. One line per value on standard output:
 * the normal form, or "KIND: CODE: text". With "-" the values are the lines of
 * standard input, read as they come.
 */
#include "program/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/language.h"
#include "schemas/field.h"

/* What is told about each value, and what is kept over all of them. */
struct checking {
    enum field_kind kind;
    bool as_json;
    size_t told;
    enum reason worst;
};

static void tell_json(const struct checking *checking, const char *value,
                      const struct buf *normal, const struct fault *why)
{
    AUTO(buf) struct buf line = {0};
    buf_print(&line,
              "%s{\"kind\":\"%s\",\"value\":", checking->told ? ",\n " : "[",
              field_name(checking->kind));
    if (utf8_is_valid(value, strlen(value))) {
        buf_put_char(&line, '"');
        buf_put_json(&line, value);
        buf_put_text(&line, "\",");
    } else {
        buf_put_text(&line, "null,");
    }
    if (why->reason == R_OK) {
        buf_put_text(&line, "\"good\":true,\"normal\":\"");
        buf_put_json(&line, buf_text(normal));
    } else {
        buf_print(&line, "\"good\":false,\"code\":\"%s\",\"text\":\"",
                  reason_code(why->reason));
        buf_put_json(&line, why->text);
    }
    buf_put_text(&line, "\"}");
    fputs(buf_text(&line), stdout);
}

static void check_value(struct checking *checking, const char *value)
{
    AUTO(buf) struct buf normal = {0};
    struct fault why = {0};
    enum reason reason = field_check(checking->kind, value, &normal, &why);
    if (reason != R_OK)
        checking->worst = reason;
    if (checking->as_json)
        tell_json(checking, value, &normal, &why);
    else if (reason == R_OK)
        puts(buf_text(&normal));
    else
        fault_print(stdout, field_name(checking->kind), &why);
    checking->told++;
}

/*
 * Reads a line; false at the end. What is beyond the ceiling is dropped, and
 * what is left is still far too long for any field. A NUL becomes another
 * control character, so that the line is refused and not cut.
 */
static bool read_line(struct buf *line)
{
    enum { LINE_BYTES_MAX = 4096 };
    int c;
    buf_clear(line);
    while ((c = getc(stdin)) != EOF && c != '\n')
        if (line->size < LINE_BYTES_MAX)
            buf_put_char(line, c ? (char)c : '\x01');
    return c != EOF || line->size > 0;
}

static enum reason check_lines(struct checking *checking, struct fault *why)
{
    AUTO(buf) struct buf line = {0};
    while (read_line(&line))
        check_value(checking, buf_text(&line));
    return ferror(stdin) ? fault_errno(why, R_DISK_FAILED, "-") : R_OK;
}

static enum reason unknown_kind(const char *name, struct fault *why)
{
    AUTO(buf) struct buf names = {0};
    for (enum field_kind kind = 0; kind < FIELD_KIND_COUNT; kind++)
        buf_print(&names, " %s", field_name(kind));
    return fault(why, R_USAGE, "%s '%s':%s",
                 say("没有此种字段", "no such kind of field"), name,
                 buf_text(&names));
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    struct checking checking = {.kind = field_find(arguments->operands[0]),
                                .as_json = arguments_has(arguments, "--json")};
    if (checking.kind == FIELD_KIND_COUNT)
        return unknown_kind(arguments->operands[0], why);
    enum reason read = R_OK;
    for (size_t i = 1; i < arguments->count && read == R_OK; i++) {
        if (strcmp(arguments->operands[i], "-") == 0)
            read = check_lines(&checking, why);
        else
            check_value(&checking, arguments->operands[i]);
    }
    if (checking.as_json)
        puts(checking.told ? "]" : "[]");
    return read != R_OK ? read : checking.worst;
}

static const struct option options[] = {
    {"--json", NULL, "以 JSON 输出", "print JSON"},
};

const struct command command_check = {
    .name = "check",
    .operands = "KIND VALUE...",
    .chinese = "核对并规范单个字段：credit-code citizen-id document-number "
               "date amount region；“-”逐行读标准输入",
    .english = "judge and normalise single fields: credit-code citizen-id "
               "document-number date amount region; '-' reads lines",
    .example = "yisong check document-number '东环罚[2018]13号'",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 2,
    .most = 10000,
    .run = run,
};
