/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/line.h"

#define TABLE                                                                  \
    "CREATE TABLE IF NOT EXISTS line ("                                        \
    " one INTEGER PRIMARY KEY,"                                                \
    " up INTEGER NOT NULL,"                                                    \
    " seen_at INTEGER NOT NULL,"                                               \
    " told_at INTEGER NOT NULL) STRICT"

enum reason line_note(struct sql *mailbox, bool up, instant now,
                      struct fault *why)
{
    TRY(sql_run(mailbox, TABLE, SQL_NO_VALUES, why));
    return sql_run(mailbox,
                   "INSERT INTO line VALUES (1, ?1, iif(?1, ?2, 0), ?2)"
                   " ON CONFLICT (one) DO UPDATE SET up = ?1, told_at = ?2,"
                   " seen_at = iif(?1, ?2, seen_at)",
                   SQL_VALUES(SQL_INT(up), SQL_INT(now)), why);
}

/* Whether any adapter ever wrote the row. */
static enum reason has_line(struct sql *mailbox, bool *has, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT 1 FROM sqlite_schema WHERE name = 'line'",
                   SQL_NO_VALUES, &rows, why));
    *has = sql_next(rows);
    return sql_check(rows, why);
}

enum reason line_read(struct sql *mailbox, struct line *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    bool has;
    *out = (struct line){0};
    TRY(has_line(mailbox, &has, why));
    if (!has)
        return R_OK;
    TRY(sql_select(mailbox, "SELECT up, seen_at, told_at FROM line",
                   SQL_NO_VALUES, &rows, why));
    if (sql_next(rows))
        *out = (struct line){.up = sql_integer(rows, 0) != 0,
                             .seen = sql_integer(rows, 1),
                             .told = sql_integer(rows, 2)};
    return sql_check(rows, why);
}

bool line_is_up(const struct line *line, instant now)
{
    return line->up && now - line->told < (instant)3 * LINE_NOTE_MS;
}
