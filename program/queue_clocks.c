/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A case is told again in the order in which this machine saw it: what came
 * before a letter of ours was written stands before it. Only sql failures are
 * failures; everything else makes the limits of that case unknown.
 */
#include "program/queue_clocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/mailbox_list.h"

/* One case on its way. */
struct replay {
    struct queue_clocks *clocks;
    const char *agency;
    struct casefile *casefile;
    int64_t position; /* counted here; the real one is the centre's */
    bool known;
};

static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 16;
    return mem_resize(array, *room, size);
}

static void put_unknown(struct queue_clocks *clocks, const char *letter)
{
    clocks->unknown = grow(clocks->unknown, clocks->unknown_count,
                           &clocks->unknown_room, sizeof *clocks->unknown);
    clocks->unknown[clocks->unknown_count++] = mem_text(letter);
}

/* A clock of ours that the letter at this position has just met. */
static void put_limit(const struct replay *replay,
                      const struct message *message,
                      const struct deadline *deadline)
{
    struct queue_clocks *clocks = replay->clocks;
    struct queued_limit limit = {.due = deadline->due};
    instant decided;
    if (!procedure_clock(clocks->procedures, clocks->registry, replay->casefile,
                         deadline, &limit.facts))
        return;
    limit.letter = mem_text(message_id(message));
    limit.limit = mem_text(deadline->limit);
    limit.decided =
        limit.facts.by_decision && message_has_decided_at(message, &decided);
    limit.late = deadline->status == DEADLINE_MET_LATE;
    clocks->limits = grow(clocks->limits, clocks->count, &clocks->room,
                          sizeof *clocks->limits);
    clocks->limits[clocks->count++] = limit;
}

static void put_limits(const struct replay *replay,
                       const struct message *message)
{
    for (size_t i = 0; i < replay->casefile->deadline_count; i++) {
        const struct deadline *deadline = &replay->casefile->deadlines[i];
        if (deadline->met_by == replay->position && deadline->due != 0 &&
            strcmp(deadline->owner, replay->agency) == 0)
            put_limit(replay, message, deadline);
    }
}

static bool apply(struct replay *replay, const struct message *message,
                  instant received)
{
    AUTO(effect) struct effect effect = {0};
    struct fault found = {0};
    struct queue_clocks *clocks = replay->clocks;
    return procedure_advance(clocks->procedures, clocks->registry,
                             &replay->casefile, message, received,
                             ++replay->position, &effect, &found) == R_OK;
}

enum column { IS_OWN, IS_QUEUED, ID, BYTES, RECEIVED, DELIVERED };

static void tell_letter(struct replay *replay, const struct sql_rows *rows)
{
    AUTO(message) struct message *message = NULL;
    struct queue_clocks *clocks = replay->clocks;
    struct fault found = {0};
    size_t size;
    const void *bytes = sql_bytes(rows, BYTES, &size);
    bool is_queued = sql_integer(rows, IS_QUEUED) != 0;
    instant received =
        is_queued ? clocks->now : (instant)sql_integer(rows, RECEIVED);
    if (message_parse(&message, bytes, size, &found) != R_OK)
        replay->known = false; /* its retention ended */
    else if (message_sequence(message) == 0)
        return; /* it belongs to no procedure */
    replay->known = replay->known && apply(replay, message, received);
    if (is_queued && !replay->known)
        put_unknown(clocks, mailbox_text(rows, ID));
    if (!replay->known)
        return;
    if (is_queued)
        put_limits(replay, message);
    if (!sql_integer(rows, IS_OWN))
        (void)procedure_delivered(clocks->procedures, clocks->registry,
                                  replay->casefile, replay->position,
                                  replay->agency, sql_integer(rows, DELIVERED));
}

/*
 * What came early counts as come when its turn was: with the letter before it.
 */
static const char letters_of_case[] =
    "SELECT 0 AS own, 0, id, bytes, sent_at, received_at,"
    " max(received_at) OVER (ORDER BY place) AS here, place AS turn"
    " FROM incoming WHERE case_id = ?1"
    " UNION ALL"
    " SELECT 1, state = 'queued', id, bytes,"
    " coalesce(submitted_at, sent_at, queued_at), 0, queued_at, row"
    " FROM outgoing WHERE case_id = ?1 AND state <> 'refused'"
    " ORDER BY here, own, turn";

