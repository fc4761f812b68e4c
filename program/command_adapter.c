/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong adapter: the process on an agency's machine.
 */
#include "program/agency.h"

static const struct option options[] = {
    {"-c", "FILE", "配置文件", "settings file"},
    {"--settings", NULL, "列出全部配置项", "list all settings"},
    {"--verbose", NULL, "输出更多日志", "log more"},
};

const struct command command_adapter = {
    .name = "adapter",
    .operands = "",
    .chinese = "运行机关端：收发公文、签收、交换文件夹",
    .english = "run an agency's side: send, receive, folder, receipts",
    .example = "yisong adapter -c /etc/yisong/ecology-nanchang.conf",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = agency_adapter,
};
