/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Evidence at an agency's machine: a row of the adapter's table of connectors
 * with two threads. The link talks with the centre, the press seals and opens;
 * what passes between them and the main loop lies in the mailbox, so that
 * nothing of a file that takes an hour is ever in the way of a letter.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/connectors.h"
#include "broker-adapters/evidence/link.h"
#include "broker-adapters/evidence/press.h"
#include "broker-adapters/mailbox/mailbox.h"

enum {
    PREFETCH = 32,
    EVENTS_PER_TURN = 32,
    REST_MS = 1000,
    SAVE_MS = 20,
    IDLE_MS = 30 * 1000, /* then the line is given back */
    REJECTED_MS = 1000,
    UNROUTABLE_MS = 60 * 1000
};

struct evidence {
    struct link link;
    struct press press;
};

enum reason link_say(struct link *link, const struct word *word,
                     struct fault *why)
{
    uint64_t tag;
    return word_send(link->amqp, word, link->exchange, "",
                     link->settings->agency, &tag, why);
}

int64_t link_rate(const struct link *link, int64_t bytes, int64_t since)
{
    int64_t passed = link->monotonic - since;
    return since && passed > 0 ? bytes * INSTANT_SECOND / passed : 0;
}

bool link_is_silent(struct link *link, int64_t heard_at)
{
    if (link->monotonic - heard_at <= link->silence_ms)
        return false;
    link->silence_ms *= 2;
    if (link->silence_ms > TRANSFER_SILENCE_MOST_MS)
        link->silence_ms = TRANSFER_SILENCE_MOST_MS;
    return true;
}

enum reason link_end(struct link *link, enum reason reason, struct fault *why)
{
    return mailbox_end(link->mailbox, reason, why);
}

/* --- the line --------------------------------------------------------------
 */

static void hang_up(struct link *link)
{
    amqp_close(TAKE(link->amqp));
    upload_close(&link->upload);
    download_close(&link->download);
    link->is_blocked = false;
}

static enum reason open_line(struct link *link, struct fault *why)
{
    const struct adapter_settings *settings = link->settings;
    struct amqp_settings broker = broker_settings_amqp(&settings->broker);
    TRY(amqp_open(&link->amqp, &broker, why));
    return amqp_consume(link->amqp, link->queue, PREFETCH, why);
}

/* Whether a file waits for the line at all. */
static enum reason is_needed(struct link *link, bool *needed, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(link->mailbox,
                   "SELECT EXISTS (SELECT 1 FROM evidence_out"
                   "  WHERE state = 'sealed')"
                   " OR EXISTS (SELECT 1 FROM evidence_in"
                   "  WHERE state = 'awaited')"
                   " OR EXISTS (SELECT 1 FROM evidence_in"
                   "  WHERE state = 'whole' AND told = 0)",
                   SQL_NO_VALUES, &rows, why));
    *needed = sql_next(rows) && sql_integer(rows, 0);
    return sql_check(rows, why);
}

static enum reason hear_word(struct link *link, const struct amqp_event *event,
                             struct fault *why)
{
    struct word word;
    if (word_parse(&event->letter, &word)) {
        TRY(upload_hear(link, &word, why));
        TRY(download_hear(link, &word, why));
    }
    return amqp_acknowledge(link->amqp, event->tag, false, why);
}

/* What was rejected or found no queue is offered or asked for again. */
static void start_over(struct link *link, int64_t pause)
{
    upload_close(&link->upload);
    download_close(&link->download);
    link->quiet_until = link->monotonic + pause;
}

static enum reason hear_event(struct link *link, const struct amqp_event *event,
                              struct fault *why)
{
    switch (event->kind) {
    case AMQP_DELIVERED:
        return hear_word(link, event, why);
    case AMQP_REJECTED:
        start_over(link, REJECTED_MS);
        return R_OK;
    case AMQP_RETURNED:
        log_event(LOG_ERROR, "the broker has no queue for our evidence");
        start_over(link, UNROUTABLE_MS);
        return R_OK;
    case AMQP_BLOCKED:
    case AMQP_UNBLOCKED:
        link->is_blocked = event->kind == AMQP_BLOCKED;
        return R_OK;
    case AMQP_CANCELLED:
        return fault(why, R_BROKER_DOWN, "the queue %s went away", link->queue);
    case AMQP_IDLE:
    case AMQP_CONFIRMED:
        break;
    }
    return R_OK;
}

