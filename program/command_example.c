/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong example: a valid letter of any type, for those who build the system
 * of an agency. `yisong catalogue` lists the types.
 */
#include "schemas/example.h"

#include <stdio.h>
#include <string.h>

#include "program/command.h"

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    const char *name = arguments_value(arguments, "--to");
    const bool json = name && strcmp(name, "json") == 0;
    if (name && !json && strcmp(name, "xml") != 0)
        return fault(why, R_USAGE, "--to xml|json");
    TRY(message_example(arguments->operands[0],
                        json ? MESSAGE_JSON : MESSAGE_XML, &out, why));
    fwrite(out.bytes, 1, out.size, stdout);
    return R_OK;
}

static const struct option options[] = {
    {"--to", "xml|json", "编码（缺省为 XML）", "the encoding (default: XML)"},
};

const struct command command_example = {
    .name = "example",
    .operands = "TYPE",
    .chinese = "输出某类文书的有效样例，可直接校验和发送",
    .english = "print a valid example of a type of letter",
    .example = "yisong example criminal-case-transfer --to json",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
