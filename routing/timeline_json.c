/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The timeline as JSON: codes and ids, instants in RFC 3339, what is not known
 * left out.
 */
#include "base/json.h"
#include "routing/timeline_moves.h"

#include <inttypes.h>

static void put_deliveries(struct buf *out,
                           const struct timeline_letter *letter)
{
    buf_put_text(out, ",\n     \"deliveries\": [");
    for (size_t i = 0; i < letter->delivery_count; i++) {
        const struct delivery *delivery = &letter->deliveries[i];
        buf_print(out, "%s{\"recipient\": \"", i ? ", " : "");
        buf_put_json(out, delivery->recipient);
        buf_put_char(out, '"');
        json_put_instant(out, "sentAt", delivery->sent_at);
        json_put_instant(out, "deliveredAt", delivery->delivered_at);
        json_put_number(out, "receipt", delivery->receipt);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static void put_letter(struct buf *out, const struct timeline_letter *letter)
{
    char hex[DIGEST_TEXT_MAX];
    buf_print(out, "    {\"position\": %" PRId64, letter->position);
    json_put_instant(out, "receivedAt", letter->received_at);
    json_put_text(out, "outcome", letter_outcome_name(letter->outcome));
    json_put_text(out, "code", letter->code);
    json_put_text(out, "sender", letter->sender);
    buf_print(out, ", \"authenticated\": %s",
              letter->authenticated ? "true" : "false");
    json_put_text(out, "id", letter->id);
    json_put_text(out, "type", letter->type);
    json_put_text(out, "linkedCase", letter->linked);
    json_put_text(out, "documentNumber", letter->number);
    json_put_text(out, "inReplyTo", letter->answers);
    json_put_number(out, "sequence", letter->sequence);
    json_put_text(out, "digest", digest_format(&letter->digest, hex));
    json_put_text(out, "stateBefore", letter->step.state_before);
    json_put_text(out, "stateAfter", letter->step.state_after);
    if (letter->step.late)
        buf_put_text(out, ", \"late\": true");
    json_put_instant(out, "decidedAt", letter->step.decided_at);
    json_put_number(out, "answer", letter->answer);
    json_put_instant(out, "answeredAt", letter->answered_at);
    json_put_instant(out, "deletedAt", letter->deletion.at);
    json_put_text(out, "deletedByRule", letter->deletion.rule);
    json_put_number(out, "deletionRecord", letter->deletion.record);
    put_deliveries(out, letter);
    buf_put_char(out, '}');
}

static void put_deadline(struct buf *out, const struct deadline *deadline)
{
    buf_print(out, "    {\"status\": \"%s\"",
              deadline_status_name(deadline->status));
    json_put_text(out, "limit", deadline->limit);
    json_put_text(out, "owner", deadline->owner);
    json_put_number(out, "from", deadline->from);
    json_put_instant(out, "start", deadline->start);
    json_put_instant(out, "due", deadline->due);
    json_put_number(out, "metBy", deadline->met_by);
    json_put_instant(out, "reminded", deadline->reminded);
    json_put_instant(out, "paused", deadline->paused);
    buf_put_char(out, '}');
}

static void put_party(struct buf *out, const struct party *party)
{
    buf_put_text(out, "    {\"agency\": \"");
    buf_put_json(out, party->agency);
    buf_put_char(out, '"');
    json_put_text(out, "as", party->as);
    buf_print(out, ", \"sequence\": %" PRId64 "}", party->sequence);
}

static void put_children(struct buf *out, const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->child_count; i++) {
        buf_put_text(out, i ? ", \"" : ", \"children\": [\"");
        buf_put_json(out, timeline->children[i]);
        buf_put_char(out, '"');
    }
    if (timeline->child_count)
        buf_put_char(out, ']');
}

static const char *behind(size_t place, size_t count)
{
    return place + 1 < count ? ",\n" : "";
}

void timeline_put_json(const struct timeline *timeline, struct buf *out)
{
    const struct casefile *casefile = timeline->casefile;
    buf_put_text(out, "{\"id\": \"");
    buf_put_json(out, casefile->id);
    buf_put_char(out, '"');
    json_put_text(out, "procedure", casefile->procedure);
    json_put_text(out, "state", casefile->state);
    json_put_text(out, "parent", casefile->parent);
    put_children(out, timeline);
    json_put_instant(out, "openedAt", casefile->opened_at);
    json_put_instant(out, "changedAt", casefile->changed_at);
    buf_put_text(out, ",\n  \"parties\": [\n");
    for (size_t i = 0; i < casefile->party_count; i++) {
        put_party(out, &casefile->parties[i]);
        buf_put_text(out, behind(i, casefile->party_count));
    }
    buf_put_text(out, "],\n  \"letters\": [\n");
    for (size_t i = 0; i < timeline->count; i++) {
        put_letter(out, &timeline->letters[i]);
        buf_put_text(out, behind(i, timeline->count));
    }
    buf_put_text(out, "],\n  \"deadlines\": [\n");
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        put_deadline(out, &casefile->deadlines[i]);
        buf_put_text(out, behind(i, casefile->deadline_count));
    }
    buf_put_char(out, ']');
    moves_put_json(timeline, out);
    buf_put_char(out, '}');
}
