/*
 * book - the second book of an invented province: who said what to whom, when,
 * and what should come of it. It is kept from what the agencies send and what
 * reaches them, never from the ledger; it reads the same procedure files as the
 * exchange and shares none of the code that acts on them: what may be said,
 * who gets copies, which clocks run and when they end are worked out a second
 * time here. Where both books differ, one of them is wrong.
 *
 *     book_judge.c   may it be said         book_days.c   when clocks end
 *     book_enter.c   what it changes        book_clocks.c which clocks run
 *     book_follow.c  and in linked cases
 */
#ifndef YISONG_SIMULATION_BOOK_H
#define YISONG_SIMULATION_BOOK_H

#include "simulation/letter_make.h"
#include "simulation/script.h"

#define BOOK_NONE SIZE_MAX

enum { DRAFT_TO_MAX = 20, BOOK_OPEN_PER_LIMIT = 8 };

struct book_party {
    size_t agency;
    const char *as;
    int64_t sequence; /* of its last accepted letter */
    bool silent;      /* does not act any more */
};

enum clock_state { CLOCK_WAITS, CLOCK_RUNS, CLOCK_STANDS, CLOCK_DONE };

struct book_clock {
    const struct limit *limit;
    size_t owner, letter; /* that began it */
    instant start, due;   /* 0 while it waits */
    enum clock_state state;
    bool cancelled;  /* done so, not met */
    size_t met_by;   /* letter; BOOK_NONE */
    bool late;       /* met so */
    instant ended;   /* met, cancelled, or stood still */
    instant stood;   /* since when it stands still */
    instant stopped; /* how long it stood before */
    int owed, heard; /* reminders after its end */
};

struct book_delivery {
    size_t agency;
    instant heard, confirmed; /* 0: not */
    bool follows;             /* a party of a linked case */
};

struct book_letter {
    const struct script *script;
    const struct accept *act; /* as which it counts */
    size_t place, from;       /* the case, the sender */
    size_t answers;           /* BOOK_NONE */
    instant at, decided;
    bool late;
    const char *state_before, *state_after;
    char id[UUID_TEXT_MAX], digest[DIGEST_TEXT_MAX];
    struct book_delivery *deliveries;
    size_t delivery_count;
};

struct book_case {
    const struct machine *machine; /* NULL: not opened */
    const char *state;
    size_t parent; /* BOOK_NONE */
    size_t home;   /* where it happens */
    size_t unit;   /* whom it is about */
    enum figures figures;
    instant opened_at, entered_at; /* the case, its state */
    struct book_party *parties;    /* in the order in which they joined */
    size_t party_count;
    struct book_clock *clocks;
    size_t clock_count;
    size_t *letters;
    size_t letter_count;
};

/* A letter that is about to be sent. Agencies are places in book->agencies. */
struct draft {
    const struct script *script;
    size_t place, from;
    size_t to[DRAFT_TO_MAX], copies[DRAFT_TO_MAX];
    size_t to_count, copy_count;
    size_t parent;  /* named; BOOK_NONE */
    size_t answers; /* letter named; BOOK_NONE */
    bool misquotes; /* with another digest */
    int64_t sequence;
    instant at, decided;
    instant due; /* that it sets, where it does */
};

struct book {
    const struct procedures *procedures;
    const struct calendar *calendar;
    const struct agency *agencies; /* behind the last: one that is unknown */
    size_t agency_count;
    struct book_case *cases;
    size_t case_count, case_room;
    struct book_letter *letters; /* accepted ones, in order */
    size_t letter_count, letter_room;
    size_t opened, refused, repeated, receipts;
    size_t follows; /* that a letter moved a linked case, too */
    size_t notices; /* of the centre about that, to each */
    size_t heard_refusals, heard_reminders, heard_notices;
    size_t surprises; /* what was heard and should not have been */
    char surprise[300];
};

void book_done(struct book *book);

/* A case that nobody has opened yet; its place. */
size_t book_add_case(struct book *book);

void book_move(struct book_case *one, const char *state, instant at);

struct book_party *book_party(const struct book_case *one, size_t agency);

/* The first of the parties that an agency with this role may be, or NULL. */
const char *book_role(const struct machine *machine,
                      const struct words *parties, const char *role);

/*
 * What the exchange should answer: R_OK, then *act is what it is, or the
 * reason of the refusal.
 */
enum reason book_judge(const struct book *book, const struct draft *draft,
                       const struct machine **machine,
                       const struct accept **act) MUST_CHECK;

/* Enters a letter that may be said; its place in book->letters. */
size_t book_enter(struct book *book, const struct draft *draft,
                  const struct machine *machine, const struct accept *act,
                  const struct sealed *sealed);

/* What the letter means for linked cases. */
void book_follow(struct book *book, size_t letter, const struct draft *draft);

/* The owner's adapter has confirmed the letter: clocks that waited start. */
void book_confirm(struct book *book, size_t letter, size_t agency, instant now);

/* All clocks that end before now have ended. */
void book_close_day(struct book *book, instant now);

/* What should not have happened; the first one is kept in words. */
void book_surprise(struct book *book, size_t place, const char *what);

/* --- clocks ----------------------------------------------------------------
 */

/* What an act of a letter does to the clocks of its case. */
struct clock_work {
    struct book *book;
    struct book_case *one;
    const struct draft *draft;
    const struct accept *act;
    size_t letter;
    const size_t *told; /* a case that follows: who is told; else NULL */
    size_t told_count;
    bool late; /* comes out */
};
void clocks_work(struct clock_work *work);
bool clock_is_open(const struct book_clock *clock);
/* Whether a clock of this limit is open; `owner` BOOK_NONE: of anybody. */
bool clocks_have(const struct book_case *one, const char *limit, size_t owner);
/* Stops counting what is over at `now`: a reminder is owed once. */
void clock_see(struct book_clock *clock, instant now);

/* The end of a clock, counted day by day. */
struct reckoning {
    const struct book *book;
    const struct limit *limit;
    size_t owner;
    instant opened_at; /* the case */
};
instant clock_end(const struct reckoning *reckoning, instant start,
                  instant stopped, instant predecessor);
/* One that stood still goes on with its remainder. */
void clock_go_on(const struct reckoning *reckoning, struct book_clock *clock,
                 instant at);
bool clock_is_of_day(const char *since, const char *until, instant at);
/* Whether the second that `due` names is over. */
bool clock_is_over(instant due, instant at);

#endif
