/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies add, renew: keys and certificates for an agency, and its
 * place in the registry.
 */
#include <stdio.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "certs/authority.h"
#include "program/command.h"

static enum reason read_suite(const struct arguments *arguments,
                              enum suite *suite, struct fault *why)
{
    const char *name = arguments_value(arguments, "--suite");
    *suite = suite_find(name ? name : "p256");
    return *suite < SUITE_COUNT ? R_OK
                                : fault(why, R_USAGE, "--suite %s", name);
}

/* Where the keys go: --out, or DIR/keys/AGENCY. Free it. */
static char *key_folder(const struct arguments *arguments, const char *agency)
{
    const char *given = arguments_value(arguments, "--out");
    return given ? mem_text(given)
                 : mem_print("%s/keys/%s", arguments->operands[0], agency);
}

static void tell(const char *agency, const char *folder)
{
    printf("%s: %s %s\n", agency, say("已登记，密钥在", "registered, keys in"),
           folder);
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static enum reason read_agency(const struct arguments *arguments,
                               struct agency *agency, struct fault *why)
{
    TRY(arguments_require(arguments, "--id", &agency->id, why));
    TRY(arguments_require(arguments, "--role", &agency->role, why));
    TRY(arguments_require(arguments, "--chinese", &agency->chinese, why));
    TRY(arguments_require(arguments, "--english", &agency->english, why));
    agency->credit_code =
        text_or_empty(arguments_value(arguments, "--credit-code"));
    agency->region = text_or_empty(arguments_value(arguments, "--region"));
    agency->level = text_or_empty(arguments_value(arguments, "--level"));
    return R_OK;
}

static enum reason add(const struct arguments *arguments, struct fault *why)
{
    struct agency agency = {0};
    enum suite suite;
    TRY(read_agency(arguments, &agency, why));
    TRY(read_suite(arguments, &suite, why));
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, arguments->operands[0], why));
    AUTO(text) char *folder = key_folder(arguments, agency.id);
    TRY(authority_add(authority, &agency, suite, folder, instant_now(), why));
    tell(agency.id, folder);
    return R_OK;
}

#define SUITE_OPTION                                                           \
    {                                                                          \
        "--suite", "p256|sm2", "签名算法（默认 p256）",                        \
            "signature suite (p256 unless given)"                              \
    }
#define OUT_OPTION                                                             \
    {                                                                          \
        "--out", "KEYDIR", "密钥目录（默认 DIR/keys/ID）",                     \
            "folder for the keys (DIR/keys/ID unless given)"                   \
    }

static const struct option add_options[] = {
    {"--id", "ID", "机关代号，如 ecology-nanchang", "id, as ecology-nanchang"},
    {"--role", "ROLE", "角色，见 certs/registry.xsd",
     "role, see certs/registry.xsd"},
    {"--chinese", "NAME", "中文名称", "Chinese name"},
    {"--english", "NAME", "英文名称", "English name"},
    {"--credit-code", "CODE", "统一社会信用代码", "unified social credit code"},
    {"--region", "CODE", "行政区划代码，如 360100", "region, as 360100"},
    {"--level", "LEVEL", "national、province、city 或 county",
     "national, province, city or county"},
    SUITE_OPTION,
    OUT_OPTION,
};

const struct command command_agencies_add = {
    .name = "agencies add",
    .operands = "DIR",
    .chinese = "登记一个机关，签发签名证书和连接证书",
    .english = "register an agency, issue its signing and TLS certificates",
    .example =
        "yisong agencies add DIR --id ecology-nanchang --role ecology "
        "--chinese 南昌市生态环境局 --english \"Nanchang Ecology Bureau\" "
        "--region 360100 --level city --out keys/ecology-nanchang",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .least = 1,
    .most = 1,
    .run = add,
};

static enum reason renew(const struct arguments *arguments, struct fault *why)
{
    enum suite suite;
    TRY(read_suite(arguments, &suite, why));
    const char *agency = arguments->operands[1], *folder;
    TRY(arguments_require(arguments, "--out", &folder, why));
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(authority_renew(authority, agency, suite, folder, instant_now(), why));
    tell(agency, folder);
    return R_OK;
}

static const struct option renew_options[] = {
    SUITE_OPTION,
    {"--out", "KEYDIR", "新密钥目录", "folder for the new keys"},
};

const struct command command_agencies_renew = {
    .name = "agencies renew",
    .operands = "DIR ID",
    .chinese = "为已登记的机关签发新证书；旧证书仍可用于核验",
    .english = "new certificates for an agency; the old ones stay for checking",
    .example = "yisong agencies renew DIR ecology-nanchang --out new-keys",
    .options = renew_options,
    .option_count = COUNT_OF(renew_options),
    .least = 2,
    .most = 2,
    .run = renew,
};
