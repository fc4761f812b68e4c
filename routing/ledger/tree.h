/*
 * tree - the Merkle tree of RFC 9162 section 2.1, growing at its right edge,
 * and the checks of proofs. Pure: no store.
 *
 * In memory is only the edge: the roots of the largest complete subtrees
 * (peaks), and for every eighth level the tile of up to 256 nodes that is
 * being filled. What lies left of it is in full tiles, which the log stores.
 */
#ifndef YISONG_ROUTING_LEDGER_TREE_H
#define YISONG_ROUTING_LEDGER_TREE_H

#include <stdint.h>

#include "base/digest.h"

enum { TILE_BITS = 8, TILE_NODES = 1 << TILE_BITS, TREE_LEVELS = 64 };

enum { TILE_LEVELS = TREE_LEVELS / TILE_BITS };

struct tile {
    size_t count; /* 1 ... 256 once something is in it */
    struct digest nodes[TILE_NODES];
};

struct tree {
    int64_t size;
    struct digest peaks[TREE_LEVELS]; /* of level n, if bit n of size is 1 */
    struct tile tiles[TILE_LEVELS];   /* the last of each level */
};

/* The root of the empty tree is the digest of nothing. */
struct digest tree_root(const struct tree *tree);

struct digest tree_leaf(const void *data, size_t size);
struct digest tree_node(const struct digest *left, const struct digest *right);

/*
 * Adds a leaf. Returns how many levels' tiles became full by it: tiles[0] up
 * to that number hold 256 nodes each and begin anew at the next append.
 */
int tree_append(struct tree *tree, const struct digest *leaf);

/* The root over `count` nodes of one level, a power of two. */
struct digest tree_root_of(const struct digest *nodes, size_t count);

#endif
