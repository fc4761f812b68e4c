/*
 * router_settings - the settings file of the exchange centre, read by the
 * running router and by the commands that work beside it.
 */
#ifndef YISONG_PROGRAM_ROUTER_SETTINGS_H
#define YISONG_PROGRAM_ROUTER_SETTINGS_H

#include "base/settings.h"
#include "broker-adapters/amqp.h"

struct router_settings {
    char *agency, *ledger, *agencies, *procedures, *catalogue;
    char *key, *certificate;
    char *tls_authority, *tls_key, *tls_certificate;
    char *host, *vhost;
    int port, shards, threads, heartbeat;
};

/*
 * Reads the file; faults are printed to standard error, one line each. Free
 * with router_settings_done in either case.
 */
enum reason router_settings_read(const char *path, struct router_settings *out,
                                 struct fault *why) MUST_CHECK;
void router_settings_done(struct router_settings *settings);
AUTO_VALUE(router_settings, router_settings_done)

/* How to reach the broker; borrows from the settings. */
struct amqp_settings router_settings_broker(
    const struct router_settings *settings);

#endif