static enum reason tell_case(struct queue_clocks *clocks,
                             const struct desk_look *look, const char *case_id,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct replay replay = {
        .clocks = clocks, .agency = look->desk.agency, .known = true};
    TRY(sql_select(look->desk.mailbox, letters_of_case,
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows))
        tell_letter(&replay, rows);
    casefile_free(replay.casefile);
    return sql_check(rows, why);
}

static int compare_limits(const void *left, const void *right)
{
    const struct queued_limit *a = left, *b = right;
    int order = strcmp(a->letter, b->letter);
    return order ? order : a->due < b->due ? -1 : a->due > b->due;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* So that a letter is found among ten thousand. */
static void sort(struct queue_clocks *clocks)
{
    if (clocks->count)
        qsort(clocks->limits, clocks->count, sizeof *clocks->limits,
              compare_limits);
    if (clocks->unknown_count)
        qsort(clocks->unknown, clocks->unknown_count, sizeof *clocks->unknown,
              compare_texts);
}

/* One column of the letters that wait, receipts left out. */
static enum reason each_queued(struct queue_clocks *clocks,
                               const struct desk_look *look, const char *query,
                               enum reason (*use)(struct queue_clocks *clocks,
                                                  const struct desk_look *look,
                                                  const char *text,
                                                  struct fault *why),
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(look->desk.mailbox, query, SQL_NO_VALUES, &rows, why));
    while (sql_next(rows))
        TRY(use(clocks, look, mailbox_text(rows, 0), why));
    return sql_check(rows, why);
}

static enum reason tell_nothing(struct queue_clocks *clocks,
                                const struct desk_look *look,
                                const char *letter, struct fault *why)
{
    (void)look;
    (void)why;
    put_unknown(clocks, letter);
    return R_OK;
}

static enum reason open_rules(struct queue_clocks *clocks,
                              const struct desk_look *look, struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    TRY(procedures_load(&clocks->procedures, NULL, &report, why));
    return registry_read(&clocks->registry, look->settings.agencies, why);
}

enum reason queue_clocks_read(struct queue_clocks *out,
                              const struct desk_look *look, instant now,
                              struct fault *why)
{
    struct waiting_letters waiting;
    struct fault found = {0};
    out->now = now;
    TRY(mailbox_count_waiting(look->desk.mailbox, &waiting, why));
    if (waiting.count == 0)
        return R_OK;
    if (open_rules(out, look, &found) == R_OK) {
        TRY(each_queued(out, look,
                        "SELECT DISTINCT case_id FROM outgoing"
                        " WHERE state = 'queued' AND sequence > 0",
                        tell_case, why));
    } else {
        fault_print(stderr, say("期限", "limits"), &found);
        TRY(each_queued(out, look,
                        "SELECT id FROM outgoing"
                        " WHERE state = 'queued' AND sequence > 0",
                        tell_nothing, why));
    }
    sort(out);
    return R_OK;
}

void queue_clocks_done(struct queue_clocks *clocks)
{
    for (size_t i = 0; i < clocks->count; i++) {
        free(clocks->limits[i].letter);
        free(clocks->limits[i].limit);
    }
    for (size_t i = 0; i < clocks->unknown_count; i++)
        free(clocks->unknown[i]);
    free(clocks->limits);
    free(clocks->unknown);
    procedures_free(clocks->procedures);
    registry_free(clocks->registry);
    *clocks = (struct queue_clocks){0};
}

static int compare_letter(const void *letter, const void *limit)
{
    return strcmp(letter, ((const struct queued_limit *)limit)->letter);
}

static bool is_unknown(const struct queue_clocks *clocks, const char *letter)
{
    return clocks->unknown_count &&
           bsearch(&letter, clocks->unknown, clocks->unknown_count,
                   sizeof *clocks->unknown, compare_texts);
}

bool queue_clocks_find(const struct queue_clocks *clocks, const char *letter,
                       const struct queued_limit **out, size_t *count)
{
    *count = 0;
    *out = clocks->count ? bsearch(letter, clocks->limits, clocks->count,
                                   sizeof *clocks->limits, compare_letter)
                         : NULL;
    if (!*out)
        return !is_unknown(clocks, letter);
    const struct queued_limit *end = clocks->limits + clocks->count;
    while (*out > clocks->limits && strcmp((*out)[-1].letter, letter) == 0)
        (*out)--;
    while (*out + *count < end && strcmp((*out)[*count].letter, letter) == 0)
        (*count)++;
    return true;
}
