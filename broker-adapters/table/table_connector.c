/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Agencies whose own system writes letters into a table and reads them from
 * one: PostgreSQL or SQLite.
 *
 * A thread of its own, because their database may hang, with its own
 * connections to it and to the mailbox. What it does are four parts that know
 * nothing of each other; one that fails is told and tried again later, and
 * keeps no other from its turn. A connection that broke is opened again after
 * a while that grows.
 *
 * It sleeps until their database says that something changed, the adapter
 * rings, or it is time to look.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/connectors.h"
#include "broker-adapters/amqp.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/table/table_state.h"

enum { REST_MS = 5000, PAUSE_MS = 2000, SILENCE_MS = 10 * INSTANT_MINUTE };

static const struct {
    const char *name;
    enum reason (*turn)(struct table_connector *connector, struct fault *why);
} parts[] = {
    {"table: outgoing", table_taking_turn},
    {"table: columns", table_columns_turn},
    {"table: states", table_telling_turn},
    {"table: incoming", table_handing_turn},
};
enum { PARTS = COUNT_OF(parts) };

/* What is wrong is told once, and again when it changes or ten minutes later.
 */
struct trouble {
    char text[FAULT_TEXT_MAX];
    int64_t told_at, paused_until;
};

struct table_thread {
    struct table_connector connector;
    struct trouble troubles[PARTS + 1]; /* the last: connecting */
    int failures;
    int64_t next_try, next_look;
};

static void tell(struct trouble *trouble, const char *doing,
                 const struct fault *why, int64_t now)
{
    if (strcmp(trouble->text, why->text) == 0 && trouble->told_at &&
        now - trouble->told_at < SILENCE_MS)
        return;
    log_fault(LOG_WARN, doing, why);
    memcpy(trouble->text, why->text, sizeof trouble->text);
    trouble->told_at = now;
}

/* --- connecting ------------------------------------------------------------
 */

static void drop_connection(struct table_thread *thread, int64_t now)
{
    table_place_disconnect(&thread->connector.place);
    thread->next_try = now + amqp_backoff(++thread->failures);
}

static void try_connecting(struct table_thread *thread, int64_t now)
{
    struct fault why = {0};
    struct trouble *trouble = &thread->troubles[PARTS];
    struct table_place *place = &thread->connector.place;
    if (table_place_connect(place, &thread->connector.side.stop, &why) !=
        R_OK) {
        if (!atomic_load(&thread->connector.side.stop))
            tell(trouble, "table", &why, now);
        drop_connection(thread, instant_monotonic());
        return;
    }
    AUTO(buf) struct buf name = {0};
    table_place_print(place, &name);
    log_event(LOG_INFO, "table: %s", buf_text(&name));
    *trouble = (struct trouble){0};
    thread->connector.after = 0;
    thread->next_look = 0;
}

/* --- a turn ----------------------------------------------------------------
 */

static void take_part(struct table_thread *thread, size_t i, int64_t now)
{
    struct fault why = {0};
    struct trouble *trouble = &thread->troubles[i];
    struct table_connector *connector = &thread->connector;
    if (!connector->place.db || now < trouble->paused_until)
        return;
    if (parts[i].turn(connector, &why) == R_OK) {
        trouble->text[0] = '\0';
        return;
    }
    if (!atomic_load(&connector->side.stop))
        tell(trouble, parts[i].name, &why, now);
    trouble->paused_until = now + PAUSE_MS;
    if (sql_is_lost(connector->place.db))
        drop_connection(thread, instant_monotonic());
    else
        sql_rollback(connector->place.db);
}

static void take_turn(struct table_thread *thread, int64_t now)
{
    struct table_connector *connector = &thread->connector;
    connector->now = instant_now();
    connector->looks = connector->more || sql_heard(connector->place.db) ||
                       now >= thread->next_look;
    connector->more = false;
    if (connector->looks)
        thread->next_look =
            now + (int64_t)connector->settings->table_look * INSTANT_SECOND;
    if (sql_is_lost(connector->place.db)) {
        drop_connection(thread, now);
        return;
    }
    for (size_t i = 0; i < PARTS; i++)
        take_part(thread, i, now);
    if (connector->place.db)
        thread->failures = 0;
}

