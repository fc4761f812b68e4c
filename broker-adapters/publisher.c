/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A ring of slots, one per publish tag of the connection: tags count up by
 * one, so a confirm finds its slots without a search. The window spans from
 * `first`, the oldest tag without an outcome, to `next`.
 *
 *   taken --publish--> in flight --ack/nack--> outcome --collected--> gone
 *     \--order is busy--> waiting --order is free--> in flight
 *
 * Invariants
 *   1. At most one slot in flight has a given order.
 *   2. A waiting letter is sent only when its order is free and no letter of
 *      its order waits before it.
 *   3. `held` counts the letters taken whose outcome was not collected; it
 *      never passes `letters`, so the outcomes always fit.
 *
 * An order is kept as a 64-bit hash: two cases that share one only wait for
 * each other.
 */
#include "broker-adapters/publisher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/waiting.h"

struct slot {
    int64_t cookie;
    uint64_t message; /* hash of the message id: a return names only this */
    size_t size;
    bool has_outcome;
    bool was_returned;
};

struct publisher {
    struct amqp *amqp; /* NULL: not connected */
    size_t letters, bytes;
    bool is_blocked;

    struct slot *slots;
    uint64_t *orders; /* beside the slots, 0: none; searched at every put */
    size_t mask;
    uint64_t first, next;
    size_t bytes_held;

    struct waiting *waiting;
    size_t held;
    struct outcome *outcomes;
    size_t outcome_count;

    uint64_t settled, settled_seen; /* outcomes ever; when last checked */
    int64_t stands_since;           /* monotonic; no outcome since then */
};

/* FNV-1a; never 0, which means "no order". */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
    return hash;
}

static const uint64_t hash_start = 0xcbf29ce484222325U;

static uint64_t order_of(const char *routing_key, const char *case_id)
{
    if (!case_id || !*case_id)
        return 0;
    uint64_t hash = hash_text(hash_start, routing_key);
    hash = hash_text(hash_text(hash, "\n"), case_id);
    return hash ? hash : 1;
}

struct publisher *publisher_new(size_t letters, size_t bytes)
{
    assert(letters > 0 && letters <= UINT16_MAX);
    struct publisher *publisher = mem_new(1, sizeof *publisher);
    /* Twice the letters: the oldest may be confirmed last. */
    size_t room = 2;
    while (room < 2 * letters)
        room *= 2;
    publisher->letters = letters;
    publisher->bytes = bytes;
    publisher->mask = room - 1;
    publisher->slots = mem_new(room, sizeof *publisher->slots);
    publisher->orders = mem_new(room, sizeof *publisher->orders);
    publisher->outcomes = mem_new(letters, sizeof *publisher->outcomes);
    publisher->first = publisher->next = 1;
    return publisher;
}

void publisher_free(struct publisher *publisher)
{
    if (!publisher)
        return;
    publisher_close(publisher);
    free(publisher->slots);
    free(publisher->orders);
    free(publisher->outcomes);
    free(publisher);
}

static void put_outcome(struct publisher *publisher, int64_t cookie,
                        size_t size, enum publisher_verdict verdict)
{
    assert(publisher->outcome_count < publisher->letters);
    publisher->outcomes[publisher->outcome_count++] =
        (struct outcome){cookie, verdict};
    publisher->settled++;
    publisher->bytes_held -= size;
}

/* Those behind a letter that must go again go again as well, after it. */
static void reject_waiting(struct publisher *publisher, uint64_t order,
                           bool all)
{
    struct waiting **place = &publisher->waiting;
    while (*place) {
        struct waiting *one = *place;
        if (!all && one->order != order) {
            place = &one->next;
            continue;
        }
        put_outcome(publisher, one->parcel.cookie, one->parcel.letter.size,
                    PUBLISHER_REJECTED);
        *place = one->next;
        free(one);
    }
}

