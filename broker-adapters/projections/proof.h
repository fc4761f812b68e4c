/*
 * proof - what this agency can show for a row of its lists, in a folder that
 * stands alone: the letter as it was signed, our receipt for it, and the
 * receipt of the exchange for that, which holds the place in the log and the
 * head of the log.
 *
 *     letter.xml | letter.json, letter.json.jws     the signed bytes
 *     delivery-receipt.*                            when we got it, signed by
 * us submission-receipt.*                          its place in the log, signed
 *                                                   by the exchange
 *     proof.json                                    the rows, and what is what
 */
#ifndef YISONG_BROKER_ADAPTERS_PROOF_H
#define YISONG_BROKER_ADAPTERS_PROOF_H

#include "base/instant.h"
#include "base/sql.h"

/* What was written. */
struct proof {
    char letter[40];
    size_t rows;      /* of the lists that the letter put or ended */
    bool is_received; /* our receipt was there */
    bool is_logged;   /* the exchange's receipt for it was there */
    int64_t position;
};

/* Writes the folder, which must not be there. `id` may be the beginning of one.
 * R_NOT_FOUND, R_AMBIGUOUS, R_EXISTS, R_DISK_FAILED. */
enum reason proof_write(struct sql *mailbox, const char *id, const char *folder,
                        struct proof *out, struct fault *why) MUST_CHECK;

#endif
