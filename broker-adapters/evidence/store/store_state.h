/*
 * store_state - what the store_*.c files share; nobody else.
 *
 *   store.c       opens it, hears words by a table, takes turns
 *   store_take.c  files that come: offer, chunk
 *   store_give.c  files that go: ask, got, have
 *   store_keep.c  digests, deletion, disk
 */
#ifndef YISONG_BROKER_ADAPTERS_STORE_STATE_H
#define YISONG_BROKER_ADAPTERS_STORE_STATE_H

#include "broker-adapters/evidence/store/store.h"
#include "broker-adapters/evidence/store/store_rows.h"

enum { STORE_SLOTS = 64, STORE_SESSIONS = 256 };

/* A file that comes: its descriptor, and how far it is ahead of its row. */
struct store_slot {
    struct store_row row; /* row 0: free; row.have is durable */
    int fd;
    int64_t written, told; /* and how far its sender knows */
    instant used_at, synced_at;
    bool has_gap; /* the sender was told to go back */
};

/* A file that an agency is being given. */
struct store_session {
    char agency[TRANSFER_AGENCY_MAX]; /* "": free */
    struct transfer transfer;
    int fd;
    int64_t next, upto, total;
    instant used_at;
};

struct store {
    struct store_settings settings;
    const struct registry *registry;
    struct sql *db;
    int claim; /* of the one process that may work here; -1: none */
    struct store_slot slots[STORE_SLOTS];
    struct store_session sessions[STORE_SESSIONS];
    size_t turn; /* which session is served next */
    instant next_look;

    /* The file whose digest is being made. */
    struct store_row checked; /* row 0: none */
    struct digest_run *digest;
    int64_t checked_to;
};

/* A change of the tables in a transaction of its own. */
#define STORE_CHANGE(store, change, why)                                       \
    do {                                                                       \
        TRY(sql_begin((store)->db, why));                                      \
        TRY(store_rows_end((store)->db, change, why));                         \
    } while (0)

char *store_path(const struct store *store, const struct transfer *transfer);

/* Words to an agency; a code of NULL is none. */
enum reason store_say(struct store *store, const char *agency,
                      enum word_kind kind, const struct transfer *transfer,
                      int64_t number, const char *code,
                      struct fault *why) MUST_CHECK;
enum reason store_say_whole(struct store *store, const char *agency,
                            const struct store_row *row,
                            struct fault *why) MUST_CHECK;

/* --- store_take.c */
enum reason store_offered(struct store *store, const char *agency,
                          const struct word *word, instant now,
                          struct fault *why) MUST_CHECK;
enum reason store_chunk(struct store *store, const char *agency,
                        const struct word *word, instant now,
                        struct fault *why) MUST_CHECK;
/* Slots that were written: their bytes become durable after a while. */
enum reason store_take_turn(struct store *store, instant now,
                            struct fault *why) MUST_CHECK;
void store_take_close(struct store *store);
/* Forgets the slot of a file that is not open any more. */
void store_forget(struct store *store, int64_t row);

/* --- store_give.c */
enum reason store_asked(struct store *store, const char *agency,
                        const struct word *word, instant now,
                        struct fault *why) MUST_CHECK;
enum reason store_got(struct store *store, const char *agency,
                      const struct word *word, instant now,
                      struct fault *why) MUST_CHECK;
enum reason store_has(struct store *store, const char *agency,
                      const struct word *word, instant now,
                      struct fault *why) MUST_CHECK;
enum reason store_give_turn(struct store *store, instant now, bool *busy,
                            struct fault *why) MUST_CHECK;
void store_give_close(struct store *store);

/* --- store_keep.c */
enum reason store_keep_turn(struct store *store, instant now, bool *busy,
                            struct fault *why) MUST_CHECK;
/* Deletes the bytes and says why, for ever. */
enum reason store_delete(struct store *store, const struct store_row *row,
                         const char *gone_why, instant now,
                         struct fault *why) MUST_CHECK;
/* Whether so many more bytes may lie here. */
bool store_has_room(const struct store *store, int64_t bytes);

/* What the letter that lists a file says of it. */
struct store_claim {
    struct message *letter;
    int64_t size;
};
void store_claim_done(struct store_claim *claim);
AUTO_VALUE(store_claim, store_claim_done)
/* R_NOT_FOUND: no accepted letter; R_NOT_PERMITTED: it lists no such file. */
enum reason store_claim_find(struct store *store,
                             const struct transfer *transfer,
                             struct store_claim *out,
                             struct fault *why) MUST_CHECK;

#endif
