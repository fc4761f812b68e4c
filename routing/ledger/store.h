/*
 * store - what the files of the ledger share. Private to this folder.
 */
#ifndef YISONG_ROUTING_LEDGER_STORE_H
#define YISONG_ROUTING_LEDGER_STORE_H

#include "routing/ledger/ledger.h"
#include "routing/ledger/tree.h"

struct ledger {
    struct sql *db;
    bool writing;    /* between begin and commit or rollback */
    bool tree_known; /* `tree` is the stored log and what was put since */
    bool grown;      /* letters were put since begin */
    struct tree tree;
    struct tile tile; /* the full tile that was read last, for proofs */
    int tile_level;
    int64_t tile_place; /* -1: none was read */
};

/*
 * Makes `tree` what the store says, unless it is that already. R_STORE_FAILED
 * if the letters do not give the head that was stored with them: a log that
 * was tampered with is not continued.
 */
enum reason log_load(struct ledger *ledger, struct fault *why) MUST_CHECK;

/* Adds the letter's leaf, at the position that the letter has. */
enum reason log_put(struct ledger *ledger, const struct digest *leaf,
                    struct fault *why) MUST_CHECK;

/* Writes the head, before a commit. */
enum reason log_store_head(struct ledger *ledger, struct fault *why) MUST_CHECK;

/* Adds the deadlines of the case up to that status. */
enum reason cases_read_deadlines(struct ledger *ledger,
                                 struct casefile *casefile,
                                 enum deadline_status last,
                                 struct fault *why) MUST_CHECK;

/* What the store says the log is; nothing is computed. */
enum reason log_read_head(struct ledger *ledger, struct log_head *out,
                          struct fault *why) MUST_CHECK;

/* Reads a full tile; R_STORE_FAILED if it is not there or not whole. */
enum reason log_read_tile(struct ledger *ledger, int level, int64_t place,
                          struct tile *out, struct fault *why) MUST_CHECK;

/*
 * The root over the leaves from `first` on, `size` of them. `first` is a
 * multiple of the largest power of two that is not above `size`.
 */
enum reason log_range_root(struct ledger *ledger, int64_t first, int64_t size,
                           struct digest *out, struct fault *why) MUST_CHECK;

/* A digest column; R_STORE_FAILED if it has another size. */
enum reason row_digest(const struct sql_rows *rows, int column,
                       struct digest *out, struct fault *why) MUST_CHECK;

/* Fills a letter from a row of LETTER_COLUMNS; texts stay with the row. */
#define LETTER_COLUMNS                                                         \
    "l.position, l.outcome, l.authenticated, l.id, l.type, l.case_id, "        \
    "l.sender, l.media_type, l.sequence, l.received_at, l.code, l.digest, "    \
    "coalesce(a.answer, 0), l.leaf, l.jws, l.bytes"
enum { LETTER_COLUMN_LEAF = 13 };
enum reason letter_read(const struct sql_rows *rows, struct letter *out,
                        struct fault *why) MUST_CHECK;

#endif
