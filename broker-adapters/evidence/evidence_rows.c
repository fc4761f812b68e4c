/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tables, and what letters do to them. The rows of one file each are read
 * and written in evidence_out.c and evidence_in.c.
 */
#include "broker-adapters/evidence/evidence_rows.h"

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/beside.h"
#include "broker-adapters/evidence/manifest.h"
#include "broker-adapters/mailbox/mailbox.h"

static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS evidence_out ("
    " row INTEGER PRIMARY KEY,"
    " letter TEXT NOT NULL," /* its id in outgoing */
    " name TEXT NOT NULL,"
    " sha256 BLOB NOT NULL,"
    " size INTEGER NOT NULL,"
    " state TEXT NOT NULL DEFAULT 'kept',"
    " sealed_size INTEGER NOT NULL DEFAULT 0,"
    " sealed BLOB,"                          /* SHA-256 of the sealed bytes */
    " confirmed INTEGER NOT NULL DEFAULT 0," /* of them, there */
    " rate INTEGER NOT NULL DEFAULT 0,"      /* bytes per second, lately */
    " next_try INTEGER NOT NULL DEFAULT 0,"
    " code TEXT NOT NULL DEFAULT '',"
    " sent_at INTEGER,"
    " UNIQUE (letter, sha256)) STRICT",

    "CREATE INDEX IF NOT EXISTS evidence_out_state ON evidence_out"
    " (state, size)",

    "CREATE TABLE IF NOT EXISTS evidence_in ("
    " row INTEGER PRIMARY KEY,"
    " incoming INTEGER NOT NULL REFERENCES incoming (row),"
    " place INTEGER NOT NULL," /* in the manifest */
    " sender TEXT NOT NULL,"
    " letter TEXT NOT NULL,"
    " name TEXT NOT NULL,"   /* as the manifest has it */
    " folder TEXT NOT NULL," /* where it is laid: folder/file */
    " file TEXT NOT NULL,"
    " sha256 BLOB NOT NULL,"
    " sm3 BLOB NOT NULL,"
    " size INTEGER NOT NULL,"
    " state TEXT NOT NULL,"
    " have INTEGER NOT NULL DEFAULT 0,"  /* sealed bytes here */
    " there INTEGER NOT NULL DEFAULT 0," /* sealed bytes at the centre */
    " rate INTEGER NOT NULL DEFAULT 0,"
    " tries INTEGER NOT NULL DEFAULT 0," /* that could not be opened */
    " told INTEGER NOT NULL DEFAULT 0,"  /* the centre knows that we have it */
    " next_try INTEGER NOT NULL DEFAULT 0,"
    " code TEXT NOT NULL DEFAULT '',"
    " since INTEGER NOT NULL,"
    " whole_at INTEGER,"
    " UNIQUE (incoming, place)) STRICT",

    "CREATE INDEX IF NOT EXISTS evidence_in_state ON evidence_in"
    " (state, size)",

    "CREATE INDEX IF NOT EXISTS evidence_in_transfer ON evidence_in"
    " (letter, sha256)",

    "CREATE TABLE IF NOT EXISTS evidence_hold ("
    " incoming INTEGER PRIMARY KEY REFERENCES incoming (row),"
    " case_id TEXT NOT NULL,"
    " since INTEGER NOT NULL) STRICT",

    ("CREATE INDEX IF NOT EXISTS evidence_hold_case ON evidence_hold"
     " (case_id)"),
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason evidence_rows_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, make_tables(mailbox, why), why));
    return beside_rows_open(mailbox, why);
}

/* The same bytes under two names travel once; no bytes need not travel. */
enum reason evidence_promise(struct sql *mailbox, const struct message *message,
                             struct fault *why)
{
    struct manifest_entry entry;
    const struct element *place = NULL;
    while (manifest_next(message, &place, &entry)) {
        struct digest sha256 = {0};
        if (entry.size == 0)
            continue;
        (void)digest_parse(entry.sha256, &sha256);
        TRY(sql_run(mailbox,
                    "INSERT OR IGNORE INTO evidence_out (letter, name, sha256,"
                    " size) VALUES (?1, ?2, ?3, ?4)",
                    SQL_VALUES(SQL_TEXT(message_id(message)),
                               SQL_TEXT(entry.name), SQL_DIGEST(&sha256),
                               SQL_INT(entry.size)),
                    why));
    }
    return R_OK;
}

