/*
 * publisher - an outgoing window: letters that were handed to RabbitMQ and
 * not confirmed yet, over one connection of its own.
 *
 * It bounds how many and how large they are, because the network would take
 * hundreds of megabytes before it says stop. It keeps at most one unconfirmed
 * letter per order (the letters of one case to one destination), so that a
 * rejected or lost letter never overtakes the next: those behind it wait here,
 * copied, and go when the one before them is confirmed.
 *
 * Every letter that was taken has exactly one outcome, its cookie with a
 * verdict. Whoever keeps the letters durably sends the REJECTED ones again, in
 * their order, with the same message id. Nothing here touches a disk or
 * reconnects by itself.
 *
 *     publisher_open -> while (publisher_room) publisher_put
 *                    -> publisher_pump -> publisher_outcomes -> ...
 *     any failure    -> publisher_outcomes (all REJECTED), wait
 *                       amqp_backoff(n), publisher_open
 */
#ifndef YISONG_BROKER_ADAPTERS_PUBLISHER_H
#define YISONG_BROKER_ADAPTERS_PUBLISHER_H

#include "broker-adapters/amqp.h"

struct publisher;

/* letters: 1 to 65535. A letter is taken while less than `bytes` are on their
 * way, so one large letter always fits. */
struct publisher *publisher_new(size_t letters, size_t bytes);
void publisher_free(struct publisher *publisher);
AUTO_POINTER(publisher, publisher_free)

/* Connects, or connects again; what was unconfirmed is REJECTED. As amqp_open.
 */
enum reason publisher_open(struct publisher *publisher,
                           const struct amqp_settings *settings,
                           struct fault *why) MUST_CHECK;

/* Hangs up; what was unconfirmed is REJECTED. */
void publisher_close(struct publisher *publisher);

bool publisher_is_open(const struct publisher *publisher);

/* What goes where; all of it is borrowed until the call returns. */
struct parcel {
    struct amqp_letter letter;
    const char *exchange, *routing_key;
    int64_t cookie;
    bool is_unordered; /* may overtake others of its case and routing key */
};

/* How many letters may be put now; 0: full, blocked or not connected. */
size_t publisher_room(const struct publisher *publisher);

/* Whether an ordered letter of this case would have to wait behind another. */
bool publisher_is_busy(const struct publisher *publisher,
                       const char *routing_key, const char *case_id);

/*
 * Takes a letter; there must be room if it is open. If it returns a failure
 * the letter was not taken and has no outcome: R_TOO_LARGE for a property
 * that AMQP cannot carry, or the connection failed (class RETRY).
 */
enum reason publisher_put(struct publisher *publisher,
                          const struct parcel *parcel,
                          struct fault *why) MUST_CHECK;

/*
 * Waits up to `wait_ms` for word from the broker, takes all that is there,
 * keeps the heartbeat, sends what may go now. Call it at least once in a third
 * of the heartbeat. After a failure the publisher is closed.
 */
enum reason publisher_pump(struct publisher *publisher, int wait_ms,
                           struct fault *why) MUST_CHECK;

enum { PUBLISHER_PATIENCE_MS = 60 * 1000 };

/*
 * Heartbeats show that a broker lives, not that it confirms: one whose quorum
 * or disk stands still answers them for ever. If letters are on their way and
 * none had an outcome for PUBLISHER_PATIENCE_MS, the publisher is closed and
 * this is R_TIMED_OUT. A broker that says itself that it is blocked is waited
 * for. Call it after each pump; `monotonic` is instant_monotonic.
 */
enum reason publisher_check(struct publisher *publisher, int64_t monotonic,
                            struct fault *why) MUST_CHECK;

enum publisher_verdict {
    PUBLISHER_CONFIRMED, /* on the disks of the broker */
    PUBLISHER_REJECTED,  /* refused for now, or nobody knows: send again */
    PUBLISHER_UNROUTABLE /* confirmed, but no queue took it */
};

struct outcome {
    int64_t cookie;
    enum publisher_verdict verdict;
};

bool publisher_has_outcomes(const struct publisher *publisher);

/* Hands over the outcomes, oldest first; returns how many. */
size_t publisher_outcomes(struct publisher *publisher, struct outcome *out,
                          size_t most);

/* The socket, for poll(2) beside other things; -1 if not connected. Pump
 * with wait 0 before waiting for it. */
int publisher_descriptor(const struct publisher *publisher);

#endif
