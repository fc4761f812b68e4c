/*
 * deletions - bodies that are gone because their lawful retention ended, and
 * cases that may not be touched (holds).
 *
 * The row of a letter stays, with its digest, its leaf and its JWS: every
 * proof about it still holds. That its bytes are missing is lawful only where
 * a letter of the centre in the same log says so, with the digest and the rule.
 */
#ifndef YISONG_ROUTING_LEDGER_DELETIONS_H
#define YISONG_ROUTING_LEDGER_DELETIONS_H

#include "routing/ledger/ledger.h"
#include "schemas/message.h"
#include "schemas/retention_plan.h"

enum { DELETION_RULE_MAX = 64 };

struct deletion {
    int64_t position; /* of the letter */
    int64_t size;     /* of the bytes that were there */
    int64_t record;   /* position of the record */
    instant at;
    char rule[DELETION_RULE_MAX];
};

/* *found false: its bytes are there, or it never had any. */
enum reason deletions_find(struct ledger *ledger, int64_t position,
                           struct deletion *out, bool *found,
                           struct fault *why) MUST_CHECK;

/*
 * Empties the bytes of a letter and notes it; in the transaction in which the
 * record was put. The pages that they stood in are overwritten with zeros.
 */
enum reason deletions_put(struct ledger *ledger,
                          const struct deletion *deletion,
                          struct fault *why) MUST_CHECK;

/* A letter of a case whose bytes are there, and that reached everybody. */
struct kept_row {
    int64_t position, size;
    const char *id, *type;
    struct digest digest;
    instant received_at;
};
enum reason deletions_kept(struct ledger *ledger, const char *case_id,
                           enum reason (*see)(void *context,
                                              const struct kept_row *row,
                                              struct fault *why),
                           void *context, struct fault *why) MUST_CHECK;

/* A case and all that it is linked with, over parents and children. */
struct kin_row {
    const char *id, *procedure, *state;
    instant changed_at;
    bool has_clock; /* one waits, runs towards its end or stands still */
};
enum reason deletions_kin(struct ledger *ledger, const char *case_id,
                          enum reason (*see)(void *context,
                                             const struct kin_row *row,
                                             struct fault *why),
                          void *context, struct fault *why) MUST_CHECK;

/* The ids of all cases. */
enum reason deletions_cases(struct ledger *ledger,
                            enum reason (*see)(void *context, const char *id,
                                               struct fault *why),
                            void *context, struct fault *why) MUST_CHECK;

/* How many bodies are gone, and when the newest of those letters came. */
enum reason deletions_count(struct ledger *ledger, int64_t *count,
                            instant *newest, struct fault *why) MUST_CHECK;

/* All of them, by position. */
enum reason deletions_each(struct ledger *ledger,
                           enum reason (*see)(void *context,
                                              const struct deletion *deletion,
                                              struct fault *why),
                           void *context, struct fault *why) MUST_CHECK;

/* The record that was parsed last: many letters share one. */
struct deletion_record {
    int64_t position;
    struct message *message;
};
void deletion_record_done(struct deletion_record *record);
AUTO_VALUE(deletion_record, deletion_record_done)

/*
 * A letter without its bytes: the record of the centre lists its id and its
 * digest. R_PROOF_FAILED.
 */
enum reason deletions_check(struct ledger *ledger, const struct letter *letter,
                            struct deletion_record *record,
                            struct fault *why) MUST_CHECK;

/*
 * Overwrites what SQLite itself may still hold: the write-ahead log is emptied,
 * and with `rebuild` the file is written anew without free pages. R_STORE_BUSY
 * where another process reads.
 */
enum reason deletions_sweep(struct ledger *ledger, bool rebuild,
                            struct fault *why) MUST_CHECK;

/* --- holds ---------------------------------------------------------------- */

enum reason holds_put(struct ledger *ledger, const char *case_id,
                      const char *reason, instant now,
                      struct fault *why) MUST_CHECK;
/* R_NOT_FOUND if none holds. */
enum reason holds_end(struct ledger *ledger, const char *case_id, instant now,
                      struct fault *why) MUST_CHECK;
/* The reason of a hold of this case, appended; nothing if there is none. */
enum reason holds_find(struct ledger *ledger, const char *case_id,
                       struct buf *out, struct fault *why) MUST_CHECK;

#endif
