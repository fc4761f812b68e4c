/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong convert: the same message in the other encoding, without a signature,
 * on standard output. Converting back gives the same message.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "schemas/message.h"

static enum reason find_encoding(const struct arguments *arguments,
                                 enum message_encoding *encoding,
                                 struct fault *why)
{
    const char *name;
    TRY(arguments_require(arguments, "--to", &name, why));
    *encoding = strcmp(name, "xml") == 0 ? MESSAGE_XML : MESSAGE_JSON;
    if (*encoding == MESSAGE_XML || strcmp(name, "json") == 0)
        return R_OK;
    return fault(why, R_USAGE, "--to xml|json");
}

static enum reason read_valid(const char *path, struct message **message,
                              struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(mistakes) struct mistakes mistakes = {0};
    AUTO(buf) struct buf told = {0};
    TRY(io_read(path, &bytes, why));
    TRY(message_parse(message, buf_text(&bytes), bytes.size, why));
    enum reason reason = message_check(*message, &mistakes, why);
    if (reason != R_OK) {
        mistakes_print(&mistakes, path, &told);
        fputs(buf_text(&told), stderr);
        fault_clear(why);
    }
    return reason;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    enum message_encoding encoding;
    AUTO(message) struct message *message = NULL;
    AUTO(buf) struct buf out = {0};
    TRY(find_encoding(arguments, &encoding, why));
    TRY(read_valid(arguments->operands[0], &message, why));
    TRY(message_write(message, encoding, &out, why));
    fwrite(out.bytes, 1, out.size, stdout);
    if (encoding == MESSAGE_JSON)
        putchar('\n');
    return R_OK;
}

static const struct option options[] = {
    {"--to", "xml|json", "目标编码", "the encoding to write"},
};

const struct command command_convert = {
    .name = "convert",
    .operands = "FILE",
    .chinese = "在 XML 与 JSON 之间无损转换报文（不含签名）",
    .english = "convert a message between XML and JSON, losing nothing but "
               "the signature",
    .example = "yisong convert --to json letter.xml > letter.json",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
