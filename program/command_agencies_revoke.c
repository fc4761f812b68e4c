/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies revoke, broker: taking an agency out, and the certificate
 * of the message broker.
 */
#include <stdio.h>

#include "base/language.h"
#include "certs/authority.h"
#include "program/command.h"

static enum reason revoke_agency(const struct arguments *arguments,
                                 struct fault *why)
{
    const char *agency = arguments->operands[1], *text;
    TRY(arguments_require(arguments, "--reason", &text, why));
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(authority_revoke(authority, agency, text, instant_now(), why));
    printf("%s: %s\n", agency,
           say("登记和全部证书已撤销",
               "registration and all its certificates revoked"));
    return R_OK;
}

static const struct option revoke_options[] = {
    {"--reason", "TEXT", "撤销原因", "why, for the record"},
};

const struct command command_agencies_revoke = {
    .name = "agencies revoke",
    .operands = "DIR ID",
    .chinese = "撤销一个机关的登记和全部证书",
    .english = "revoke an agency's registration and all its certificates",
    .example = "yisong agencies revoke DIR bank-nanchang --reason 机构合并",
    .options = revoke_options,
    .option_count = COUNT_OF(revoke_options),
    .least = 2,
    .most = 2,
    .run = revoke_agency,
};

enum { HOSTS_MAX = 32 };

static enum reason broker(const struct arguments *arguments, struct fault *why)
{
    const char *names[HOSTS_MAX], *name, *folder;
    struct hosts hosts = {.names = names};
    TRY(arguments_require(arguments, "--host", &name, why));
    TRY(arguments_require(arguments, "--out", &folder, why));
    while ((name = arguments_each(arguments, "--host", hosts.count))) {
        if (hosts.count == HOSTS_MAX)
            return fault(why, R_USAGE, "--host: %d", HOSTS_MAX);
        names[hosts.count++] = name;
    }
    AUTO(authority) struct authority *authority = NULL;
    TRY(authority_open(&authority, arguments->operands[0], why));
    TRY(authority_broker(authority, &hosts, folder, instant_now(), why));
    printf("%s: %s\n", folder,
           say("已签发消息服务器的 TLS 证书",
               "TLS certificate of the broker issued"));
    return R_OK;
}

static const struct option broker_options[] = {
    {"--host", "NAME", "主机名或地址，可多次给出",
     "host name or address; may be given several times"},
    {"--out", "KEYDIR", "密钥目录", "folder for the keys"},
};

const struct command command_agencies_broker = {
    .name = "agencies broker",
    .operands = "DIR",
    .chinese = "为消息服务器 RabbitMQ 签发 TLS 证书",
    .english = "issue the TLS certificate of the RabbitMQ broker",
    .example = "yisong agencies broker DIR --host localhost --host 127.0.0.1 "
               "--out keys/broker",
    .options = broker_options,
    .option_count = COUNT_OF(broker_options),
    .least = 1,
    .most = 1,
    .run = broker,
};
