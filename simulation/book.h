/*
 * book - what should be true of every invented case: its state, its clocks,
 * which letters were late. Kept by the generator from the tales alone, and
 * compared at the end with what the exchange has recorded (audit.c).
 */
#ifndef YISONG_SIMULATION_BOOK_H
#define YISONG_SIMULATION_BOOK_H

#include "base/digest.h"
#include "simulation/tale.h"

enum { BOOK_CLOCKS_MAX = 14, BOOK_ROLES = 6, AGENCY_TEXT_MAX = 40 };

struct book_clock {
    const struct tale_limit *limit;
    char owner[AGENCY_TEXT_MAX];
    instant due;    /* 0: waits for delivery */
    instant ended;  /* met or cancelled; 0: open */
    bool cancelled; /* ended so, not met */
    int reminded;   /* reminders that were heard after the end */
};

/* A letter that was accepted, for those that answer it. */
struct book_letter {
    const struct tale_step *step;
    char id[UUID_TEXT_MAX], digest[DIGEST_TEXT_MAX];
};

struct book_case {
    const struct tale *tale;
    size_t step;       /* the next one */
    size_t place;      /* county or city */
    const char *state; /* NULL: not opened yet */
    bool silent;       /* somebody does not act any more */
    int64_t sequences[BOOK_ROLES];
    struct book_clock clocks[BOOK_CLOCKS_MAX];
    size_t clock_count;
    struct book_letter letters[TALE_STEPS_MAX];
    size_t letter_count;
    const char *expect; /* code of the refusal that is on its way; NULL */
};

struct book {
    struct book_case *cases;
    size_t count;
    size_t opened, silent;
    size_t accepted, refused, late, receipts; /* letters */
    size_t deliveries;                        /* to inboxes, of accepted */
    size_t heard_deliveries, heard_refusals, heard_reminders;
    size_t surprises; /* what was heard and should not have been */
    char surprise[200];
};

/* Notes what should not have happened; the first one is kept in words. */
void book_surprise(struct book *book, const char *what, size_t place);

/* The letter of this step was accepted at `now`; `from` is its sender. */
void book_accept(struct book *book, struct book_case *one,
                 const struct tale_step *step, const char *from, instant now);

/* A clock that the step started, of this owner: waits or runs. */
void book_start(struct book_case *one, const struct tale_limit *limit,
                const char *owner, instant now,
                const struct calendar *calendar);

/* The owner's adapter has the case's last letter since `now`. */
void book_deliver(struct book_case *one, const char *owner, instant now,
                  const struct calendar *calendar);

/* A reminder was heard: limit, owner and end must be those of one clock. */
void book_remind(struct book *book, size_t place, const char *limit,
                 const char *owner, instant due);

/* Whether it ran out before it ended, as seen at `now`. */
bool book_is_overdue(const struct book_clock *clock, instant now);

#endif
