/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters: written once, never changed. Each takes the next position, and its
 * leaf goes into the log in the same breath.
 */
#include "routing/ledger/store.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

const char *letter_outcome_name(enum letter_outcome outcome)
{
    static const char *const names[] = {[LETTER_ACCEPTED] = "accepted",
                                        [LETTER_REFUSED] = "refused",
                                        [LETTER_OWN] = "own"};
    return names[outcome];
}

static enum reason insert(struct ledger *ledger, const struct letter *letter,
                          const struct digest *leaf, bool holds_id,
                          struct fault *why)
{
    return sql_run(
        ledger->db,
        "INSERT INTO letters VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "?10, ?11, ?12, ?13, ?14, ?15, ?16) "
        "ON CONFLICT (sender, id) WHERE holds_id = 1 DO NOTHING",
        SQL_VALUES(SQL_INT(letter->position), SQL_INT(letter->outcome),
                   SQL_INT(letter->authenticated), SQL_INT(holds_id),
                   SQL_TEXT(letter->id), SQL_TEXT(letter->type),
                   SQL_TEXT(letter->case_id), SQL_TEXT(letter->sender),
                   SQL_TEXT(letter->media_type), SQL_INT(letter->sequence),
                   SQL_INT(letter->received_at), SQL_TEXT(letter->code),
                   SQL_DIGEST(&letter->digest), SQL_DIGEST(leaf),
                   SQL_TEXT(letter->jws),
                   SQL_BYTES(letter->bytes, letter->size)),
        why);
}

enum reason letters_put(struct ledger *ledger, struct letter *letter,
                        struct fault *why)
{
    assert(ledger->writing);
    AUTO(buf) struct buf line = {0};
    letter->position = ledger->tree.size + 1;
    log_leaf(letter, &line);
    struct digest leaf = tree_leaf(line.bytes, line.size);
    TRY(insert(ledger, letter, &leaf, letter->authenticated, why));
    if (letter->authenticated && sql_changes(ledger->db) == 0)
        TRY(insert(ledger, letter, &leaf, false, why));
    return log_put(ledger, &leaf, why);
}

enum reason letters_answer(struct ledger *ledger, int64_t position,
                           int64_t answer, struct fault *why)
{
    return sql_run(ledger->db,
                   "INSERT INTO answers VALUES (?1, ?2) "
                   "ON CONFLICT (position) DO NOTHING",
                   SQL_VALUES(SQL_INT(position), SQL_INT(answer)), why);
}

void letter_row_done(struct letter_row *row)
{
    sql_rows_free(row->rows);
    *row = (struct letter_row){0};
}

enum reason letter_read(const struct sql_rows *rows, struct letter *out,
                        struct fault *why)
{
    *out = (struct letter){
        .position = sql_integer(rows, 0),
        .outcome = (enum letter_outcome)sql_integer(rows, 1),
        .authenticated = sql_integer(rows, 2) != 0,
        .id = sql_text(rows, 3),
        .type = sql_text(rows, 4),
        .case_id = sql_text(rows, 5),
        .sender = sql_text(rows, 6),
        .media_type = sql_text(rows, 7),
        .sequence = sql_integer(rows, 8),
        .received_at = sql_integer(rows, 9),
        .code = sql_text(rows, 10),
        .answer = sql_integer(rows, 12),
        .jws = sql_text(rows, 14),
    };
    out->bytes = sql_bytes(rows, 15, &out->size);
    if (out->outcome > LETTER_OWN)
        return fault(why, R_STORE_FAILED, "position %" PRId64 ": outcome %d",
                     out->position, (int)out->outcome);
    return row_digest(rows, 11, &out->digest, why);
}

static enum reason read_one(const char *text, struct sql_values values,
                            struct ledger *ledger, struct letter_row *out,
                            struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    TRY(sql_select(ledger->db, text, values, &row.rows, why));
    if (!sql_next(row.rows)) {
        TRY(sql_check(row.rows, why));
        return fault(why, R_NOT_FOUND, "no such letter");
    }
    TRY(letter_read(row.rows, &row.letter, why));
    *out = row;
    row.rows = NULL;
    return R_OK;
}

enum reason letters_find(struct ledger *ledger, const char *sender,
                         const char *id, struct letter_row *out,
                         struct fault *why)
{
    return read_one("SELECT " LETTER_COLUMNS
                    " FROM letters l LEFT JOIN answers a USING (position) "
                    "WHERE l.sender = ?1 AND l.id = ?2 AND l.holds_id = 1",
                    SQL_VALUES(SQL_TEXT(sender), SQL_TEXT(id)), ledger, out,
                    why);
}

enum reason letters_find_step(struct ledger *ledger, const char *case_id,
                              const char *id, struct letter_row *out,
                              struct fault *why)
{
    return read_one("SELECT " LETTER_COLUMNS
                    " FROM steps s JOIN letters l USING (position) "
                    "LEFT JOIN answers a USING (position) "
                    "WHERE s.case_id = ?1 AND l.id = ?2",
                    SQL_VALUES(SQL_TEXT(case_id), SQL_TEXT(id)), ledger, out,
                    why);
}

enum reason letters_get(struct ledger *ledger, int64_t position,
                        struct letter_row *out, struct fault *why)
{
    return read_one("SELECT " LETTER_COLUMNS
                    " FROM letters l LEFT JOIN answers a USING (position) "
                    "WHERE l.position = ?1",
                    SQL_VALUES(SQL_INT(position)), ledger, out, why);
}

/* No index: who proves a letter waits a moment, who accepts one must not. */
/* Two senders may use one id; the same bytes are one letter to a reader. */
enum reason letters_locate(struct ledger *ledger, const char *id_or_digest,
                           int64_t *position, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct digest digest = {0};
    bool by_digest = digest_parse(id_or_digest, &digest);
    TRY(sql_select(
        ledger->db,
        by_digest ? "SELECT position, holds_id FROM letters WHERE digest = ?1"
                    " ORDER BY holds_id DESC, position LIMIT 1"
                  : "SELECT position, holds_id FROM letters WHERE id = ?1"
                    " ORDER BY holds_id DESC, position LIMIT 2",
        SQL_VALUES(by_digest ? SQL_DIGEST(&digest) : SQL_TEXT(id_or_digest)),
        &rows, why));
    bool found = sql_next(rows);
    *position = found ? sql_integer(rows, 0) : 0;
    bool holds_id = found && sql_integer(rows, 1);
    bool again = found && sql_next(rows) && sql_integer(rows, 1) == holds_id;
    TRY(sql_check(rows, why));
    if (again)
        return fault(why, R_AMBIGUOUS, "%s: %" PRId64 ", %" PRId64,
                     id_or_digest, *position, sql_integer(rows, 0));
    return found ? R_OK : fault(why, R_NOT_FOUND, "%s", id_or_digest);
}
