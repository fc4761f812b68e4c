/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong example: a valid letter of any type, for those who build the system
 * of an agency; or all of them, in both encodings, into a folder. `yisong
 * catalogue` lists the types.
 */
#include "schemas/example.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "program/command.h"
#include "schemas/catalogue.h"

static enum reason write_one(const char *folder, const char *type,
                             enum message_encoding encoding, struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    AUTO(text) char *name =
        mem_print("%s.%s", type, encoding == MESSAGE_XML ? "xml" : "json");
    AUTO(text) char *path = io_join(folder, name);
    TRY(message_example(type, encoding, &out, why));
    return io_write(path, buf_text(&out), out.size, 0644, why);
}

static enum reason write_all(const char *folder, struct fault *why)
{
    TRY(io_make_folder(folder, why));
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *type = catalogue_get(i)->id;
        TRY(write_one(folder, type, MESSAGE_XML, why));
        TRY(write_one(folder, type, MESSAGE_JSON, why));
    }
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    const char *folder = arguments_value(arguments, "--folder");
    const char *name = arguments_value(arguments, "--to");
    const bool json = name && strcmp(name, "json") == 0;
    if (name && !json && strcmp(name, "xml") != 0)
        return fault(why, R_USAGE, "--to xml|json");
    if ((folder != NULL) == (arguments->count > 0))
        return fault(why, R_USAGE, "TYPE | --folder DIR");
    if (folder)
        return write_all(folder, why);
    TRY(message_example(arguments->operands[0],
                        json ? MESSAGE_JSON : MESSAGE_XML, &out, why));
    fwrite(out.bytes, 1, out.size, stdout);
    return R_OK;
}

static const struct option options[] = {
    {"--to", "xml|json", "编码（缺省为 XML）", "the encoding (default: XML)"},
    {"--folder", "DIR", "把全部类型的样例以两种编码写入该目录",
     "write the examples of all types, in both encodings, into this folder"},
};

const struct command command_example = {
    .name = "example",
    .operands = "[TYPE]",
    .chinese = "输出某类文书的有效样例，可直接校验和发送",
    .english = "print a valid example of a type of letter",
    .example = "yisong example criminal-case-transfer --to json",
    .options = options,
    .option_count = COUNT_OF(options),
    .most = 1,
    .run = run,
};
