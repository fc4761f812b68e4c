/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who speaks is told by the broker: it checks the user-id of every message,
 * and only an agency itself can write to the exchange of its words.
 *
 * What goes out is counted until the broker confirms it, so that neither our
 * memory nor that of the broker fills up with what somebody does not take; a
 * word that the broker refuses (the agency's queue is full) is lost, and the
 * agency asks again.
 */
#include "broker-adapters/evidence/store/store_line.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    PREFETCH = 16, /* chunks of one agency */
    EVENTS_PER_TURN = 64,
    OUT_MAX = 1024, /* words without a confirm */
    CHUNKS_OUT_MAX = 64,
    MISSING_MS = 30 * 1000
};

/* A word on its way: to whom, until the broker has it. */
struct on_its_way {
    char agency[TRANSFER_AGENCY_MAX];
    bool is_done;
};

struct store_line {
    struct amqp_settings settings;
    const char *agency;
    struct amqp *inbox, *outbox; /* NULL: not open */
    bool is_blocked;
    uint64_t first, next; /* tags without a confirm: first ... next - 1 */
    struct on_its_way out[OUT_MAX];
    char **missing; /* agencies without a queue */
    size_t missing_count;
    int64_t look_again;
};

struct store_line *store_line_new(const struct amqp_settings *settings,
                                  const char *agency)
{
    struct store_line *line = mem_new(1, sizeof *line);
    line->settings = *settings;
    line->agency = agency;
    return line;
}

static void forget_missing(struct store_line *line)
{
    for (size_t i = 0; i < line->missing_count; i++)
        free(line->missing[i]);
    free(line->missing);
    line->missing = NULL;
    line->missing_count = 0;
}

void store_line_close(struct store_line *line)
{
    amqp_close(TAKE(line->inbox));
    amqp_close(TAKE(line->outbox));
    line->is_blocked = false;
    line->first = line->next = 1;
}

void store_line_free(struct store_line *line)
{
    if (!line)
        return;
    store_line_close(line);
    forget_missing(line);
    free(line);
}

/* --- words that go ---------------------------------------------------------
 */

static bool has_room(void *self)
{
    struct store_line *line = self;
    return line->outbox && !line->is_blocked &&
           line->next - line->first < CHUNKS_OUT_MAX;
}

static enum reason say(void *self, const char *agency, const struct word *word,
                       struct fault *why)
{
    struct store_line *line = self;
    uint64_t tag;
    if (line->is_blocked || line->next - line->first >= OUT_MAX)
        return R_OK;
    TRY(word_send(line->outbox, word, "evidence.in", agency, line->agency, &tag,
                  why));
    struct on_its_way *out = &line->out[tag % OUT_MAX];
    *out = (struct on_its_way){0};
    snprintf(out->agency, sizeof out->agency, "%s", agency);
    line->next = tag + 1;
    return R_OK;
}

struct store_face store_line_face(struct store_line *line)
{
    return (struct store_face){.self = line, .say = say, .has_room = has_room};
}

static void settle(struct store_line *line, struct store *store,
                   const struct amqp_event *event)
{
    uint64_t from = event->multiple ? line->first : event->tag;
    for (uint64_t tag = from; tag <= event->tag && tag < line->next; tag++) {
        struct on_its_way *out = &line->out[tag % OUT_MAX];
        if (tag < line->first || out->is_done)
            continue;
        out->is_done = true;
        if (event->kind == AMQP_REJECTED)
            store_lost(store, out->agency);
    }
    while (line->first < line->next && line->out[line->first % OUT_MAX].is_done)
        line->first++;
}

static enum reason hear_broker(struct store_line *line, struct store *store,
                               struct fault *why)
{
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
        struct amqp_event event;
        TRY(amqp_next(line->outbox, 0, &event, why));
        if (event.kind == AMQP_IDLE)
            return R_OK;
        if (event.kind == AMQP_CONFIRMED || event.kind == AMQP_REJECTED)
            settle(line, store, &event);
        if (event.kind == AMQP_BLOCKED || event.kind == AMQP_UNBLOCKED)
            line->is_blocked = event.kind == AMQP_BLOCKED;
    }
    return R_OK;
}

