/*
 * http_connector - agencies that connect over HTTP: they submit letters, ask
 * how far each is, and read their inbox (openapi.json says how; a running
 * adapter serves it at /openapi.json).
 *
 * It runs in a thread of its own with its own connection to the mailbox,
 * because the adapter's loop may wait for a broker that does not answer, and
 * callers must not. What passes between the two lies in the mailbox.
 */
#ifndef YISONG_BROKER_ADAPTERS_HTTP_CONNECTOR_H
#define YISONG_BROKER_ADAPTERS_HTTP_CONNECTOR_H

#include "base/http.h"
#include "broker-adapters/adapter/adapter_settings.h"

struct http_connector;

/* Listens and starts. The settings are borrowed. R_BAD_SETTINGS, R_BAD_KEY,
 * R_BAD_REGISTRY, R_SYSTEM_FAILED. */
enum reason http_connector_open(struct http_connector **out,
                                const struct adapter_settings *settings,
                                struct fault *why) MUST_CHECK;

/* Finishes the turn it is in; those who wait get 503. */
void http_connector_close(struct http_connector *connector);
AUTO_POINTER(http_connector, http_connector_close)

/* The routes, for the test that compares them with openapi.json. */
extern const struct http_route http_connector_routes[];
extern const size_t http_connector_route_count;

#endif
