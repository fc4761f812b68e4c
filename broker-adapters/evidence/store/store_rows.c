/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows stay when the file is deleted: they are the proof that it lay here, how
 * long, and why it does not any more.
 */
#include "broker-adapters/evidence/store/store_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/asset.h"
#include "base/idiom.h"

enum { STORE_VERSION = 1 };

enum reason store_rows_open(struct sql **out, const char *path,
                            enum sql_mode mode, struct fault *why)
{
    return sql_open(
        out, path, mode,
        asset_get("broker-adapters/evidence/store/store.sql")->bytes,
        STORE_VERSION, why);
}

enum reason store_rows_end(struct sql *db, enum reason reason,
                           struct fault *why)
{
    if (reason == R_OK)
        reason = sql_commit(db, why);
    if (reason != R_OK)
        sql_rollback(db);
    return reason;
}

#define COLUMNS                                                                \
    "SELECT row, sender, letter, sha256, state, total, have, sealed,"          \
    " gone_why FROM file "

static void copy_text(const struct sql_rows *rows, int column, char *out,
                      size_t room)
{
    const char *text = sql_text(rows, column);
    snprintf(out, room, "%s", text ? text : "");
}

static enum reason read_one(struct sql_rows *rows, struct store_row *out,
                            struct fault *why)
{
    size_t size;
    *out = (struct store_row){0};
    if (!sql_next(rows))
        return sql_check(rows, why);
    struct transfer *transfer = &out->transfer;
    out->row = sql_integer(rows, 0);
    copy_text(rows, 1, transfer->sender, sizeof transfer->sender);
    copy_text(rows, 2, transfer->letter, sizeof transfer->letter);
    copy_text(rows, 3, transfer->sha256, sizeof transfer->sha256);
    out->state = (enum store_state)sql_integer(rows, 4);
    out->total = sql_integer(rows, 5);
    out->have = sql_integer(rows, 6);
    const void *sealed = sql_bytes(rows, 7, &size);
    if (size == DIGEST_SIZE)
        memcpy(out->sealed.bytes, sealed, size);
    copy_text(rows, 8, out->gone_why, sizeof out->gone_why);
    return R_OK;
}

enum reason store_rows_find(struct sql *db, const struct transfer *transfer,
                            struct store_row *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        db, COLUMNS "WHERE sender = ?1 AND letter = ?2 AND sha256 = ?3",
        SQL_VALUES(SQL_TEXT(transfer->sender), SQL_TEXT(transfer->letter),
                   SQL_TEXT(transfer->sha256)),
        &rows, why));
    return read_one(rows, out, why);
}

enum reason store_rows_next(struct sql *db, enum store_state state,
                            int64_t after, struct store_row *out,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   COLUMNS "WHERE state = ?1 AND row > ?2 ORDER BY row LIMIT 1",
                   SQL_VALUES(SQL_INT(state), SQL_INT(after)), &rows, why));
    return read_one(rows, out, why);
}

enum reason store_rows_overdue(struct sql *db, instant whole_before,
                               instant heard_before, struct store_row *out,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   COLUMNS "WHERE state = 2 AND whole_at < ?1"
                           " OR state = 0 AND heard_at < ?2 LIMIT 1",
                   SQL_VALUES(SQL_INT(whole_before), SQL_INT(heard_before)),
                   &rows, why));
    return read_one(rows, out, why);
}

enum reason store_rows_put(struct sql *db, struct store_row *row, instant now,
                           struct fault *why)
{
    const struct transfer transfer = row->transfer;
    TRY(sql_run(db,
                "INSERT INTO file (sender, letter, sha256, state, total, have,"
                " sealed, opened_at, heard_at, whole_at, gone_at, gone_why)"
                " VALUES (?1, ?2, ?3, 0, ?4, 0, ?5, ?6, ?6, 0, 0, '')"
                " ON CONFLICT (sender, letter, sha256) DO UPDATE SET state = 0,"
                " total = ?4, have = 0, sealed = ?5, heard_at = ?6,"
                " gone_at = 0, gone_why = ''",
                SQL_VALUES(SQL_TEXT(transfer.sender), SQL_TEXT(transfer.letter),
                           SQL_TEXT(transfer.sha256), SQL_INT(row->total),
                           SQL_DIGEST(&row->sealed), SQL_INT(now)),
                why));
    return store_rows_find(db, &transfer, row, why);
}

enum reason store_rows_have(struct sql *db, int64_t row, int64_t have,
                            instant now, struct fault *why)
{
    return sql_run(db,
                   "UPDATE file SET have = ?2, heard_at = ?3 WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_INT(have), SQL_INT(now)), why);
}

enum reason store_rows_mark(struct sql *db, int64_t row, enum store_state state,
                            const char *gone_why, instant now,
                            struct fault *why)
{
    return sql_run(db,
                   "UPDATE file SET state = ?2, gone_why = ?3,"
                   " whole_at = iif(?2 = 2, ?4, whole_at),"
                   " gone_at = iif(?2 = 3, ?4, 0) WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_INT(state), SQL_TEXT(gone_why),
                              SQL_INT(now)),
                   why);
}