static void settle(struct publisher *publisher, uint64_t tag,
                   enum publisher_verdict verdict)
{
    size_t place = tag & publisher->mask;
    struct slot *slot = &publisher->slots[place];
    if (slot->has_outcome)
        return;
    if (slot->was_returned && verdict == PUBLISHER_CONFIRMED)
        verdict = PUBLISHER_UNROUTABLE;
    uint64_t order = publisher->orders[place];
    slot->has_outcome = true;
    publisher->orders[place] = 0;
    put_outcome(publisher, slot->cookie, slot->size, verdict);
    if (order && verdict != PUBLISHER_CONFIRMED)
        reject_waiting(publisher, order, false);
}

static void settle_up_to(struct publisher *publisher,
                         const struct amqp_event *event,
                         enum publisher_verdict verdict)
{
    if (event->tag >= publisher->next)
        return;
    uint64_t tag = event->multiple ? publisher->first : event->tag;
    if (tag < publisher->first)
        return;
    for (; tag <= event->tag; tag++)
        settle(publisher, tag, verdict);
    while (publisher->first < publisher->next &&
           publisher->slots[publisher->first & publisher->mask].has_outcome)
        publisher->first++;
}

void publisher_close(struct publisher *publisher)
{
    for (uint64_t tag = publisher->first; tag < publisher->next; tag++)
        settle(publisher, tag, PUBLISHER_REJECTED);
    reject_waiting(publisher, 0, true);
    publisher->first = publisher->next = 1;
    publisher->is_blocked = false;
    amqp_close(TAKE(publisher->amqp));
}

enum reason publisher_open(struct publisher *publisher,
                           const struct amqp_settings *settings,
                           struct fault *why)
{
    publisher_close(publisher);
    return amqp_open(&publisher->amqp, settings, why);
}

bool publisher_is_open(const struct publisher *publisher)
{
    return publisher->amqp != NULL;
}

static bool window_is_full(const struct publisher *publisher)
{
    return publisher->next - publisher->first > publisher->mask;
}

size_t publisher_room(const struct publisher *publisher)
{
    if (!publisher->amqp || publisher->is_blocked ||
        publisher->bytes_held >= publisher->bytes)
        return 0;
    size_t span = publisher->mask + 1 - (publisher->next - publisher->first);
    size_t room = publisher->letters - publisher->held;
    return room < span ? room : span;
}

static bool is_in_flight(const struct publisher *publisher, uint64_t order)
{
    for (uint64_t tag = publisher->first; tag < publisher->next; tag++)
        if (publisher->orders[tag & publisher->mask] == order)
            return true;
    return false;
}

static bool is_busy(const struct publisher *publisher, uint64_t order)
{
    return order && (is_in_flight(publisher, order) ||
                     waiting_find(publisher->waiting, NULL, order));
}

bool publisher_is_busy(const struct publisher *publisher,
                       const char *routing_key, const char *case_id)
{
    return is_busy(publisher, order_of(routing_key, case_id));
}

/* Publishes and fills the slot; a broken connection closes the publisher. */
static enum reason send(struct publisher *publisher,
                        const struct parcel *parcel, uint64_t order,
                        struct fault *why)
{
    uint64_t tag;
    enum reason reason =
        amqp_publish(publisher->amqp, parcel->exchange, parcel->routing_key,
                     &parcel->letter, &tag, why);
    if (reason != R_OK) {
        if (reason_class(reason) == REASON_RETRY)
            publisher_close(publisher);
        return reason;
    }
    assert(tag == publisher->next);
    size_t place = publisher->next++ & publisher->mask;
    publisher->orders[place] = order;
    publisher->slots[place] = (struct slot){
        .cookie = parcel->cookie,
        .message = hash_text(hash_start, parcel->letter.message_id),
        .size = parcel->letter.size};
    return R_OK;
}

enum reason publisher_put(struct publisher *publisher,
                          const struct parcel *parcel, struct fault *why)
{
    if (!publisher->amqp)
        return fault(why, R_BROKER_DOWN, "not connected");
    assert(publisher_room(publisher) > 0);
    uint64_t order = parcel->is_unordered ? 0
                                          : order_of(parcel->routing_key,
                                                     parcel->letter.case_id);
    if (is_busy(publisher, order))
        waiting_put(&publisher->waiting, parcel, order);
    else
        TRY(send(publisher, parcel, order, why));
    publisher->held++;
    publisher->bytes_held += parcel->letter.size;
    return R_OK;
}

