/*
 * casefile - what is known of one case: its procedure, state, parties and
 * clocks. A plain value: read from the ledger, changed by a decision, written
 * back in the same transaction. Nothing here touches a store or a clock.
 */
#ifndef YISONG_ROUTING_CASEFILE_H
#define YISONG_ROUTING_CASEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/idiom.h"
#include "base/instant.h"

/* An agency in a case, and as what ("transferor", "police", "copied"). */
struct party {
    char *agency;
    char *as;
    int64_t sequence; /* of its last accepted letter in the case; 0: none */
};

enum deadline_status {
    DEADLINE_WAITING,  /* starts when the opening letter is delivered */
    DEADLINE_RUNNING,  /* due is known */
    DEADLINE_PAUSED,   /* stands still; due will be moved when it goes on */
    DEADLINE_MET,      /* done in time */
    DEADLINE_MET_LATE, /* done, but late */
    DEADLINE_CANCELLED /* another act made it pointless */
};

struct deadline {
    int64_t row;   /* in the ledger; 0: new */
    char *limit;   /* id in the procedure file, "filing-decision" */
    char *owner;   /* the agency that must act */
    int64_t from;  /* position of the letter that started it */
    instant start; /* 0 while waiting */
    instant due;   /* last lawful instant; 0 while waiting */
    enum deadline_status status;
    int64_t met_by;   /* position of the letter that met it; 0: none */
    instant reminded; /* when its expiry was acted on; 0: not yet */
    instant warn;     /* when its owner is to be warned; 0: not (any more) */
    instant paused;   /* since when it stands still; 0: it does not */
    instant stopped;  /* how long it stood still before, in all */
};

struct casefile {
    char *id;
    char *procedure;
    char *state;
    char *parent; /* id of the case that it comes from; NULL: none */
    instant opened_at, changed_at;
    struct party *parties;
    size_t party_count;
    struct deadline *deadlines; /* those that are open */
    size_t deadline_count;
    struct casefile *stored; /* as the ledger has it; NULL: not at all */
};

/* NULL if the agency is not a party. */
struct party *casefile_party(const struct casefile *casefile,
                             const char *agency);

/* Adds the party if it is not one yet; returns it. Copies the texts. */
struct party *casefile_add_party(struct casefile *casefile, const char *agency,
                                 const char *as);

/* Adds a deadline; the texts are copied. */
struct deadline *casefile_add_deadline(struct casefile *casefile,
                                       const struct deadline *deadline);

/* Waiting, running or paused: nothing has ended it. */
bool deadline_is_open(const struct deadline *deadline);

void casefile_set_state(struct casefile *casefile, const char *state);

/*
 * For the ledger: the case is now stored as it stands here. What changes
 * afterwards is found by comparing with `stored`, so that a letter costs only
 * the rows that it changes.
 */
void casefile_mark_stored(struct casefile *casefile);

void casefile_free(struct casefile *casefile);
AUTO_POINTER(casefile, casefile_free)

const char *deadline_status_name(enum deadline_status status);

#endif
