/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing/ledger/history.h"

#include <stdlib.h>

#include "base/mem.h"
#include "routing/ledger/store.h"

void case_rows_free(struct case_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(rows[i].id);
        free(rows[i].procedure);
        free(rows[i].state);
    }
    free(rows);
}

enum reason history_cases(struct ledger *ledger,
                          const struct case_filter *filter,
                          struct case_row **out, size_t *count,
                          struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT id, procedure, state, opened_at, changed_at, "
                   "(SELECT count(*) FROM steps s WHERE s.case_id = c.id), "
                   "(SELECT coalesce(min(due), 0) FROM deadlines d "
                   "WHERE d.case_id = c.id AND d.status = 1) FROM cases c "
                   "WHERE (?1 IS NULL OR EXISTS (SELECT 1 FROM parties p "
                   "WHERE p.case_id = c.id AND p.agency = ?1)) "
                   "AND (?2 IS NULL OR c.state = ?2) "
                   "ORDER BY c.changed_at DESC, c.id LIMIT ?3",
                   SQL_VALUES(SQL_TEXT(filter->agency), SQL_TEXT(filter->state),
                              SQL_INT((int64_t)filter->most)),
                   &rows, why));
    *out = NULL;
    *count = 0;
    while (sql_next(rows)) {
        *out = mem_resize(*out, *count + 1, sizeof **out);
        (*out)[(*count)++] = (struct case_row){
            .id = mem_text(sql_text(rows, 0)),
            .procedure = mem_text(sql_text(rows, 1)),
            .state = mem_text(sql_text(rows, 2)),
            .opened_at = sql_integer(rows, 3),
            .changed_at = sql_integer(rows, 4),
            .letters = sql_integer(rows, 5),
            .next_due = sql_integer(rows, 6),
        };
    }
    enum reason reason = sql_check(rows, why);
    if (reason == R_OK)
        return R_OK;
    case_rows_free(*out, *count);
    *out = NULL;
    *count = 0;
    return reason;
}

void children_free(char **ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
    free(ids);
}

enum reason history_children(struct ledger *ledger, const char *case_id,
                             char ***out, size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT id FROM cases WHERE parent = ?1 AND parent <> '' "
                   "ORDER BY opened_at, id",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *out = NULL;
    *count = 0;
    while (sql_next(rows)) {
        *out = mem_resize(*out, *count + 1, sizeof **out);
        (*out)[(*count)++] = mem_text(sql_text(rows, 0));
    }
    enum reason reason = sql_check(rows, why);
    if (reason == R_OK)
        return R_OK;
    children_free(*out, *count);
    *out = NULL;
    *count = 0;
    return reason;
}

enum reason history_positions(struct ledger *ledger, const char *case_id,
                              int64_t **out, size_t *count, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT position FROM steps WHERE case_id = ?1 "
                   "UNION SELECT position FROM letters "
                   "WHERE case_id = ?1 AND outcome <> 0 ORDER BY 1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *out = NULL;
    *count = 0;
    while (sql_next(rows)) {
        *out = mem_resize(*out, *count + 1, sizeof **out);
        (*out)[(*count)++] = sql_integer(rows, 0);
    }
    enum reason reason = sql_check(rows, why);
    if (reason != R_OK) {
        free(*out);
        *out = NULL;
        *count = 0;
    }
    return reason;
}

void step_row_done(struct step_row *row)
{
    free(row->state_before);
    free(row->state_after);
    *row = (struct step_row){0};
}

enum reason history_step(struct ledger *ledger, const char *case_id,
                         int64_t position, struct step_row *out, bool *found,
                         struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT state_before, state_after, late, decided_at "
                   "FROM steps WHERE case_id = ?1 AND position = ?2",
                   SQL_VALUES(SQL_TEXT(case_id), SQL_INT(position)), &rows,
                   why));
    *found = sql_next(rows);
    if (*found)
        *out = (struct step_row){
            .state_before = mem_text(sql_text(rows, 0)),
            .state_after = mem_text(sql_text(rows, 1)),
            .late = sql_integer(rows, 2) != 0,
            .decided_at = sql_integer(rows, 3),
        };
    return sql_check(rows, why);
}

void deliveries_free(struct delivery *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(rows[i].recipient);
    free(rows);
}

enum reason history_deliveries(struct ledger *ledger, int64_t position,
                               struct delivery **out, size_t *count,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT recipient, sent_at, delivered_at, receipt "
                   "FROM outbox WHERE position = ?1 ORDER BY row",
                   SQL_VALUES(SQL_INT(position)), &rows, why));
    *out = NULL;
    *count = 0;
    while (sql_next(rows)) {
        *out = mem_resize(*out, *count + 1, sizeof **out);
        (*out)[(*count)++] = (struct delivery){
            .recipient = mem_text(sql_text(rows, 0)),
            .sent_at = sql_integer(rows, 1),
            .delivered_at = sql_integer(rows, 2),
            .receipt = sql_integer(rows, 3),
        };
    }
    enum reason reason = sql_check(rows, why);
    if (reason == R_OK)
        return R_OK;
    deliveries_free(*out, *count);
    *out = NULL;
    *count = 0;
    return reason;
}

enum reason history_deadlines(struct ledger *ledger, struct casefile *casefile,
                              struct fault *why)
{
    return cases_read_deadlines(ledger, casefile, DEADLINE_CANCELLED, why);
}
