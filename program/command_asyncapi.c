/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong asyncapi: the document for those who speak AMQP themselves, as it
 * is or with an agency's own names filled in.
 */
#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "program/command.h"

static const char place[] = "{agency}";

/* The text with every {agency} in it replaced. */
static void fill_in(const char *text, const char *agency, struct buf *out)
{
    const char *found;
    while ((found = strstr(text, place))) {
        buf_put(out, text, (size_t)(found - text));
        buf_put_json(out, agency);
        text = found + strlen(place);
    }
    buf_put_text(out, text);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    (void)why;
    const struct asset *asset = asset_get("broker-adapters/asyncapi.json");
    const char *agency = arguments_value(arguments, "--agency");
    AUTO(buf) struct buf out = {0};
    fill_in(asset->bytes, agency ? agency : place, &out);
    fwrite(out.bytes, 1, out.size, stdout);
    return R_OK;
}

static const struct option options[] = {
    {"--agency", "ID", "填入本机关的代号", "fill in the id of an agency"},
};

const struct command command_asyncapi = {
    .name = "asyncapi",
    .operands = "",
    .chinese = "输出 AsyncAPI 3 文档，供自行使用 AMQP 的机关对接",
    .english = "print the AsyncAPI 3 document for those who speak AMQP",
    .example = "yisong asyncapi --agency ecology-nanchang > asyncapi.json",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
