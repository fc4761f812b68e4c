/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/cards.h"

#include <string.h>

#include "broker-adapters/mailbox/blacklist.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/intake.h"

static enum reason hang(const struct desk *desk, const struct message *message,
                        instant now, struct fault *why)
{
    return blacklist_put(desk->mailbox, message, now, why);
}

static enum reason take_off(const struct desk *desk,
                            const struct message *message, instant now,
                            struct fault *why)
{
    return blacklist_remove(desk->mailbox, message, now, why);
}

static const struct card_type {
    const char *type;
    enum reason (*apply)(const struct desk *desk, const struct message *message,
                         instant now, struct fault *why);
} card_types[] = {
    {"card-credit-push", hang},
    {"card-removal-decision", take_off},
};

static const struct card_type *card_type_find(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(card_types); i++)
        if (strcmp(card_types[i].type, type) == 0)
            return &card_types[i];
    return NULL;
}

static enum reason answer(const struct desk *desk,
                          const struct message *message, instant now,
                          struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(intake) struct intake made = {0};
    struct draft draft = {
        .type = "punishment-acceptance",
        .case_id = message_case(message),
        .to = message_from(message),
        .answers = message_id(message),
        .answers_digest = digest_format(message_digest(message), digest),
        .body_xml = "<feedback><stage>ingested</stage></feedback>",
        .media_type = message_media_type(message),
    };
    TRY(draft_write(&draft, &bytes, why));
    struct intake_letter letter = {
        .bytes = bytes.bytes, .size = bytes.size, .jws = "", .source = ""};
    return intake_put(desk, &letter, now, &made, why);
}

enum reason cards_apply(const struct desk *desk,
                        const struct ready_letter *letter, instant now,
                        struct fault *why)
{
    const struct card_type *type = card_type_find(letter->type);
    if (!type)
        return R_OK;
    struct fault found = {0};
    AUTO(message) struct message *message = NULL;
    enum reason reason =
        message_parse(&message, letter->bytes, letter->size, &found);
    if (reason == R_OK)
        reason = type->apply(desk, message, now, &found);
    TRY(desk_survive(reason, letter->type, &found, why));
    if (!message || !desk->answers_cards)
        return R_OK;
    return desk_survive(answer(desk, message, now, &found), "answer to a card",
                        &found, why);
}
