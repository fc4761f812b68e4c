/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Recomputing the whole log. The tree in memory is grown anew from the letters
 * and compared at every step with what the store says: digest of the bytes,
 * leaf of the entry, full tiles, the head; and with the heads that the
 * centre's own submission receipts carry under its signature, so that whoever
 * rewrites all of the store still meets what was promised to the agencies.
 */
#include "routing/ledger/store.h"

#include <inttypes.h>
#include <string.h>

#include "routing/ledger/deletions.h"
#include "routing/ledger/receipt.h"

enum { PROGRESS_EVERY = 2048 };

static enum reason failed(struct fault *why, int64_t position, const char *what)
{
    return fault(why, R_PROOF_FAILED, "position %" PRId64 ": %s", position,
                 what);
}

/* The bytes as they were signed, or a record that they were deleted. */
static enum reason check_bytes(struct ledger *ledger,
                               const struct letter *letter,
                               struct deletion_record *record,
                               struct fault *why)
{
    struct digest digest =
        digest_of(DIGEST_SHA256, letter->bytes, letter->size);
    if (digest_is_equal(&digest, &letter->digest))
        return R_OK;
    if (letter->size == 0)
        return deletions_check(ledger, letter, record, why);
    return failed(why, letter->position, "the bytes do not have the digest");
}

static enum reason check_letter(const struct letter *letter, int64_t expected,
                                const struct digest *stored,
                                struct digest *leaf, struct fault *why)
{
    if (letter->position != expected)
        return failed(why, expected, "the letter is missing");
    AUTO(buf) struct buf line = {0};
    log_leaf(letter, &line);
    *leaf = tree_leaf(line.bytes, line.size);
    if (!digest_is_equal(leaf, stored))
        return failed(why, expected, "the entry does not give its leaf");
    return R_OK;
}

/* A full tile as it was stored against the one made from the letters. */
static enum reason check_tile(struct ledger *ledger, int level,
                              struct fault *why)
{
    int64_t place = (ledger->tree.size >> (level * TILE_BITS)) / TILE_NODES - 1;
    const struct tile *made = &ledger->tree.tiles[level];
    int64_t first = (place * TILE_NODES << (level * TILE_BITS)) + 1;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(
        ledger->db,
        "SELECT nodes, root FROM tiles WHERE level = ?1 AND place = ?2",
        SQL_VALUES(SQL_INT(level), SQL_INT(place)), &rows, why));
    size_t size = 0;
    const struct digest *stored =
        sql_next(rows) ? sql_bytes(rows, 0, &size) : NULL;
    TRY(sql_check(rows, why));
    if (size != sizeof made->nodes)
        return failed(why, first, "its tile is missing");
    for (int64_t i = 0; i < TILE_NODES; i++)
        if (!digest_is_equal(&stored[i], &made->nodes[i]))
            return failed(why, first + (i << (level * TILE_BITS)),
                          "the tile holds another node");
    struct digest root;
    TRY(row_digest(rows, 1, &root, why));
    struct digest expected = tree_root_of(made->nodes, TILE_NODES);
    if (!digest_is_equal(&root, &expected))
        return failed(why, first, "the tile holds another root");
    return R_OK;
}

/* A head that was promised in a receipt, against the log so far. */
static enum reason check_promise(struct ledger *ledger,
                                 const struct letter *letter,
                                 struct log_head *last, struct fault *why)
{
    struct log_head promised;
    if (!receipt_read_head(letter, &promised))
        return R_OK;
    if (promised.size < 0 || promised.size >= letter->position)
        return failed(why, letter->position,
                      "the receipt names a head that was not there yet");
    if (promised.size != last->size) {
        last->size = promised.size;
        last->root = digest_of(DIGEST_SHA256, "", 0);
        if (promised.size)
            TRY(log_range_root(ledger, 0, promised.size, &last->root, why));
    }
    if (!digest_is_equal(&last->root, &promised.root))
        return failed(why, letter->position,
                      "the head in this receipt is not that of the letters "
                      "before it");
    return R_OK;
}

static enum reason check_head(struct ledger *ledger,
                              const struct log_head *head, struct fault *why)
{
    int64_t size = ledger->tree.size;
    if (size < head->size)
        return failed(why, size + 1, "the letter is missing");
    if (size > head->size)
        return failed(why, head->size + 1, "added behind the head of the log");
    struct digest root = tree_root(&ledger->tree);
    if (digest_is_equal(&root, &head->root))
        return R_OK;
    int64_t first = size ? (size - 1) / TILE_NODES * TILE_NODES + 1 : 0;
    return fault(why, R_PROOF_FAILED,
                 "position %" PRId64 " to %" PRId64
                 ": the letters do not give the head of the log",
                 first, size);
}

static enum reason check_all(struct ledger *ledger, struct log_head *head,
                             void (*progress)(int64_t done, int64_t all),
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(deletion_record) struct deletion_record record = {0};
    struct log_head last_promise = {.size = -1};
    TRY(log_read_head(ledger, head, why));
    TRY(sql_select(ledger->db,
                   "SELECT " LETTER_COLUMNS
                   " FROM letters l LEFT JOIN answers a USING (position) "
                   "ORDER BY l.position",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        struct letter letter;
        struct digest leaf, stored;
        TRY(letter_read(rows, &letter, why));
        TRY(row_digest(rows, LETTER_COLUMN_LEAF, &stored, why));
        if (letter.position == ledger->tree.size + 1)
            TRY(check_bytes(ledger, &letter, &record, why));
        TRY(check_letter(&letter, ledger->tree.size + 1, &stored, &leaf, why));
        TRY(check_promise(ledger, &letter, &last_promise, why));
        int full = tree_append(&ledger->tree, &leaf);
        for (int level = 0; level < full; level++)
            TRY(check_tile(ledger, level, why));
        if (progress && ledger->tree.size % PROGRESS_EVERY == 0)
            progress(ledger->tree.size, head->size);
    }
    TRY(sql_check(rows, why));
    if (progress)
        progress(ledger->tree.size, head->size);
    return check_head(ledger, head, why);
}

/* One reading transaction: the router may go on writing meanwhile. */
enum reason log_verify(struct ledger *ledger,
                       void (*progress)(int64_t done, int64_t all),
                       struct log_head *out, struct fault *why)
{
    ledger->tree = (struct tree){0};
    ledger->tree_known = false;
    ledger->tile_place = -1;
    TRY(sql_run(ledger->db, "BEGIN", SQL_NO_VALUES, why));
    enum reason reason = check_all(ledger, out, progress, why);
    sql_rollback(ledger->db);
    ledger->tree_known = reason == R_OK;
    return reason;
}
