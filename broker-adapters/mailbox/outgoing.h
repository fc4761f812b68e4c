/*
 * outgoing - the letters that this agency sends, and how far each has come:
 *
 *     queued     signed and kept; the broker may not have it
 *     sent       the broker confirmed it
 *     submitted  the exchange recorded it: its submission receipt came
 *     delivered  every addressee's adapter said that it has it
 *     refused    the exchange refused it
 *
 * A state never goes back. Events may overtake each other (the receipt of the
 * exchange can come before the broker's confirm).
 */
#ifndef YISONG_BROKER_ADAPTERS_OUTGOING_H
#define YISONG_BROKER_ADAPTERS_OUTGOING_H

#include "base/instant.h"
#include "base/sql.h"
#include "schemas/message.h"

enum { OUTGOING_CASE_MAX = 65 };

/* The number that the next letter of ours in this case may have. */
enum reason outgoing_next_sequence(struct sql *mailbox, const char *case_id,
                                   int64_t *sequence,
                                   struct fault *why) MUST_CHECK;

/* Where a letter came from, to know it again and to tell its file's fate. */
struct outgoing_source {
    const char *name;            /* of the file in sent/, "" if by command */
    const struct digest *digest; /* of the bytes as they were given, or NULL */
};

/*
 * Keeps a signed letter, queued, with its addressees. R_OUT_OF_SEQUENCE if
 * its number is not above those before it in the case.
 */
enum reason outgoing_put(struct sql *mailbox, const struct message *message,
                         const char *jws, const struct outgoing_source *source,
                         instant now, struct fault *why) MUST_CHECK;

/*
 * Whether the letter with this id was made from the same bytes before (then
 * it must not be sent again). R_ID_REUSED if it was made from others.
 */
enum reason outgoing_is_repeat(struct sql *mailbox, const char *id,
                               const struct digest *source, bool *repeat,
                               struct fault *why) MUST_CHECK;

/* A letter that must go to the broker; owns its texts. */
struct queued_letter {
    int64_t row;
    char *id, *case_id, *type, *media_type, *jws;
    int64_t sequence;
    void *bytes;
    size_t size;
};
void queued_letter_done(struct queued_letter *letter);
AUTO_VALUE(queued_letter, queued_letter_done)

/* Queued letters behind row `after`, oldest first: only what tells them. */
struct queued_row {
    int64_t row;
    char case_id[OUTGOING_CASE_MAX];
};
enum reason outgoing_queued(struct sql *mailbox, int64_t after,
                            struct queued_row *rows, size_t most, size_t *count,
                            struct fault *why) MUST_CHECK;
enum reason outgoing_get(struct sql *mailbox, int64_t row,
                         struct queued_letter *out,
                         struct fault *why) MUST_CHECK;

enum reason outgoing_mark_sent(struct sql *mailbox, int64_t row, instant at,
                               struct fault *why) MUST_CHECK;

/* One entry of a receipt: R_NOT_FOUND if we sent no such bytes. */
struct outgoing_entry {
    const char *id;
    struct digest digest;
    int64_t position; /* 0: not told */
    instant at;
};
enum reason outgoing_mark_submitted(struct sql *mailbox,
                                    const struct outgoing_entry *entry,
                                    struct fault *why) MUST_CHECK;
enum reason outgoing_mark_delivered(struct sql *mailbox,
                                    const struct outgoing_entry *entry,
                                    const char *agency,
                                    struct fault *why) MUST_CHECK;

/* Why the exchange refused, in its own words. */
struct outgoing_refusal {
    const char *code, *chinese, *english;
};
enum reason outgoing_mark_refused(struct sql *mailbox,
                                  const struct outgoing_entry *entry,
                                  const struct outgoing_refusal *refusal,
                                  struct fault *why) MUST_CHECK;

#endif
