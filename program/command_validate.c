/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong validate: is a message well formed and a lawful form? Looks at every
 * file and names every mistake. Signatures are the business of `verify`.
 */
#include "program/command.h"

#include <stdint.h>
#include <stdio.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mask.h"
#include "schemas/message.h"

/* One file; `mistakes` stays empty where the file could not be read at all. */
static enum reason check_file(const char *path, struct mistakes *mistakes,
                              struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(message) struct message *message = NULL;
    TRY(io_read(path, &bytes, why));
    TRY(message_parse(&message, buf_text(&bytes), bytes.size, why));
    return message_check(message, mistakes, why);
}

static void print_plain(const char *path, const struct mistakes *mistakes,
                        const struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    mistakes_print(mistakes, path, &text);
    fputs(buf_text(&text), stdout);
    if (mistakes->count == 0 && why->reason != R_OK)
        fault_print(stdout, path, why);
    if (why->reason == R_OK)
        printf("%s: %s\n", path, say("有效", "valid"));
}

static void print_json(const char *path, const struct mistakes *mistakes,
                       const struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, "{\"file\":\"");
    mask_put_json(&text, path);
    buf_print(&text, "\",\"code\":\"%s\",\"detail\":\"",
              reason_code(why->reason));
    buf_put_json(&text, why->text);
    buf_put_text(&text, "\",\"mistakes\":");
    mistakes_print_json(mistakes, &text);
    buf_put_char(&text, '}');
    puts(buf_text(&text));
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    enum reason worst = R_OK;
    for (size_t i = 0; i < arguments->count; i++) {
        AUTO(mistakes) struct mistakes mistakes = {0};
        struct fault detail = {0};
        enum reason reason =
            check_file(arguments->operands[i], &mistakes, &detail);
        if (arguments_has(arguments, "--json"))
            print_json(arguments->operands[i], &mistakes, &detail);
        else
            print_plain(arguments->operands[i], &mistakes, &detail);
        if (reason != R_OK && worst == R_OK)
            worst = reason;
    }
    fault_clear(why); /* all was told already */
    return worst;
}

static const struct option options[] = {
    {"--json", NULL, "每个文件输出一行 JSON", "one line of JSON per file"},
};

const struct command command_validate = {
    .name = "validate",
    .operands = "FILE...",
    .chinese = "检查报文是否符合规范，一次列出全部错误",
    .english = "check messages against the schema, all mistakes at once",
    .example = "yisong validate letter.xml letter.json",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = SIZE_MAX,
    .run = run,
};