static void take_return(struct publisher *publisher, const char *message_id)
{
    uint64_t message = hash_text(hash_start, message_id);
    for (uint64_t tag = publisher->first; tag < publisher->next; tag++) {
        struct slot *slot = &publisher->slots[tag & publisher->mask];
        if (!slot->has_outcome && slot->message == message)
            slot->was_returned = true;
    }
}

static void take_event(struct publisher *publisher,
                       const struct amqp_event *event)
{
    switch (event->kind) {
    case AMQP_CONFIRMED:
        settle_up_to(publisher, event, PUBLISHER_CONFIRMED);
        break;
    case AMQP_REJECTED:
        settle_up_to(publisher, event, PUBLISHER_REJECTED);
        break;
    case AMQP_RETURNED:
        take_return(publisher, event->letter.message_id);
        break;
    case AMQP_BLOCKED:
    case AMQP_UNBLOCKED:
        publisher->is_blocked = event->kind == AMQP_BLOCKED;
        break;
    case AMQP_IDLE:
    case AMQP_DELIVERED:
    case AMQP_CANCELLED:
        break;
    }
}

/* Sends what waited and may go now. */
static enum reason send_waiting(struct publisher *publisher, struct fault *why)
{
    struct waiting **place = &publisher->waiting;
    while (*place && !publisher->is_blocked && !window_is_full(publisher)) {
        struct waiting *one = *place;
        if (is_in_flight(publisher, one->order) ||
            waiting_find(publisher->waiting, one, one->order)) {
            place = &one->next;
            continue;
        }
        TRY(send(publisher, &one->parcel, one->order, why));
        *place = one->next;
        free(one);
    }
    return R_OK;
}

enum reason publisher_pump(struct publisher *publisher, int wait_ms,
                           struct fault *why)
{
    if (!publisher->amqp)
        return fault(why, R_BROKER_DOWN, "not connected");
    for (bool is_news = false;; is_news = true, wait_ms = 0) {
        struct amqp_event event;
        enum reason reason = amqp_next(publisher->amqp, wait_ms, &event, why);
        if (reason != R_OK) {
            publisher_close(publisher);
            return reason;
        }
        if (event.kind == AMQP_IDLE)
            return is_news ? send_waiting(publisher, why) : R_OK;
        take_event(publisher, &event);
    }
}

enum reason publisher_check(struct publisher *publisher, int64_t monotonic,
                            struct fault *why)
{
    bool has_letters_out = publisher->first < publisher->next;
    if (!has_letters_out || publisher->is_blocked ||
        publisher->settled != publisher->settled_seen ||
        publisher->stands_since == 0) {
        publisher->settled_seen = publisher->settled;
        publisher->stands_since = has_letters_out ? monotonic : 0;
        return R_OK;
    }
    if (monotonic - publisher->stands_since < PUBLISHER_PATIENCE_MS)
        return R_OK;
    publisher_close(publisher);
    publisher->stands_since = 0;
    return fault(why, R_TIMED_OUT, "the broker lives and confirms nothing");
}

bool publisher_has_outcomes(const struct publisher *publisher)
{
    return publisher->outcome_count > 0;
}

size_t publisher_outcomes(struct publisher *publisher, struct outcome *out,
                          size_t most)
{
    size_t count =
        publisher->outcome_count < most ? publisher->outcome_count : most;
    memcpy(out, publisher->outcomes, count * sizeof *out);
    publisher->outcome_count -= count;
    memmove(publisher->outcomes, publisher->outcomes + count,
            publisher->outcome_count * sizeof *out);
    publisher->held -= count;
    return count;
}

int publisher_descriptor(const struct publisher *publisher)
{
    return publisher->amqp ? amqp_descriptor(publisher->amqp) : -1;
}
