/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The main loop of an agency's machine. A turn does a bounded piece of each
 * kind of work; the steps stand in one table and know nothing of each other:
 * what passes between them lies in the mailbox.
 *
 * A step that fails is logged and tried again later; it does not keep the
 * others from their turn. The loop sleeps in poll(2) on the two connections,
 * the folder and the bell that commands ring.
 */
#include "broker-adapters/adapter/adapter.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/connectors.h"
#include "broker-adapters/adapter/handover.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mapping/mappings.h"
#include "broker-adapters/projections/project.h"
#include "broker-adapters/adapter/receipts.h"
#include "broker-adapters/adapter/receiving.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "broker-adapters/adapter/taking.h"
#include "broker-adapters/adapter/wire.h"
#include "certs/key_watch.h"

enum { SLEEP_MAX_MS = 1000, STEP_PAUSE_MS = 2000, GAP_LOOK_MS = 60 * 1000 };

enum { STEPS = 6, SOURCES_MAX = 4 };

struct adapter {
    const struct adapter_settings *settings;
    struct desk desk;
    struct registry_watch registry;
    struct key_watch key, tls;
    struct mappings *mappings;
    struct spool *spool; /* NULL: no folder */
    struct wire *wire;
    struct connectors connectors;
    char *evidence; /* folder around the files of letters */
    int claim, bell;
    instant now;       /* of this turn */
    int64_t monotonic; /* of this turn */
    int64_t next_look, next_gap_look;
    int64_t paused_until[STEPS]; /* a step that failed */
    bool busy;                   /* there is more to do at once */
};

/* A mapping that is wrong is told at the start, whole, not at the first file.
 */
static enum reason open_mappings(struct adapter *adapter, struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    const struct adapter_settings *settings = adapter->settings;
    enum reason reason =
        mappings_open(&adapter->mappings, settings->csv_mapping,
                      settings->csv_to, &report, why);
    if (report.size == 0)
        return reason;
    fputs(buf_text(&report), stderr);
    fault_clear(why);
    return reason;
}

/* Both pairs may be renewed while we run. */
static enum reason open_keys(struct adapter *adapter, struct fault *why)
{
    const struct adapter_settings *settings = adapter->settings;
    adapter->key =
        (struct key_watch){.agency = settings->agency,
                           .key_path = settings->key,
                           .certificate_path = settings->certificate};
    adapter->tls = (struct key_watch){.key_path = settings->broker.tls_key,
                                      .certificate_path =
                                          settings->broker.tls_certificate};
    TRY(key_watch_open(&adapter->key, why));
    return key_watch_open(&adapter->tls, why);
}

static enum reason open_desk(struct adapter *adapter, struct fault *why)
{
    const struct adapter_settings *settings = adapter->settings;
    adapter->registry.store = settings->mailbox;
    TRY(registry_watch_open(&adapter->registry, settings->agencies, why));
    TRY(open_keys(adapter, why));
    TRY(open_mappings(adapter, why));
    if (!registry_find(adapter->registry.registry, settings->agency))
        return fault(why, R_UNKNOWN_AGENCY, "%s", settings->agency);
    adapter->evidence = place_root(settings->mailbox, settings->spool);
    adapter->desk = (struct desk){.agency = settings->agency,
                                  .key = adapter->key.key,
                                  .registry = adapter->registry.registry,
                                  .agencies = settings->agencies,
                                  .mappings = adapter->mappings,
                                  .evidence = adapter->evidence,
                                  .evidence_hours = settings->evidence_hours,
                                  .answers_cards = settings->answer_cards,
                                  .card_measure = settings->card_measure};
    return mailbox_open(&adapter->desk.mailbox, settings->mailbox, SQL_CREATE,
                        why);
}

/* What a crash left between two steps. */
static enum reason recover(struct adapter *adapter, struct fault *why)
{
    struct sql *mailbox = adapter->desk.mailbox;
    int written;
    TRY(handover_finish(&adapter->desk, adapter->spool, why));
    TRY(project_past(mailbox, adapter->desk.agency, why));
    if (adapter->spool)
        TRY(taking_finish(&adapter->desk, adapter->spool, why));
    TRY(sql_begin(mailbox, why));
    return mailbox_end(
        mailbox, receipts_write(&adapter->desk, instant_now(), &written, why),
        why);
}

