/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The outgoing rows in memory, in the order in which they came.
 *
 *   ADDED --commit--> WAITING --send--> SENT --confirmed--> CONFIRMED
 * --commit--> ^                |                    (marked, dropped)
 *                        +-- rejected, lost
 *
 * ADDED and CONFIRMED rows belong to the open transaction: a rollback drops
 * the first and keeps the second for the next one.
 */
#include "routing/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

enum row_state { ADDED, WAITING, SENT, CONFIRMED, MARKED };

enum { BUSY_SLOTS = 16384, COLLECT_MAX = 256 };

struct pending {
    int64_t cookie; /* grows along the array; a row may come twice */
    struct outbox_row row;
    struct original *original;
    enum row_state state;
    uint32_t slot; /* of its recipient and case in `busy` */
};

struct deliver {
    struct pending *rows;
    size_t count, room;
    int64_t last_cookie;
    int64_t last_row;       /* the highest row number that was in memory */
    int64_t last_committed; /* the same, before the open transaction */
    bool behind; /* the ledger has unsent rows that are not in memory */
    size_t confirmed;
    bool busy[BUSY_SLOTS]; /* a letter of this recipient and case is SENT */
};

struct original *original_new(const struct letter *letter)
{
    struct original *original = mem_new(1, sizeof *original);
    original->references = 1;
    original->position = letter->position;
    original->id = mem_text(letter->id);
    original->type = mem_text(letter->type);
    original->case_id = mem_text(letter->case_id);
    original->media_type = mem_text(letter->media_type);
    original->jws = mem_text(letter->jws);
    original->body = mem_copy(letter->bytes, letter->size);
    original->size = letter->size;
    return original;
}

void original_free(struct original *original)
{
    if (!original || --original->references > 0)
        return;
    free(original->id);
    free(original->type);
    free(original->case_id);
    free(original->media_type);
    free(original->jws);
    free(original->body);
    free(original);
}

struct deliver *deliver_new(void)
{
    struct deliver *deliver = mem_new(1, sizeof *deliver);
    deliver->behind = true;
    return deliver;
}

static void pending_done(struct pending *pending)
{
    free(pending->row.recipient);
    free(pending->row.case_id);
    original_free(pending->original);
}

void deliver_free(struct deliver *deliver)
{
    if (!deliver)
        return;
    for (size_t i = 0; i < deliver->count; i++)
        pending_done(&deliver->rows[i]);
    free(deliver->rows);
    free(deliver);
}

static uint32_t slot_of(const struct outbox_row *row)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *c = row->recipient; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    for (const char *c = row->case_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash % BUSY_SLOTS;
}

static void append(struct deliver *deliver, struct outbox_row *row,
                   struct original *original, enum row_state state)
{
    if (deliver->count == deliver->room) {
        deliver->room = deliver->room ? 2 * deliver->room : 256;
        deliver->rows =
            mem_resize(deliver->rows, deliver->room, sizeof *deliver->rows);
    }
    if (original)
        original->references++;
    deliver->rows[deliver->count++] =
        (struct pending){.cookie = ++deliver->last_cookie,
                         .row = *row,
                         .original = original,
                         .state = state,
                         .slot = slot_of(row)};
    if (row->row > deliver->last_row)
        deliver->last_row = row->row;
    *row = (struct outbox_row){0};
}

void deliver_add(struct deliver *deliver, struct outbox_row *row,
                 struct original *original)
{
    if (!deliver->behind && deliver->count < DELIVER_MAX) {
        append(deliver, row, original, ADDED);
        return;
    }
    deliver->behind = true;
    free(row->recipient);
    free(row->case_id);
}

/* Drops the rows in one state and keeps the others in order. */
static void drop(struct deliver *deliver, enum row_state state)
{
    size_t kept = 0;
    for (size_t i = 0; i < deliver->count; i++) {
        if (deliver->rows[i].state == state)
            pending_done(&deliver->rows[i]);
        else
            deliver->rows[kept++] = deliver->rows[i];
    }
    deliver->count = kept;
}

void deliver_forget(struct deliver *deliver)
{
    drop(deliver, ADDED);
    deliver->last_row = deliver->last_committed;
    for (size_t i = 0; i < deliver->count; i++)
        if (deliver->rows[i].state == MARKED) {
            deliver->rows[i].state = CONFIRMED;
            deliver->confirmed++;
        }
}

void deliver_commit(struct deliver *deliver)
{
    drop(deliver, MARKED);
    deliver->last_committed = deliver->last_row;
    for (size_t i = 0; i < deliver->count; i++)
        if (deliver->rows[i].state == ADDED)
            deliver->rows[i].state = WAITING;
}

