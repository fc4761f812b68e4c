/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cases, their parties and clocks. A letter usually changes one row: what is
 * written is what differs from `stored`.
 */
#include "routing/ledger/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CASE_COLUMNS                                                           \
    "SELECT id, procedure, state, opened_at, changed_at, parent "

/* When something must be done about a clock, as deadlines_due has it. */
#define WAKE "CASE warn WHEN 0 THEN due ELSE warn END"

static enum reason read_parties(struct ledger *ledger,
                                struct casefile *casefile, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT agency, joined, sequence FROM parties "
                   "WHERE case_id = ?1 ORDER BY place",
                   SQL_VALUES(SQL_TEXT(casefile->id)), &rows, why));
    while (sql_next(rows))
        casefile_add_party(casefile, sql_text(rows, 0), sql_text(rows, 1))
            ->sequence = sql_integer(rows, 2);
    return sql_check(rows, why);
}

enum reason cases_read_deadlines(struct ledger *ledger,
                                 struct casefile *casefile,
                                 enum deadline_status last, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT row, limit_id, owner, from_position, start, due, "
                   "status, met_by, reminded, warn, paused, stopped "
                   "FROM deadlines "
                   "WHERE case_id = ?1 AND status <= ?2 ORDER BY row",
                   SQL_VALUES(SQL_TEXT(casefile->id), SQL_INT(last)), &rows,
                   why));
    while (sql_next(rows)) {
        struct deadline read = {
            .row = sql_integer(rows, 0),
            .limit = (char *)sql_text(rows, 1),
            .owner = (char *)sql_text(rows, 2),
            .from = sql_integer(rows, 3),
            .start = sql_integer(rows, 4),
            .due = sql_integer(rows, 5),
            .status = (enum deadline_status)sql_integer(rows, 6),
            .met_by = sql_integer(rows, 7),
            .reminded = sql_integer(rows, 8),
            .warn = sql_integer(rows, 9),
            .paused = sql_integer(rows, 10),
            .stopped = sql_integer(rows, 11),
        };
        if (read.status > DEADLINE_CANCELLED)
            return fault(why, R_STORE_FAILED, "a deadline of no status");
        casefile_add_deadline(casefile, &read);
    }
    return sql_check(rows, why);
}

/* *out stays NULL if the query gives no row. */
static enum reason read_case(struct ledger *ledger, const char *text,
                             struct sql_values keys, struct casefile **out,
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(sql_select(ledger->db, text, keys, &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    casefile = mem_new(1, sizeof *casefile);
    casefile->id = mem_text(sql_text(rows, 0));
    casefile->procedure = mem_text(sql_text(rows, 1));
    casefile->state = mem_text(sql_text(rows, 2));
    casefile->opened_at = sql_integer(rows, 3);
    casefile->changed_at = sql_integer(rows, 4);
    TRY(read_parties(ledger, casefile, why));
    if (*sql_text(rows, 5))
        casefile->parent = mem_text(sql_text(rows, 5));
    TRY(cases_read_deadlines(ledger, casefile, DEADLINE_PAUSED, why));
    casefile_mark_stored(casefile);
    *out = TAKE(casefile);
    return R_OK;
}

enum reason cases_find(struct ledger *ledger, const char *id,
                       struct casefile **out, struct fault *why)
{
    *out = NULL;
    return read_case(ledger, CASE_COLUMNS "FROM cases WHERE id = ?1",
                     SQL_VALUES(SQL_TEXT(id)), out, why);
}

enum reason cases_find_waiting(struct ledger *ledger, int64_t position,
                               const char *after, struct casefile **out,
                               struct fault *why)
{
    *out = NULL;
    return read_case(ledger,
                     CASE_COLUMNS
                     "FROM cases WHERE id = (SELECT case_id FROM deadlines "
                     "WHERE status = 0 AND from_position = ?1 AND case_id > ?2 "
                     "ORDER BY case_id LIMIT 1)",
                     SQL_VALUES(SQL_INT(position), SQL_TEXT(after)), out, why);
}

static enum reason put_case(struct ledger *ledger,
                            const struct casefile *casefile, struct fault *why)
{
    const struct casefile *stored = casefile->stored;
    if (stored && stored->changed_at == casefile->changed_at &&
        strcmp(stored->state, casefile->state) == 0)
        return R_OK;
    if (stored)
        return sql_run(ledger->db,
                       "UPDATE cases SET state = ?2, changed_at = ?3 "
                       "WHERE id = ?1",
                       SQL_VALUES(SQL_TEXT(casefile->id),
                                  SQL_TEXT(casefile->state),
                                  SQL_INT(casefile->changed_at)),
                       why);
    return sql_run(
        ledger->db, "INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        SQL_VALUES(SQL_TEXT(casefile->id), SQL_TEXT(casefile->procedure),
                   SQL_TEXT(casefile->state), SQL_INT(casefile->opened_at),
                   SQL_INT(casefile->changed_at),
                   SQL_TEXT(casefile->parent ? casefile->parent : "")),
        why);
}

static enum reason put_party(struct ledger *ledger,
                             const struct casefile *casefile, size_t place,
                             struct fault *why)
{
    const struct casefile *stored = casefile->stored;
    const struct party *party = &casefile->parties[place];
    bool known = stored && place < stored->party_count;
    if (known && stored->parties[place].sequence == party->sequence)
        return R_OK;
    if (known)
        return sql_run(
            ledger->db,
            "UPDATE parties SET sequence = ?3, joined = ?4 "
            "WHERE case_id = ?1 AND place = ?2",
            SQL_VALUES(SQL_TEXT(casefile->id), SQL_INT((int64_t)place),
                       SQL_INT(party->sequence), SQL_TEXT(party->as)),
            why);
    return sql_run(ledger->db,
                   "INSERT INTO parties VALUES (?1, ?2, ?3, ?4, ?5)",
                   SQL_VALUES(SQL_TEXT(casefile->id), SQL_INT((int64_t)place),
                              SQL_TEXT(party->agency), SQL_TEXT(party->as),
                              SQL_INT(party->sequence)),
                   why);
}

static bool is_same(const struct deadline *a, const struct deadline *b)
{
    return a->start == b->start && a->due == b->due && a->status == b->status &&
           a->met_by == b->met_by && a->reminded == b->reminded &&
           a->warn == b->warn && a->paused == b->paused &&
           a->stopped == b->stopped;
}

static enum reason put_deadline(struct ledger *ledger,
                                const struct casefile *casefile,
                                struct deadline *deadline,
                                const struct deadline *stored,
                                struct fault *why)
{
    if (stored && is_same(stored, deadline))
        return R_OK;
    if (stored)
        return sql_run(
            ledger->db,
            "UPDATE deadlines SET start = ?2, due = ?3, "
            "status = ?4, met_by = ?5, reminded = ?6, warn = ?7, "
            "paused = ?8, stopped = ?9 "
            "WHERE row = ?1",
            SQL_VALUES(SQL_INT(deadline->row), SQL_INT(deadline->start),
                       SQL_INT(deadline->due), SQL_INT(deadline->status),
                       SQL_INT(deadline->met_by), SQL_INT(deadline->reminded),
                       SQL_INT(deadline->warn), SQL_INT(deadline->paused),
                       SQL_INT(deadline->stopped)),
            why);
    TRY(sql_run(ledger->db,
                "INSERT INTO deadlines (case_id, limit_id, owner, "
                "from_position, start, due, status, met_by, reminded, "
                "warn, paused, stopped) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                SQL_VALUES(SQL_TEXT(casefile->id), SQL_TEXT(deadline->limit),
                           SQL_TEXT(deadline->owner), SQL_INT(deadline->from),
                           SQL_INT(deadline->start), SQL_INT(deadline->due),
                           SQL_INT(deadline->status), SQL_INT(deadline->met_by),
                           SQL_INT(deadline->reminded), SQL_INT(deadline->warn),
                           SQL_INT(deadline->paused),
                           SQL_INT(deadline->stopped)),
                why));
    deadline->row = sql_last_id(ledger->db);
    return R_OK;
}

