/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters go in the order of their rows; the publisher keeps at most one
 * unconfirmed letter per case. When one has to go again, nothing new is
 * handed over until the window is empty, and then everything still queued
 * goes from the start: so no letter of a case overtakes an earlier one.
 */
#include "broker-adapters/adapter/dispatch.h"

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/outgoing.h"

enum {
    ROWS_MAX = 64,
    REJECTED_PAUSE_MS = 100,   /* an election in the broker: soon over */
    UNROUTABLE_PAUSE_MS = 5000 /* somebody must repair the topology */
};

void dispatch_restart(struct dispatch *dispatch)
{
    *dispatch = (struct dispatch){0};
}

static enum reason send_row(const struct desk *desk,
                            struct publisher *publisher, int64_t row,
                            struct fault *why)
{
    AUTO(queued_letter) struct queued_letter letter = {0};
    AUTO(text) char *exchange = mem_print("out.%s", desk->agency);
    TRY(outgoing_get(desk->mailbox, row, &letter, why));
    struct parcel parcel = {
        .letter = {.message_id = letter.id,
                   .case_id = letter.case_id,
                   .type = letter.type,
                   .media_type = letter.media_type,
                   .user_id = desk->agency,
                   .jws = letter.jws,
                   .sequence = letter.sequence,
                   .body = letter.bytes,
                   .size = letter.size},
        .exchange = exchange,
        .routing_key = "",
        .cookie = row,
    };
    return publisher_put(publisher, &parcel, why);
}

/* A letter that no broker can carry must not hold up the others. */
static enum reason send_or_pass(struct dispatch *dispatch,
                                const struct desk *desk,
                                struct publisher *publisher, int64_t row,
                                struct fault *why)
{
    struct fault found = {0};
    enum reason reason = send_row(desk, publisher, row, &found);
    TRY(desk_survive(reason, "letter not sent", &found, why));
    dispatch->after = row;
    dispatch->in_flight += reason == R_OK;
    return R_OK;
}

static bool may_send(struct dispatch *dispatch, int64_t monotonic)
{
    if (dispatch->again && dispatch->in_flight == 0 &&
        monotonic >= dispatch->pause) {
        dispatch->again = false;
        dispatch->after = 0;
    }
    return !dispatch->again;
}

enum reason dispatch_send(struct dispatch *dispatch, const struct desk *desk,
                          struct publisher *publisher, int64_t monotonic,
                          int *sent, struct fault *why)
{
    struct queued_row rows[ROWS_MAX];
    *sent = 0;
    size_t room = publisher_room(publisher), count = 0;
    if (room == 0 || !may_send(dispatch, monotonic))
        return R_OK;
    TRY(outgoing_queued(desk->mailbox, dispatch->after, rows,
                        room < ROWS_MAX ? room : ROWS_MAX, &count, why));
    for (size_t i = 0; i < count && publisher_room(publisher) > 0; i++) {
        TRY(send_or_pass(dispatch, desk, publisher, rows[i].row, why));
        (*sent)++;
    }
    return R_OK;
}

static void send_again(struct dispatch *dispatch, int64_t until)
{
    dispatch->again = true;
    if (dispatch->pause < until)
        dispatch->pause = until;
}

static enum reason mark_confirmed(const struct desk *desk,
                                  const struct outcome *outcomes, size_t count,
                                  instant now, struct fault *why)
{
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].verdict == PUBLISHER_CONFIRMED)
            TRY(outgoing_mark_sent(desk->mailbox, outcomes[i].cookie, now,
                                   why));
    return R_OK;
}

/* Returns how many were confirmed. */
static size_t note_outcomes(struct dispatch *dispatch,
                            const struct outcome *outcomes, size_t count,
                            int64_t monotonic)
{
    size_t confirmed = 0;
    dispatch->in_flight -= count;
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].verdict == PUBLISHER_CONFIRMED)
            confirmed++;
        if (outcomes[i].verdict == PUBLISHER_REJECTED)
            send_again(dispatch, monotonic + REJECTED_PAUSE_MS);
        if (outcomes[i].verdict == PUBLISHER_UNROUTABLE) {
            log_event(LOG_ERROR, "the broker has no queue for our letters");
            send_again(dispatch, monotonic + UNROUTABLE_PAUSE_MS);
        }
    }
    return confirmed;
}

enum reason dispatch_settle(struct dispatch *dispatch, const struct desk *desk,
                            struct publisher *publisher, instant now,
                            int64_t monotonic, struct fault *why)
{
    struct outcome outcomes[DISPATCH_LETTERS];
    size_t count = publisher_outcomes(publisher, outcomes, COUNT_OF(outcomes));
    if (note_outcomes(dispatch, outcomes, count, monotonic) == 0)
        return R_OK;
    TRY(sql_begin(desk->mailbox, why));
    enum reason reason = mailbox_end(
        desk->mailbox, mark_confirmed(desk, outcomes, count, now, why), why);
    /* A mark that was lost: the letter goes once more, the exchange knows it */
    if (reason != R_OK)
        send_again(dispatch, monotonic);
    return reason;
}
