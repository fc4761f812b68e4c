/*
 * proof - what this agency can show for a row of its lists, in a folder that
 * stands alone:
 *
 *     letter.*              the bytes as their sender signed them
 *     delivery-receipt.*    when we got them, signed by us
 *     answer.*              what we answered, with the digest of the letter
 *     submission-receipt.*  of the exchange: the place of our answer in its
 * log, and the head of the log then (without an answer: the first head that we
 * were told after the letter) proof.json            the rows, and these numbers
 * once more
 *
 * Each is .xml, or .json with a .json.jws beside it.
 */
#ifndef YISONG_BROKER_ADAPTERS_PROOF_H
#define YISONG_BROKER_ADAPTERS_PROOF_H

#include "base/digest.h"
#include "base/sql.h"

/* What was written. */
struct proof {
    char letter[UUID_TEXT_MAX];
    size_t rows;      /* of the lists that the letter put or ended */
    bool is_received; /* our receipt */
    bool is_answered; /* our answer, and its place in the log */
    int64_t position; /* of our answer; 0: none */
    int64_t log_size; /* of the head that we were told; 0: none yet */
    char log_root[DIGEST_TEXT_MAX];
};

/* Writes the folder, which must not be there. `id` may be the beginning of one.
 * R_NOT_FOUND, R_AMBIGUOUS, R_EXISTS, R_DISK_FAILED. */
enum reason proof_write(struct sql *mailbox, const char *id, const char *folder,
                        struct proof *out, struct fault *why) MUST_CHECK;

#endif