static struct wire *make_wire(const struct adapter_settings *settings)
{
    struct amqp_settings broker = broker_settings_amqp(&settings->broker);
    return wire_new(&broker);
}

enum reason adapter_open(struct adapter **out,
                         const struct adapter_settings *settings,
                         struct fault *why)
{
    AUTO(adapter) struct adapter *adapter = mem_new(1, sizeof *adapter);
    adapter->settings = settings;
    adapter->claim = adapter->bell = -1;
    TRY(open_desk(adapter, why));
    TRY(mailbox_claim(settings->mailbox, &adapter->claim, why));
    TRY(mailbox_listen(settings->mailbox, &adapter->bell, why));
    if (*settings->spool)
        TRY(spool_open(&adapter->spool, settings->spool, why));
    TRY(recover(adapter, why));
    adapter->wire = make_wire(settings);
    TRY(connectors_open(
        &adapter->connectors,
        &(struct connector_place){.settings = settings, .desk = &adapter->desk},
        why));
    *out = TAKE(adapter);
    return R_OK;
}

void adapter_close(struct adapter *adapter)
{
    if (!adapter)
        return;
    connectors_close(&adapter->connectors);
    wire_free(adapter->wire);
    spool_close(adapter->spool);
    sql_close(adapter->desk.mailbox);
    key_watch_done(&adapter->key);
    key_watch_done(&adapter->tls);
    mappings_close(adapter->mappings);
    registry_watch_done(&adapter->registry);
    free(adapter->evidence);
    if (adapter->bell >= 0)
        close(adapter->bell);
    if (adapter->claim >= 0)
        close(adapter->claim);
    free(adapter);
}

/* --- the steps of a turn ---------------------------------------------------
 */

static enum reason step_wire(struct adapter *adapter, struct fault *why)
{
    struct wire_work work;
    TRY(wire_turn(adapter->wire, &adapter->desk, adapter->now,
                  adapter->monotonic, &work, why));
    adapter->busy |= work.received > 0 || work.sent > 0;
    return R_OK;
}

static enum reason step_handover(struct adapter *adapter, struct fault *why)
{
    int count;
    TRY(handover_turn(&adapter->desk, adapter->spool, adapter->now, &count,
                      why));
    adapter->busy |= count > 0;
    if (count > 0)
        connectors_ring(&adapter->connectors);
    return R_OK;
}

static enum reason step_taking(struct adapter *adapter, struct fault *why)
{
    struct taking taking;
    if (!adapter->spool)
        return R_OK;
    if (adapter->monotonic >= adapter->next_look) {
        adapter->next_look = adapter->monotonic +
                             INSTANT_SECOND * adapter->settings->look_seconds;
        spool_look(adapter->spool);
    }
    TRY(taking_turn(&adapter->desk, adapter->spool, adapter->now,
                    adapter->monotonic, &taking, why));
    adapter->busy |= taking.more || taking.taken > 0;
    return R_OK;
}

/* Refusals by the exchange move files; quarantine makes some. */
static enum reason step_filing(struct adapter *adapter, struct fault *why)
{
    if (!adapter->spool)
        return R_OK;
    TRY(taking_finish(&adapter->desk, adapter->spool, why));
    return handover_quarantine(&adapter->desk, adapter->spool, why);
}

static enum reason step_gaps(struct adapter *adapter, struct fault *why)
{
    if (adapter->monotonic < adapter->next_gap_look)
        return R_OK;
    adapter->next_gap_look = adapter->monotonic + GAP_LOOK_MS;
    instant since =
        adapter->now - (instant)adapter->settings->gap_minutes * INSTANT_MINUTE;
    int released;
    struct sql *mailbox = adapter->desk.mailbox;
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, incoming_release(mailbox, since, &released, why),
                    why));
    if (released > 0)
        log_event(LOG_ERROR,
                  "%d case(s): an earlier letter is missing since %d minutes; "
                  "the later ones are handed over without it",
                  released, adapter->settings->gap_minutes);
    adapter->busy |= released > 0;
    return R_OK;
}

