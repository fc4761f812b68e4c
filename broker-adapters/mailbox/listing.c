/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the lists, and what changes them. Rows are put and ended in
 * the transaction of the letter that says so; the change stands in the feed by
 * the same commit. Nothing is deleted, so the numbers of changes have no gaps.
 */
#include "broker-adapters/mailbox/listing.h"

#include <string.h>

#include "broker-adapters/mailbox/mailbox.h"

const char *const listing_names[LISTING_LISTS] = {
    "cards", "punishments", "penalties", "notices", "reminders", "copies"};

static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS listing ("
    " row INTEGER PRIMARY KEY,"
    " list INTEGER NOT NULL," /* enum listing_list */
    " subject TEXT NOT NULL,"
    " credit_code TEXT NOT NULL," /* normal form, '' if it has none */
    " other_code TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " title TEXT NOT NULL,"
    " number TEXT NOT NULL,"
    " authority TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " public_text TEXT NOT NULL,"
    " amount TEXT NOT NULL,"
    " stock_code TEXT NOT NULL,"
    " valid_from TEXT NOT NULL,"
    " valid_until TEXT NOT NULL," /* '': open */
    " case_id TEXT NOT NULL,"
    " parent_case TEXT NOT NULL,"
    " sender TEXT NOT NULL,"
    " letter TEXT NOT NULL,"
    " end TEXT NOT NULL DEFAULT ''," /* '': not ended */
    " end_on TEXT NOT NULL DEFAULT '',"
    " end_letter TEXT NOT NULL DEFAULT '',"
    " state_owned INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " known_at INTEGER NOT NULL,"
    " end_digest BLOB,"
    " end_known_at INTEGER) STRICT",

    "CREATE INDEX IF NOT EXISTS listing_code ON listing (credit_code)",
    "CREATE INDEX IF NOT EXISTS listing_name ON listing (name)",
    "CREATE INDEX IF NOT EXISTS listing_case ON listing (case_id)",
    "CREATE INDEX IF NOT EXISTS listing_number ON listing (number)",
    ("CREATE INDEX IF NOT EXISTS listing_parent ON listing (parent_case)"
     " WHERE parent_case <> ''"),
    "CREATE INDEX IF NOT EXISTS listing_letter ON listing (letter)",

    ("CREATE INDEX IF NOT EXISTS listing_end_letter ON listing (end_letter)"
     " WHERE end_letter <> ''"),

    /* Which notices name a letter; the HTTP connector asks this, too. */
    ("CREATE INDEX IF NOT EXISTS incoming_answers ON incoming (answers)"
     " WHERE answers <> ''"),

    "CREATE TABLE IF NOT EXISTS listing_change ("
    " number INTEGER PRIMARY KEY,"
    " listing INTEGER NOT NULL REFERENCES listing (row),"
    " ended INTEGER NOT NULL,"
    " known_at INTEGER NOT NULL) STRICT",

    /* One row: the last turn of the inbox whose letter was applied. */
    "CREATE TABLE IF NOT EXISTS listing_state ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " turn INTEGER NOT NULL) STRICT",
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason listing_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, make_tables(mailbox, why), why);
}

enum listing_list listing_find_list(const char *name)
{
    int list = 0;
    while (list < LISTING_LISTS && strcmp(listing_names[list], name) != 0)
        list++;
    return (enum listing_list)list;
}

enum reason listing_last_change(struct sql *mailbox, int64_t *number,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT coalesce(max(number), 0) FROM listing_change",
                   SQL_NO_VALUES, &rows, why));
    *number = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

/* Known time never runs backwards, whatever the clock does. */
static enum reason put_change(struct sql *mailbox, int64_t row, bool ended,
                              instant now, instant *known_at, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT known_at FROM listing_change"
                   " ORDER BY number DESC LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    *known_at = now;
    if (sql_next(rows) && sql_integer(rows, 0) > now)
        *known_at = sql_integer(rows, 0);
    TRY(sql_check(rows, why));
    return sql_run(mailbox,
                   "INSERT INTO listing_change (listing, ended, known_at)"
                   " VALUES (?1, ?2, ?3)",
                   SQL_VALUES(SQL_INT(row), SQL_INT(ended), SQL_INT(*known_at)),
                   why);
}

static struct sql_value text_value(const char *text)
{
    return SQL_TEXT(text ? text : "");
}

enum reason listing_put(struct sql *mailbox, const struct listing *listing,
                        instant now, int64_t *row, struct fault *why)
{
    instant known_at;
    TRY(sql_run(
        mailbox,
        "INSERT INTO listing (list, subject, credit_code, other_code,"
        " name, kind, title, number, authority, text, public_text,"
        " amount, stock_code, valid_from, valid_until, case_id,"
        " parent_case, sender, letter, state_owned, digest, known_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
        " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, 0)",
        SQL_VALUES(
            SQL_INT(listing->list), text_value(listing->subject),
            text_value(listing->credit_code), text_value(listing->other_code),
            text_value(listing->name), text_value(listing->kind),
            text_value(listing->title), text_value(listing->number),
            text_value(listing->authority), text_value(listing->text),
            text_value(listing->public_text), text_value(listing->amount),
            text_value(listing->stock_code), text_value(listing->valid_from),
            text_value(listing->valid_until), text_value(listing->case_id),
            text_value(listing->parent_case), text_value(listing->sender),
            text_value(listing->letter), SQL_INT(listing->state_owned),
            SQL_DIGEST(&listing->digest)),
        why));
    *row = sql_last_id(mailbox);
    TRY(put_change(mailbox, *row, false, now, &known_at, why));
    return sql_run(mailbox, "UPDATE listing SET known_at = ?2 WHERE row = ?1",
                   SQL_VALUES(SQL_INT(*row), SQL_INT(known_at)), why);
}

enum reason listing_finish(struct sql *mailbox, int64_t row,
                           const struct listing_end *end, struct fault *why)
{
    instant known_at;
    TRY(put_change(mailbox, row, true, end->now, &known_at, why));
    return sql_run(mailbox,
                   "UPDATE listing SET end = ?2, end_on = ?3, end_letter = ?4,"
                   " end_digest = ?5, end_known_at = ?6"
                   " WHERE row = ?1 AND end = ''",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(end->end),
                              SQL_TEXT(end->on), SQL_TEXT(end->letter),
                              SQL_DIGEST(end->digest), SQL_INT(known_at)),
                   why);
}
