/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Agencies that connect over HTTP: they submit letters, ask how far each is,
 * and read their inbox (openapi.json says how; a running adapter serves it at
 * /openapi.json). Here: the table of routes, who is let in, the loop.
 *
 * It runs in a thread of its own with its own connection to the mailbox,
 * because the adapter's loop may wait for a broker that does not answer, and
 * callers must not. What passes between the two lies in the mailbox.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachment_draft.h"
#include "broker-adapters/adapter/connectors.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/http/connector_state.h"
#include "broker-adapters/http/http_store.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mapping/mappings.h"
#include "schemas/message.h"

enum { REST_MS = 5000 };

static const struct http_route routes[] = {
    {"POST", "/letters", false, http_submit},
    {"GET", "/letters", false, http_sent_page},
    {"GET", "/letters/{id}", false, http_sent},
    {"GET", "/inbox", false, http_inbox_page},
    {"GET", "/inbox/{id}", false, http_inbox_letter},
    {"POST", "/inbox/{id}/taken", false, http_inbox_taken},
    {"GET", "/inbox/{id}/files", false, http_inbox_files},
    {"GET", "/inbox/{id}/files/{sha256}", false, http_inbox_file},
    {"PUT", "/files/{sha256}", false, http_file_put},
    {"GET", "/files/{sha256}", false, http_file_get},
    {"POST", "/blacklist/check", false, http_blacklist_check},
    {"GET", "/blacklist/changes", false, http_blacklist_changes},
    {"GET", "/blacklist/{code}", false, http_blacklist},
    {"GET", "/blacklist", false, http_blacklist_by},
    {"GET", "/lists/{list}", false, http_list},
    {"GET", "/health", false, http_health},
    {"GET", "/openapi.json", true, http_openapi},
};

static const char *find_client(const struct clients *clients,
                               const struct http_request *request)
{
    static const char scheme[] = "Bearer ";
    struct digest fingerprint;
    const char *given = http_request_header(request, "Authorization");
    if (given && strncasecmp(given, scheme, strlen(scheme)) == 0)
        return clients_find_token(clients, given + strlen(scheme));
    return http_request_certificate(request, &fingerprint)
               ? clients_find_certificate(clients, &fingerprint)
               : NULL;
}

static bool admit(void *context, struct http_request *request)
{
    struct http_connector *connector = context;
    clients_look(&connector->clients);
    const char *client = find_client(&connector->clients, request);
    if (client)
        http_request_keep(request, client);
    return client != NULL;
}

/* A registry that does not hold is not taken; the adapter's loop tells it. */
static void look_at_registry(struct http_connector *connector,
                             int64_t monotonic)
{
    bool changed;
    struct fault why = {0};
    if (registry_watch_look(&connector->registry, monotonic, &changed, &why) ==
        R_OK)
        connector->desk.registry = connector->registry.registry;
    if (key_watch_look(&connector->key, connector->desk.registry,
                       connector->now, monotonic))
        connector->desk.key = connector->key.key;
}

static void run(void *context)
{
    struct http_connector *connector = context;
    while (!atomic_load(&connector->side.stop)) {
        int64_t monotonic = instant_monotonic();
        connector->now = instant_now();
        look_at_registry(connector, monotonic);
        http_turn(connector->http, monotonic);
        http_submit_flush(connector);
        http_health_settle(connector);
        side_rest(&connector->side, http_descriptor(connector->http),
                  http_patience(connector->http, REST_MS));
    }
}

/* Read once more: the adapter's own belong to its loop. */
static enum reason open_mappings(struct http_connector *connector,
                                 struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    return mappings_open(&connector->mappings, connector->settings->csv_mapping,
                         connector->settings->csv_to, &report, why);
}

static enum reason open_desk(struct http_connector *connector,
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
    TRY(mailbox_open(&connector->desk.mailbox, settings->mailbox, SQL_WRITE,
                     why));
    TRY(http_store_open(connector->desk.mailbox, why));
    TRY(evidence_rows_open(connector->desk.mailbox, why));
    TRY(attachment_drafts_clear(settings->mailbox, why));
    connector->blacklist = listing_index_new(connector->desk.mailbox);
    TRY(listing_index_refresh(connector->blacklist, why));
    TRY(open_mappings(connector, why));
    return clients_open(&connector->clients, settings->http_clients, why);
}

static enum reason listen_at(struct http_connector *connector,
                             struct fault *why)
{
    const struct adapter_settings *settings = connector->settings;
    const struct http_settings http = {
        .listen = settings->http_listen,
        .certificate_path = settings->http_certificate,
        .key_path = settings->http_key,
        .client_authority_path = settings->http_client_authority,
        .body_ceiling = MESSAGE_CEILING,
        .routes = routes,
        .route_count = COUNT_OF(routes),
        .admit = admit,
        .take = http_file_take,
        .context = connector};
    TRY(http_open(&connector->http, &http, why));
    log_event(LOG_INFO, "http: %s, port %d, %zu clients", settings->http_listen,
              http_port(connector->http), connector->clients.count);
    if (connector->clients.count == 0)
        log_event(LOG_WARN, "http: nobody may call; yisong http-token");
    return R_OK;
}

static void connector_close(void *state)
{
    struct http_connector *connector = state;
    if (!connector)
        return;
    side_stop(&connector->side);
    http_health_close(connector); /* it may still ring */
    side_close(&connector->side);
    http_close(connector->http);
    clients_done(&connector->clients);
    listing_index_free(connector->blacklist);
    mappings_close(connector->mappings);
    sql_close(connector->desk.mailbox);
    key_watch_done(&connector->key);
    registry_watch_done(&connector->registry);
    free(connector);
}
AUTO_POINTER(http_connector, connector_close)

static enum reason connector_open(void **state,
                                  const struct connector_place *place,
                                  struct fault *why)
{
    AUTO(http_connector) struct http_connector *connector =
        mem_new(1, sizeof *connector);
    connector->settings = place->settings;
    TRY(open_desk(connector, why));
    TRY(listen_at(connector, why));
    TRY(side_start(&connector->side, run, connector, why));
    *state = TAKE(connector);
    return R_OK;
}

static bool is_wanted(const struct adapter_settings *settings)
{
    return *settings->http_listen != '\0';
}

const struct connector connector_http = {
    .name = "HTTP",
    .is_wanted = is_wanted,
    .open = connector_open,
    .close = connector_close,
};