static enum reason hear_all(struct link *link, struct fault *why)
{
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
        struct amqp_event event;
        TRY(amqp_next(link->amqp, 0, &event, why));
        if (event.kind == AMQP_IDLE)
            return R_OK;
        TRY(hear_event(link, &event, why));
    }
    link->is_busy = true;
    return R_OK;
}

static enum reason work(struct link *link, struct fault *why)
{
    TRY(hear_all(link, why));
    TRY(upload_turn(link, why));
    return download_turn(link, why);
}

static enum reason look(struct link *link, struct fault *why)
{
    bool needed;
    TRY(is_needed(link, &needed, why));
    link->next_look = link->monotonic + REST_MS;
    if (needed)
        link->needed_at = link->monotonic;
    return R_OK;
}

static enum reason take_turn(struct link *link, struct fault *why)
{
    link->is_busy = false;
    link->now = instant_now();
    link->monotonic = instant_monotonic();
    (void)key_watch_look(&link->key, NULL, link->now, link->monotonic);
    if (!link->amqp || link->monotonic >= link->next_look)
        TRY(look(link, why));
    if (link->amqp && link->monotonic - link->needed_at > IDLE_MS)
        hang_up(link);
    if (!link->amqp &&
        (link->needed_at < link->monotonic || link->monotonic < link->next_try))
        return R_OK;
    if (!link->amqp) {
        TRY(open_line(link, why));
        link->failures = 0;
        link->silence_ms = TRANSFER_SILENCE_MS;
    }
    return work(link, why);
}

static void run(void *context)
{
    struct link *link = context;
    while (!atomic_load(&link->side.stop)) {
        struct fault why = {0};
        if (take_turn(link, &why) != R_OK) {
            log_fault(LOG_WARN, "evidence", &why);
            hang_up(link);
            link->next_try =
                instant_monotonic() + amqp_backoff(++link->failures);
            link->is_busy = false;
        }
        bool saves = link->budget < 0 && link->upload.may_send;
        if (!link->is_busy)
            side_rest(&link->side,
                      link->amqp ? amqp_descriptor(link->amqp) : -1,
                      saves ? SAVE_MS : REST_MS);
    }
}

/* --- the connector ---------------------------------------------------------
 */

static enum reason link_open(struct link *link,
                             const struct adapter_settings *settings,
                             struct side *press, struct fault *why)
{
    link->settings = settings;
    link->press = press;
    snprintf(link->exchange, sizeof link->exchange, "evidence.out.%s",
             settings->agency);
    snprintf(link->queue, sizeof link->queue, "evidence.in.%s",
             settings->agency);
    link->key = (struct key_watch){.key_path = settings->key,
                                   .certificate_path = settings->certificate};
    TRY(key_watch_open(&link->key, why));
    TRY(mailbox_open(&link->mailbox, settings->mailbox, SQL_WRITE, why));
    return side_start(&link->side, run, link, why);
}

static void evidence_close(void *state)
{
    struct evidence *evidence = state;
    if (!evidence)
        return;
    side_stop(&evidence->link.side); /* before either bell is gone */
    side_stop(&evidence->press.side);
    press_close(&evidence->press);
    side_close(&evidence->link.side);
    hang_up(&evidence->link);
    sql_close(evidence->link.mailbox);
    key_watch_done(&evidence->link.key);
    free(evidence);
}
AUTO_POINTER(evidence, evidence_close)

static enum reason evidence_open(void **state,
                                 const struct connector_place *place,
                                 struct fault *why)
{
    AUTO(evidence) struct evidence *evidence = mem_new(1, sizeof *evidence);
    struct link *link = &evidence->link;
    struct press *press = &evidence->press;
    TRY(press_open(press, place->settings, &link->side, why));
    TRY(link_open(link, place->settings, &press->side, why));
    *state = TAKE(evidence);
    return R_OK;
}

static void evidence_ring(void *state)
{
    struct evidence *evidence = state;
    side_ring(&evidence->press.side);
    side_ring(&evidence->link.side);
}

static bool is_wanted(const struct adapter_settings *settings)
{
    (void)settings;
    return true;
}

const struct connector connector_evidence = {
    .name = "evidence",
    .is_wanted = is_wanted,
    .open = evidence_open,
    .close = evidence_close,
    .ring = evidence_ring,
};
