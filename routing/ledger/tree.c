/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Appending costs one hash on average: a leaf climbs as long as its left
 * neighbour waits, and waits itself at the first level that is empty.
 */
#include "routing/ledger/tree.h"

#include <assert.h>

struct digest tree_leaf(const void *data, size_t size)
{
    return digest_of_pieces(0, data, size, "", 0);
}

struct digest tree_node(const struct digest *left, const struct digest *right)
{
    return digest_of_pieces(1, left->bytes, DIGEST_SIZE, right->bytes,
                            DIGEST_SIZE);
}

struct digest tree_root(const struct tree *tree)
{
    struct digest root = {0};
    bool any = false;
    for (int level = 0; level < TREE_LEVELS - 1; level++) {
        if (!(tree->size >> level & 1))
            continue;
        root = any ? tree_node(&tree->peaks[level], &root) : tree->peaks[level];
        any = true;
    }
    return any ? root : digest_of(DIGEST_SHA256, "", 0);
}

/* True if the tile is full now. */
static bool tile_put(struct tile *tile, const struct digest *node)
{
    if (tile->count == TILE_NODES)
        tile->count = 0;
    tile->nodes[tile->count++] = *node;
    return tile->count == TILE_NODES;
}

int tree_append(struct tree *tree, const struct digest *leaf)
{
    struct digest node = *leaf;
    int full = tile_put(&tree->tiles[0], &node);
    int level = 0;
    for (; tree->size >> level & 1; level++) {
        node = tree_node(&tree->peaks[level], &node);
        int above = (level + 1) / TILE_BITS;
        if ((level + 1) % TILE_BITS == 0 &&
            tile_put(&tree->tiles[above], &node))
            full++;
    }
    tree->peaks[level] = node;
    tree->size++;
    return full;
}

struct digest tree_root_of(const struct digest *nodes, size_t count)
{
    assert(count && (count & (count - 1)) == 0);
    if (count == 1)
        return nodes[0];
    struct digest left = tree_root_of(nodes, count / 2);
    struct digest right = tree_root_of(nodes + count / 2, count / 2);
    return tree_node(&left, &right);
}
