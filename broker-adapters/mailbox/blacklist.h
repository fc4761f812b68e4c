/*
 * blacklist - the cards that are in force, as a credit platform or a bank must
 * apply them: a projection of the letters card-credit-push and
 * card-removal-decision. A removed card leaves the list and stays in the
 * history, with the letter that removed it.
 */
#ifndef YISONG_BROKER_ADAPTERS_BLACKLIST_H
#define YISONG_BROKER_ADAPTERS_BLACKLIST_H

#include "base/instant.h"
#include "base/sql.h"
#include "schemas/message.h"

/*
 * Puts the card of a verified letter on the list, in the place of the one that
 * its case had before. Again: nothing changes.
 */
enum reason blacklist_put(struct sql *mailbox, const struct message *message,
                          instant now, struct fault *why) MUST_CHECK;

/*
 * Takes off what the letter removes: the card that it answers, else what the
 * same agency hung under the number that it names, or in that colour on the
 * same subject. An upgrade hangs the red one. R_NOT_FOUND if there is nothing
 * to take off.
 */
enum reason blacklist_remove(struct sql *mailbox, const struct message *message,
                             instant now, struct fault *why) MUST_CHECK;

/* One card; texts borrowed until the next one, never NULL. */
struct card {
    const char *credit_code, *name, *colour, *scheme, *number, *authority;
    const char *decided_on, *valid_until, *case_id, *sender;
    const char *letter_id, *removed_by, *removed_on; /* "" if in force */
    struct digest digest;
    instant received_at;
};

/*
 * Calls `use` for each card in force (`history`: and each removed one), newest
 * last; only those of `credit_code` (normal form) if it is not NULL.
 */
enum reason blacklist_each(struct sql *mailbox, const char *credit_code,
                           bool history,
                           void (*use)(void *context, const struct card *card),
                           void *context, struct fault *why) MUST_CHECK;

#endif
