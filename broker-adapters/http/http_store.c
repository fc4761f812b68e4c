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