/* What is on its way goes again over the new connection, under its id. */
static void follow_keys(struct adapter *adapter)
{
    const struct registry *registry = adapter->registry.registry;
    if (key_watch_look(&adapter->key, registry, adapter->now,
                       adapter->monotonic))
        adapter->desk.key = adapter->key.key;
    if (key_watch_look(&adapter->tls, registry, adapter->now,
                       adapter->monotonic))
        wire_reopen(adapter->wire);
    key_watch_term(&adapter->key, adapter->now, adapter->monotonic);
    key_watch_term(&adapter->tls, adapter->now, adapter->monotonic);
}

/* Their receipts are owed from now on; no other letter may come for days. */
static enum reason judge_again(struct adapter *adapter, struct fault *why)
{
    int released, written;
    TRY(receiving_judge_again(&adapter->desk, adapter->now, &released, why));
    adapter->busy |= released > 0;
    return released > 0
               ? receipts_write(&adapter->desk, adapter->now, &written, why)
               : R_OK;
}

static enum reason step_registry(struct adapter *adapter, struct fault *why)
{
    bool changed;
    follow_keys(adapter);
    TRY(registry_watch_look(&adapter->registry, adapter->monotonic, &changed,
                            why));
    if (!changed)
        return R_OK;
    adapter->desk.registry = adapter->registry.registry;
    struct sql *mailbox = adapter->desk.mailbox;
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, judge_again(adapter, why), why);
}

static const struct step {
    const char *doing;
    enum reason (*take)(struct adapter *adapter, struct fault *why);
} steps[STEPS] = {
    {"registry", step_registry}, {"spool out/", step_taking},
    {"broker", step_wire},       {"handing over", step_handover},
    {"filing", step_filing},     {"gaps", step_gaps},
};

static void take_turn(struct adapter *adapter)
{
    adapter->now = instant_now();
    adapter->monotonic = instant_monotonic();
    adapter->busy = false;
    for (size_t i = 0; i < STEPS; i++) {
        struct fault why = {0};
        if (adapter->monotonic < adapter->paused_until[i] ||
            steps[i].take(adapter, &why) == R_OK)
            continue;
        log_fault(LOG_WARN, steps[i].doing, &why);
        /* The wire knows itself when to try again. */
        if (steps[i].take != step_wire)
            adapter->paused_until[i] = adapter->monotonic + STEP_PAUSE_MS;
    }
    struct connector_turn turn = {.now = adapter->now,
                                  .monotonic = adapter->monotonic};
    connectors_turn(&adapter->connectors, &turn);
    adapter->busy |= turn.busy;
}

static int sleep_time(const struct adapter *adapter)
{
    if (adapter->busy)
        return 0;
    int most = wire_patience(adapter->wire, adapter->monotonic, SLEEP_MAX_MS);
    int patience = adapter->spool ? spool_patience(adapter->spool) : -1;
    return patience >= 0 && patience < most ? patience : most;
}

static void rest(struct adapter *adapter)
{
    struct pollfd sources[SOURCES_MAX + CONNECTORS_MAX] = {
        {.fd = adapter->bell, .events = POLLIN}};
    nfds_t count = 1;
    if (adapter->spool)
        sources[count++] = (struct pollfd){
            .fd = spool_descriptor(adapter->spool), .events = POLLIN};
    int wires[2];
    size_t wire_count = wire_descriptors(adapter->wire, wires);
    for (size_t i = 0; i < wire_count; i++)
        sources[count++] = (struct pollfd){.fd = wires[i], .events = POLLIN};
    count += connectors_sources(&adapter->connectors, sources + count);
    (void)poll(sources, count, sleep_time(adapter));
    (void)mailbox_heard(adapter->bell);
    if (adapter->spool)
        (void)spool_has_work(adapter->spool, adapter->monotonic);
}

void adapter_run(struct adapter *adapter, volatile sig_atomic_t *stop)
{
    log_event(LOG_INFO, "ready: %s, %zu agencies", adapter->settings->agency,
              registry_count(adapter->registry.registry));
    while (!*stop) {
        take_turn(adapter);
        rest(adapter);
    }
    log_event(LOG_INFO, "stopped");
}
