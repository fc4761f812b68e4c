/*
 * evidence_rows - what the mailbox knows of files that travel with letters.
 *
 *   going  (evidence_out)                 coming (evidence_in)
 *     kept    the file lies here            awaited   not whole here yet
 *     missing no file of this digest        here      whole, still sealed
 *     sealed  sealed, on its way            whole     opened, in its folder
 *     sent    the centre has it whole       elsewhere not meant for us
 *     dropped the letter was refused
 *
 * A letter that waited too long goes on without its files; they are laid
 * beside it when they come.
 *
 * A letter whose files are awaited holds its case: what has its turn behind it
 * waits (state "waiting" of an incoming letter, evidence_hold). Only the
 * adapter's main loop ends that (evidence_release), so that between two looks
 * of a turn of the handover nothing changes.
 */
#ifndef YISONG_BROKER_ADAPTERS_EVIDENCE_ROWS_H
#define YISONG_BROKER_ADAPTERS_EVIDENCE_ROWS_H

#include "base/sql.h"
#include "broker-adapters/evidence/transfer.h"
#include "schemas/message.h"

/* Makes the tables where they are missing. */
enum reason evidence_rows_open(struct sql *mailbox,
                               struct fault *why) MUST_CHECK;

/* --- letters: in the transaction of the caller -----------------------------
 */

/* A letter of ours that was just kept. */
enum reason evidence_promise(struct sql *mailbox, const struct message *message,
                             struct fault *why) MUST_CHECK;

/*
 * A letter that came, kept as row `letter`, not yet filled in its place.
 * `folder` is the name of the folder of its files.
 */
struct evidence_letter {
    const struct message *message;
    const char *agency; /* us */
    const char *folder;
    int64_t row;
};
enum reason evidence_expect(struct sql *mailbox,
                            const struct evidence_letter *letter, instant now,
                            struct fault *why) MUST_CHECK;

/*
 * Lets go the letters whose files are all there, and those that came before
 * `since` without them; *released counts the latter.
 */
enum reason evidence_release(struct sql *mailbox, instant since, int *released,
                             struct fault *why) MUST_CHECK;

/* Whether that would do anything: saves an empty transaction. */
enum reason evidence_may_release(struct sql *mailbox, instant since, bool *any,
                                 struct fault *why) MUST_CHECK;

/* The folder of the files of this incoming letter, or NULL if it has none
 * that are whole. Free it. */
enum reason evidence_folder(struct sql *mailbox, int64_t letter, char **folder,
                            struct fault *why) MUST_CHECK;

/* --- files that go ---------------------------------------------------------
 */

struct evidence_out {
    int64_t row, size, sealed_size, confirmed;
    char letter[UUID_TEXT_MAX];
    struct digest sha256, sealed;
};

/*
 * The first file in this state that may be tried at `now`, smallest first
 * (row is 0 if there is none). "sealed": only of letters that the exchange has
 * accepted.
 */
enum reason evidence_out_next(struct sql *mailbox, const char *state,
                              instant now, struct evidence_out *out,
                              struct fault *why) MUST_CHECK;
/* By its transfer; row is 0 if it is not on its way. */
enum reason evidence_out_find(struct sql *mailbox,
                              const struct transfer *transfer,
                              struct evidence_out *out,
                              struct fault *why) MUST_CHECK;
/* Not before `until`; `code` says why, "" for no trouble. */
enum reason evidence_out_pause(struct sql *mailbox, int64_t row, instant until,
                               const char *code, struct fault *why) MUST_CHECK;
enum reason evidence_out_mark(struct sql *mailbox, int64_t row,
                              const char *state, instant now,
                              struct fault *why) MUST_CHECK;
enum reason evidence_out_sealed(struct sql *mailbox, int64_t row, int64_t size,
                                const struct digest *sealed,
                                struct fault *why) MUST_CHECK;
/* How much is there, and how many bytes per second went lately. */
enum reason evidence_out_confirmed(struct sql *mailbox, int64_t row,
                                   int64_t offset, int64_t rate,
                                   struct fault *why) MUST_CHECK;
/* A file that lies here may be what is missing. */
enum reason evidence_out_found(struct sql *mailbox, const struct digest *sha256,
                               int *count, struct fault *why) MUST_CHECK;
/* Whatever is missing is looked for again. */
enum reason evidence_out_found_any(struct sql *mailbox,
                                   struct fault *why) MUST_CHECK;
/* The first file of a refused letter that was not dropped yet. */
enum reason evidence_out_refused(struct sql *mailbox, struct evidence_out *out,
                                 struct fault *why) MUST_CHECK;
/* Whether a letter still needs the file itself. */
enum reason evidence_out_needs(struct sql *mailbox, const struct digest *sha256,
                               bool *needed, struct fault *why) MUST_CHECK;

/* --- files that come --------------------------------------------------------
 */

struct evidence_in {
    int64_t row, size, have;
    struct transfer transfer;
    struct digest sha256, sm3;
    int tries;
};

/* The first file in this state whose time has come, smallest first; "untold":
 * whole, and the centre must still hear of it. Row is 0 if there is none. */
enum reason evidence_in_next(struct sql *mailbox, const char *state,
                             instant now, struct evidence_in *out,
                             struct fault *why) MUST_CHECK;
/* By its transfer; row is 0 if it is not awaited. */
enum reason evidence_in_find(struct sql *mailbox,
                             const struct transfer *transfer,
                             struct evidence_in *out,
                             struct fault *why) MUST_CHECK;

/* What follows is said of all rows of a transfer. */
enum reason evidence_in_pause(struct sql *mailbox,
                              const struct transfer *transfer, instant until,
                              const char *code, struct fault *why) MUST_CHECK;
/* How much lies at the centre. */
enum reason evidence_in_there(struct sql *mailbox,
                              const struct transfer *transfer, int64_t there,
                              struct fault *why) MUST_CHECK;
/* How much lies here durably, and how many bytes per second came lately. */
enum reason evidence_in_have(struct sql *mailbox,
                             const struct transfer *transfer, int64_t have,
                             int64_t rate, struct fault *why) MUST_CHECK;
enum reason evidence_in_mark(struct sql *mailbox,
                             const struct transfer *transfer, const char *state,
                             instant now, struct fault *why) MUST_CHECK;
/* It could not be opened: fetched anew, from the start, at `next`. */
enum reason evidence_in_again(struct sql *mailbox,
                              const struct transfer *transfer, instant next,
                              const char *code, struct fault *why) MUST_CHECK;
enum reason evidence_in_told(struct sql *mailbox,
                             const struct transfer *transfer,
                             struct fault *why) MUST_CHECK;

/*
 * Where it must lie: a letter may list the same bytes under several names. In
 * the draft of the folder while the letter waits; beside it when it was handed
 * over without; between the two, nowhere yet.
 */
enum evidence_time { EVIDENCE_EARLY, EVIDENCE_BETWEEN, EVIDENCE_LATE };
struct evidence_target {
    int64_t row;
    char *folder, *name;
    enum evidence_time time;
};
void evidence_target_done(struct evidence_target *target);
AUTO_VALUE(evidence_target, evidence_target_done)
/* The first one behind row `after`; row 0: none left. */
enum reason evidence_in_target(struct sql *mailbox,
                               const struct transfer *transfer, int64_t after,
                               struct evidence_target *out,
                               struct fault *why) MUST_CHECK;

#endif
