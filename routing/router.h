/*
 * router - the exchange centre: every letter goes through six steps, and what
 * it changes is recorded in one ledger transaction for a batch. The commit is
 * the instant of acceptance; only then is the broker told.
 *
 * The steps stand as one table in steps.c. The router knows no transport: it
 * is given a carrier (carrier.h).
 */
#ifndef YISONG_ROUTING_ROUTER_H
#define YISONG_ROUTING_ROUTER_H

#include "base/pool.h"
#include "certs/registry.h"
#include "routing/carrier.h"
#include "routing/ledger/ledger.h"
#include "routing/procedure.h"

/* What a router works with; all borrowed, must outlive it. */
struct router_parts {
    const char *agency; /* the centre's own id in the registry */
    const struct registry *registry;
    const struct procedures *procedures;
    const struct signing_key *key;
    struct ledger *ledger;
    struct pool *pool;

    /* Called when letters came, before they are judged; may be NULL. It may
     * call router_set_registry. */
    void (*freshen)(void *context);
    void *context;
};

struct router;

/* Opens the outbox where the last run left it. */
enum reason router_open(struct router **out, const struct router_parts *parts,
                        struct fault *why) MUST_CHECK;
void router_close(struct router *router);
AUTO_POINTER(router, router_close)

/* A new registry (an agency joined or left); between turns. */
void router_set_registry(struct router *router,
                         const struct registry *registry);

/* Another key of the centre's own; between turns. */
void router_set_key(struct router *router, const struct signing_key *key);

/*
 * One turn: takes what arrived (waiting up to `wait_ms` for the first),
 * examines, decides, acts on expired deadlines, commits, hands over
 * what must be delivered, settles. `now` is asked once the letters are there.
 *
 * After a failure (always of class RETRY) the ledger is rolled back; close the
 * carrier, open it again and call router_lost before the next turn: the broker
 * gives the letters again.
 */
enum reason router_turn(struct router *router, const struct carrier *carrier,
                        instant (*now)(void), int wait_ms,
                        struct fault *why) MUST_CHECK;

/* What was handed over and not confirmed is handed over again. */
void router_lost(struct router *router);

struct router_counts {
    int64_t accepted, refused, repeated, delivered;
    int64_t recounted; /* deadlines that a revised calendar moved */
    int64_t overdue;   /* deadlines whose expiry was acted on */
};
struct router_counts router_counts(const struct router *router);

/* Whether everything recorded was handed over and confirmed. */
bool router_is_idle(const struct router *router);

#endif
