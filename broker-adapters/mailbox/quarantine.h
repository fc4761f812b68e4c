/*
 * quarantine - what came from the exchange and could not be trusted or read.
 * It is kept with the reason, shown to people, never receipted, never acted
 * on; when a new registry arrives it is judged again.
 */
#ifndef YISONG_BROKER_ADAPTERS_QUARANTINE_H
#define YISONG_BROKER_ADAPTERS_QUARANTINE_H

#include "base/digest.h"
#include "base/instant.h"
#include "base/sql.h"

/* What came, as the broker says; nothing of it can be trusted. Texts not NULL.
 */
struct unjudged {
    const char *message_id, *case_id, *media_type, *jws;
    const void *body;
    size_t size;
    int64_t place; /* the number of the exchange; 0: none */
};

/* Keeps it; the same bytes are kept once. */
enum reason quarantine_put(struct sql *mailbox, const struct unjudged *came,
                           const struct fault *found, instant now,
                           struct fault *why) MUST_CHECK;

/* One of them; owns its texts. */
struct quarantined {
    int64_t row, place;
    char *message_id, *case_id, *media_type, *jws, *code, *detail;
    struct digest digest;
    instant received_at;
    void *body;
    size_t size;
};
void quarantined_done(struct quarantined *quarantined);
AUTO_VALUE(quarantined, quarantined_done)

enum quarantine_choice {
    QUARANTINE_ALL,
    QUARANTINE_UNFILED, /* not yet in the folder quarantine/ */
    QUARANTINE_UNKNOWN  /* because of what the registry did not know */
};

/* The first one behind row `after`; row is 0 if there is none. */
enum reason quarantine_next(struct sql *mailbox, enum quarantine_choice choice,
                            int64_t after, struct quarantined *out,
                            struct fault *why) MUST_CHECK;

enum reason quarantine_mark_filed(struct sql *mailbox, int64_t row,
                                  struct fault *why) MUST_CHECK;

/* It could be trusted after all. */
enum reason quarantine_take(struct sql *mailbox, int64_t row,
                            struct fault *why) MUST_CHECK;

#endif
