/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong adapter: the process on an agency's machine.
 */
#include <signal.h>

#include "base/log.h"
#include "broker-adapters/adapter/adapter.h"
#include "program/agency.h"

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

enum reason agency_adapter(const struct arguments *arguments, struct fault *why)
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
