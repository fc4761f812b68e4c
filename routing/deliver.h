/*
 * deliver - the outbox on its way to the inbox queues: publish, confirm, mark.
 *
 * A row lives in the ledger until it is marked, so a crash at any point only
 * repeats. At most one letter per recipient and case is unconfirmed at a time:
 * that keeps their order whatever the broker does. Memory is bounded: rows
 * beyond DELIVER_MAX stay in the ledger until there is room.
 */
#ifndef YISONG_ROUTING_DELIVER_H
#define YISONG_ROUTING_DELIVER_H

#include "routing/carrier.h"
#include "routing/ledger/ledger.h"

enum { DELIVER_MAX = 2048 };

/* The bytes of a recorded letter, shared by its recipients. */
struct original {
    int references;
    int64_t position;
    char *id, *type, *case_id, *media_type, *jws;
    char *body;
    size_t size;
};

struct original *original_new(const struct letter *letter);
void original_free(struct original *original); /* gives back one reference */
AUTO_POINTER(original, original_free)

struct deliver;

struct deliver *deliver_new(void);
void deliver_free(struct deliver *deliver);

/* A row written in the open transaction; the row's texts are taken over. */
void deliver_add(struct deliver *deliver, struct outbox_row *row,
                 struct original *original);

/* The transaction was rolled back: rows added in it are forgotten. */
void deliver_forget(struct deliver *deliver);

/* The transaction was committed: rows added in it may be sent. */
void deliver_commit(struct deliver *deliver);

/* Reads rows that are not in memory, if there is room. */
enum reason deliver_load(struct deliver *deliver, struct ledger *ledger,
                         struct fault *why) MUST_CHECK;

/* Hands over as many letters as the carrier has room for. */
enum reason deliver_send(struct deliver *deliver, struct ledger *ledger,
                         const struct carrier *carrier,
                         struct fault *why) MUST_CHECK;

/* Collects confirmations, and says how many came. */
enum reason deliver_collect(struct deliver *deliver,
                            const struct carrier *carrier, size_t *count,
                            struct fault *why) MUST_CHECK;

/* How many confirmed rows there are to mark; marks them in the transaction. */
size_t deliver_marks(const struct deliver *deliver);
enum reason deliver_mark(struct deliver *deliver, struct ledger *ledger,
                         instant now, struct fault *why) MUST_CHECK;

/* The connection is gone: what was handed over waits again. */
void deliver_lost(struct deliver *deliver);

/* Rows known to wait or to be on their way. */
size_t deliver_count(const struct deliver *deliver);

#endif
