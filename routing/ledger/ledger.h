/*
 * ledger - what the exchange centre has accepted and refused, where each case
 * stands, which clocks run, what must still be delivered, and the Merkle log
 * over all letters. One SQLite file.
 *
 * All that one letter changes is written between ledger_begin and
 * ledger_commit, usually for a batch of letters: the commit is the instant of
 * acceptance. Nothing is acknowledged before it.
 *
 * Files: ledger.c (open, transaction), letters.c, cases.c, outbox.c, log*.c;
 * the tables are in ledger.sql. What people look at is in history.h.
 */
#ifndef YISONG_ROUTING_LEDGER_LEDGER_H
#define YISONG_ROUTING_LEDGER_LEDGER_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/instant.h"
#include "base/sql.h"
#include "routing/casefile.h"

struct ledger;

/* Of the tables in ledger.sql. A ledger that is opened for writing is brought
 * up to it, with a backup beside (base/sql_upgrade.h). */
enum { LEDGER_VERSION = 5 };

enum reason ledger_open(struct ledger **out, const char *path,
                        enum sql_mode mode, struct fault *why) MUST_CHECK;
void ledger_close(struct ledger *ledger);
AUTO_POINTER(ledger, ledger_close)

enum reason ledger_begin(struct ledger *ledger, struct fault *why) MUST_CHECK;
enum reason ledger_commit(struct ledger *ledger, struct fault *why) MUST_CHECK;
/* Also forgets what the log had in memory of the transaction. */
void ledger_rollback(struct ledger *ledger);

/* --- letters: every letter that came or was written here, kept for ever --- */

enum letter_outcome { LETTER_ACCEPTED, LETTER_REFUSED, LETTER_OWN };

/* "accepted", "refused", "own" */
const char *letter_outcome_name(enum letter_outcome outcome);

/* Texts are never NULL ("" if not known). */
struct letter {
    int64_t position; /* 1, 2, 3, ...: also its leaf in the log, from 0 */
    enum letter_outcome outcome;
    const char *id, *type, *case_id, *sender;
    bool authenticated; /* its signature held: it may occupy its id */
    const char *media_type, *jws;
    const void *bytes;
    size_t size;
    struct digest digest; /* SHA-256 of the bytes */
    int64_t sequence;
    instant received_at;
    const char *code; /* of the refusal, "" if accepted */
    int64_t answer;   /* position of our receipt or refusal; 0: none yet */
};

/*
 * Adds the letter and its log leaf; fills `position`. The first authenticated
 * letter of a sender with an id holds that id; others are kept all the same.
 */
enum reason letters_put(struct ledger *ledger, struct letter *letter,
                        struct fault *why) MUST_CHECK;
/* Notes which own letter answered it; the first one counts. */
enum reason letters_answer(struct ledger *ledger, int64_t position,
                           int64_t answer, struct fault *why) MUST_CHECK;

/* A letter read back owns its texts. */
struct letter_row {
    struct letter letter;
    struct sql_rows *rows; /* keeps the texts */
};
void letter_row_done(struct letter_row *row);
AUTO_VALUE(letter_row, letter_row_done)

/* R_NOT_FOUND if there is none. By id: the letter that holds it. */
enum reason letters_find(struct ledger *ledger, const char *sender,
                         const char *id, struct letter_row *out,
                         struct fault *why) MUST_CHECK;
/* By id, among those that changed this case. */
enum reason letters_find_step(struct ledger *ledger, const char *case_id,
                              const char *id, struct letter_row *out,
                              struct fault *why) MUST_CHECK;
enum reason letters_get(struct ledger *ledger, int64_t position,
                        struct letter_row *out, struct fault *why) MUST_CHECK;
/*
 * The position of the letter with this id, or with this SHA-256 in hex: the one
 * that holds the id, if there are several. R_NOT_FOUND; R_AMBIGUOUS, with two
 * positions, where letters of two senders have that id.
 */
enum reason letters_locate(struct ledger *ledger, const char *id_or_digest,
                           int64_t *position, struct fault *why) MUST_CHECK;

/* --- cases ---------------------------------------------------------------- */

/* *out stays NULL if there is no such case (R_OK). Free it. */
enum reason cases_find(struct ledger *ledger, const char *id,
                       struct casefile **out, struct fault *why) MUST_CHECK;

/*
 * The first case behind `after`, by id, with a clock that waits for delivery
 * of this letter; or NULL.
 */
enum reason cases_find_waiting(struct ledger *ledger, int64_t position,
                               const char *after, struct casefile **out,
                               struct fault *why) MUST_CHECK;

/* Writes state, parties and deadlines; new rows get their numbers. */
enum reason cases_put(struct ledger *ledger, struct casefile *casefile,
                      struct fault *why) MUST_CHECK;

/*
 * One line of a case's timeline. What a letter does to a case is one step: put
 * again, it goes from the first state_before to the last state_after.
 */
struct step_record {
    const char *case_id;
    int64_t position; /* of the letter */
    const char *state_before, *state_after;
    instant at;
    bool late;
    instant decided_at; /* 0: none */
};
enum reason cases_put_step(struct ledger *ledger,
                           const struct step_record *step,
                           struct fault *why) MUST_CHECK;

/*
 * The first case with a running deadline that is due before `now` and not yet
 * acted on; *out NULL if there is none. And the next instant at which there
 * will be one (INT64_MAX: none).
 */
enum reason cases_overdue(struct ledger *ledger, instant now,
                          struct casefile **out, struct fault *why) MUST_CHECK;