static enum reason expect_one(struct sql *mailbox,
                              const struct evidence_letter *letter,
                              const struct manifest_entry *entry, int64_t place,
                              instant now, struct fault *why)
{
    struct digest sha256 = {0}, sm3 = {0};
    char file[MANIFEST_NAME_MAX];
    const char *state = !manifest_is_for(letter->message, letter->agency)
                            ? "elsewhere"
                        : entry->size == 0 ? "here"
                                           : "awaited";
    (void)digest_parse(entry->sha256, &sha256);
    (void)digest_parse(entry->sm3, &sm3);
    manifest_file_name(entry->name, file);
    return sql_run(
        mailbox,
        "INSERT OR IGNORE INTO evidence_in (incoming, place, sender, letter,"
        " name, folder, file, sha256, sm3, size, state, since, told)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?10 = 0)",
        SQL_VALUES(SQL_INT(letter->row), SQL_INT(place),
                   SQL_TEXT(message_from(letter->message)),
                   SQL_TEXT(message_id(letter->message)), SQL_TEXT(entry->name),
                   SQL_TEXT(letter->folder), SQL_TEXT(file),
                   SQL_DIGEST(&sha256), SQL_DIGEST(&sm3), SQL_INT(entry->size),
                   SQL_TEXT(state), SQL_INT(now)),
        why);
}

enum reason evidence_expect(struct sql *mailbox,
                            const struct evidence_letter *letter, instant now,
                            struct fault *why)
{
    struct manifest_entry entry;
    const struct element *at = NULL;
    int64_t place = 0;
    while (manifest_next(letter->message, &at, &entry))
        TRY(expect_one(mailbox, letter, &entry, ++place, now, why));
    if (place == 0 || !manifest_is_for(letter->message, letter->agency))
        return R_OK;
    return sql_run(mailbox,
                   "INSERT OR IGNORE INTO evidence_hold (incoming, case_id,"
                   " since) VALUES (?1, ?2, ?3)",
                   SQL_VALUES(SQL_INT(letter->row),
                              SQL_TEXT(message_case(letter->message)),
                              SQL_INT(now)),
                   why);
}

/* A hold that may end: nothing is awaited any more, or it lasted too long. */
static enum reason find_settled(struct sql *mailbox, instant since,
                                int64_t *letter, char **case_id, bool *late,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *letter = 0;
    TRY(sql_select(mailbox,
                   "SELECT incoming, case_id, EXISTS (SELECT 1 FROM evidence_in"
                   "  WHERE incoming = h.incoming"
                   "  AND state IN ('awaited', 'here')) AS late"
                   " FROM evidence_hold h WHERE NOT late OR since < ?1 LIMIT 1",
                   SQL_VALUES(SQL_INT(since)), &rows, why));
    if (sql_next(rows)) {
        *letter = sql_integer(rows, 0);
        *case_id = mem_text(sql_text(rows, 1));
        *late = sql_integer(rows, 2) != 0;
    }
    return sql_check(rows, why);
}

/* What of this case has no held letter before it gets ready. */
static enum reason let_go(struct sql *mailbox, int64_t letter,
                          const char *case_id, struct fault *why)
{
    TRY(sql_run(mailbox, "DELETE FROM evidence_hold WHERE incoming = ?1",
                SQL_VALUES(SQL_INT(letter)), why));
    return sql_run(mailbox,
                   "UPDATE incoming SET state = 'ready'"
                   " WHERE state = 'waiting' AND case_id = ?1"
                   " AND NOT EXISTS (SELECT 1 FROM evidence_hold h"
                   "  JOIN incoming earlier ON earlier.row = h.incoming"
                   "  WHERE h.case_id = ?1"
                   "  AND earlier.turn_no <= incoming.turn_no)",
                   SQL_VALUES(SQL_TEXT(case_id)), why);
}

enum reason evidence_release(struct sql *mailbox, instant since, int *released,
                             struct fault *why)
{
    for (*released = 0;;) {
        AUTO(text) char *case_id = NULL;
        int64_t letter;
        bool late = false;
        TRY(find_settled(mailbox, since, &letter, &case_id, &late, why));
        if (letter == 0)
            return R_OK;
        TRY(let_go(mailbox, letter, case_id, why));
        *released += late;
    }
}

enum reason evidence_may_release(struct sql *mailbox, instant since, bool *any,
                                 struct fault *why)
{
    AUTO(text) char *case_id = NULL;
    int64_t letter;
    bool late;
    TRY(find_settled(mailbox, since, &letter, &case_id, &late, why));
    *any = letter != 0;
    return R_OK;
}

enum reason evidence_folder(struct sql *mailbox, int64_t letter, char **folder,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *folder = NULL;
    TRY(sql_select(mailbox,
                   "SELECT folder FROM evidence_in"
                   " WHERE incoming = ?1 AND state = 'whole' LIMIT 1",
                   SQL_VALUES(SQL_INT(letter)), &rows, why));
    if (sql_next(rows))
        *folder = mem_text(sql_text(rows, 0));
    return sql_check(rows, why);
}
