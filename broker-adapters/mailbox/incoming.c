/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The incoming letters of a mailbox: kept once, whatever the queue repeats,
 * and released in the order of their case.
 *
 * Invariants, after every commit:
 *   1. turn.next is the lowest place of the case that was not filled;
 *   2. early holds no place below turn.next;
 *   3. a letter is held only while its place is in early.
 */
#include "broker-adapters/mailbox/incoming.h"

#include <stdlib.h>

#include "base/io.h"
#include "base/mem.h"

static enum reason find_kept(struct sql *mailbox, const struct message *message,
                             int64_t *row, bool *same, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *row = 0;
    TRY(sql_select(mailbox,
                   "SELECT row, digest = ?3 FROM incoming"
                   " WHERE sender = ?1 AND id = ?2",
                   SQL_VALUES(SQL_TEXT(message_from(message)),
                              SQL_TEXT(message_id(message)),
                              SQL_DIGEST(message_digest(message))),
                   &rows, why));
    if (sql_next(rows)) {
        *row = sql_integer(rows, 0);
        *same = sql_integer(rows, 1) != 0;
    }
    return sql_check(rows, why);
}

enum reason incoming_put(struct sql *mailbox, const struct message *message,
                         const char *jws, int64_t place, bool owes, instant now,
                         enum incoming_outcome *outcome, int64_t *row,
                         struct fault *why)
{
    size_t size;
    const void *bytes = message_bytes(message, &size);
    bool same = false;
    TRY(find_kept(mailbox, message, row, &same, why));
    *outcome = *row == 0 ? INCOMING_NEW
               : same    ? INCOMING_REPEAT
                         : INCOMING_CONFLICT;
    if (*outcome != INCOMING_NEW)
        return R_OK;
    TRY(sql_run(
        mailbox,
        "INSERT INTO incoming (id, sender, case_id, type, media_type, jws,"
        " bytes, digest, answers, place, state, received_at, sent_at,"
        " owes_receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " 'held', ?11, ?12, ?13)",
        SQL_VALUES(
            SQL_TEXT(message_id(message)), SQL_TEXT(message_from(message)),
            SQL_TEXT(message_case(message)), SQL_TEXT(message_type(message)),
            SQL_TEXT(message_media_type(message)), SQL_TEXT(jws ? jws : ""),
            SQL_BYTES(bytes, size), SQL_DIGEST(message_digest(message)),
            SQL_TEXT(message_answers(message)), SQL_INT(place), SQL_INT(now),
            SQL_INT(message_sent_at(message)), SQL_INT(owes)),
        why));
    *row = sql_last_id(mailbox);
    return R_OK;
}

static enum reason get_turn(struct sql *mailbox, const char *case_id,
                            int64_t *next, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT next FROM turn WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *next = sql_next(rows) ? sql_integer(rows, 0) : 1;
    return sql_check(rows, why);
}

static enum reason set_turn(struct sql *mailbox, const char *case_id,
                            int64_t next, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO turn (case_id, next) VALUES (?1, ?2)"
                   " ON CONFLICT (case_id) DO UPDATE SET next = ?2",
                   SQL_VALUES(SQL_TEXT(case_id), SQL_INT(next)), why);
}

/* Behind a letter that waits for its evidence (evidence_rows.h) all of its
 * case wait. */
static enum reason make_ready(struct sql *mailbox, int64_t row,
                              struct fault *why)
{
    return sql_run(
        mailbox,
        "UPDATE incoming SET state = iif(EXISTS (SELECT 1"
        "  FROM evidence_hold h JOIN incoming e ON e.row = h.incoming"
        "  WHERE h.case_id = incoming.case_id"
        "  AND (e.row = incoming.row OR e.turn_no IS NOT NULL)),"
        " 'waiting', 'ready'), turn_no ="
        " (SELECT coalesce(max(turn_no), 0) + 1 FROM incoming)"
        " WHERE row = ?1 AND state = 'held'",
        SQL_VALUES(SQL_INT(row)), why);
}

