/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong agencies publish: the registry to every agency, over the exchange. An
 * agency that is off gets it when it comes back.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/adapter/registry_arrival.h"
#include "certs/joining/package.h"
#include "program/command.h"
#include "program/router_settings.h"

enum { CONFIRM_MS = 10000 };

/* It must be what the agencies will take: by this authority, for everybody. */
static enum reason read_package(const struct router_settings *settings,
                                const char *path, struct buf *out,
                                struct fault *why)
{
    AUTO(package) struct package package = {0};
    AUTO(certificates) struct certificates known = {0};
    AUTO(text) char *anchor = io_join(settings->agencies, "authority.pem");
    TRY(io_read(path, out, why));
    TRY(package_parse(&package, out->bytes, out->size, path, why));
    TRY(certificates_read(&known, anchor, why));
    TRY(package_verify(&package, &known, why));
    return *package.agency
               ? fault(why, R_NOT_VALID, "%s: %s", path,
                       say("这是给一个机关的文件包；请用 agencies package 生成",
                           "it is for one agency: make one with agencies "
                           "package"))
               : R_OK;
}

/* Waits until the broker has it: one at a time, so there is one answer. */
static enum reason await_confirm(struct amqp *amqp, const char *agency,
                                 struct fault *why)
{
    int64_t until = instant_monotonic() + CONFIRM_MS;
    while (instant_monotonic() < until) {
        struct amqp_event event;
        TRY(amqp_next(amqp, CONFIRM_MS, &event, why));
        if (event.kind == AMQP_CONFIRMED)
            return R_OK;
        if (event.kind == AMQP_REJECTED)
            return fault(why, R_BROKER_REFUSED, "in.%s", agency);
    }
    return fault(why, R_TIMED_OUT, "in.%s", agency);
}

static enum reason send_to_all(const struct router_settings *settings,
                               const struct registry *registry,
                               const struct buf *package, uint64_t *count,
                               struct fault *why)
{
    AUTO(amqp) struct amqp *amqp = NULL;
    struct amqp_settings broker = broker_settings_amqp(&settings->broker);
    const struct amqp_letter letter = {.type = REGISTRY_MESSAGE,
                                       .case_id = "none",
                                       .media_type = "application/xml",
                                       .user_id = settings->agency,
                                       .body = package->bytes,
                                       .size = package->size};
    TRY(amqp_open(&amqp, &broker, why));
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct agency *agency = registry_get(registry, i);
        if (agency->revoked || strcmp(agency->id, settings->agency) == 0)
            continue;
        TRY(amqp_publish(amqp, "deliver", agency->id, &letter, count, why));
        TRY(await_confirm(amqp, agency->id, why));
    }
    return R_OK;
}

static enum reason publish(const struct arguments *arguments, struct fault *why)
{
    const char *path;
    uint64_t count = 0;
    AUTO(router_settings) struct router_settings settings = {0};
    AUTO(registry) struct registry *registry = NULL;
    AUTO(buf) struct buf package = {0};
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(router_settings_read(path, &settings, why));
    TRY(read_package(&settings, arguments->operands[0], &package, why));
    TRY(registry_read(&registry, settings.agencies, why));
    TRY(send_to_all(&settings, registry, &package, &count, why));
    printf(
        say("登记册已发给 %llu 个机关\n", "registry sent to %llu agencies\n"),
        (unsigned long long)count);
    return R_OK;
}

static const struct option options[] = {
    {"-c", "FILE", "交换中心的配置文件", "settings file of the centre"},
};

const struct command command_agencies_publish = {
    .name = "agencies publish",
    .operands = "PACKAGE",
    .chinese = "（中心）把现行登记册发给所有机关，各机关自动更新",
    .english = "(centre) send the registry to all agencies, which take it",
    .example = "yisong agencies publish -c router.conf registry.package",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = publish,
};
