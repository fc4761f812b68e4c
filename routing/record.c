/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing a letter and its outbox rows into the open transaction.
 */
#include "routing/work.h"

#include "base/mem.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* What could not be parsed is kept under the name of its connection. */
static struct letter letter_of(const struct work *work)
{
    const struct message *message = work->message;
    struct letter letter = {
        .id = "",
        .type = "",
        .case_id = "",
        .sender = or_empty(work->arrival.user_id),
        .authenticated = work->authenticated,
        .media_type = or_empty(work->arrival.media_type),
        .jws = or_empty(work->arrival.jws),
        .bytes = work->arrival.body,
        .size = work->arrival.size,
        .received_at = work->received,
        .code = "",
    };
    if (!message) {
        letter.digest =
            digest_of(DIGEST_SHA256, work->arrival.body, work->arrival.size);
        return letter;
    }
    letter.id = message_id(message);
    letter.type = message_type(message);
    letter.case_id = message_case(message);
    letter.media_type = message_media_type(message);
    letter.digest = *message_digest(message);
    letter.sequence = message_sequence(message);
    return letter;
}

enum reason record_letter(struct router *router, struct work *work,
                          enum letter_outcome outcome, struct fault *why)
{
    struct letter letter = letter_of(work);
    letter.outcome = outcome;
    if (work->reason != R_OK)
        letter.code = reason_code(work->reason);
    TRY(letters_put(router->parts.ledger, &letter, why));
    work->position = letter.position;
    router->next_position = letter.position + 1;
    return R_OK;
}

enum reason record_outbox(struct router *router, struct original *original,
                          const char *recipient, struct fault *why)
{
    struct outbox_row row = {0};
    TRY(outbox_put(router->parts.ledger, original->position, recipient,
                   original->case_id, &row, why));
    deliver_add(router->deliver, &row, original);
    return R_OK;
}

enum reason record_recipients(struct router *router, const struct work *work,
                              char *const *recipients, size_t count,
                              struct fault *why)
{
    struct letter letter = letter_of(work);
    letter.position = work->position;
    AUTO(original) struct original *original = original_new(&letter);
    for (size_t i = 0; i < count; i++)
        TRY(record_outbox(router, original, recipients[i], why));
    return R_OK;
}