/* Takes the letter that came early for this place out of waiting. */
static enum reason take_early(struct sql *mailbox, const char *case_id,
                              int64_t place, bool *found, int64_t *row,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT letter FROM early WHERE case_id = ?1 AND place = ?2",
                   SQL_VALUES(SQL_TEXT(case_id), SQL_INT(place)), &rows, why));
    *found = sql_next(rows);
    *row = *found ? sql_integer(rows, 0) : 0;
    TRY(sql_check(rows, why));
    if (!*found)
        return R_OK;
    return sql_run(mailbox,
                   "DELETE FROM early WHERE case_id = ?1 AND place = ?2",
                   SQL_VALUES(SQL_TEXT(case_id), SQL_INT(place)), why);
}

/* From place `next` on: releases what is there, up to the next gap. */
static enum reason advance(struct sql *mailbox, const char *case_id,
                           int64_t next, struct fault *why)
{
    for (;; next++) {
        bool found;
        int64_t row;
        TRY(take_early(mailbox, case_id, next, &found, &row, why));
        if (!found)
            return set_turn(mailbox, case_id, next, why);
        if (row)
            TRY(make_ready(mailbox, row, why));
    }
}

enum reason incoming_fill(struct sql *mailbox, const char *case_id,
                          int64_t place, int64_t row, struct fault *why)
{
    int64_t next = 1;
    if (place > 0)
        TRY(get_turn(mailbox, case_id, &next, why));
    if (place > next)
        return sql_run(mailbox,
                       "INSERT OR IGNORE INTO early (case_id, place, letter)"
                       " VALUES (?1, ?2, ?3)",
                       SQL_VALUES(SQL_TEXT(case_id), SQL_INT(place),
                                  row ? SQL_INT(row) : SQL_NULL),
                       why);
    if (row)
        TRY(make_ready(mailbox, row, why));
    return place == next ? advance(mailbox, case_id, next + 1, why) : R_OK;
}

/* A case that waited too long, and the first place it has; false at the end. */
static enum reason find_overdue(struct sql *mailbox, instant since,
                                char **case_id, int64_t *first,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT e.case_id, (SELECT min(place) FROM early"
                   "  WHERE case_id = e.case_id)"
                   " FROM incoming i JOIN early e ON e.letter = i.row"
                   " WHERE i.state = 'held' AND i.received_at < ?1 LIMIT 1",
                   SQL_VALUES(SQL_INT(since)), &rows, why));
    if (sql_next(rows)) {
        *case_id = mem_text(sql_text(rows, 0));
        *first = sql_integer(rows, 1);
    }
    return sql_check(rows, why);
}

enum reason incoming_release(struct sql *mailbox, instant since, int *released,
                             struct fault *why)
{
    for (*released = 0;; (*released)++) {
        AUTO(text) char *case_id = NULL;
        int64_t first = 0;
        TRY(find_overdue(mailbox, since, &case_id, &first, why));
        if (!case_id)
            return R_OK;
        TRY(advance(mailbox, case_id, first, why));
    }
}

void ready_letter_done(struct ready_letter *letter)
{
    free(letter->id);
    free(letter->case_id);
    free(letter->type);
    free(letter->media_type);
    free(letter->jws);
    free(letter->bytes);
    *letter = (struct ready_letter){0};
}

enum reason incoming_next(struct sql *mailbox, const char *state, int64_t after,
                          struct ready_letter *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct ready_letter){0};
    TRY(sql_select(mailbox,
                   "SELECT row, place, id, case_id, type, media_type, jws,"
                   " bytes, turn_no FROM incoming"
                   " WHERE state = ?1 AND turn_no > ?2"
                   " ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_TEXT(state), SQL_INT(after)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    out->row = sql_integer(rows, 0);
    out->place = sql_integer(rows, 1);
    out->id = mem_text(sql_text(rows, 2));
    out->case_id = mem_text(sql_text(rows, 3));
    out->type = mem_text(sql_text(rows, 4));
    out->media_type = mem_text(sql_text(rows, 5));
    out->jws = mem_text(sql_text(rows, 6));
    const void *bytes = sql_bytes(rows, 7, &out->size);
    out->bytes = mem_copy(bytes, out->size);
    out->turn = sql_integer(rows, 8);
    return R_OK;
}

enum reason incoming_mark(struct sql *mailbox, int64_t row, const char *state,
                          struct fault *why)
{
    return sql_run(mailbox, "UPDATE incoming SET state = ?2 WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(state)), why);
}

enum reason incoming_mark_handed(struct sql *mailbox, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE incoming SET state = 'handed'"
                   " WHERE state = 'handing'",
                   SQL_NO_VALUES, why);
}
