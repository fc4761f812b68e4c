/*
 * store_rows - the tables of the evidence store: a row for each file, one for
 * each agency that may have it, and the log.
 */
#ifndef YISONG_BROKER_ADAPTERS_STORE_ROWS_H
#define YISONG_BROKER_ADAPTERS_STORE_ROWS_H

#include "base/sql.h"
#include "broker-adapters/evidence/transfer.h"

enum store_state { STORE_OPEN, STORE_CHECKING, STORE_WHOLE, STORE_GONE };

struct store_row {
    int64_t row; /* 0: none */
    struct transfer transfer;
    enum store_state state;
    int64_t total, have; /* sealed bytes; durable ones */
    struct digest sealed;
    char gone_why[16]; /* "received", "expired", "stalled" */
};

enum reason store_rows_open(struct sql **out, const char *path,
                            enum sql_mode mode, struct fault *why) MUST_CHECK;
enum reason store_rows_end(struct sql *db, enum reason reason,
                           struct fault *why) MUST_CHECK;

enum reason store_rows_find(struct sql *db, const struct transfer *transfer,
                            struct store_row *out,
                            struct fault *why) MUST_CHECK;
/* The first file in this state behind row `after`. */
enum reason store_rows_next(struct sql *db, enum store_state state,
                            int64_t after, struct store_row *out,
                            struct fault *why) MUST_CHECK;

/* Opens it, or opens it again from the start; fills row->row. */
enum reason store_rows_put(struct sql *db, struct store_row *row, instant now,
                           struct fault *why) MUST_CHECK;
enum reason store_rows_have(struct sql *db, int64_t row, int64_t have,
                            instant now, struct fault *why) MUST_CHECK;
enum reason store_rows_mark(struct sql *db, int64_t row, enum store_state state,
                            const char *gone_why, instant now,
                            struct fault *why) MUST_CHECK;

/* Bytes promised by files of this sender that lie here. */
enum reason store_rows_used(struct sql *db, const char *sender, int64_t *bytes,
                            struct fault *why) MUST_CHECK;

/* Who may have it. */
enum reason store_rows_allow(struct sql *db, int64_t row, const char *agency,
                             struct fault *why) MUST_CHECK;
enum reason store_rows_is_allowed(struct sql *db, int64_t row,
                                  const char *agency, bool *allowed,
                                  struct fault *why) MUST_CHECK;
/* Calls use for each of them; `has` if it said that it has it. */
enum reason store_rows_each_receiver(
    struct sql *db, int64_t row,
    enum reason (*use)(void *context, const char *agency, bool has,
                       struct fault *why),
    void *context, struct fault *why) MUST_CHECK;
/* *first: it had not said so before; *last: now all have it. */
struct store_receipt {
    int64_t row;
    const char *agency, *fingerprint;
    const void *signature;
    size_t size;
};
enum reason store_rows_receipt(struct sql *db,
                               const struct store_receipt *receipt, instant now,
                               bool *first, bool *last,
                               struct fault *why) MUST_CHECK;

/* A file whose time is over: row 0 if there is none. */
enum reason store_rows_overdue(struct sql *db, instant whole_before,
                               instant heard_before, struct store_row *out,
                               struct fault *why) MUST_CHECK;

/* --- the log ---------------------------------------------------------------
 */
enum reason store_log_put(struct sql *db, instant at, const char *what,
                          const struct transfer *transfer, const char *detail,
                          struct fault *why) MUST_CHECK;

/*
 * Calls use for each line, oldest first, and counts the chain anew;
 * R_PROOF_FAILED with the first line that does not fit.
 */
enum reason store_log_each(struct sql *db,
                           void (*use)(void *context, int64_t line,
                                       const char *text,
                                       const struct digest *chain),
                           void *context, struct fault *why) MUST_CHECK;

#endif