enum reason store_rows_used(struct sql *db, const char *sender, int64_t *bytes,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT coalesce(sum(total), 0) FROM file"
                   " WHERE sender = ?1 AND state < 3",
                   SQL_VALUES(SQL_TEXT(sender)), &rows, why));
    *bytes = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

/* --- who may have it -------------------------------------------------------
 */

enum reason store_rows_allow(struct sql *db, int64_t row, const char *agency,
                             struct fault *why)
{
    return sql_run(db,
                   "INSERT OR IGNORE INTO receiver (file, agency)"
                   " VALUES (?1, ?2)",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(agency)), why);
}

enum reason store_rows_is_allowed(struct sql *db, int64_t row,
                                  const char *agency, bool *allowed,
                                  struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db, "SELECT 1 FROM receiver WHERE file = ?1 AND agency = ?2",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(agency)), &rows, why));
    *allowed = sql_next(rows);
    return sql_check(rows, why);
}

enum reason store_rows_each_receiver(struct sql *db, int64_t row,
                                     enum reason (*use)(void *context,
                                                        const char *agency,
                                                        bool has,
                                                        struct fault *why),
                                     void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT agency, received_at FROM receiver WHERE file = ?1"
                   " ORDER BY agency",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    while (sql_next(rows))
        TRY(use(context, sql_text(rows, 0), sql_integer(rows, 1) != 0, why));
    return sql_check(rows, why);
}

static enum reason all_have_it(struct sql *db, int64_t row, bool *all,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(db,
                   "SELECT 1 FROM receiver WHERE file = ?1"
                   " AND received_at = 0 LIMIT 1",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    *all = !sql_next(rows);
    return sql_check(rows, why);
}

enum reason store_rows_receipt(struct sql *db,
                               const struct store_receipt *receipt, instant now,
                               bool *first, bool *last, struct fault *why)
{
    TRY(sql_run(db,
                "UPDATE receiver SET received_at = ?3, fingerprint = ?4,"
                " signature = ?5 WHERE file = ?1 AND agency = ?2"
                " AND received_at = 0",
                SQL_VALUES(SQL_INT(receipt->row), SQL_TEXT(receipt->agency),
                           SQL_INT(now), SQL_TEXT(receipt->fingerprint),
                           SQL_BYTES(receipt->signature, receipt->size)),
                why));
    *first = sql_changes(db) > 0;
    return all_have_it(db, receipt->row, last, why);
}

/* --- the log ---------------------------------------------------------------
 */

static struct digest chain_of(const struct digest *before, const char *text)
{
    return digest_of_pieces(2, before->bytes, DIGEST_SIZE, text, strlen(text));
}

static enum reason last_chain(struct sql *db, struct digest *out,
                              struct fault *why)
{
    size_t size = 0;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct digest){0};
    TRY(sql_select(db, "SELECT chain FROM log ORDER BY line DESC LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    const void *bytes = sql_next(rows) ? sql_bytes(rows, 0, &size) : NULL;
    if (bytes && size == DIGEST_SIZE)
        memcpy(out->bytes, bytes, size);
    return sql_check(rows, why);
}

enum reason store_log_put(struct sql *db, instant at, const char *what,
                          const struct transfer *transfer, const char *detail,
                          struct fault *why)
{
    char when[INSTANT_TEXT_MAX], which[TRANSFER_TEXT_MAX];
    AUTO(buf) struct buf text = {0};
    struct digest chain;
    buf_print(&text, "%s %s %s%s%s", instant_format(at, when), what,
              transfer_format(transfer, which), *detail ? " " : "", detail);
    TRY(last_chain(db, &chain, why));
    chain = chain_of(&chain, buf_text(&text));
    return sql_run(db, "INSERT INTO log (text, chain) VALUES (?1, ?2)",
                   SQL_VALUES(SQL_TEXT(buf_text(&text)), SQL_DIGEST(&chain)),
                   why);
}

enum reason store_log_each(struct sql *db,
                           void (*use)(void *context, int64_t line,
                                       const char *text,
                                       const struct digest *chain),
                           void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest chain = {0};
    int64_t line = 0;
    TRY(sql_select(db, "SELECT line, text, chain FROM log ORDER BY line",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        size_t size;
        const char *text = sql_text(rows, 1);
        const void *bytes = sql_bytes(rows, 2, &size);
        chain = chain_of(&chain, text);
        if (sql_integer(rows, 0) != ++line || size != DIGEST_SIZE ||
            memcmp(chain.bytes, bytes, size) != 0)
            return fault(why, R_PROOF_FAILED, "line %lld: %.200s",
                         (long long)line, text);
        use(context, line, text, &chain);
    }
    return sql_check(rows, why);
}
