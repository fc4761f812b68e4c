/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The lists change in the transaction of the hand-over, and the answers that go
 * back by themselves are queued in it: whoever got an answer can rely on it.
 *
 *     taken in             punishment-acceptance, stage ingested
 *     not taken in, why    punishment-acceptance, stage not-ingested
 *     applied, lifted      punishment-feedback with the measure of the settings
 *
 * A letter may also lift what hangs on another case (linked-case-notice). Then
 * it is answered in that case, once letter and notice are both there; and in
 * its own case only by an agency that has a part in it.
 */
#include "broker-adapters/adapter/cards.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/projections/project.h"

/* Cards and lists come to whom the procedure names, in the letter or not; a
 * removal may also come from a case in which this agency has no part. */
#define NOTICE  "linked-case-notice"
#define LIFTING "card-removal-decision"

/* What is answered, in which case, to whom. */
struct answering {
    const struct message *message;
    const char *case_id, *to;
};

static enum reason send(const struct desk *desk,
                        const struct answering *answering, const char *type,
                        const struct buf *body, instant now, struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    const struct message *message = answering->message;
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    AUTO(intake) struct intake made = {0};
    struct draft draft = {
        .type = type,
        .case_id = answering->case_id,
        .to = answering->to,
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
                                const struct answering *answering,
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
    if (*message_number(answering->message))
        buf_put_element(&body, "number", message_number(answering->message));
    if (refused)
        put_why(&body, &done->refused);
    buf_put_text(&body, "</feedback>");
    return send(desk, answering, "punishment-acceptance", &body, now, why);
}

/* What the settings name is applied to what was put, and lifted from what
 * ended. */
static enum reason answer_measure(const struct desk *desk,
                                  const struct answering *answering,
                                  bool applied, instant now, struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    struct civil_day today = civil_day_of(now);
    buf_print(&body, "<feedback><stage>%s</stage>",
              applied ? "measured" : "lifted");
    if (*message_number(answering->message))
        buf_put_element(&body, "number", message_number(answering->message));
    buf_put_text(&body, "<measures><measure>");
    buf_put_element(&body, "name", desk->card_measure);
    buf_print(&body, "<status>%s</status><%s>%04d-%02d-%02d</%s>",
              applied ? "applied" : "lifted", applied ? "from" : "until",
              today.year, today.month, today.day, applied ? "from" : "until");
    buf_put_text(&body, "</measure></measures></feedback>");
    return send(desk, answering, "punishment-feedback", &body, now, why);
}

static bool has_measure(const struct desk *desk)
{
    return desk->card_measure && *desk->card_measure;
}

static bool is_measured(const struct desk *desk, const struct message *message,
                        const struct projected *done)
{
    return has_measure(desk) && done->put + done->ended > 0 &&
           strcmp(message_type(message), "penalty-publication") != 0;
}

static enum reason answer(const struct desk *desk,
                          const struct answering *answering,
                          const struct projected *done, instant now,
                          struct fault *why)
{
    struct fault found = {0};
    TRY(desk_survive(answer_taken(desk, answering, done, now, &found),
                     "answer to a card or list", &found, why));
    if (!is_measured(desk, answering->message, done))
        return R_OK;
    return desk_survive(
        answer_measure(desk, answering, done->put > 0, now, &found),
        "feedback on a card or list", &found, why);
}

/* --- linked cases -----------------------------------------------------------
 */

/* Nothing else of its case came, and it does not name us. */
static enum reason find_stranger(const struct desk *desk,
                                 const struct message *message, bool *out,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    size_t to = message_to_count(message), copies = message_copy_count(message);
    *out = false;
    for (size_t i = 0; i < to + copies; i++)
        if (strcmp(i < to ? message_to(message, i)
                          : message_copy(message, i - to),
                   desk->agency) == 0)
            return R_OK;
    TRY(sql_select(desk->mailbox,
                   "SELECT 1 FROM incoming WHERE case_id = ?1 AND id <> ?2 "
                   "LIMIT 1",
                   SQL_VALUES(SQL_TEXT(message_case(message)),
                              SQL_TEXT(message_id(message))),
                   &rows, why));
    *out = !sql_next(rows);
    return sql_check(rows, why);
}

/* In the case that follows, to whoever opened it. */
static enum reason answer_in(const struct desk *desk,
                             const struct message *lifting, const char *case_id,
                             instant now, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    const struct projected taken = {0};
    struct fault found = {0};
    TRY(sql_select(desk->mailbox,
                   "SELECT sender FROM incoming WHERE case_id = ?1 AND "
                   "type = 'punishment-list' ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    const struct answering answering = {lifting, case_id, sql_text(rows, 0)};
    TRY(desk_survive(answer_taken(desk, &answering, &taken, now, &found),
                     "answer in a linked case", &found, why));
    if (!has_measure(desk))
        return R_OK;
    return desk_survive(answer_measure(desk, &answering, false, now, &found),
                        "feedback in a linked case", &found, why);
}

/* The notice came: is the letter that it names there already? */
static enum reason answer_notice(const struct desk *desk,
                                 const struct message *notice, instant now,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(message) struct message *lifting = NULL;
    size_t size;
    TRY(sql_select(desk->mailbox,
                   "SELECT bytes FROM incoming WHERE id = ?1 "
                   "AND state IN ('handing', 'handed')",
                   SQL_VALUES(SQL_TEXT(message_answers(notice))), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    const void *bytes = sql_bytes(rows, 0, &size);
    if (message_parse(&lifting, bytes, size, NULL) != R_OK)
        return R_OK;
    return answer_in(desk, lifting, message_case(notice), now, why);
}

/* The letter came: are there notices that name it already? */
static enum reason answer_notices(const struct desk *desk,
                                  const struct message *lifting, instant now,
                                  struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(desk->mailbox,
                   "SELECT case_id FROM incoming WHERE answers = ?1 AND "
                   "type = '" NOTICE "' AND state IN ('handing', 'handed')",
                   SQL_VALUES(SQL_TEXT(message_id(lifting))), &rows, why));
    while (sql_next(rows))
        TRY(answer_in(desk, lifting, sql_text(rows, 0), now, why));
    return sql_check(rows, why);
}

static enum reason answer_all(const struct desk *desk,
                              const struct message *message,
                              const struct projected *done, instant now,
                              struct fault *why)
{
    const struct answering own = {message, message_case(message),
                                  message_from(message)};
    bool is_stranger = false;
    if (!desk->answers_cards)
        return R_OK;
    if (strcmp(message_type(message), NOTICE) == 0)
        return answer_notice(desk, message, now, why);
    if (done->is_answered && strcmp(message_type(message), LIFTING) == 0)
        TRY(find_stranger(desk, message, &is_stranger, why));
    if (done->is_answered && !is_stranger)
        TRY(answer(desk, &own, done, now, why));
    return done->ended > 0 ? answer_notices(desk, message, now, why) : R_OK;
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
    return answer_all(desk, message, &done, now, why);
}
