/*
 * taken - the files of out/ whose fate is decided: what became of each, until
 * it is moved to where it belongs. The row is written in the transaction that
 * keeps the letter, so a crash between the two never takes a file twice.
 */
#ifndef YISONG_BROKER_ADAPTERS_TAKEN_H
#define YISONG_BROKER_ADAPTERS_TAKEN_H

#include "base/sql.h"

/* Owns its texts when it was read back. */
struct taken {
    int64_t row;
    char *folder; /* "sent", "refused" */
    char *name;   /* in out/ */
    char *identity;
    char *target;                    /* name in the folder; "": not chosen */
    char *reason_text, *reason_json; /* "" for a letter that goes */
};
void taken_done(struct taken *taken);
AUTO_VALUE(taken, taken_done)

enum reason taken_put(struct sql *mailbox, const struct taken *taken,
                      struct fault *why) MUST_CHECK;
enum reason taken_has(struct sql *mailbox, const char *name,
                      const char *identity, bool *has,
                      struct fault *why) MUST_CHECK;

/* The first one behind row `after`; row is 0 if there is none. */
enum reason taken_next(struct sql *mailbox, int64_t after, struct taken *out,
                       struct fault *why) MUST_CHECK;

/* Chooses the name, before anything of that name is written. */
enum reason taken_place(struct sql *mailbox, int64_t row, const char *target,
                        struct fault *why) MUST_CHECK;

/* It lies where it belongs. */
enum reason taken_settle(struct sql *mailbox, int64_t row,
                         struct fault *why) MUST_CHECK;

/*
 * A letter that came as a file was refused by the exchange: its file must go
 * from sent/ to refused/, under a name that taken_place gives it. Nothing
 * happens if it is no such letter.
 */
enum reason taken_send_back(struct sql *mailbox, const char *letter_id,
                            const char *reason_text, const char *reason_json,
                            struct fault *why) MUST_CHECK;

#endif
