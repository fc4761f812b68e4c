/*
 * deletion - at the centre, the bodies of closed cases go when their lawful
 * retention ends.
 *
 * For each case a record is written that the centre signs and the log holds
 * (id, digest and rule of every letter), and the bodies are emptied in the same
 * transaction. Digests, leaves, receipts and history stay.
 */
#ifndef YISONG_ROUTING_DELETION_H
#define YISONG_ROUTING_DELETION_H

#include "certs/registry.h"
#include "certs/signature.h"
#include "routing/ledger/deletions.h"
#include "routing/procedure.h"
#include "schemas/retention_plan.h"

struct deletion_parts {
    struct ledger *ledger;
    const struct procedures *procedures;
    const struct retention *retention;

    /* only to run */
    const struct registry *registry;
    const struct signing_key *key;
    const char *agency; /* the centre */
};

/* `case_id` NULL: all cases. */
enum reason deletion_plan(const struct deletion_parts *parts,
                          const char *case_id, struct retention_plan *out,
                          struct fault *why) MUST_CHECK;

/*
 * Deletes what is due of one case, one transaction: the plan is made again
 * behind the write lock. *count letters went; *record is the position of the
 * (last) record, 0 if nothing was due.
 */
enum reason deletion_run(const struct deletion_parts *parts,
                         const char *case_id, instant now, size_t *count,
                         int64_t *record, struct fault *why) MUST_CHECK;

#endif
