/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The delivery receipts of the recipients: each names letters that its sender
 * now holds. It fixes the instant of receipt (W17 articles 10, 11 and 14 count
 * from it), starts the clocks that waited for it, and goes on to the sender of
 * those letters. Probes of a link and records of deletion change nothing and
 * get a submission receipt.
 * Any other cross-cutting letter belongs to the centre alone.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "schemas/retention_plan.h"

/* One line of a receipt, found again in the ledger. */
struct receipt_line {
    int64_t position;
    instant at;
};

/* The recipient says when; it cannot have been before us, nor after now. */
static instant plausible(instant at, instant earliest, instant latest)
{
    if (at < earliest)
        return earliest;
    return at > latest ? latest : at;
}

static enum reason find_line(struct router *router, const struct work *work,
                             const struct element *entry,
                             struct receipt_line *line, struct fault *why)
{
    const char *id = element_child_text(entry, "id");
    const char *digest = element_child_text(entry, "digest");
    AUTO(letter_row) struct letter_row found = {0};
    enum reason reason = letters_find(
        router->parts.ledger, message_to(work->message, 0), id, &found, why);
    if (reason == R_NOT_FOUND ||
        (reason == R_OK && found.letter.outcome != LETTER_ACCEPTED))
        return fault(why, R_UNKNOWN_MESSAGE, "%s", id);
    TRY(reason);
    char expected[DIGEST_TEXT_MAX];
    digest_format(&found.letter.digest, expected);
    if (strcmp(digest, expected) != 0)
        return fault(why, R_DIGEST_MISMATCH, "%s", id);
    TRY(instant_parse(element_child_text(entry, "at"), &line->at, why));
    line->at = plausible(line->at, found.letter.received_at, work->received);
    line->position = found.letter.position;
    reason = outbox_check(router->parts.ledger, line->position,
                          message_from(work->message), why);
    return reason == R_NOT_FOUND ? fault(why, R_NOT_A_PARTY, "%s", id) : reason;
}

/* In the case of the letter, and in those that followed it. */
static enum reason start_clocks(struct router *router,
                                const struct receipt_line *line,
                                const char *agency, struct fault *why)
{
    AUTO(text) char *after = mem_text("");
    for (;;) {
        AUTO(casefile) struct casefile *casefile = NULL;
        TRY(cases_find_waiting(router->parts.ledger, line->position, after,
                               &casefile, why));
        if (!casefile)
            return R_OK;
        if (procedure_delivered(router->parts.procedures,
                                router->parts.registry, casefile,
                                line->position, agency, line->at) > 0)
            TRY(cases_put(router->parts.ledger, casefile, why));
        free(after);
        after = mem_text(casefile->id);
    }
}

static enum reason apply_line(struct router *router, const struct work *work,
                              const struct element *entry, struct fault *why)
{
    struct receipt_line line;
    const char *agency = message_from(work->message);
    TRY(find_line(router, work, entry, &line, why));
    struct letter receipt = {.position = router->next_position,
                             .sender = agency,
                             .received_at = line.at};
    TRY(outbox_delivered(router->parts.ledger, line.position, &receipt, why));
    return start_clocks(router, &line, agency, why);
}

/* All lines are looked at before the first one changes anything. */
static enum reason check_lines(struct router *router, const struct work *work,
                               struct fault *why)
{
    const struct element *entry =
        element_first(message_body(work->message), "entry");
    for (; entry; entry = element_next(entry, "entry")) {
        struct receipt_line line;
        TRY(find_line(router, work, entry, &line, why));
    }
    return R_OK;
}

/*
 * A probe: the signed receipt proves the way here and back, and tells our
 * clock. A record of what an agency deleted: it is in the log from now on.
 */
static enum reason decide_kept(struct router *router, struct work *work,
                               struct fault *why)
{
    const struct message *message = work->message;
    if (message_to_count(message) != 1 || message_copy_count(message) != 0 ||
        strcmp(message_to(message, 0), router->parts.agency) != 0)
        return fault(why, R_WRONG_ADDRESSEE, "%s", message_type(message));
    TRY(record_letter(router, work, LETTER_ACCEPTED, why));
    answers_receipt(router, work);
    return R_OK;
}

enum reason receipts_decide(struct router *router, struct work *work,
                            struct fault *why)
{
    const struct message *message = work->message;
    if (strcmp(message_type(message), "link-probe") == 0 ||
        strcmp(message_type(message), RECORD_DELETION) == 0)
        return decide_kept(router, work, why);
    if (strcmp(message_type(message), "delivery-receipt") != 0)
        return fault(why, R_NOT_PERMITTED, "%s", message_type(message));
    if (message_to_count(message) != 1 || message_copy_count(message) != 0)
        return fault(why, R_WRONG_ADDRESSEE, "delivery-receipt");
    TRY(check_lines(router, work, why));
    const struct element *entry = element_first(message_body(message), "entry");
    for (; entry; entry = element_next(entry, "entry"))
        TRY(apply_line(router, work, entry, why));
    TRY(record_letter(router, work, LETTER_ACCEPTED, why));
    char *sender[] = {(char *)message_to(message, 0)};
    return record_recipients(router, work, sender, 1, why);
}
