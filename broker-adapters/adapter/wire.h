/*
 * wire - the adapter's two connections to the broker: one on which letters
 * come, one on which they go, because a broker that takes no more letters also
 * stops reading acknowledgements on the same connection.
 *
 * A wire that broke is opened again by wire_turn, after a while that grows.
 */
#ifndef YISONG_BROKER_ADAPTERS_WIRE_H
#define YISONG_BROKER_ADAPTERS_WIRE_H

#include "broker-adapters/adapter/dispatch.h"

struct wire;

struct wire *wire_new(const struct amqp_settings *settings);
void wire_free(struct wire *wire);
AUTO_POINTER(wire, wire_free)

/* What a turn did. */
struct wire_work {
    int received; /* letters off the inbox queue, kept and acknowledged */
    int sent;     /* letters handed to the broker */
};

/*
 * Opens the connections if it is time to; takes one batch of letters in one
 * transaction, writes the receipts for them, acknowledges; sends what is
 * queued; marks what was confirmed. A failure closes both connections and is
 * returned once; the next turns do nothing until it is time to try again.
 */
enum reason wire_turn(struct wire *wire, const struct desk *desk, instant now,
                      int64_t monotonic, struct wire_work *work,
                      struct fault *why) MUST_CHECK;

bool wire_is_open(const struct wire *wire);

/* Hangs up; the next turn connects again, with the keys that there are now. */
void wire_reopen(struct wire *wire);

/* For poll(2): fills up to two descriptors, returns how many. */
size_t wire_descriptors(const struct wire *wire, int descriptors[2]);

/* Milliseconds until the wire wants a turn without any news, at most `most`. */
int wire_patience(const struct wire *wire, int64_t monotonic, int most);

#endif
