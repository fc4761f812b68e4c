/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The lists change in the transaction of the hand-over, and the answers that go
 * back by themselves are queued in it: whoever got an answer can rely on it.
 *
 *     taken in             punishment-acceptance, stage ingested
 *     not taken in, why    punishment-acceptance, stage not-ingested
 *     applied, lifted      punishment-feedback with the measure of the settings
 */
#include "broker-adapters/adapter/cards.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/projections/project.h"

static enum reason send(const struct desk *desk, const struct message *message,
                        const char *type, const struct buf *body, instant now,
                        struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(intake) struct intake made = {0};
    struct draft draft = {
        .type = type,
        .case_id = message_case(message),
        .to = message_from(message),
        .answers = message_id(message),
        .answers_digest = digest_format(message_digest(message), digest),
        .body_xml = buf_text(body),
        .media_type = message_media_type(message),
    };
    TRY(draft_write(&draft, &bytes, why));
    struct intake_letter letter = {
        .bytes = bytes.bytes, .size = bytes.size, .jws = "", .source = ""};
    return intake_put(desk, &letter, now, &made, why);
}

/* Both languages: the letter is read at another agency. */
static void put_why(struct buf *out, const struct fault *refused)
{
    AUTO(text) char *text =
        mem_print("%s：%s / %s：%s", reason_code(refused->reason),
                  reason_chinese(refused->reason),
                  reason_english(refused->reason), refused->text);
    buf_put_element(out, "remarks", text);
}

static enum reason answer_taken(const struct desk *desk,
                                const struct message *message,
                                const struct projected *done, instant now,
                                struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    bool refused = done->refused.reason != R_OK;
    bool nothing = refused && done->put + done->ended == 0;
    buf_put_text(&body, "<feedback>");
    buf_put_element(&body, "stage", nothing ? "not-ingested" : "ingested");
    if (done->row)
        buf_print(&body, "<recordNumber>%lld</recordNumber>",
                  (long long)done->row);
    if (*message_number(message))
        buf_put_element(&body, "number", message_number(message));
    if (refused)
        put_why(&body, &done->refused);
    buf_put_text(&body, "</feedback>");
    return send(desk, message, "punishment-acceptance", &body, now, why);
}

/* What the settings name is applied to what was put, and lifted from what
 * ended. */
static enum reason answer_measure(const struct desk *desk,
                                  const struct message *message,
                                  const struct projected *done, instant now,
                                  struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    struct civil_day today = civil_day_of(now);
    bool applied = done->put > 0;
    buf_print(&body, "<feedback><stage>%s</stage>",
              applied ? "measured" : "lifted");
    if (*message_number(message))
        buf_put_element(&body, "number", message_number(message));
    buf_put_text(&body, "<measures><measure>");
    buf_put_element(&body, "name", desk->card_measure);
    buf_print(&body, "<status>%s</status><%s>%04d-%02d-%02d</%s>",
              applied ? "applied" : "lifted", applied ? "from" : "until",
              today.year, today.month, today.day, applied ? "from" : "until");
    buf_put_text(&body, "</measure></measures></feedback>");
    return send(desk, message, "punishment-feedback", &body, now, why);
}

static bool has_measure(const struct desk *desk, const struct message *message,
                        const struct projected *done)
{
    return desk->card_measure && *desk->card_measure &&
           done->put + done->ended > 0 &&
           strcmp(message_type(message), "penalty-publication") != 0;
}

static enum reason answer(const struct desk *desk,
                          const struct message *message,
                          const struct projected *done, instant now,
                          struct fault *why)
{
    struct fault found = {0};
    if (!desk->answers_cards || !done->is_answered)
        return R_OK;
    TRY(desk_survive(answer_taken(desk, message, done, now, &found),
                     "answer to a card or list", &found, why));
    if (!has_measure(desk, message, done))
        return R_OK;
    return desk_survive(answer_measure(desk, message, done, now, &found),
                        "feedback on a card or list", &found, why);
}

enum reason cards_apply(const struct desk *desk,
                        const struct ready_letter *letter, instant now,
                        struct fault *why)
{
    struct fault found = {0};
    AUTO(message) struct message *message = NULL;
    enum reason reason =
        message_parse(&message, letter->bytes, letter->size, &found);
    if (reason != R_OK)
        return desk_survive(reason, letter->type, &found, why);
    struct projected done = {0};
    struct project_letter given = {.agency = desk->agency,
                                   .message = message,
                                   .turn = letter->turn,
                                   .now = now};
    TRY(project_letter(desk->mailbox, &given, &done, why));
    TRY(desk_survive(done.refused.reason, letter->type, &done.refused, why));
    return answer(desk, message, &done, now, why);
}
