/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Steps are walked instead of letters where that will do: they are small, and
 * bodies are long.
 */
#include "routing/ledger/survey.h"

#include "routing/ledger/store.h"

#define OPENER(case_id)                                                        \
    "coalesce((SELECT p.agency FROM parties p WHERE p.case_id = " case_id      \
    " ORDER BY p.place LIMIT 1), '')"

static struct clock_row read_clock(const struct sql_rows *rows)
{
    return (struct clock_row){
        .case_id = sql_text(rows, 0),
        .procedure = sql_text(rows, 1),
        .state = sql_text(rows, 2),
        .limit = sql_text(rows, 3),
        .owner = sql_text(rows, 4),
        .from = sql_integer(rows, 5),
        .start = sql_integer(rows, 6),
        .due = sql_integer(rows, 7),
        .status = (enum deadline_status)sql_integer(rows, 8),
        .met_by = sql_integer(rows, 9),
        .met_at = sql_integer(rows, 10),
        .letter_id = sql_text(rows, 11),
        .letter_type = sql_text(rows, 12),
        .sender = sql_text(rows, 13),
        .opened_at = sql_integer(rows, 14),
    };
}

enum reason survey_clocks(struct ledger *ledger, instant until,
                          enum reason (*see)(void *context,
                                             const struct clock_row *row,
                                             struct fault *why),
                          void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT d.case_id, c.procedure, c.state, d.limit_id, "
        "d.owner, d.from_position, d.start, d.due, d.status, "
        "d.met_by, coalesce(m.received_at, 0), "
        "coalesce(l.id, ''), coalesce(l.type, ''), "
        "coalesce(l.sender, ''), c.opened_at FROM deadlines d "
        "JOIN cases c ON c.id = d.case_id "
        "LEFT JOIN letters l ON l.position = d.from_position "
        "LEFT JOIN letters m ON m.position = d.met_by "
        "WHERE d.status IN (?2, ?3, ?4) AND d.due > 0 AND d.due < ?1 "
        "ORDER BY d.due, d.row",
        SQL_VALUES(SQL_INT(until), SQL_INT(DEADLINE_RUNNING),
                   SQL_INT(DEADLINE_MET), SQL_INT(DEADLINE_MET_LATE)),
        &rows, why));
    while (sql_next(rows)) {
        struct clock_row row = read_clock(rows);
        TRY(see(context, &row, why));
    }
    return sql_check(rows, why);
}

static enum reason walk_letters(
    struct sql_rows *rows,
    enum reason (*see)(void *context, const struct letter_line *line,
                       struct fault *why),
    void *context, struct fault *why)
{
    while (sql_next(rows)) {
        const struct letter_line line = {
            .position = sql_integer(rows, 0),
            .id = sql_text(rows, 1),
            .type = sql_text(rows, 2),
            .sender = sql_text(rows, 3),
            .case_id = sql_text(rows, 4),
            .procedure = sql_text(rows, 5),
            .opener = sql_text(rows, 6),
            .received_at = sql_integer(rows, 7),
            .late = sql_integer(rows, 8) != 0,
        };
        TRY(see(context, &line, why));
    }
    return sql_check(rows, why);
}

#define LINE_COLUMNS                                                           \
    "l.position, l.id, l.type, l.sender, c.id, c.procedure, " OPENER(          \
        "c.id") ", l.received_at, "

enum reason survey_letters(struct ledger *ledger, const struct span *span,
                           enum reason (*see)(void *context,
                                              const struct letter_line *line,
                                              struct fault *why),
                           void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT " LINE_COLUMNS "s.late FROM steps s "
        "JOIN letters l ON l.position = s.position AND l.outcome = 0 "
        "AND l.case_id = s.case_id "
        "JOIN cases c ON c.id = s.case_id "
        "WHERE s.at >= ?1 AND s.at < ?2 AND s.position <= ?3 "
        "ORDER BY s.position, s.case_id",
        SQL_VALUES(SQL_INT(span->from), SQL_INT(span->until),
                   SQL_INT(span->last)),
        &rows, why));
    return walk_letters(rows, see, context, why);
}

enum reason survey_followed(struct ledger *ledger, const struct span *span,
                            enum reason (*see)(void *context,
                                               const struct letter_line *line,
                                               struct fault *why),
                            void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT " LINE_COLUMNS "s.late FROM cases c "
        "JOIN steps s ON s.case_id = c.id "
        "JOIN letters l ON l.position = s.position AND l.outcome = 0 "
        "AND l.case_id <> s.case_id "
        "WHERE (c.parent <> '' OR c.id IN "
        "(SELECT parent FROM cases WHERE parent <> '')) "
        "AND s.at >= ?1 AND s.at < ?2 AND s.position <= ?3 "
        "ORDER BY s.position, s.case_id",
        SQL_VALUES(SQL_INT(span->from), SQL_INT(span->until),
                   SQL_INT(span->last)),
        &rows, why));
    return walk_letters(rows, see, context, why);
}

enum reason survey_reminders(struct ledger *ledger, const struct span *span,
                             const char *type,
                             enum reason (*see)(void *context,
                                                const struct letter_line *line,
                                                struct fault *why),
                             void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT " LINE_COLUMNS "0 FROM letters l "
        "JOIN cases c ON c.id = l.case_id WHERE l.case_id IN "
        "(SELECT d.case_id FROM deadlines d WHERE d.reminded <> 0) "
        "AND l.outcome <> 0 AND l.outcome = 2 AND l.type = ?4 "
        "AND l.received_at >= ?1 AND l.received_at < ?2 AND l.position <= ?3 "
        "ORDER BY l.position",
        SQL_VALUES(SQL_INT(span->from), SQL_INT(span->until),
                   SQL_INT(span->last), SQL_TEXT(type)),
        &rows, why));
    return walk_letters(rows, see, context, why);
}

enum reason survey_cases(struct ledger *ledger,
                         enum reason (*see)(void *context,
                                            const struct case_line *line,
                                            struct fault *why),
                         void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT c.id, c.procedure, c.state, coalesce((SELECT max(s.at) "
        "FROM steps s WHERE s.case_id = c.id "
        "AND s.state_before <> s.state_after), c.opened_at), " OPENER(
            "c.id") " FROM cases c "
                    "ORDER BY c.changed_at, c.id",
        SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        const struct case_line line = {
            .id = sql_text(rows, 0),
            .procedure = sql_text(rows, 1),
            .state = sql_text(rows, 2),
            .entered_at = sql_integer(rows, 3),
            .opener = sql_text(rows, 4),
        };
        TRY(see(context, &line, why));
    }
    return sql_check(rows, why);
}

enum reason survey_parties(struct ledger *ledger, const char *case_id,
                           struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT agency FROM parties WHERE case_id = ?1 "
                   "ORDER BY place",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    while (sql_next(rows))
        buf_print(out, "%s%s", out->size ? " " : "", sql_text(rows, 0));
    return sql_check(rows, why);
}

enum reason survey_newest(struct ledger *ledger, const char *type,
                          int64_t *position, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT position FROM letters WHERE outcome = 2 AND "
                   "type = ?1 ORDER BY position DESC LIMIT 1",
                   SQL_VALUES(SQL_TEXT(type)), &rows, why));
    *position = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

enum reason survey_find_letter(struct ledger *ledger, const char *id,
                               int64_t *position, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT position FROM letters WHERE holds_id = 1 "
                   "AND id = ?1 ORDER BY position LIMIT 1",
                   SQL_VALUES(SQL_TEXT(id)), &rows, why));
    *position = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}
