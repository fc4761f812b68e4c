/*
 * proof - proofs as JSON, and their check without a ledger.
 *
 *     {"format": "yisong-inclusion-1", "entry": LINE,
 *      "size": N, "root": HEX, "nodes": [HEX, ...]}
 *     {"format": "yisong-consistency-1", "earlierSize": N, "earlierRoot": HEX,
 *      "size": N, "root": HEX, "nodes": [HEX, ...]}
 */
#ifndef YISONG_ROUTING_LEDGER_PROOF_H
#define YISONG_ROUTING_LEDGER_PROOF_H

#include "routing/ledger/entry.h"
#include "schemas/json.h"

enum { PROOF_CEILING = 64 * 1024 };

/* That the letter at `position` is in the log as it was with `size` letters. */
enum reason proof_put_inclusion(struct ledger *ledger, int64_t position,
                                int64_t size, struct buf *out,
                                struct fault *why) MUST_CHECK;
enum reason proof_put_consistency(struct ledger *ledger, int64_t earlier,
                                  int64_t size, struct buf *out,
                                  struct fault *why) MUST_CHECK;

/* What a proof proves; `entry` is empty for consistency. */
struct proved {
    bool inclusion;
    struct entry entry;
    struct log_head earlier, head;
};
void proved_done(struct proved *proved);
AUTO_VALUE(proved, proved_done)

/* Reads and checks a proof. R_NOT_WELL_FORMED, R_PROOF_FAILED. */
enum reason proof_check(const char *bytes, size_t size, struct proved *out,
                        struct fault *why) MUST_CHECK;

/* Pieces, for documents that hold proofs: "[HEX, ...]", and members. */
void proof_put_nodes(struct buf *out, const struct log_proof *proof);
enum reason proof_read_nodes(const struct json *object, const char *name,
                             struct log_proof *out,
                             struct fault *why) MUST_CHECK;
/* SIZE and ROOT are the names of the two members. */
enum reason proof_read_head(const struct json *object, const char *size,
                            const char *root, struct log_head *out,
                            struct fault *why) MUST_CHECK;
/* The text member; R_PROOF_FAILED if it is not there. */
enum reason proof_read_text(const struct json *object, const char *name,
                            const char **out, struct fault *why) MUST_CHECK;

#endif
