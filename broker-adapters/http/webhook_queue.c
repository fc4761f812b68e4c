/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Waiting is kept as a time of the machine's clock, to outlive the process. A
 * clock that was set back must not make anybody wait for ever: what is further
 * away than the longest wait is due.
 */
#include "broker-adapters/http/webhook_queue.h"

enum { WAIT_FIRST_MS = 500, WAIT_MOST_MS = 5 * INSTANT_MINUTE, TRIES_MAX = 20 };

/* Letters are taken mostly in their order: the front moves with them. */
static enum reason move_front(struct webhook_queue *queue, struct sql *mailbox,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT turn_no FROM incoming WHERE turn_no >= ?1"
                   " AND NOT EXISTS (SELECT 1 FROM inbox_taken"
                   "  WHERE letter = incoming.row)"
                   " ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_INT(queue->turn)), &rows, why));
    if (sql_next(rows))
        queue->turn = sql_integer(rows, 0);
    return sql_check(rows, why);
}

enum reason webhook_queue_next(struct webhook_queue *queue, struct sql *mailbox,
                               instant now, int64_t *row, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *row = 0;
    TRY(move_front(queue, mailbox, why));
    TRY(sql_select(mailbox,
                   "SELECT row FROM incoming WHERE turn_no >= ?1"
                   " AND state = 'handed'"
                   " AND NOT EXISTS (SELECT 1 FROM inbox_taken"
                   "  WHERE letter = incoming.row)"
                   " AND NOT EXISTS (SELECT 1 FROM webhook_case w"
                   "  WHERE w.case_id = incoming.case_id"
                   "  AND w.next_try > ?2 AND w.next_try <= ?3)"
                   " ORDER BY turn_no LIMIT 1",
                   SQL_VALUES(SQL_INT(queue->turn), SQL_INT(now),
                              SQL_INT(now + WAIT_MOST_MS)),
                   &rows, why));
    if (sql_next(rows))
        *row = sql_integer(rows, 0);
    return sql_check(rows, why);
}

static enum reason count_tries(struct sql *mailbox, const char *case_id,
                               int64_t *tries, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT tries FROM webhook_case WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *tries = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

static int64_t wait_after(int64_t tries)
{
    int64_t wait = (int64_t)WAIT_FIRST_MS
                   << (tries < TRIES_MAX ? tries : TRIES_MAX);
    return wait < WAIT_MOST_MS ? wait : WAIT_MOST_MS;
}

enum reason webhook_queue_hold(struct sql *mailbox, const char *case_id,
                               const char *text, instant now, struct fault *why)
{
    int64_t tries;
    TRY(count_tries(mailbox, case_id, &tries, why));
    return sql_run(mailbox,
                   "INSERT INTO webhook_case (case_id, tries, next_try, text)"
                   " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (case_id)"
                   " DO UPDATE SET tries = ?2, next_try = ?3, text = ?4",
                   SQL_VALUES(SQL_TEXT(case_id), SQL_INT(tries + 1),
                              SQL_INT(now + wait_after(tries)), SQL_TEXT(text)),
                   why);
}

enum reason webhook_queue_release(struct sql *mailbox, const char *case_id,
                                  struct fault *why)
{
    return sql_run(mailbox, "DELETE FROM webhook_case WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(case_id)), why);
}

enum reason webhook_queue_patience(struct sql *mailbox, instant now,
                                   int64_t *wait, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT min(next_try) FROM webhook_case WHERE next_try > ?1",
                   SQL_VALUES(SQL_INT(now)), &rows, why));
    if (sql_next(rows) && !sql_is_null(rows, 0) &&
        sql_integer(rows, 0) - now < *wait)
        *wait = sql_integer(rows, 0) - now;
    return sql_check(rows, why);
}
