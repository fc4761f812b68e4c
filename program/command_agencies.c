/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies init, list: a new authority with an empty registry, and what
 * stands in a registry. Listing needs no private key.
 */
#include <stdio.h>

#include "base/language.h"
#include "certs/authority.h"
#include "program/command.h"

static enum reason init(const struct arguments *arguments, struct fault *why)
{
    const char *folder = arguments->operands[0];
    TRY(authority_create(folder, instant_now(), why));
    printf("%s: %s\n", folder,
           say("已建立登记机构和空登记册；请妥善保管 authority/ 中的私钥",
               "authority and empty registry made; keep the private keys in "
               "authority/ safe"));
    return R_OK;
}

const struct command command_agencies_init = {
    .name = "agencies init",
    .operands = "DIR",
    .chinese = "建立登记机构（私钥、证书）和空的机关登记册",
    .english = "make an authority (keys, certificates) and an empty registry",
    .example = "yisong agencies init /etc/yisong/agencies",
    .least = 1,
    .most = 1,
    .run = init,
};

static void put_member(struct buf *out, const char *name, const char *text)
{
    buf_print(out, "\"%s\":\"", name);
    buf_put_json(out, text);
    buf_put_text(out, "\",");
}

static void put_certificate_json(struct buf *out,
                                 const struct certificate *certificate)
{
    char from[INSTANT_TEXT_MAX], until[INSTANT_TEXT_MAX];
    buf_print(out,
              "{\"fingerprint\":\"%s\",\"suite\":\"%s\",\"validFrom\":\"%s\","
              "\"validUntil\":\"%s\"}",
              certificate_fingerprint(certificate),
              suite_name(certificate_suite(certificate)),
              instant_format(certificate_valid_from(certificate), from),
              instant_format(certificate_valid_until(certificate), until));
}

static void put_agency_json(struct buf *out, const struct registry *registry,
                            const struct agency *agency)
{
    buf_put_char(out, '{');
    put_member(out, "id", agency->id);
    put_member(out, "role", agency->role);
    put_member(out, "chinese", agency->chinese);
    put_member(out, "english", agency->english);
    put_member(out, "creditCode", agency->credit_code);
    put_member(out, "region", agency->region);
    put_member(out, "level", agency->level);
    buf_print(out, "\"revoked\":%s,\"certificates\":[",
              agency->revoked ? "true" : "false");
    const struct certificate *each;
    for (size_t i = 0;
         (each = registry_certificate_at(registry, agency->id, i)); i++) {
        if (i)
            buf_put_char(out, ',');
        put_certificate_json(out, each);
    }
    buf_put_text(out, "]}");
}

static void list_json(const struct registry *registry)
{
    AUTO(buf) struct buf out = {0};
    buf_put_char(&out, '[');
    for (size_t i = 0; i < registry_count(registry); i++) {
        if (i)
            buf_put_char(&out, ',');
        put_agency_json(&out, registry, registry_get(registry, i));
    }
    buf_put_char(&out, ']');
    puts(buf_text(&out));
}

static void list_agency(const struct registry *registry,
                        const struct agency *agency)
{
    printf("%-24s %-16s %s%s\n", agency->id, agency->role,
           say(agency->chinese, agency->english),
           agency->revoked ? say("（已撤销）", " (revoked)") : "");
    const struct certificate *each;
    for (size_t i = 0;
         (each = registry_certificate_at(registry, agency->id, i)); i++) {
        char until[INSTANT_TEXT_MAX];
        printf("    %-5s %.16s  %s %.10s\n",
               suite_name(certificate_suite(each)),
               certificate_fingerprint(each), say("有效期至", "until"),
               instant_format(certificate_valid_until(each), until));
    }
}

static enum reason list(const struct arguments *arguments, struct fault *why)
{
    AUTO(registry) struct registry *registry = NULL;
    TRY(registry_read(&registry, arguments->operands[0], why));
    if (arguments_has(arguments, "--json")) {
        list_json(registry);
        return R_OK;
    }
    for (size_t i = 0; i < registry_count(registry); i++)
        list_agency(registry, registry_get(registry, i));
    return R_OK;
}

static const struct option list_options[] = {
    {"--json", NULL, "输出 JSON", "print JSON"},
};

const struct command command_agencies_list = {
    .name = "agencies list",
    .operands = "DIR",
    .chinese = "核对登记册的签名，列出机关及其证书",
    .english = "verify the registry, list agencies and their certificates",
    .example = "yisong agencies list /etc/yisong/agencies",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .least = 1,
    .most = 1,
    .run = list,
};
