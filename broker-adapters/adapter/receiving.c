/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * parse -> verify -> check -> keep -> act -> fill the place.
 *
 * A letter that only carries receipts or a refusal acts at once: it tells of
 * letters of ours. What changes something at this agency (a card) waits for
 * its turn and acts when it is handed over.
 *
 * A letter need not name this agency: the procedure of the exchange adds
 * copies. What counts is that the inbox queue is written by the exchange
 * alone and that the sender's signature holds.
 */
#include "broker-adapters/adapter/receiving.h"

#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/adapter/answers.h"
#include "broker-adapters/evidence/evidence_rows.h"
#include "broker-adapters/evidence/place.h"
#include "certs/signature.h"
#include "schemas/catalogue.h"

/* Whatever is found here is the letter's own fault, or a RETRY. */
static enum reason judge(const struct desk *desk, const struct unjudged *came,
                         instant now, struct message **out, struct fault *why)
{
    AUTO(mistakes) struct mistakes mistakes = {0};
    TRY(message_parse(out, came->body, came->size, why));
    TRY(signature_verify(desk->registry, *out, came->jws, now, why));
    TRY(message_check(*out, &mistakes, why));
    return answers_check_sender(desk, *out, why);
}

static enum reason quarantine(const struct desk *desk,
                              const struct unjudged *came,
                              const struct fault *found, instant now,
                              struct fault *why)
{
    AUTO(text) char *doing = mem_print("quarantine: letter %s of case %s",
                                       came->message_id, came->case_id);
    log_fault(LOG_ERROR, doing, found);
    TRY(quarantine_put(desk->mailbox, came, found, now, why));
    return incoming_fill(desk->mailbox, came->case_id, came->place, 0, why);
}

/* Before the letter gets its turn: it may have to wait for its files. */
static enum reason expect_evidence(const struct desk *desk,
                                   const struct message *message, int64_t row,
                                   int64_t place, instant now,
                                   struct fault *why)
{
    AUTO(text) char *folder = place_folder_name(message, place);
    struct evidence_letter letter = {message, desk->agency, folder, row};
    return evidence_expect(desk->mailbox, &letter, now, why);
}

static enum reason keep(const struct desk *desk, const struct unjudged *came,
                        const struct message *message, instant now,
                        enum receiving *outcome, struct fault *why)
{
    const struct message_type *type = catalogue_find(message_type(message));
    bool owes = !type || !type->cross_cutting;
    enum incoming_outcome kept;
    int64_t row;
    TRY(incoming_put(desk->mailbox, message, came->jws, came->place, owes, now,
                     &kept, &row, why));
    if (kept == INCOMING_CONFLICT) {
        struct fault found = {0};
        (void)fault(&found, R_ID_REUSED, "%s from %s", message_id(message),
                    message_from(message));
        *outcome = RECEIVING_QUARANTINED;
        return quarantine(desk, came, &found, now, why);
    }
    *outcome = kept == INCOMING_NEW ? RECEIVING_KEPT : RECEIVING_REPEAT;
    if (kept == INCOMING_NEW)
        TRY(expect_evidence(desk, message, row, came->place, now, why));
    if (kept == INCOMING_NEW)
        TRY(answers_apply(desk, message, now, why));
    return incoming_fill(desk->mailbox, came->case_id, came->place,
                         kept == INCOMING_NEW ? row : 0, why);
}

enum reason receiving_take(const struct desk *desk, const struct unjudged *came,
                           instant now, enum receiving *outcome,
                           struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    struct fault found = {0};
    enum reason reason = judge(desk, came, now, &message, &found);
    if (reason == R_OK)
        return keep(desk, came, message, now, outcome, why);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    *outcome = RECEIVING_QUARANTINED;
    return quarantine(desk, came, &found, now, why);
}

/* Its place in the case was filled when it was put aside: it comes late. */
static enum reason judge_one_again(const struct desk *desk,
                                   const struct quarantined *row, instant now,
                                   bool *trusted, struct fault *why)
{
    struct unjudged came = {.message_id = row->message_id,
                            .case_id = row->case_id,
                            .media_type = row->media_type,
                            .jws = row->jws,
                            .body = row->body,
                            .size = row->size,
                            .place = 0};
    AUTO(message) struct message *message = NULL;
    enum receiving outcome;
    struct fault found = {0};
    enum reason reason = judge(desk, &came, now, &message, &found);
    *trusted = reason == R_OK;
    if (reason != R_OK)
        return reason_class(reason) == REASON_RETRY
                   ? fault(why, reason, "%s", found.text)
                   : R_OK;
    TRY(quarantine_take(desk->mailbox, row->row, why));
    return keep(desk, &came, message, now, &outcome, why);
}

enum reason receiving_judge_again(const struct desk *desk, instant now,
                                  int *released, struct fault *why)
{
    int64_t after = 0;
    for (*released = 0;;) {
        AUTO(quarantined) struct quarantined row = {0};
        bool trusted;
        TRY(quarantine_next(desk->mailbox, QUARANTINE_UNKNOWN, after, &row,
                            why));
        if (row.row == 0)
            return R_OK;
        after = row.row;
        TRY(judge_one_again(desk, &row, now, &trusted, why));
        *released += trusted;
    }
}
