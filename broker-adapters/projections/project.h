/*
 * project - what a letter that was handed over puts on the lists, and takes
 * off them. A row in project.c for each type that does.
 *
 *   card-credit-push         a card; the card before of the case ends
 *   card-removal-decision    ends the card, or makes it red; what hangs on the
 *                            case of a lifted card ends with it
 *   punishment-list          rows of a list: listed, removed, corrected
 *   list-removal             the same; rows end
 *   penalty-publication,
 *   repair-notice            penalties that are public
 *   repair-decision, publicity-stop, objection-result
 *                            penalties that are public no more
 *   sasac-notice, csrc-notice, bank-notice
 *                            whom a regulator or lender was told of
 *   overdue-reminder         who is late with what
 *   linked-case-notice       ends what was built on a lifted case
 *   anything else            a copy, if this agency is no addressee
 */
#ifndef YISONG_BROKER_ADAPTERS_PROJECT_H
#define YISONG_BROKER_ADAPTERS_PROJECT_H

#include "broker-adapters/mailbox/listing.h"
#include "schemas/message.h"

/* What came of a letter. Begin with {0}. */
struct projected {
    bool is_answered;   /* its type is one that is answered: card, list, ... */
    int64_t put, ended; /* rows */
    int64_t row;        /* the first that was put */
    struct fault refused; /* why it, or a part of it, was not taken in */
};

/*
 * Applies a letter, in the caller's transaction. What is wrong with the letter
 * is told in `out`, a part at a time: the rows that are right are put. Only
 * RETRY reasons come out. Call it once for each letter, in the order of turns.
 */
struct project_letter {
    const char *agency; /* whose mailbox it is */
    const struct message *message;
    int64_t turn; /* of the inbox */
    instant now;
};
enum reason project_letter(struct sql *mailbox,
                           const struct project_letter *letter,
                           struct projected *out, struct fault *why) MUST_CHECK;

/*
 * Applies what was handed over by a program that kept no lists, with the time
 * of receipt as known time. Begins its own transactions.
 */
enum reason project_past(struct sql *mailbox, const char *agency,
                         struct fault *why) MUST_CHECK;

#endif
