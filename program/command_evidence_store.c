/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong evidence-store: the place at the exchange centre where sealed files
 * lie between their sender and those whom their letter names. A process of its
 * own, so that gigabytes never weigh on the router.
 */
#include "program/command.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "broker-adapters/broker_settings.h"
#include "broker-adapters/evidence/store/store_line.h"
#include "routing/ledger/ledger.h"

struct store_conf {
    char *agency, *ledger, *agencies, *folder;
    struct broker_settings broker;
    int quota_gb, reserve_mb, kept_days, stalled_hours;
};

#define PLACE(member) offsetof(struct store_conf, member)

static const struct setting table[] = {
    {"agency", SETTING_TEXT, PLACE(agency), "exchange", 0, 0,
     "交换中心在登记册中的编号", "id of the centre in the registry"},
    {"ledger", SETTING_PATH, PLACE(ledger), NULL, 0, 0,
     "台账数据库文件（只读）", "the ledger of the router; only read"},
    {"agencies", SETTING_PATH, PLACE(agencies), NULL, 0, 0, "机关登记册目录",
     "folder of the registry"},
    {"evidence", SETTING_PATH, PLACE(folder), "evidence", 0, 0,
     "存放证据文件的目录", "folder in which the sealed files lie"},
    BROKER_SETTINGS(struct store_conf, broker),
    {"quota_gb", SETTING_INT, PLACE(quota_gb), "64", 1, 1000000,
     "每个发送机关最多存放（GB）", "GB that one sender may have here"},
    {"reserve_mb", SETTING_INT, PLACE(reserve_mb), "1024", 0, 100000000,
     "磁盘至少留空（MB）", "MB of the disk that stay free"},
    {"kept_days", SETTING_INT, PLACE(kept_days), "90", 1, 36500,
     "无人领取的文件保留（天）", "days that a file waits to be fetched by all"},
    {"stalled_hours", SETTING_INT, PLACE(stalled_hours), "72", 1, 100000,
     "未传完且无进展的文件保留（小时）",
     "hours that an unfinished file waits for its sender"},
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

/* --- what the ledger knows --------------------------------------------------
 */

static enum reason find_letter(void *self, const char *sender,
                               const char *letter, struct buf *out,
                               struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    TRY(letters_find(self, sender, letter, &row, why));
    if (row.letter.outcome != LETTER_ACCEPTED)
        return fault(why, R_NOT_FOUND, "letter %s was refused", letter);
    buf_put(out, row.letter.bytes, row.letter.size);
    return buf_check(out, why);
}

/* --- the process ------------------------------------------------------------
 */

struct centre {
    struct store_conf conf;
    struct registry_watch registry;
    struct ledger *ledger;
    struct store_line *line;
    struct store *store;
};

static enum reason open_centre(struct centre *centre, struct fault *why)
{
    const struct store_conf *conf = &centre->conf;
    struct amqp_settings broker = broker_settings_amqp(&conf->broker);
    TRY(registry_watch_open(&centre->registry, conf->agencies, why));
    if (!registry_find(centre->registry.registry, conf->agency))
        return fault(why, R_UNKNOWN_AGENCY, "%s", conf->agency);
    centre->line = store_line_new(&broker, conf->agency);
    struct store_settings settings = {
        .folder = conf->folder,
        .quota = (int64_t)conf->quota_gb * 1000 * 1000 * 1000,
        .reserve = (int64_t)conf->reserve_mb * 1000 * 1000,
        .kept_ms = (int64_t)conf->kept_days * INSTANT_DAY,
        .stalled_ms = (int64_t)conf->stalled_hours * INSTANT_HOUR,
        .ground = {.self = centre->ledger, .find = find_letter},
        .face = store_line_face(centre->line),
    };
    TRY(store_open(&centre->store, &settings, why));
    store_set_registry(centre->store, centre->registry.registry);
    return R_OK;
}

static void close_centre(struct centre *centre)
{
    store_close(centre->store);
    store_line_free(centre->line);
    ledger_close(centre->ledger);
    registry_watch_done(&centre->registry);
    settings_done(table, COUNT_OF(table), &centre->conf);
}

enum { TURN_MS = 500 };

/* An agency that joined has a queue of its own: the line is opened anew. */
static enum reason follow_registry(struct centre *centre, bool *changed,
                                   struct fault *why)
{
    TRY(registry_watch_look(&centre->registry, instant_monotonic(), changed,
                            why));
    if (*changed)
        store_set_registry(centre->store, centre->registry.registry);
    *changed |= store_line_is_incomplete(centre->line);
    return R_OK;
}

static enum reason serve(struct centre *centre, int *failures,
                         struct fault *why)
{
    bool changed = false;
    TRY(store_line_open(centre->line, centre->registry.registry, why));
    log_event(LOG_INFO, "ready: %s, %zu agencies", centre->conf.agency,
              registry_count(centre->registry.registry));
    while (!stopping && !changed) {
        struct fault found = {0};
        TRY(store_line_turn(centre->line, centre->store, TURN_MS, why));
        if (follow_registry(centre, &changed, &found) != R_OK)
            log_fault(LOG_ERROR, "registry not taken", &found);
        *failures = 0;
    }
    return R_OK;
}

static void keep_serving(struct centre *centre)
{
    int failures = 0;
    while (!stopping) {
        struct fault why = {0};
        enum reason reason = serve(centre, &failures, &why);
        store_line_close(centre->line);
        if (reason == R_OK)
            continue;
        log_fault(LOG_WARN, "starting again", &why);
        (void)poll(NULL, 0, amqp_backoff(++failures));
    }
}

/* The router makes the ledger, or a new form of it, when it starts. */
static void await_ledger(struct centre *centre)
{
    for (bool told = false; !stopping; told = true) {
        struct fault found = {0};
        if (ledger_open(&centre->ledger, centre->conf.ledger, SQL_READ,
                        &found) == R_OK)
            return;
        if (!told)
            log_fault(LOG_INFO, "waiting for the ledger", &found);
        (void)poll(NULL, 0, TURN_MS);
    }
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    const char *path;
    if (arguments_has(arguments, "--settings")) {
        settings_help(table, COUNT_OF(table));
        return R_OK;
    }
    TRY(arguments_require(arguments, "-c", &path, why));
    log_open("evidence", LOG_INFO);
    struct centre centre = {0};
    AUTO(buf) struct buf report = {0};
    enum reason reason =
        settings_read(path, table, COUNT_OF(table), &centre.conf, &report, why);
    if (reason != R_OK) {
        fputs(buf_text(&report), stderr);
        settings_done(table, COUNT_OF(table), &centre.conf);
        return reason;
    }
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    await_ledger(&centre);
    if (!stopping)
        reason = open_centre(&centre, why);
    if (reason == R_OK && !stopping)
        keep_serving(&centre);
    close_centre(&centre);
    return reason;
}

static const struct option options[] = {
    {"-c", "FILE", "配置文件", "settings file"},
    {"--settings", NULL, "列出全部配置项", "list all settings"},
};

const struct command command_evidence_store = {
    .name = "evidence-store",
    .operands = "",
    .chinese = "运行证据存放处：分块收存、转交加密的证据文件",
    .english = "run the evidence store: sealed files in chunks, in and out",
    .example = "yisong evidence-store -c /etc/yisong/evidence-store.conf",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