enum reason deliver_load(struct deliver *deliver, struct ledger *ledger,
                         struct fault *why)
{
    if (!deliver->behind || deliver->count > DELIVER_MAX / 2)
        return R_OK;
    struct outbox_row *rows = NULL;
    size_t count = 0;
    size_t wanted = DELIVER_MAX - deliver->count;
    TRY(outbox_unsent(ledger, deliver->last_row, wanted, &rows, &count, why));
    for (size_t i = 0; i < count; i++)
        append(deliver, &rows[i], NULL, WAITING);
    outbox_rows_free(rows, count);
    deliver->last_committed = deliver->last_row;
    deliver->behind = count == wanted;
    return R_OK;
}

/* The bytes of a row that was read back from the ledger. */
static enum reason load_original(struct pending *pending, struct ledger *ledger,
                                 struct fault *why)
{
    if (pending->original)
        return R_OK;
    AUTO(letter_row) struct letter_row found = {0};
    TRY(letters_get(ledger, pending->row.position, &found, why));
    pending->original = original_new(&found.letter);
    return R_OK;
}

static enum reason send_row(struct deliver *deliver, struct pending *pending,
                            const struct carrier *carrier, struct fault *why)
{
    const struct original *original = pending->original;
    TRY(carrier->send(carrier->self,
                      &(struct departure){
                          .cookie = pending->cookie,
                          .recipient = pending->row.recipient,
                          .message_id = original->id,
                          .case_id = original->case_id,
                          .type = original->type,
                          .media_type = original->media_type,
                          .jws = original->jws,
                          .sequence = pending->row.sequence,
                          .body = original->body,
                          .size = original->size,
                      },
                      why));
    pending->state = SENT;
    deliver->busy[pending->slot] = true;
    return R_OK;
}

enum reason deliver_send(struct deliver *deliver, struct ledger *ledger,
                         const struct carrier *carrier, struct fault *why)
{
    size_t room = carrier->room(carrier->self);
    for (size_t i = 0; i < deliver->count && room > 0; i++) {
        struct pending *pending = &deliver->rows[i];
        if (pending->state != WAITING || deliver->busy[pending->slot])
            continue;
        TRY(load_original(pending, ledger, why));
        TRY(send_row(deliver, pending, carrier, why));
        room--;
    }
    return R_OK;
}

static int compare_cookie(const void *key, const void *element)
{
    const int64_t *cookie = key;
    const struct pending *pending = element;
    return (*cookie > pending->cookie) - (*cookie < pending->cookie);
}

static void settle(struct deliver *deliver, const struct confirmation *news)
{
    struct pending *pending =
        deliver->count ? bsearch(&news->cookie, deliver->rows, deliver->count,
                                 sizeof *deliver->rows, compare_cookie)
                       : NULL;
    if (!pending || pending->state != SENT)
        return;
    deliver->busy[pending->slot] = false;
    if (news->verdict == CARRIER_CONFIRMED) {
        pending->state = CONFIRMED;
        deliver->confirmed++;
        return;
    }
    pending->state = WAITING;
    if (news->verdict == CARRIER_UNROUTABLE)
        log_event(LOG_ERROR, "no inbox queue for %s: letter %s waits",
                  pending->row.recipient, pending->original->id);
}

enum reason deliver_collect(struct deliver *deliver,
                            const struct carrier *carrier, size_t *count,
                            struct fault *why)
{
    struct confirmation news[COLLECT_MAX];
    *count = 0;
    TRY(carrier->confirmations(carrier->self, news, COLLECT_MAX, count, why));
    for (size_t i = 0; i < *count; i++)
        settle(deliver, &news[i]);
    return R_OK;
}

size_t deliver_marks(const struct deliver *deliver)
{
    return deliver->confirmed;
}

enum reason deliver_mark(struct deliver *deliver, struct ledger *ledger,
                         instant now, struct fault *why)
{
    for (size_t i = 0; i < deliver->count && deliver->confirmed > 0; i++) {
        if (deliver->rows[i].state != CONFIRMED)
            continue;
        TRY(outbox_mark(ledger, deliver->rows[i].row.row, now, why));
        deliver->rows[i].state = MARKED;
        deliver->confirmed--;
    }
    return R_OK;
}

void deliver_lost(struct deliver *deliver)
{
    memset(deliver->busy, 0, sizeof deliver->busy);
    for (size_t i = 0; i < deliver->count; i++)
        if (deliver->rows[i].state == SENT)
            deliver->rows[i].state = WAITING;
}

size_t deliver_count(const struct deliver *deliver)
{
    return deliver->count;
}
