/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong topology: RabbitMQ's definitions for the agencies of a registry.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/topology.h"
#include "certs/registry.h"
#include "program/command.h"

/* The agency of this role is the centre: the router's user at the broker. */
static const char exchange_role[] = "exchange";

/* Fills the agencies, which are borrowed from the registry. */
static enum reason fill(struct topology *topology,
                        struct topology_agency *agencies,
                        const struct registry *registry, struct fault *why)
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct agency *agency = registry_get(registry, i);
        if (strcmp(agency->role, exchange_role) != 0)
            agencies[topology->count++] =
                (struct topology_agency){agency->id, agency->revoked};
        else if (topology->exchange)
            return fault(why, R_BAD_REGISTRY, "two exchanges: %s, %s",
                         topology->exchange, agency->id);
        else
            topology->exchange = agency->id;
    }
    topology->agencies = agencies;
    if (topology->exchange)
        return R_OK;
    return fault(why, R_BAD_REGISTRY, "no agency with the role '%s'",
                 exchange_role);
}

static enum reason write_all(struct topology *topology,
                             const struct registry *registry, struct buf *out,
                             struct fault *why)
{
    struct topology_agency *agencies =
        mem_new(registry_count(registry) + 1, sizeof *agencies);
    enum reason reason = fill(topology, agencies, registry, why);
    if (reason == R_OK)
        reason = topology_write(topology, out, why);
    free(agencies);
    return reason;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *folder, *vhost = arguments_value(arguments, "--vhost");
    long shards;
    TRY(arguments_require(arguments, "--agencies", &folder, why));
    TRY(arguments_int(arguments, "--shards", 1, TOPOLOGY_SHARDS_MAX, 2, &shards,
                      why));
    AUTO(registry) struct registry *registry = NULL;
    TRY(registry_read(&registry, folder, why));
    AUTO(buf) struct buf out = {0};
    struct topology topology = {.vhost = vhost ? vhost : "yisong",
                                .shards = (int)shards};
    TRY(write_all(&topology, registry, &out, why));
    fwrite(out.bytes, 1, out.size, stdout);
    return R_OK;
}

static const struct option options[] = {
    {"--agencies", "DIR", "机关登记册所在目录", "folder of the registry"},
    {"--shards", "N", "提交队列数（默认 2）", "submit queues (2)"},
    {"--vhost", "NAME", "虚拟主机（默认 yisong）", "virtual host (yisong)"},
};

const struct command command_topology = {
    .name = "topology",
    .operands = "",
    .chinese = "输出 RabbitMQ 定义文件：交换机、队列、用户和最小权限",
    .english = "print RabbitMQ definitions: exchanges, queues, users, rights",
    .example = "yisong topology --agencies /etc/yisong/agencies "
               ">definitions.json",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
