/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that the exchange refused later is a row of the same table: it has no
 * identity, because it lies in sent/ under a name of ours.
 */
#include "broker-adapters/mailbox/taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void taken_done(struct taken *taken)
{
    free(taken->folder);
    free(taken->name);
    free(taken->identity);
    free(taken->target);
    free(taken->reason_text);
    free(taken->reason_json);
    *taken = (struct taken){0};
}

/* File names are bytes, not text: SQLite must not read them as UTF-8. */
static struct sql_value name_value(const char *name)
{
    return SQL_BYTES(name, strlen(name));
}

enum reason taken_put(struct sql *mailbox, const struct taken *taken,
                      struct fault *why)
{
    return sql_run(
        mailbox,
        "INSERT INTO taken (folder, name, identity, target, reason_text,"
        " reason_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        SQL_VALUES(SQL_TEXT(taken->folder), name_value(taken->name),
                   SQL_TEXT(taken->identity), SQL_TEXT(taken->target),
                   SQL_TEXT(taken->reason_text), SQL_TEXT(taken->reason_json)),
        why);
}

enum reason taken_has(struct sql *mailbox, const char *name,
                      const char *identity, bool *has, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        mailbox, "SELECT 1 FROM taken WHERE name = ?1 AND identity = ?2",
        SQL_VALUES(name_value(name), SQL_TEXT(identity)), &rows, why));
    *has = sql_next(rows);
    return sql_check(rows, why);
}

enum reason taken_next(struct sql *mailbox, int64_t after, struct taken *out,
                       struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct taken){0};
    TRY(sql_select(mailbox,
                   "SELECT row, folder, name, identity, target, reason_text,"
                   " reason_json FROM taken WHERE row > ?1"
                   " ORDER BY row LIMIT 1",
                   SQL_VALUES(SQL_INT(after)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    size_t size;
    const void *name = sql_bytes(rows, 2, &size);
    out->row = sql_integer(rows, 0);
    out->folder = mem_text(sql_text(rows, 1));
    out->name = mem_copy(name, size);
    out->identity = mem_text(sql_text(rows, 3));
    out->target = mem_text(sql_text(rows, 4));
    out->reason_text = mem_text(sql_text(rows, 5));
    out->reason_json = mem_text(sql_text(rows, 6));
    return R_OK;
}

enum reason taken_place(struct sql *mailbox, int64_t row, const char *target,
                        struct fault *why)
{
    return sql_run(mailbox, "UPDATE taken SET target = ?2 WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(target)), why);
}

enum reason taken_settle(struct sql *mailbox, int64_t row, struct fault *why)
{
    return sql_run(mailbox, "DELETE FROM taken WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), why);
}

enum reason taken_send_back(struct sql *mailbox, const char *letter_id,
                            const char *reason_text, const char *reason_json,
                            struct fault *why)
{
    return sql_run(
        mailbox,
        "INSERT OR IGNORE INTO taken (folder, name, identity, target,"
        " reason_text, reason_json)"
        " SELECT 'refused', CAST(source AS BLOB), '', '', ?2, ?3"
        " FROM outgoing WHERE id = ?1 AND source <> ''",
        SQL_VALUES(SQL_TEXT(letter_id), SQL_TEXT(reason_text),
                   SQL_TEXT(reason_json)),
        why);
}