static void rest(struct table_thread *thread)
{
    struct table_connector *connector = &thread->connector;
    struct sql *db = connector->place.db;
    int64_t until = db ? thread->next_look : thread->next_try;
    int64_t wait = until - instant_monotonic();
    if (connector->more && db)
        return;
    if (wait > REST_MS)
        wait = REST_MS;
    side_rest(&connector->side, db ? sql_descriptor(db) : -1,
              wait > 0 ? (int)wait : 0);
}

/* A registry that does not hold is not taken; the adapter's loop tells it. */
static void look_at_registry(struct table_connector *connector, int64_t now)
{
    bool changed;
    struct fault why = {0};
    if (registry_watch_look(&connector->registry, now, &changed, &why) == R_OK)
        connector->desk.registry = connector->registry.registry;
    if (key_watch_look(&connector->key, connector->desk.registry, instant_now(),
                       now))
        connector->desk.key = connector->key.key;
}

static void run(void *context)
{
    struct table_thread *thread = context;
    struct table_connector *connector = &thread->connector;
    while (!atomic_load(&connector->side.stop)) {
        int64_t now = instant_monotonic();
        look_at_registry(connector, now);
        if (!connector->place.db && now >= thread->next_try)
            try_connecting(thread, now);
        if (connector->place.db)
            take_turn(thread, now);
        rest(thread);
    }
}

/* --- the connector ---------------------------------------------------------
 */

static void table_close(void *state)
{
    struct table_thread *thread = state;
    if (!thread)
        return;
    struct table_connector *connector = &thread->connector;
    side_close(&connector->side);
    table_place_done(&connector->place);
    sql_close(connector->desk.mailbox);
    key_watch_done(&connector->key);
    registry_watch_done(&connector->registry);
    free(thread);
}
AUTO_POINTER(table_thread, table_close)

static enum reason open_desk(struct table_connector *connector,
                             struct fault *why)
{
    const struct adapter_settings *settings = connector->settings;
    connector->registry.store = settings->mailbox;
    TRY(registry_watch_open(&connector->registry, settings->agencies, why));
    connector->key =
        (struct key_watch){.agency = settings->agency,
                           .key_path = settings->key,
                           .certificate_path = settings->certificate};
    TRY(key_watch_open(&connector->key, why));
    connector->desk = (struct desk){.agency = settings->agency,
                                    .key = connector->key.key,
                                    .registry = connector->registry.registry};
    return mailbox_open(&connector->desk.mailbox, settings->mailbox, SQL_CREATE,
                        why);
}

static enum reason table_open(void **state, const struct connector_place *place,
                              struct fault *why)
{
    AUTO(table_thread) struct table_thread *thread = mem_new(1, sizeof *thread);
    struct table_connector *connector = &thread->connector;
    connector->settings = place->settings;
    connector->queue.receipts = place->settings->table_receipts;
    TRY(table_place_init(&connector->place, place->settings, why));
    TRY(open_desk(connector, why));
    TRY(side_start(&connector->side, run, thread, why));
    *state = TAKE(thread);
    return R_OK;
}

/* In each turn of the adapter a letter may have come further. */
static enum reason table_turn(void *state, struct connector_turn *turn,
                              struct fault *why)
{
    (void)turn;
    (void)why;
    side_ring(&((struct table_thread *)state)->connector.side);
    return R_OK;
}

static void table_ring(void *state)
{
    side_ring(&((struct table_thread *)state)->connector.side);
}

static bool is_wanted(const struct adapter_settings *settings)
{
    return *settings->table != '\0';
}

const struct connector connector_table = {
    .name = "table",
    .is_wanted = is_wanted,
    .open = table_open,
    .close = table_close,
    .turn = table_turn,
    .ring = table_ring,
};
