/*
 * link - the adapter's own connection for evidence, beside the two for
 * letters: what the upload and the download share. It has a thread of its own
 * and is open only while there is something to send or to fetch.
 */
#ifndef YISONG_BROKER_ADAPTERS_LINK_H
#define YISONG_BROKER_ADAPTERS_LINK_H

#include "base/side.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "certs/key.h"
#include "certs/key_watch.h"

/* One file at a time on its way to the centre. */
struct upload {
    struct evidence_out row; /* row 0: none */
    struct transfer transfer;
    int fd;
    bool may_send;      /* the centre said from where */
    int64_t next, upto; /* to send; how far we may */
    int64_t heard_at;   /* monotonic */
    int64_t noted_at;   /* when row.confirmed was kept; monotonic */
};

/* One file at a time on its way from the centre. */
struct download {
    struct evidence_in row; /* row 0: none */
    int fd;
    int64_t total; /* 0: not told yet */
    int64_t have, durable, told;
    int64_t heard_at, synced_at; /* monotonic */
};

struct link {
    const struct adapter_settings *settings;
    struct key_watch key;
    struct sql *mailbox; /* a connection of this thread's own */
    struct amqp *amqp;   /* NULL: not open */
    bool is_blocked;     /* the broker takes no more */
    char exchange[TRANSFER_AGENCY_MAX + 16], queue[TRANSFER_AGENCY_MAX + 16];
    int failures;
    int64_t next_try, next_look, needed_at, quiet_until; /* monotonic */
    int64_t silence_ms; /* how long an answer may take on this line */
    instant now;
    int64_t monotonic;         /* of this turn */
    bool is_busy;              /* there is more to do at once */
    int64_t budget, budget_at; /* bytes that may be sent now (evidence_kbps) */
    struct upload upload;
    struct download download;
    struct side side;
    struct side *press; /* rung when a file is whole */
};

/* Bytes per second since a moment of the monotonic clock. */
int64_t link_rate(const struct link *link, int64_t bytes, int64_t since);

/* Says a word to the centre. */
enum reason link_say(struct link *link, const struct word *word,
                     struct fault *why) MUST_CHECK;

/* Whether nothing was heard for too long; then more patience. */
bool link_is_silent(struct link *link, int64_t heard_at);

/* A change of the mailbox in a transaction of its own. */
enum reason link_end(struct link *link, enum reason reason,
                     struct fault *why) MUST_CHECK;
#define LINK_CHANGE(link, change, why)                                         \
    do {                                                                       \
        TRY(sql_begin((link)->mailbox, why));                                  \
        TRY(link_end(link, change, why));                                      \
    } while (0)

/* --- upload.c --------------------------------------------------------------
 */
enum reason upload_turn(struct link *link, struct fault *why) MUST_CHECK;
/* Words that are about another file are passed over. */
enum reason upload_hear(struct link *link, const struct word *word,
                        struct fault *why) MUST_CHECK;
void upload_close(struct upload *upload);

/* --- download.c ------------------------------------------------------------
 */
enum reason download_turn(struct link *link, struct fault *why) MUST_CHECK;
enum reason download_hear(struct link *link, const struct word *word,
                          struct fault *why) MUST_CHECK;
void download_close(struct download *download);

#endif
