/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Proofs, by the recursive definitions of RFC 9162 sections 2.1.3.1 and
 * 2.1.4.1. Every range that they ask for begins at a multiple of its size, so
 * that its root comes from complete subtrees, and those from tiles.
 */
#include "routing/ledger/store.h"

#include <assert.h>
#include <inttypes.h>

/* The largest power of two below `size`, which is at least 2. */
static int64_t split_of(int64_t size)
{
    int64_t split = 1;
    while (split < size - split)
        split *= 2;
    return split;
}

static const struct tile *last_tile(const struct ledger *ledger, int level,
                                    int64_t place)
{
    int64_t all = ledger->tree.size >> (level * TILE_BITS);
    return place == (all - 1) / TILE_NODES ? &ledger->tree.tiles[level] : NULL;
}

/* The root of the complete subtree of 2^level leaves that begins at `first`. */
static enum reason subtree(struct ledger *ledger, int level, int64_t first,
                           struct digest *out, struct fault *why)
{
    int row = level / TILE_BITS;
    int64_t node = first >> (row * TILE_BITS);
    size_t count = (size_t)1 << (level % TILE_BITS);
    int64_t place = node / TILE_NODES;
    const struct tile *tile = last_tile(ledger, row, place);
    if (!tile && (ledger->tile_place != place || ledger->tile_level != row)) {
        ledger->tile_place = -1;
        TRY(log_read_tile(ledger, row, place, &ledger->tile, why));
        ledger->tile_level = row;
        ledger->tile_place = place;
    }
    if (!tile)
        tile = &ledger->tile;
    *out = tree_root_of(&tile->nodes[node % TILE_NODES], count);
    return R_OK;
}

/* MTH(D[first : first + size]). */
enum reason log_range_root(struct ledger *ledger, int64_t first, int64_t size,
                           struct digest *out, struct fault *why)
{
    if ((size & (size - 1)) == 0)
        return subtree(ledger, __builtin_ctzll((unsigned long long)size), first,
                       out, why);
    int64_t split = split_of(size);
    struct digest left, right;
    TRY(log_range_root(ledger, first, split, &left, why));
    TRY(log_range_root(ledger, first + split, size - split, &right, why));
    *out = tree_node(&left, &right);
    return R_OK;
}

static enum reason add_range(struct ledger *ledger, int64_t first, int64_t size,
                             struct log_proof *out, struct fault *why)
{
    assert(out->count < LOG_PROOF_MAX);
    return log_range_root(ledger, first, size, &out->nodes[out->count++], why);
}

static enum reason check_size(struct ledger *ledger, int64_t size,
                              struct fault *why)
{
    TRY(log_load(ledger, why));
    if (size < 0 || size > ledger->tree.size)
        return fault(why, R_NOT_FOUND,
                     "size %" PRId64 ", the log has %" PRId64 " letters", size,
                     ledger->tree.size);
    return R_OK;
}

enum reason log_head_at(struct ledger *ledger, int64_t size,
                        struct log_head *out, struct fault *why)
{
    TRY(check_size(ledger, size, why));
    out->size = size;
    if (size > 0)
        return log_range_root(ledger, 0, size, &out->root, why);
    out->root = digest_of(DIGEST_SHA256, "", 0);
    return R_OK;
}

/* PATH(index, D[first : first + size]), from the leaf up. */
static enum reason add_path(struct ledger *ledger, int64_t index, int64_t first,
                            int64_t size, struct log_proof *out,
                            struct fault *why)
{
    if (size == 1)
        return R_OK;
    int64_t split = split_of(size);
    if (index < split) {
        TRY(add_path(ledger, index, first, split, out, why));
        return add_range(ledger, first + split, size - split, out, why);
    }
    TRY(add_path(ledger, index - split, first + split, size - split, out, why));
    return add_range(ledger, first, split, out, why);
}

enum reason log_prove_inclusion(struct ledger *ledger, int64_t index,
                                int64_t size, struct log_proof *out,
                                struct fault *why)
{
    TRY(check_size(ledger, size, why));
    if (index < 0 || index >= size)
        return fault(why, R_NOT_FOUND,
                     "position %" PRId64 " in a log of %" PRId64 " letters",
                     index + 1, size);
    out->count = 0;
    return add_path(ledger, index, 0, size, out, why);
}

/* SUBPROOF(earlier, D[first : first + size], known). */
static enum reason add_subproof(struct ledger *ledger, int64_t earlier,
                                int64_t first, int64_t size,
                                struct log_proof *out, struct fault *why)
{
    bool known = first == 0;
    if (earlier == size)
        return known ? R_OK : add_range(ledger, first, size, out, why);
    int64_t split = split_of(size);
    if (earlier <= split) {
        TRY(add_subproof(ledger, earlier, first, split, out, why));
        return add_range(ledger, first + split, size - split, out, why);
    }
    TRY(add_subproof(ledger, earlier - split, first + split, size - split, out,
                     why));
    return add_range(ledger, first, split, out, why);
}

enum reason log_prove_consistency(struct ledger *ledger, int64_t earlier,
                                  int64_t size, struct log_proof *out,
                                  struct fault *why)
{
    TRY(check_size(ledger, size, why));
    if (earlier < 0 || earlier > size)
        return fault(why, R_NOT_FOUND,
                     "size %" PRId64 " is not before %" PRId64, earlier, size);
    out->count = 0;
    return earlier == 0 || earlier == size
               ? R_OK
               : add_subproof(ledger, earlier, 0, size, out, why);
}
