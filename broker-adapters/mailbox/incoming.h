/*
 * incoming - the letters that this agency got, in the order of their case.
 *
 *     held     kept and receipted, but an earlier letter of the case is missing
 *     waiting  its turn has come, but not all of its evidence (or that of a
 *              letter before it)
 *     ready    its turn has come
 *     handing  its file lies as a draft in the folder and is being renamed
 *     handed   it lies in the folder (or there is none)
 *
 * The exchange numbers what it delivers 1, 2, 3, ... per (recipient, case):
 * the place. A place is filled by whatever came in it: a letter, a repeat, a
 * receipt, something that went into quarantine.
 */
#ifndef YISONG_BROKER_ADAPTERS_INCOMING_H
#define YISONG_BROKER_ADAPTERS_INCOMING_H

#include "base/instant.h"
#include "base/sql.h"
#include "schemas/message.h"

enum incoming_outcome {
    INCOMING_NEW,
    INCOMING_REPEAT,  /* same sender, id and digest: here already */
    INCOMING_CONFLICT /* same sender and id, other bytes */
};

/*
 * Keeps a letter whose signature was verified, held; `owes` if it must be
 * answered with a delivery receipt. Call incoming_fill afterwards.
 */
enum reason incoming_put(struct sql *mailbox, const struct message *message,
                         const char *jws, int64_t place, bool owes, instant now,
                         enum incoming_outcome *outcome, int64_t *row,
                         struct fault *why) MUST_CHECK;

/*
 * Notes that this place of the case was filled, by the kept letter `row` (0:
 * by something that is not handed over), and makes ready what has its turn.
 * Place 0 has no order: the letter is ready at once.
 */
enum reason incoming_fill(struct sql *mailbox, const char *case_id,
                          int64_t place, int64_t row,
                          struct fault *why) MUST_CHECK;

/*
 * Gives up waiting for what is missing before letters held since before
 * `since`: they become ready. *released counts the cases.
 */
enum reason incoming_release(struct sql *mailbox, instant since, int *released,
                             struct fault *why) MUST_CHECK;

/* A letter on its way into a folder; owns its texts. */
struct ready_letter {
    int64_t row, place, turn;
    char *id, *case_id, *type, *media_type, *jws;
    void *bytes;
    size_t size;
};
void ready_letter_done(struct ready_letter *letter);
AUTO_VALUE(ready_letter, ready_letter_done)

/* The first letter in this state behind turn `after`; row is 0: none. */
enum reason incoming_next(struct sql *mailbox, const char *state, int64_t after,
                          struct ready_letter *out,
                          struct fault *why) MUST_CHECK;
enum reason incoming_mark(struct sql *mailbox, int64_t row, const char *state,
                          struct fault *why) MUST_CHECK;

/* Every letter that was being handed over is handed over now. */
enum reason incoming_mark_handed(struct sql *mailbox,
                                 struct fault *why) MUST_CHECK;

/* A letter for which a delivery receipt is owed; owns its texts. */
struct owed_entry {
    int64_t row;
    char *id, *type, *case_id, *media_type;
    struct digest digest;
    instant received_at;
};
void owed_entries_free(struct owed_entry *entries, size_t count);

/* A sender whom we owe receipts (NULL: none), and what we owe it. Free both. */
enum reason incoming_owed_sender(struct sql *mailbox, char **sender,
                                 struct fault *why) MUST_CHECK;
enum reason incoming_owed(struct sql *mailbox, const char *sender, size_t most,
                          struct owed_entry **out, size_t *count,
                          struct fault *why) MUST_CHECK;
/* The receipt for it is the outgoing letter with this id. */
enum reason incoming_mark_receipted(struct sql *mailbox, int64_t row,
                                    const char *receipt_id,
                                    struct fault *why) MUST_CHECK;

/* What one must know to answer a letter; owns its texts. R_NOT_FOUND. */
struct incoming_letter {
    int64_t row;
    char *id, *sender, *case_id, *type, *media_type, *jws, *state;
    struct digest digest;
    int64_t place;
    instant received_at;
    void *bytes;
    size_t size;
};
void incoming_letter_done(struct incoming_letter *letter);
AUTO_VALUE(incoming_letter, incoming_letter_done)

/* By id, or by the beginning of one that no other letter has. */
enum reason incoming_find(struct sql *mailbox, const char *id,
                          struct incoming_letter *out,
                          struct fault *why) MUST_CHECK;

#endif
