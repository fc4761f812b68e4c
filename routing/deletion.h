/*
 * deletion - the bodies of closed cases go when their lawful retention ends.
 *
 * What is planned is one line for each case and rule: how many letters, until
 * when they are kept, and why they are not touched although their time is
 * over. What is run writes, for each case, a record that the centre signs and
 * the log holds (id, digest and rule of every letter), and empties the bodies
 * in the same transaction. Digests, leaves, receipts and history stay.
 */
#ifndef YISONG_ROUTING_DELETION_H
#define YISONG_ROUTING_DELETION_H

#include "certs/registry.h"
#include "certs/signature.h"
#include "routing/ledger/deletions.h"
#include "routing/procedure.h"
#include "schemas/retention.h"

struct planned_letter {
    int64_t position, size;
    char *id, *type;
    struct digest digest;
};

/* Why a body stays although its time may be over. */
enum deletion_hold {
    DELETION_FREE,
    DELETION_OPEN,   /* the case is not closed */
    DELETION_CLOCK,  /* one of its clocks still runs */
    DELETION_LINKED, /* a linked case is open: supervision, joint punishment */
    DELETION_HELD    /* somebody said so: litigation */
};

/* "open", "clock", "linked", "held"; "" if free. And in words. */
const char *deletion_hold_code(enum deletion_hold hold);
const char *deletion_hold_words(enum deletion_hold hold);

struct deletion_line {
    char *case_id, *procedure, *state;
    const struct retention_rule *rule;
    instant closed_at, ends; /* ends: INT64_MAX, kept for ever */
    enum deletion_hold hold;
    char *detail; /* the linked case, the reason of the hold; "" */
    struct planned_letter *letters;
    size_t count;
    int64_t bytes;
};

struct deletion_plan {
    struct deletion_line *lines;
    size_t count;
};
void deletion_plan_done(struct deletion_plan *plan);
AUTO_VALUE(deletion_plan, deletion_plan_done)

struct deletion_parts {
    struct ledger *ledger;
    const struct procedures *procedures;
    const struct retention *retention;

    /* only to run */
    const struct registry *registry;
    const struct signing_key *key;
    const char *agency; /* the centre */
};

/* Whether it may go now. */
bool deletion_is_due(const struct deletion_line *line, instant now);

/* `case_id` NULL: all cases. */
enum reason deletion_plan(const struct deletion_parts *parts,
                          const char *case_id, struct deletion_plan *out,
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
