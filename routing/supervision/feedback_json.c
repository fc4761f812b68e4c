/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Feedback as JSON: codes and ids, instants in RFC 3339, the proofs in full.
 */
#include <inttypes.h>

#include "base/json.h"
#include "base/mask.h"
#include "routing/ledger/proof.h"
#include "routing/supervision/feedback.h"

/* {"position": N, "id", "type", "receivedAt" without the end */
static void open_letter(struct buf *out, const struct timeline_letter *letter)
{
    buf_print(out, "{\"position\": %" PRId64, letter->position);
    json_put_text(out, "id", letter->id);
    json_put_text(out, "type", letter->type);
    json_put_instant(out, "receivedAt", letter->received_at);
}

static void put_answer(struct buf *out, const struct answer *answer)
{
    open_letter(out, answer->letter);
    if (answer->standing)
        json_put_text(out, "standing", answer->standing->id);
    buf_put_text(out, ", \"measures\": [");
    for (size_t i = 0; i < answer->measure_count; i++) {
        const struct measure_said *measure = &answer->measures[i];
        buf_print(out, "%s{\"name\": \"", i ? ", " : "");
        mask_put_json(out, measure->name);
        buf_put_char(out, '"');
        json_put_text(out, "status", measure->status);
        json_put_text(out, "amount", measure->amount);
        json_put_text(out, "from", measure->from);
        json_put_text(out, "reason", measure->reason);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    json_put_text(out, "effect", answer->effect);
    json_put_text(out, "remarks", answer->remarks);
    buf_put_char(out, '}');
}

static void put_clocks(const struct feedback_page *page,
                       const struct told_notice *notice,
                       const struct addressee *addressee)
{
    struct buf *out = page->out;
    const struct deadline *clock = NULL;
    const char *separator = "";
    buf_put_text(out, ", \"clocks\": [");
    while (
        (clock = addressee_clock(page->feedback, notice, addressee, clock))) {
        buf_print(out, "%s{\"limit\": \"%s\"", separator, clock->limit);
        json_put_text(out, "status", deadline_status_name(clock->status));
        json_put_instant(out, "start", clock->start);
        json_put_instant(out, "due", clock->due);
        buf_put_char(out, '}');
        separator = ", ";
    }
    buf_put_char(out, ']');
}

static void put_addressee(const struct feedback_page *page,
                          const struct told_notice *notice,
                          const struct addressee *addressee)
{
    struct buf *out = page->out;
    const struct delivery *delivery = addressee->delivery;
    buf_print(out, "\n   {\"agency\": \"%s\", \"standing\": \"%s\"",
              addressee->agency, addressee_standing(addressee));
    json_put_instant(out, "sentAt", delivery->sent_at);
    json_put_instant(out, "deliveredAt", delivery->delivered_at);
    if (delivery->receipt)
        buf_print(out, ", \"deliveryReceipt\": %" PRId64, delivery->receipt);
    json_put_instant(out, "silentSince", addressee->silent_since);
    buf_put_text(out, ", \"answers\": [");
    for (size_t i = 0; i < addressee->answer_count; i++) {
        buf_put_text(out, i ? ", " : "");
        put_answer(out, &addressee->answers[i]);
    }
    buf_put_char(out, ']');
    put_clocks(page, notice, addressee);
    buf_put_text(out, ", \"reminders\": [");
    for (size_t i = 0; i < addressee->reminding_count; i++) {
        buf_put_text(out, i ? ", " : "");
        open_letter(out, addressee->remindings[i].letter);
        json_put_text(out, "limit", addressee->remindings[i].limit);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "]}");
}

static void put_notice(const struct feedback_page *page,
                       const struct told_notice *notice)
{
    struct buf *out = page->out;
    open_letter(out, notice->letter);
    json_put_text(out, "sender", notice->letter->sender);
    json_put_text(out, "number", notice->letter->number);
    buf_put_text(out, ", \"addressees\": [");
    for (size_t i = 0; i < notice->addressee_count; i++) {
        buf_put_text(out, i ? "," : "");
        put_addressee(page, notice, &notice->addressees[i]);
    }
    buf_put_text(out, "]}");
}

static void put_line(struct buf *out, const struct evidence_line *line)
{
    char hex[DIGEST_TEXT_MAX];
    buf_print(out, "{\"position\": %" PRId64, line->position);
    json_put_text(out, "id", line->id);
    json_put_text(out, "type", line->type);
    json_put_text(out, "digest", digest_format(&line->digest, hex));
    json_put_text(out, "entry", line->entry);
    if (line->is_proved) {
        buf_put_text(out, ", \"nodes\": ");
        proof_put_nodes(out, &line->proof);
    }
    buf_put_char(out, '}');
}

void feedback_put_json(const struct feedback_page *page)
{
    char at[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    struct buf *out = page->out;
    const struct evidence *evidence = page->evidence;
    const struct casefile *casefile = page->feedback->timeline->casefile;
    buf_print(out, "{\"caseId\": \"%s\"", casefile->id);
    json_put_text(out, "procedure", casefile->procedure);
    json_put_text(out, "state", casefile->state);
    json_put_text(out, "at", instant_format(page->feedback->at, at));
    buf_put_text(out, ",\n \"notices\": [");
    for (size_t i = 0; i < page->feedback->notice_count; i++) {
        buf_put_text(out, i ? ",\n  " : "\n  ");
        put_notice(page, &page->feedback->notices[i]);
    }
    buf_print(out, "],\n \"proof\": {\"size\": %" PRId64 ", \"root\": \"%s\"",
              evidence->head.size, digest_format(&evidence->head.root, hex));
    if (evidence->receipt) {
        buf_print(out, ", \"signedIn\": {\"position\": %" PRId64,
                  evidence->receipt);
        json_put_text(out, "id", evidence->receipt_id);
        buf_put_char(out, '}');
    }
    buf_put_text(out, ", \"evidence\": [");
    for (size_t i = 0; i < evidence->count; i++) {
        buf_put_text(out, i ? ",\n  " : "\n  ");
        put_line(out, &evidence->lines[i]);
    }
    buf_put_text(out, "]}}\n");
}