/* --- words that come -------------------------------------------------------
 */

static enum reason hear_word(struct store *store,
                             const struct amqp_letter *letter,
                             struct fault *why)
{
    struct word word;
    if (!*letter->user_id || !word_parse(letter, &word))
        return R_OK;
    return store_hear(store, letter->user_id, &word, instant_now(), why);
}

static enum reason hear_agencies(struct store_line *line, struct store *store,
                                 bool *busy, struct fault *why)
{
    uint64_t tag = 0;
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
        struct amqp_event event;
        TRY(amqp_next(line->inbox, 0, &event, why));
        if (event.kind == AMQP_IDLE)
            break;
        if (event.kind == AMQP_CANCELLED)
            return fault(why, R_BROKER_DOWN, "a queue of evidence went away");
        if (event.kind != AMQP_DELIVERED)
            continue;
        TRY(hear_word(store, &event.letter, why));
        tag = event.tag;
    }
    *busy |= tag != 0;
    return tag ? amqp_acknowledge(line->inbox, tag, true, why) : R_OK;
}

/* --- the line --------------------------------------------------------------
 */

static bool is_missing(const struct store_line *line, const char *agency)
{
    for (size_t i = 0; i < line->missing_count; i++)
        if (strcmp(line->missing[i], agency) == 0)
            return true;
    return false;
}

static void note_missing(struct store_line *line, const char *agency)
{
    line->missing = mem_resize(line->missing, line->missing_count + 1,
                               sizeof *line->missing);
    line->missing[line->missing_count++] = mem_text(agency);
    line->look_again = instant_monotonic() + MISSING_MS;
    log_event(LOG_WARN, "the broker has no queue for evidence of %s", agency);
}

/* A queue that is not there ends the connection: the next try leaves it out. */
static enum reason listen_to_all(struct store_line *line,
                                 const struct registry *registry,
                                 struct fault *why)
{
    for (size_t i = 0; i < registry_count(registry); i++) {
        const char *agency = registry_get(registry, i)->id;
        if (strcmp(agency, line->agency) == 0 || is_missing(line, agency))
            continue;
        AUTO(text) char *queue = mem_print("evidence.out.%s", agency);
        enum reason reason = amqp_consume(line->inbox, queue, PREFETCH, why);
        if (reason == R_BROKER_REFUSED)
            note_missing(line, agency);
        TRY(reason);
    }
    return R_OK;
}

enum reason store_line_open(struct store_line *line,
                            const struct registry *registry, struct fault *why)
{
    line->first = line->next = 1;
    if (store_line_is_incomplete(line))
        forget_missing(line);
    TRY(amqp_open(&line->outbox, &line->settings, why));
    for (;;) {
        size_t known = line->missing_count;
        TRY(amqp_open(&line->inbox, &line->settings, why));
        enum reason reason = listen_to_all(line, registry, why);
        if (line->missing_count == known)
            return reason;
        amqp_close(TAKE(line->inbox));
    }
}

bool store_line_is_incomplete(const struct store_line *line)
{
    return line->missing_count > 0 && instant_monotonic() > line->look_again;
}

static void wait_for_either(const struct store_line *line, int wait_ms)
{
    struct pollfd sockets[] = {
        {.fd = amqp_descriptor(line->inbox), .events = POLLIN},
        {.fd = amqp_descriptor(line->outbox), .events = POLLIN},
    };
    (void)poll(sockets, COUNT_OF(sockets), wait_ms);
}

enum reason store_line_turn(struct store_line *line, struct store *store,
                            int wait_ms, struct fault *why)
{
    bool heard = false, busy = false;
    TRY(hear_agencies(line, store, &heard, why));
    TRY(hear_broker(line, store, why));
    TRY(store_turn(store, instant_now(), &busy, why));
    if (!heard && !busy)
        wait_for_either(line, wait_ms);
    return R_OK;
}
