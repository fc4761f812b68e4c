/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log's store: leaves go up the tree in memory, full tiles go to disk, and
 * the head is written with each commit. After a rollback, or when another
 * process has written, the edge is read back from the last tiles.
 */
#include "routing/ledger/store.h"

#include <inttypes.h>
#include <string.h>

static enum reason store_tile(struct ledger *ledger, int level,
                              struct fault *why)
{
    const struct tile *tile = &ledger->tree.tiles[level];
    struct digest root = tree_root_of(tile->nodes, TILE_NODES);
    int64_t nodes = ledger->tree.size >> (level * TILE_BITS);
    return sql_run(ledger->db, "INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)",
                   SQL_VALUES(SQL_INT(level), SQL_INT(nodes / TILE_NODES - 1),
                              SQL_DIGEST(&root),
                              SQL_BYTES(tile->nodes, sizeof tile->nodes)),
                   why);
}

enum reason log_put(struct ledger *ledger, const struct digest *leaf,
                    struct fault *why)
{
    ledger->grown = true;
    int full = tree_append(&ledger->tree, leaf);
    for (int level = 0; level < full; level++)
        TRY(store_tile(ledger, level, why));
    return R_OK;
}

enum reason log_store_head(struct ledger *ledger, struct fault *why)
{
    struct digest root = tree_root(&ledger->tree);
    return sql_run(ledger->db, "UPDATE head SET size = ?1, root = ?2",
                   SQL_VALUES(SQL_INT(ledger->tree.size), SQL_DIGEST(&root)),
                   why);
}

enum reason log_read_head(struct ledger *ledger, struct log_head *out,
                          struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db, "SELECT size, root FROM head", SQL_NO_VALUES,
                   &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_STORE_FAILED, "the log has no head");
    }
    out->size = sql_integer(rows, 0);
    return row_digest(rows, 1, &out->root, why);
}

enum reason log_read_tile(struct ledger *ledger, int level, int64_t place,
                          struct tile *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(ledger->db,
                   "SELECT nodes FROM tiles WHERE level = ?1 AND place = ?2",
                   SQL_VALUES(SQL_INT(level), SQL_INT(place)), &rows, why));
    size_t size = 0;
    const void *nodes = sql_next(rows) ? sql_bytes(rows, 0, &size) : NULL;
    TRY(sql_check(rows, why));
    if (size != sizeof out->nodes)
        return fault(why, R_STORE_FAILED, "tile %d/%" PRId64 " is not there",
                     level, place);
    memcpy(out->nodes, nodes, size);
    out->count = TILE_NODES;
    return R_OK;
}

/* The last tile of a level: leaves from the letters, others from full tiles. */
static enum reason load_tile(struct ledger *ledger, int level,
                             struct fault *why)
{
    struct tile *tile = &ledger->tree.tiles[level];
    int64_t all = ledger->tree.size >> (level * TILE_BITS);
    tile->count = 0;
    if (!all)
        return R_OK;
    int64_t first = (all - 1) / TILE_NODES * TILE_NODES;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    if (level == 0)
        TRY(sql_select(ledger->db,
                       "SELECT leaf FROM letters WHERE position > ?1 "
                       "AND position <= ?2 ORDER BY position",
                       SQL_VALUES(SQL_INT(first), SQL_INT(all)), &rows, why));
    else
        TRY(sql_select(
            ledger->db,
            "SELECT root FROM tiles WHERE level = ?1 "
            "AND place >= ?2 AND place < ?3 ORDER BY place",
            SQL_VALUES(SQL_INT(level - 1), SQL_INT(first), SQL_INT(all)), &rows,
            why));
    while (tile->count < TILE_NODES && sql_next(rows))
        TRY(row_digest(rows, 0, &tile->nodes[tile->count++], why));
    TRY(sql_check(rows, why));
    if ((int64_t)tile->count != all - first)
        return fault(why, R_STORE_FAILED, "the log has gaps at its end");
    return R_OK;
}

/* The peaks lie in the last tiles. */
static void find_peaks(struct tree *tree)
{
    for (int level = 0; level < TREE_LEVELS - 1; level++) {
        if (!(tree->size >> level & 1))
            continue;
        size_t count = (size_t)1 << (level % TILE_BITS);
        int64_t first = ((tree->size >> level) - 1) * (int64_t)count;
        const struct tile *tile = &tree->tiles[level / TILE_BITS];
        tree->peaks[level] =
            tree_root_of(&tile->nodes[first % TILE_NODES], count);
    }
}

enum reason log_load(struct ledger *ledger, struct fault *why)
{
    if (ledger->writing)
        return R_OK;
    struct log_head head;
    TRY(log_read_head(ledger, &head, why));
    struct digest root = tree_root(&ledger->tree);
    if (ledger->tree_known && ledger->tree.size == head.size &&
        digest_is_equal(&root, &head.root))
        return R_OK;
    ledger->tree_known = false;
    ledger->tile_place = -1;
    ledger->tree.size = head.size;
    for (int level = 0; level < TILE_LEVELS; level++)
        TRY(load_tile(ledger, level, why));
    find_peaks(&ledger->tree);
    root = tree_root(&ledger->tree);
    if (!digest_is_equal(&root, &head.root))
        return fault(why, R_STORE_FAILED,
                     "the letters do not give the head of the log");
    ledger->tree_known = true;
    return R_OK;
}

enum reason log_head(struct ledger *ledger, struct log_head *out,
                     struct fault *why)
{
    TRY(log_load(ledger, why));
    out->size = ledger->tree.size;
    out->root = tree_root(&ledger->tree);
    return R_OK;
}