enum reason cases_next_due(struct ledger *ledger, instant *out,
                           struct fault *why) MUST_CHECK;

/* --- outbox: what must still reach an inbox queue --------------------------
 */

struct outbox_row {
    int64_t row;
    int64_t position; /* the letter */
    char *recipient;
    char *case_id;
    int64_t sequence; /* per recipient and case: 1, 2, 3, ... */
};
void outbox_rows_free(struct outbox_row *rows, size_t count);

/*
 * Adds a row and gives it the next sequence of (recipient, case). A letter is
 * meant for a recipient once: put again, it is the row that is there already.
 * Free what is in `out` with free(), or with outbox_rows_free.
 */
enum reason outbox_put(struct ledger *ledger, int64_t position,
                       const char *recipient, const char *case_id,
                       struct outbox_row *out, struct fault *why) MUST_CHECK;
/* Rows after `after` that are not marked, in order, at most `most`. Free. */
enum reason outbox_unsent(struct ledger *ledger, int64_t after, size_t most,
                          struct outbox_row **out, size_t *count,
                          struct fault *why) MUST_CHECK;
/*
 * What an agency may not have: rows after `after` without its delivery
 * receipt, in order, at most `most`. What needs no receipt counts if nothing
 * behind it was receipted: its queue is in order. Free.
 */
enum reason outbox_waiting(struct ledger *ledger, const char *recipient,
                           int64_t after, size_t most, struct outbox_row **out,
                           size_t *count, struct fault *why) MUST_CHECK;
enum reason outbox_mark(struct ledger *ledger, int64_t row, instant at,
                        struct fault *why) MUST_CHECK;
/* R_NOT_FOUND if the letter was never meant for `recipient`. */
enum reason outbox_check(struct ledger *ledger, int64_t position,
                         const char *recipient, struct fault *why) MUST_CHECK;
/*
 * The recipient's adapter said that it has it: `receipt` is its delivery
 * receipt, put already; its sender is the recipient. The first one counts.
 * R_NOT_FOUND as outbox_check.
 */
enum reason outbox_delivered(struct ledger *ledger, int64_t position,
                             const struct letter *receipt,
                             struct fault *why) MUST_CHECK;

/* --- recounts: deadlines that a revised calendar moved ----------------------
 */

struct recount {
    const char *case_id, *limit, *owner;
    int64_t from; /* position of the letter that started the clock */
    instant due_before, due_after;
    instant at; /* when it was counted anew */
};

/* The calendar that open deadlines were counted by; zeroes if none yet. */
enum reason recounts_calendar(struct ledger *ledger, struct digest *out,
                              struct fault *why) MUST_CHECK;
enum reason recounts_set_calendar(struct ledger *ledger,
                                  const struct digest *digest,
                                  struct fault *why) MUST_CHECK;

/* The first case behind `after`, by id, that has a running clock; or NULL. */
enum reason recounts_next_case(struct ledger *ledger, const char *after,
                               struct casefile **out,
                               struct fault *why) MUST_CHECK;
enum reason recounts_put(struct ledger *ledger, const struct recount *recount,
                         struct fault *why) MUST_CHECK;

/* Those of a case, oldest first; read each row with recounts_read. */
enum reason recounts_of(struct ledger *ledger, const char *case_id,
                        struct sql_rows **out, struct fault *why) MUST_CHECK;
void recounts_read(const struct sql_rows *rows, struct recount *out);

/* --- log: a Merkle tree over the letters (RFC 9162 section 2.1) ------------
 */

struct log_head {
    int64_t size; /* letters */
    struct digest root;
};

/* The leaf of a letter: what is hashed, one text line (see ledger/README). */
void log_leaf(const struct letter *letter, struct buf *out);

enum reason log_head(struct ledger *ledger, struct log_head *out,
                     struct fault *why) MUST_CHECK;

/* What the log was when it had `size` letters. R_NOT_FOUND if it is shorter. */
enum reason log_head_at(struct ledger *ledger, int64_t size,
                        struct log_head *out, struct fault *why) MUST_CHECK;

enum { LOG_PROOF_MAX = 64 };

struct log_proof {
    struct digest nodes[LOG_PROOF_MAX];
    size_t count;
};

/* That leaf `index` (from 0) is in the tree of `size`. */
enum reason log_prove_inclusion(struct ledger *ledger, int64_t index,
                                int64_t size, struct log_proof *out,
                                struct fault *why) MUST_CHECK;
/* That the tree of `size` continues the tree of `earlier`. */
enum reason log_prove_consistency(struct ledger *ledger, int64_t earlier,
                                  int64_t size, struct log_proof *out,
                                  struct fault *why) MUST_CHECK;

/* Need no ledger. R_PROOF_FAILED. */
enum reason log_check_inclusion(const struct digest *leaf, int64_t index,
                                const struct log_head *head,
                                const struct log_proof *proof,
                                struct fault *why) MUST_CHECK;
enum reason log_check_consistency(const struct log_head *earlier,
                                  const struct log_head *head,
                                  const struct log_proof *proof,
                                  struct fault *why) MUST_CHECK;

/*
 * Recomputes everything: each letter's digest, each leaf, each node, the root;
 * `progress` may be NULL. R_PROOF_FAILED with the first position that differs.
 */
enum reason log_verify(struct ledger *ledger,
                       void (*progress)(int64_t done, int64_t all),
                       struct log_head *out, struct fault *why) MUST_CHECK;

#endif
