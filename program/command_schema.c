/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong schema: the published forms of the message schema.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "schemas/message.h"

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *form = arguments->operands[0];
    if (strcmp(form, "xsd") == 0) {
        const struct asset *xsd = asset_get("schemas/message.xsd");
        fwrite(xsd->bytes, 1, xsd->size, stdout);
        return R_OK;
    }
    if (strcmp(form, "json") != 0)
        return fault(why, R_USAGE, "yisong schema xsd|json");
    AUTO(buf) struct buf out = {0};
    TRY(message_json_schema(&out, why));
    fwrite(out.bytes, 1, out.size, stdout);
    return R_OK;
}

const struct command command_schema = {
    .name = "schema",
    .operands = "xsd|json",
    .chinese = "输出报文规范：XSD，或由其生成的 JSON Schema",
    .english = "print the message schema: the XSD, or the JSON Schema made "
               "from it",
    .example = "yisong schema json > message.schema.json",
    .least = 1,
    .most = 1,
    .run = run,
};
