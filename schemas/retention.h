/*
 * retention - how long the body of a letter is kept: rules as data
 * (routing/retention.xml), each with its article or the words that there is
 * no statutory limit. What becomes of a body when its time is over is the
 * matter of those who store it.
 *
 * It stands here because both sides store letters: the centre and the
 * mailboxes do not know each other, and both know what a letter is.
 */
#ifndef YISONG_SCHEMAS_RETENTION_H
#define YISONG_SCHEMAS_RETENTION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/instant.h"

#define RETENTION_CENTRE "centre"
#define RETENTION_AGENCY "agency"

struct retention;

struct retention_rule {
    const char *id;
    const char *keep;  /* "P30Y", "ever" */
    const char *force; /* "statutory", "local", "none" */
    const char *certainty;
    const char *chinese, *english, *basis;

    /* to whom it is for; NULL: to all */
    const char *side, *roles, *procedures, *types;
};

/* A letter in a store. */
struct kept_letter {
    const char *side;      /* RETENTION_CENTRE, RETENTION_AGENCY */
    const char *role;      /* of the agency that keeps it */
    const char *procedure; /* "" if not known */
    const char *type;
};

/*
 * `path` NULL: the rules that the program carries. R_NO_FILE, R_BAD_SETTINGS;
 * `report` then has one "FILE:LINE: CODE: text" line per fault.
 */
enum reason retention_read(struct retention **out, const char *path,
                           struct buf *report, struct fault *why) MUST_CHECK;
void retention_free(struct retention *retention);
AUTO_POINTER(retention, retention_free)

/* The rule that counts; never NULL. */
const struct retention_rule *retention_find(const struct retention *retention,
                                            const struct kept_letter *letter);
/* The rule with this id, or NULL. */
const struct retention_rule *retention_rule(const struct retention *retention,
                                            const char *id);

/*
 * The first instant at which a body may go, counted from the day of `from`;
 * INT64_MAX where it is kept for ever. The last day is kept whole.
 */
instant retention_ends(const struct retention_rule *rule, instant from);

#endif