enum reason cases_put(struct ledger *ledger, struct casefile *casefile,
                      struct fault *why)
{
    const struct casefile *stored = casefile->stored;
    size_t deadlines = stored ? stored->deadline_count : 0;
    TRY(put_case(ledger, casefile, why));
    for (size_t i = 0; i < casefile->party_count; i++)
        TRY(put_party(ledger, casefile, i, why));
    for (size_t i = 0; i < casefile->deadline_count; i++)
        TRY(put_deadline(ledger, casefile, &casefile->deadlines[i],
                         i < deadlines ? &stored->deadlines[i] : NULL, why));
    casefile_mark_stored(casefile);
    return R_OK;
}

enum reason cases_put_step(struct ledger *ledger,
                           const struct step_record *step, struct fault *why)
{
    return sql_run(ledger->db,
                   "INSERT INTO steps VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                   "ON CONFLICT (case_id, position) DO UPDATE SET "
                   "state_after = ?4, late = max(late, ?6)",
                   SQL_VALUES(SQL_TEXT(step->case_id), SQL_INT(step->position),
                              SQL_TEXT(step->state_before),
                              SQL_TEXT(step->state_after), SQL_INT(step->at),
                              SQL_INT(step->late), SQL_INT(step->decided_at)),
                   why);
}

enum reason cases_overdue(struct ledger *ledger, instant now,
                          struct casefile **out, struct fault *why)
{
    *out = NULL;
    return read_case(ledger,
                     CASE_COLUMNS
                     "FROM cases WHERE id = (SELECT case_id FROM deadlines "
                     "WHERE status = 1 AND reminded = 0 AND " WAKE " < ?1 "
                     "ORDER BY " WAKE " LIMIT 1)",
                     SQL_VALUES(SQL_INT(now)), out, why);
}

/* A clock is overdue one instant after its last lawful one. */
enum reason cases_next_due(struct ledger *ledger, instant *out,
                           struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT min(" WAKE ") FROM deadlines "
                   "WHERE status = 1 AND reminded = 0",
                   SQL_NO_VALUES, &rows, why));
    *out = INT64_MAX;
    if (sql_next(rows) && !sql_is_null(rows, 0))
        *out = sql_integer(rows, 0) + 1;
    return sql_check(rows, why);
}
