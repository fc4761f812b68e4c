/*
 * deletion - the bodies in an agency's mailbox go when their retention ends.
 *
 * An agency's machine does not know where a case stands: here the period is
 * counted from the last letter of the case, and a case in which anything is
 * still on its way, or that somebody holds, is not touched. The row of a letter
 * stays, with its digest and its receipts.
 *
 * The files in the spool folders belong to the agency's own system: they are
 * named, never touched.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAILBOX_DELETION_H
#define YISONG_BROKER_ADAPTERS_MAILBOX_DELETION_H

#include "base/sql.h"
#include "schemas/retention_plan.h"

struct mailbox_keeping {
    struct sql *mailbox;
    const struct retention *retention;
    const char *role; /* of this agency */
};

/* `case_id` NULL: all cases. */
enum reason mailbox_deletion_plan(const struct mailbox_keeping *keeping,
                                  const char *case_id,
                                  struct retention_plan *out,
                                  struct fault *why) MUST_CHECK;

/*
 * Empties the letters of a line, from one place on, and notes the record (id of
 * the letter that tells the centre). In the caller's transaction.
 */
enum reason mailbox_deletion_put(struct sql *mailbox,
                                 const struct retention_line *line, size_t from,
                                 size_t count, const char *record, instant now,
                                 struct fault *why) MUST_CHECK;

/* One body that is gone. */
struct mailbox_deletion {
    const char *side, *id, *type, *case_id, *rule, *record, *source;
    struct digest digest;
    int64_t size, left; /* bytes there were, bytes there are */
    instant at;
};
enum reason mailbox_deletion_each(
    struct sql *mailbox,
    enum reason (*see)(void *context, const struct mailbox_deletion *deletion,
                       struct fault *why),
    void *context, struct fault *why) MUST_CHECK;

/* Whether the body of a letter is gone; appends when, by which rule. */
enum reason mailbox_deletion_find(struct sql *mailbox, const char *side,
                                  int64_t row, struct buf *out, bool *found,
                                  struct fault *why) MUST_CHECK;

/* The write-ahead log is emptied, the file written anew without free pages. */
enum reason mailbox_deletion_sweep(struct sql *mailbox, bool rebuild,
                                   struct fault *why) MUST_CHECK;

enum reason mailbox_hold_put(struct sql *mailbox, const char *case_id,
                             const char *reason, instant now,
                             struct fault *why) MUST_CHECK;
/* R_NOT_FOUND if none holds. */
enum reason mailbox_hold_end(struct sql *mailbox, const char *case_id,
                             instant now, struct fault *why) MUST_CHECK;

#endif
