/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The turn of the exchange centre.
 *
 *   receive a batch -> examine (all cores) -> BEGIN, decide each, receipts,
 *   marks of what was delivered, expired deadlines, COMMIT -> hand over the
 *   outbox -> settle
 *
 * A batch is what is there, never waited for: alone, a letter is decided at
 * once; under load, up to BATCH_MAX share one commit.
 */
#include "routing/router.h"

#include <stdlib.h>

#include "base/mem.h"
#include "routing/work.h"

enum { BATCH_MAX = 128, MARKS_MAX = 256, MARKS_WAIT_MS = 50 };

enum reason router_open(struct router **out, const struct router_parts *parts,
                        struct fault *why)
{
    AUTO(router) struct router *router = mem_new(1, sizeof *router);
    struct log_head head;
    router->parts = *parts;
    router->deliver = deliver_new();
    router->works = mem_new(BATCH_MAX, sizeof *router->works);
    TRY(log_head(parts->ledger, &head, why));
    router->next_position = head.size + 1;
    TRY(deliver_load(router->deliver, parts->ledger, why));
    TRY(cases_next_due(parts->ledger, &router->next_due, why));
    *out = TAKE(router);
    return R_OK;
}

static void drop_batch(struct router *router)
{
    for (size_t i = 0; i < router->work_count; i++)
        work_done(&router->works[i]);
    router->work_count = 0;
    answers_forget(router);
}

void router_close(struct router *router)
{
    if (!router)
        return;
    drop_batch(router);
    free(router->works);
    deliver_free(router->deliver);
    free(router);
}

void router_set_key(struct router *router, const struct signing_key *key)
{
    router->parts.key = key;
}

void router_set_registry(struct router *router, const struct registry *registry)
{
    router->parts.registry = registry;
}

/* Not past the next deadline, nor long past news of what was delivered. */
static int choose_wait(const struct router *router, instant now, int wait_ms)
{
    if (deliver_marks(router->deliver) > 0 && wait_ms > MARKS_WAIT_MS)
        wait_ms = MARKS_WAIT_MS;
    if (router->next_due <= now)
        return 0;
    return router->next_due - now < wait_ms ? (int)(router->next_due - now)
                                            : wait_ms;
}

static enum reason receive(struct router *router, const struct carrier *carrier,
                           instant (*now)(void), int wait_ms, struct fault *why)
{
    struct arrival arrivals[BATCH_MAX];
    size_t count = 0;
    wait_ms = choose_wait(router, now(), wait_ms);
    enum reason reason = carrier->receive(carrier->self, arrivals, BATCH_MAX,
                                          wait_ms, &count, why);
    router->now = now();
    for (size_t i = 0; i < count; i++)
        router->works[i] =
            (struct work){.arrival = arrivals[i], .received = router->now};
    router->work_count = count;
    return reason;
}

static void examine(void *context, size_t item)
{
    struct router *router = context;
    steps_examine(router, &router->works[item]);
}

/* Everything between BEGIN and COMMIT. */
static enum reason decide_batch(struct router *router, struct fault *why)
{
    struct ledger *ledger = router->parts.ledger;
    struct log_head head;
    TRY(ledger_begin(ledger, why));
    TRY(log_head(ledger, &head, why));
    router->next_position = head.size + 1; /* another process may write too */
    for (size_t i = 0; i < router->work_count; i++)
        TRY(steps_decide(router, &router->works[i], why));
    TRY(answers_send_receipts(router, why));
    TRY(deliver_mark(router->deliver, ledger, router->now, why));
    TRY(expiry_act(router, why));
    return ledger_commit(ledger, why);
}

/*
 * Marks go along with the next letters, to save a sync of the disk, unless
 * there are many or nothing happens. A crash before it delivers twice what the
 * recipient knows by its id.
 */
static bool has_something_to_write(const struct router *router, size_t news)
{
    size_t marks = deliver_marks(router->deliver);
    return router->work_count > 0 || router->next_due <= router->now ||
           marks >= MARKS_MAX || (marks > 0 && news == 0);
}

static enum reason record_batch(struct router *router, struct fault *why)
{
    struct router_counts before = router->counts;
    int64_t next_position = router->next_position;
    enum reason reason = decide_batch(router, why);
    if (reason == R_OK) {
        deliver_commit(router->deliver);
        return R_OK;
    }
    ledger_rollback(router->parts.ledger);
    deliver_forget(router->deliver);
    router->counts = before;
    router->next_position = next_position;
    return reason;
}

static enum reason take_turn(struct router *router,
                             const struct carrier *carrier,
                             instant (*now)(void), int wait_ms,
                             struct fault *why)
{
    TRY(receive(router, carrier, now, wait_ms, why));
    if (router->work_count > 0 && router->parts.freshen)
        router->parts.freshen(router->parts.context);
    if (!router->has_recounted)
        TRY(recount_deadlines(router, why));
    router->has_recounted = true;
    pool_run(router->parts.pool, router->work_count, examine, router);
    size_t news;
    TRY(deliver_collect(router->deliver, carrier, &news, why));
    if (has_something_to_write(router, news))
        TRY(record_batch(router, why));
    TRY(deliver_load(router->deliver, router->parts.ledger, why));
    TRY(deliver_send(router->deliver, router->parts.ledger, carrier, why));
    if (router->work_count == 0)
        return R_OK;
    return carrier->settle(
        carrier->self, router->works[router->work_count - 1].arrival.tag, why);
}

enum reason router_turn(struct router *router, const struct carrier *carrier,
                        instant (*now)(void), int wait_ms, struct fault *why)
{
    enum reason reason = take_turn(router, carrier, now, wait_ms, why);
    drop_batch(router);
    return reason;
}

void router_lost(struct router *router)
{
    deliver_lost(router->deliver);
}

struct router_counts router_counts(const struct router *router)
{
    return router->counts;
}

bool router_is_idle(const struct router *router)
{
    return deliver_count(router->deliver) == 0;
}
