/*
 * connectors - the ways in which an agency's own system may meet the adapter
 * beside the folder and the commands: a row of the table in connectors.c each.
 *
 * A connector gives letters to `intake_put` and hands over what
 * `incoming_mark` marks. It works in the adapter's turns, or in a thread of
 * its own (base/side.h) if its other end may keep it waiting.
 */
#ifndef YISONG_BROKER_ADAPTERS_CONNECTORS_H
#define YISONG_BROKER_ADAPTERS_CONNECTORS_H

#include <poll.h>

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/adapter/desk.h"

enum { CONNECTORS_MAX = 8 };

/* What a connector may borrow for as long as it is open. */
struct connector_place {
    const struct adapter_settings *settings;
    const struct desk *desk; /* of the adapter's loop, not of a thread */
};

struct connector_turn {
    instant now;
    int64_t monotonic;
    bool busy; /* out: there is more to do at once */
};

struct connector {
    const char *name; /* in the log */
    bool (*is_wanted)(const struct adapter_settings *settings);
    enum reason (*open)(void **state, const struct connector_place *place,
                        struct fault *why);
    void (*close)(void *state);

    /* The rest may be NULL. */
    enum reason (*turn)(void *state, struct connector_turn *turn,
                        struct fault *why);
    int (*descriptor)(const void *state); /* -1: none at present */
    void (*ring)(void *state);            /* letters were handed over */
};

struct connectors {
    void *states[CONNECTORS_MAX]; /* NULL: switched off */
    int64_t paused_until[CONNECTORS_MAX];
};

/* Opens what the settings ask for. */
enum reason connectors_open(struct connectors *connectors,
                            const struct connector_place *place,
                            struct fault *why) MUST_CHECK;

/* One that fails is logged and rests for a while; it stops no other. */
void connectors_turn(struct connectors *connectors,
                     struct connector_turn *turn);

/* Fills in what to wait for; gives how many. */
nfds_t connectors_sources(const struct connectors *connectors,
                          struct pollfd sources[CONNECTORS_MAX]);

void connectors_ring(struct connectors *connectors);
void connectors_close(struct connectors *connectors);

#endif
