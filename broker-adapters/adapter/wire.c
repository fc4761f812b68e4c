/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The order that loses nothing: keep, commit, acknowledge. The delivery
 * receipt of a letter is written in the transaction that keeps it and can
 * leave only after the commit.
 */
#include "broker-adapters/adapter/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/line.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/adapter/receipts.h"
#include "broker-adapters/adapter/receiving.h"
#include "broker-adapters/adapter/registry_arrival.h"

enum { PREFETCH = 200, BATCH = 100 };

struct wire {
    struct amqp_settings settings;
    struct amqp *inbox; /* NULL: not open */
    struct publisher *publisher;
    struct dispatch dispatch;
    int failures;
    int64_t next_try;
    int64_t next_note; /* when to note again that the line is up */
};

struct wire *wire_new(const struct amqp_settings *settings)
{
    struct wire *wire = mem_new(1, sizeof *wire);
    wire->settings = *settings;
    wire->publisher = publisher_new(DISPATCH_LETTERS, DISPATCH_BYTES);
    return wire;
}

static void hang_up(struct wire *wire)
{
    struct outcome forgotten[DISPATCH_LETTERS];
    amqp_close(TAKE(wire->inbox));
    publisher_close(wire->publisher);
    (void)publisher_outcomes(wire->publisher, forgotten, COUNT_OF(forgotten));
    dispatch_restart(&wire->dispatch);
}

void wire_free(struct wire *wire)
{
    if (!wire)
        return;
    hang_up(wire);
    publisher_free(wire->publisher);
    free(wire);
}

void wire_reopen(struct wire *wire)
{
    hang_up(wire);
    wire->next_try = 0;
}

bool wire_is_open(const struct wire *wire)
{
    return wire->inbox != NULL;
}

static enum reason open_both(struct wire *wire, const struct desk *desk,
                             struct fault *why)
{
    char queue[128];
    snprintf(queue, sizeof queue, "in.%s", desk->agency);
    TRY(amqp_open(&wire->inbox, &wire->settings, why));
    TRY(amqp_consume(wire->inbox, queue, PREFETCH, why));
    TRY(publisher_open(wire->publisher, &wire->settings, why));
    log_event(LOG_INFO, "connected to %s:%d", wire->settings.host,
              wire->settings.port);
    wire->failures = 0;
    return R_OK;
}

/* What is no text must not get into the mailbox as one. */
static const char *clean(const char *text)
{
    return text && utf8_is_valid(text, strlen(text)) ? text : "";
}

static enum reason take_letter(const struct desk *desk,
                               const struct amqp_letter *letter, instant now,
                               struct fault *why)
{
    struct unjudged came = {.message_id = clean(letter->message_id),
                            .case_id = clean(letter->case_id),
                            .media_type = clean(letter->media_type),
                            .jws = clean(letter->jws),
                            .body = letter->body,
                            .size = letter->size,
                            .place = letter->sequence};
    enum receiving outcome;
    if (registry_arrival_is(letter))
        return registry_arrival_take(desk, letter, why);
    return receiving_take(desk, &came, now, &outcome, why);
}

/* The letters that are there, at most BATCH; `tag` is the last one's. */
static enum reason take_letters(struct wire *wire, const struct desk *desk,
                                instant now, int *count, uint64_t *tag,
                                struct fault *why)
{
    for (*count = 0; *count < BATCH;) {
        struct amqp_event event;
        TRY(amqp_next(wire->inbox, 0, &event, why));
        if (event.kind == AMQP_IDLE)
            break;
        if (event.kind == AMQP_CANCELLED)
            return fault(why, R_BROKER_DOWN, "the inbox queue moved");
        if (event.kind != AMQP_DELIVERED)
            continue;
        if (*count == 0)
            TRY(sql_begin(desk->mailbox, why));
        TRY(take_letter(desk, &event.letter, now, why));
        *tag = event.tag;
        (*count)++;
    }
    int written;
    return *count ? receipts_write(desk, now, &written, why) : R_OK;
}

static enum reason receive(struct wire *wire, const struct desk *desk,
                           instant now, int *count, struct fault *why)
{
    uint64_t tag = 0;
    enum reason reason = take_letters(wire, desk, now, count, &tag, why);
    if (*count == 0) {
        sql_rollback(desk->mailbox);
        return reason;
    }
    TRY(mailbox_end(desk->mailbox, reason, why));
    return amqp_acknowledge(wire->inbox, tag, true, why);
}

static enum reason work_open(struct wire *wire, const struct desk *desk,
                             instant now, int64_t monotonic,
                             struct wire_work *work, struct fault *why)
{
    TRY(receive(wire, desk, now, &work->received, why));
    TRY(dispatch_send(&wire->dispatch, desk, wire->publisher, monotonic,
                      &work->sent, why));
    TRY(publisher_pump(wire->publisher, 0, why));
    TRY(publisher_check(wire->publisher, monotonic, why));
    return dispatch_settle(&wire->dispatch, desk, wire->publisher, now,
                           monotonic, why);
}

/* For the commands, which have no line of their own to look at. */
static void note_line(struct wire *wire, const struct desk *desk, instant now,
                      int64_t monotonic)
{
    struct fault found = {0};
    if (wire->inbox && monotonic < wire->next_note)
        return;
    wire->next_note = monotonic + LINE_NOTE_MS;
    if (line_note(desk->mailbox, wire->inbox, now, &found) != R_OK)
        log_fault(LOG_WARN, "noting the state of the line", &found);
}

enum reason wire_turn(struct wire *wire, const struct desk *desk, instant now,
                      int64_t monotonic, struct wire_work *work,
                      struct fault *why)
{
    *work = (struct wire_work){0};
    if (!wire->inbox && monotonic < wire->next_try)
        return R_OK;
    enum reason reason = wire->inbox ? R_OK : open_both(wire, desk, why);
    if (reason == R_OK)
        reason = work_open(wire, desk, now, monotonic, work, why);
    if (reason != R_OK)
        hang_up(wire);
    note_line(wire, desk, now, monotonic);
    if (reason == R_OK)
        return R_OK;
    wire->next_note = 0;
    wire->next_try = monotonic + amqp_backoff(++wire->failures);
    return reason;
}

size_t wire_descriptors(const struct wire *wire, int descriptors[2])
{
    size_t count = 0;
    if (wire->inbox)
        descriptors[count++] = amqp_descriptor(wire->inbox);
    if (publisher_is_open(wire->publisher))
        descriptors[count++] = publisher_descriptor(wire->publisher);
    return count;
}

int wire_patience(const struct wire *wire, int64_t monotonic, int most)
{
    int64_t until = monotonic + most;
    if (!wire->inbox)
        until = wire->next_try;
    else if (wire->dispatch.again && wire->dispatch.in_flight == 0)
        until = wire->dispatch.pause;
    int64_t left = until - monotonic;
    return left < 0 ? 0 : left < most ? (int)left : most;
}
