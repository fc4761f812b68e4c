/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong router: the exchange centre as a process. Opens everything that the
 * router works with, takes turns until it is told to stop, opens the broker
 * again after every loss.
 */
#include "program/command.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "certs/key_watch.h"
#include "program/carrier_amqp.h"
#include "program/router_settings.h"
#include "routing/router.h"
#include "schemas/catalogue.h"

struct centre {
    struct router_settings settings;
    struct registry_watch registry;
    struct procedures *procedures;
    struct key_watch key, tls;
    struct ledger *ledger;
    struct pool *pool;
    struct router *router;
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static enum reason load_catalogue(const struct centre *centre,
                                  struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    if (!*centre->settings.catalogue)
        return R_OK;
    enum reason reason =
        catalogue_add(centre->settings.catalogue, &report, why);
    fputs(buf_text(&report), stderr);
    return reason;
}

static enum reason load_procedures(struct centre *centre, struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    const char *folder = centre->settings.procedures;
    enum reason reason = procedures_load(&centre->procedures,
                                         *folder ? folder : NULL, &report, why);
    fputs(buf_text(&report), stderr);
    return reason;
}

/* Both pairs may be renewed while we run. */
static enum reason open_keys(struct centre *centre, struct fault *why)
{
    const struct router_settings *settings = &centre->settings;
    centre->key = (struct key_watch){.agency = settings->agency,
                                     .key_path = settings->key,
                                     .certificate_path = settings->certificate};
    centre->tls = (struct key_watch){.key_path = settings->broker.tls_key,
                                     .certificate_path =
                                         settings->broker.tls_certificate};
    TRY(key_watch_open(&centre->key, why));
    return key_watch_open(&centre->tls, why);
}

/*
 * An agency joined or left: whoever was registered just now is known when its
 * first letter comes. A registry that does not hold is not taken; it is looked
 * at again each second, not for each letter.
 */
static void follow_registry(void *context)
{
    bool changed;
    struct fault why = {0};
    struct centre *centre = context;
    if (centre->registry.seen.tv_sec != 0)
        centre->registry.next_look = 0;
    if (registry_watch_look(&centre->registry, instant_monotonic(), &changed,
                            &why) != R_OK)
        log_fault(LOG_ERROR, "registry not taken", &why);
    else if (changed)
        router_set_registry(centre->router, centre->registry.registry);
}

static enum reason open_centre(struct centre *centre, struct fault *why)
{
    const struct router_settings *settings = &centre->settings;
    centre->registry.store = settings->ledger;
    TRY(registry_watch_open(&centre->registry, settings->agencies, why));
    TRY(load_catalogue(centre, why));
    TRY(load_procedures(centre, why));
    TRY(open_keys(centre, why));
    if (!registry_find(centre->registry.registry, settings->agency))
        return fault(why, R_UNKNOWN_AGENCY, "%s", settings->agency);
    TRY(ledger_open(&centre->ledger, settings->ledger, SQL_CREATE, why));
    centre->pool = pool_new((unsigned)settings->threads);
    struct router_parts parts = {
        .agency = settings->agency,
        .registry = centre->registry.registry,
        .procedures = centre->procedures,
        .key = centre->key.key,
        .ledger = centre->ledger,
        .pool = centre->pool,
        .freshen = follow_registry,
        .context = centre,
    };
    return router_open(&centre->router, &parts, why);
}

static void close_centre(struct centre *centre)
{
    router_close(centre->router);
    pool_free(centre->pool);
    ledger_close(centre->ledger);
    key_watch_done(&centre->key);
    key_watch_done(&centre->tls);
    procedures_free(centre->procedures);
    registry_watch_done(&centre->registry);
    router_settings_done(&centre->settings);
}

/* True: the connection must be opened anew, with the new certificate. */
static bool follow_keys(struct centre *centre)
{
    instant now = instant_now();
    int64_t monotonic = instant_monotonic();
    if (key_watch_look(&centre->key, centre->registry.registry, now, monotonic))
        router_set_key(centre->router, centre->key.key);
    key_watch_term(&centre->key, now, monotonic);
    key_watch_term(&centre->tls, now, monotonic);
    return key_watch_look(&centre->tls, centre->registry.registry, now,
                          monotonic);
}

enum { TURN_MS = 500 };

/* Takes turns until something fails or the process is told to stop. */
static enum reason serve(struct centre *centre, struct carrier_amqp *link,
                         int *failures, struct fault *why)
{
    struct carrier carrier = carrier_amqp_carrier(link);
    while (!stopping) {
        TRY(router_turn(centre->router, &carrier, instant_now, TURN_MS, why));
        follow_registry(centre);
        *failures = 0;
        if (follow_keys(centre))
            return R_OK;
    }
    return R_OK;
}

static enum reason connect_and_serve(struct centre *centre, int *failures,
                                     struct fault *why)
{
    const struct router_settings *settings = &centre->settings;
    struct amqp_settings broker = broker_settings_amqp(&settings->broker);
    AUTO(carrier_amqp) struct carrier_amqp *link = NULL;
    TRY(carrier_amqp_open(&link, &broker, settings->agency, settings->shards,
                          why));
    log_event(LOG_INFO, "ready: %s, %zu agencies", settings->agency,
              registry_count(centre->registry.registry));
    enum reason reason = serve(centre, link, failures, why);
    router_lost(centre->router);
    return reason;
}

static void keep_serving(struct centre *centre)
{
    int failures = 0;
    while (!stopping) {
        struct fault why = {0};
        if (connect_and_serve(centre, &failures, &why) == R_OK)
            continue;
        log_fault(LOG_WARN, "starting again", &why);
        (void)poll(NULL, 0, amqp_backoff(++failures));
    }
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *path;
    if (arguments_has(arguments, "--settings")) {
        router_settings_help();
        return R_OK;
    }
    TRY(arguments_require(arguments, "-c", &path, why));
    log_open("router",
             arguments_has(arguments, "--verbose") ? LOG_DEBUG : LOG_INFO);
    struct centre centre = {0};
    enum reason reason = router_settings_read(path, &centre.settings, why);
    if (reason != R_OK) {
        router_settings_done(&centre.settings);
        return reason;
    }
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    reason = open_centre(&centre, why);
    if (reason == R_OK)
        keep_serving(&centre);
    close_centre(&centre);
    return reason;
}

static const struct option options[] = {
    {"-c", "FILE", "配置文件", "settings file"},
    {"--settings", NULL, "列出全部配置项", "list all settings"},
    {"--verbose", NULL, "记录每次拒绝的细节", "log why each step said no"},
};

const struct command command_router = {
    .name = "router",
    .operands = "",
    .chinese = "运行交换中心",
    .english = "run the exchange centre",
    .example = "yisong router -c /etc/yisong/router.conf",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
