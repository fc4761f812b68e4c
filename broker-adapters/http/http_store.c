/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/http/http_store.h"

#include <stdio.h>
#include <string.h>

#include "broker-adapters/mailbox/mailbox.h"

static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS http_key ("
    " client TEXT NOT NULL,"
    " key TEXT NOT NULL,"
    " request BLOB NOT NULL," /* SHA-256 of type, signature and body */
    " letter TEXT NOT NULL,"  /* its id in outgoing */
    " made_at INTEGER NOT NULL,"
    " PRIMARY KEY (client, key)) STRICT, WITHOUT ROWID",

    "CREATE TABLE IF NOT EXISTS inbox_taken ("
    " letter INTEGER PRIMARY KEY REFERENCES incoming (row),"
    " client TEXT NOT NULL,"
    " taken_at INTEGER NOT NULL) STRICT",

    "CREATE TABLE IF NOT EXISTS http_file ("
    " sha256 BLOB PRIMARY KEY,"
    " sm3 BLOB NOT NULL,"
    " size INTEGER NOT NULL,"
    " client TEXT NOT NULL,"
    " put_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",

    "CREATE TABLE IF NOT EXISTS webhook_case ("
    " case_id TEXT PRIMARY KEY,"
    " tries INTEGER NOT NULL,"
    " next_try INTEGER NOT NULL,"
    " text TEXT NOT NULL) STRICT, WITHOUT ROWID",

    /* One row that is written to know that the mailbox can be written. */
    "CREATE TABLE IF NOT EXISTS http_probe ("
    " one INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL) STRICT",

    ("CREATE INDEX IF NOT EXISTS incoming_answers ON incoming (answers)"
     " WHERE answers <> ''"),
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason http_store_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, make_tables(mailbox, why), why);
}

enum reason http_key_find(struct sql *mailbox, const struct http_key *key,
                          char letter[UUID_TEXT_MAX], struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    letter[0] = '\0';
    TRY(sql_select(mailbox,
                   "SELECT letter, request = ?3 FROM http_key"
                   " WHERE client = ?1 AND key = ?2",
                   SQL_VALUES(SQL_TEXT(key->client), SQL_TEXT(key->key),
                              SQL_DIGEST(&key->request)),
                   &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    if (!sql_integer(rows, 1))
        return fault(why, R_ID_REUSED, "Idempotency-Key %s", key->key);
    snprintf(letter, UUID_TEXT_MAX, "%s", sql_text(rows, 0));
    return R_OK;
}

enum reason http_key_put(struct sql *mailbox, const struct http_key *key,
                         const char *letter, instant now, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO http_key (client, key, request, letter,"
                   " made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                   SQL_VALUES(SQL_TEXT(key->client), SQL_TEXT(key->key),
                              SQL_DIGEST(&key->request), SQL_TEXT(letter),
                              SQL_INT(now)),
                   why);
}

enum reason inbox_mark_taken(struct sql *mailbox, int64_t row,
                             const char *client, instant now, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT OR IGNORE INTO inbox_taken (letter, client,"
                   " taken_at) VALUES (?1, ?2, ?3)",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(client), SQL_INT(now)),
                   why);
}

enum reason http_file_mark(struct sql *mailbox,
                           const struct attachment_known *file,
                           const char *client, instant now, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO http_file (sha256, sm3, size, client, put_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)"
                   " ON CONFLICT (sha256) DO UPDATE SET put_at = ?5",
                   SQL_VALUES(SQL_DIGEST(&file->sha256), SQL_DIGEST(&file->sm3),
                              SQL_INT(file->size), SQL_TEXT(client),
                              SQL_INT(now)),
                   why);
}

enum reason http_file_find(struct sql *mailbox, const struct digest *sha256,
                           struct attachment_known *out, instant *at,
                           struct fault *why)
{
    char text[DIGEST_TEXT_MAX];
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT sm3, size, put_at FROM http_file WHERE sha256 = ?1",
                   SQL_VALUES(SQL_DIGEST(sha256)), &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_NOT_FOUND, "%s", digest_format(sha256, text));
    }
    out->sha256 = *sha256;
    out->sm3 = mailbox_digest(rows, 0);
    out->size = sql_integer(rows, 1);
    *at = sql_integer(rows, 2);
    return R_OK;
}

enum reason http_file_old(struct sql *mailbox, instant before,
                          struct digest *sha256, bool *found, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT sha256 FROM http_file f WHERE put_at < ?1"
                   " AND NOT EXISTS (SELECT 1 FROM evidence_out e"
                   "  WHERE e.sha256 = f.sha256"
                   "  AND e.state IN ('kept', 'missing', 'sealed')) LIMIT 1",
                   SQL_VALUES(SQL_INT(before)), &rows, why));
    *found = sql_next(rows);
    if (*found)
        *sha256 = mailbox_digest(rows, 0);
    return sql_check(rows, why);
}

enum reason http_file_forget(struct sql *mailbox, const struct digest *sha256,
                             struct fault *why)
{
    return sql_run(mailbox, "DELETE FROM http_file WHERE sha256 = ?1",
                   SQL_VALUES(SQL_DIGEST(sha256)), why);
}
