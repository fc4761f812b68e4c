/*
 * router_settings - the settings file of the exchange centre, read by the
 * running router and by the commands that work beside it.
 */
#ifndef YISONG_PROGRAM_ROUTER_SETTINGS_H
#define YISONG_PROGRAM_ROUTER_SETTINGS_H

#include "broker-adapters/broker_settings.h"

struct router_settings {
    char *agency, *ledger, *agencies, *procedures, *catalogue;
    char *key, *certificate;
    struct broker_settings broker;
    int shards, threads;
};

/*
 * Reads the file; faults are printed to standard error, one line each. Free
 * with router_settings_done in either case.
 */
enum reason router_settings_read(const char *path, struct router_settings *out,
                                 struct fault *why) MUST_CHECK;
void router_settings_done(struct router_settings *settings);
AUTO_VALUE(router_settings, router_settings_done)

/* Prints every setting with its standard and its meaning. */
void router_settings_help(void);

#endif
