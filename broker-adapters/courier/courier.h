/*
 * courier - giving packages out and taking them in, numbered, on the side of
 * an agency or of the centre. What differs between the two is where letters
 * come from and go to; that is the caller's.
 *
 * A package is made on the shelf, a folder beside the store, and lies there
 * until the receiver confirmed it; what is carried is a copy. So a lost stick
 * costs nothing: the same bytes are handed out again.
 */
#ifndef YISONG_BROKER_ADAPTERS_COURIER_H
#define YISONG_BROKER_ADAPTERS_COURIER_H

#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/courier/courier_store.h"
#include "broker-adapters/courier/package.h"

/* Who gives and takes, with what. All borrowed. */
struct courier {
    const char *agency;
    const struct signing_key *key;
    const struct registry *registry;
    struct sql *db;    /* courier_store_open was called */
    const char *shelf; /* folder */
};

/* What is to be packed: rows of the mailbox or the outbox, in their order. */
struct courier_load {
    const int64_t *rows;
    struct package_source source; /* the same letters */
};

enum { COURIER_NAME_MAX = 160 };

struct courier_made {
    int64_t number;
    char name[COURIER_NAME_MAX]; /* FROM_TO_NUMBER_DATE.p7m */
};

/*
 * Makes the next package for the partner on the shelf and notes it, in the
 * caller's transaction; hand it out after the commit. The reasons of
 * registry_encryption, R_DISK_FAILED.
 */
enum reason courier_pack(const struct courier *courier, const char *partner,
                         const struct courier_load *load, instant now,
                         struct courier_made *out,
                         struct fault *why) MUST_CHECK;

/*
 * Copies a package from the shelf into a folder, there whole or not at all.
 * R_NOT_FOUND if it does not lie on the shelf.
 */
enum reason courier_hand_out(const struct courier *courier, const char *name,
                             const char *folder, struct fault *why) MUST_CHECK;

/*
 * What is to be done with a package that holds: nothing, if it was taken
 * before (*repeat, and when). R_ID_REUSED if its number was taken with other
 * letters.
 */
enum reason courier_judge(const struct courier *courier,
                          const struct cover *cover,
                          struct courier_taken *before, bool *repeat,
                          struct fault *why) MUST_CHECK;

/*
 * Notes that it was taken, and what it says of packages of ours, in the
 * caller's transaction. *confirmed counts those newly confirmed.
 */
enum reason courier_note(const struct courier *courier,
                         const struct cover *cover, instant now, int *confirmed,
                         struct fault *why) MUST_CHECK;

/* --- the centre's side: letters of a case go in order to the router ---------
 */

/* Whether a package of this partner with a smaller number has not come. */
enum reason courier_is_early(const struct courier *courier,
                             const struct cover *cover, bool *early,
                             struct fault *why) MUST_CHECK;

/* Keeps a sealed package that came early until those before it are there. */
enum reason courier_hold(const struct courier *courier, const char *path,
                         const struct cover *cover,
                         struct fault *why) MUST_CHECK;

/* The held package whose turn has come after this one; NULL: none. Free it. */
enum reason courier_find_held(const struct courier *courier,
                              const struct cover *after, char **path,
                              struct fault *why) MUST_CHECK;

/* After the commit: what was confirmed leaves the shelf. */
enum reason courier_tidy(const struct courier *courier, const char *partner,
                         struct fault *why) MUST_CHECK;

/* --- the agency's side -----------------------------------------------------
 */

/* The letters that wait in the mailbox and are in no package yet. */
struct courier_waiting {
    struct sql *mailbox;
    int64_t *rows;
    size_t count;
};
enum reason courier_find_waiting(struct courier_waiting *out,
                                 const struct courier *courier,
                                 const char *partner, size_t most,
                                 struct fault *why) MUST_CHECK;
void courier_waiting_done(struct courier_waiting *waiting);
AUTO_VALUE(courier_waiting, courier_waiting_done)

/* For courier_pack; borrows from `waiting`. */
struct courier_load courier_load_of(struct courier_waiting *waiting);

struct courier_kept {
    int fresh, repeats, quarantined, confirmed;
};

/*
 * Keeps the letters of the centre's package as if they had come over the
 * line, with the receipts that they are owed, in the caller's transaction.
 * R_NOT_PERMITTED if it is not the centre's.
 */
enum reason courier_keep(const struct courier *courier, const struct desk *desk,
                         const struct courier_package *package, instant now,
                         struct courier_kept *out,
                         struct fault *why) MUST_CHECK;

#endif
