/*
 * store - the evidence store at the exchange centre: sealed files lie here
 * between their sender and those whom their letter names, who need not be up
 * at the same time. The centre cannot read them.
 *
 *     FOLDER/evidence.db           which files, how far, who has them, a log
 *     FOLDER/SENDER/LETTER.SHA256  the sealed bytes
 *
 * A file is taken only if a letter that the exchange accepted from this sender
 * lists it, given out only to those whom that letter names, and deleted when
 * all of them have signed that they opened it, or when its time is over. What
 * happened stays in the log, each line chained to the one before.
 *
 *     open -> checking -> whole -> gone
 *
 * Words come in by store_hear; answers and chunks go out through the face
 * that the caller gives. One thread.
 */
#ifndef YISONG_BROKER_ADAPTERS_STORE_H
#define YISONG_BROKER_ADAPTERS_STORE_H

#include "base/buf.h"
#include "broker-adapters/evidence/transfer.h"
#include "certs/registry.h"

struct store;

/* What the store must know of the ledger; program/ gives it. */
struct store_ground {
    void *self;
    /* Appends the letter as it was signed. R_NOT_FOUND if the exchange has not
     * accepted a letter of this sender with this id. */
    enum reason (*find)(void *self, const char *sender, const char *letter,
                        struct buf *out, struct fault *why);
};

/* How words go out. */
struct store_face {
    void *self;
    enum reason (*say)(void *self, const char *agency, const struct word *word,
                       struct fault *why);
    bool (*has_room)(void *self); /* for one more chunk */
};

struct store_settings {
    const char *folder;
    int64_t quota;   /* bytes that lie here of one sender, at most */
    int64_t reserve; /* bytes of the disk that stay free */
    int64_t kept_ms, stalled_ms; /* whole files; those that do not go on */
    struct store_ground ground;
    struct store_face face;
};

/* The settings are copied, their texts borrowed. R_STORE_BUSY: another process
 * works in this folder. */
enum reason store_open(struct store **out,
                       const struct store_settings *settings,
                       struct fault *why) MUST_CHECK;
void store_close(struct store *store);
AUTO_POINTER(store, store_close)

/* Whose signatures hold; borrowed until the next call. */
void store_set_registry(struct store *store, const struct registry *registry);

/* Acts on a word of this agency, whose name the broker vouches for. */
enum reason store_hear(struct store *store, const char *agency,
                       const struct word *word, instant now,
                       struct fault *why) MUST_CHECK;

/* A bounded piece of what has to be done by itself: chunks for those who
 * asked, digests, deletion. *busy: there is more to do at once. */
enum reason store_turn(struct store *store, instant now, bool *busy,
                       struct fault *why) MUST_CHECK;

/* A word to this agency was lost: it will ask again. */
void store_lost(struct store *store, const char *agency);

#endif
