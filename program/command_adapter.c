/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong adapter: the process on an agency's machine.
 */
#include "program/command.h"

#include <signal.h>

#include "base/log.h"
#include "broker-adapters/adapter/adapter.h"

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    if (arguments_has(arguments, "--settings")) {
        adapter_settings_help();
        return R_OK;
    }
    const char *path;
    AUTO(adapter_settings) struct adapter_settings settings = {0};
    AUTO(adapter) struct adapter *adapter = NULL;
    TRY(arguments_require(arguments, "-c", &path, why));
    log_open("adapter",
             arguments_has(arguments, "--verbose") ? LOG_DEBUG : LOG_INFO);
    TRY(adapter_settings_read(path, &settings, why));
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    TRY(adapter_open(&adapter, &settings, why));
    adapter_run(adapter, &stopping);
    return R_OK;
}

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
    .run = run,
};
