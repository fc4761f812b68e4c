/*
 * listing - what letters put on lists and take off them again: cards,
 * punishment lists, penalties, notices, reminders, copies. One row for each
 * thing that holds; it is never changed but once, when a letter ends it.
 *
 * A row has two times. Valid time is when it holds by the decision: from
 * valid_from to valid_until, and no longer from end_on. Known time is when
 * this agency came to know it: known_at, and end_known_at of its end. It never
 * runs backwards, so "what was known then" has one answer for ever.
 *
 *     holds on D as known at K:  known_at <= K, valid_from <= D,
 *         D <= valid_until if there is one, and no end with
 *         end_known_at <= K and end_on <= D
 *
 * Every put and end is a change with a number; numbers have no gaps, and who
 * read up to one misses nothing and sees nothing twice.
 *
 * No identity number is ever kept here; the signed letter stays in incoming.
 */
#ifndef YISONG_BROKER_ADAPTERS_LISTING_H
#define YISONG_BROKER_ADAPTERS_LISTING_H

#include "base/digest.h"
#include "base/sql.h"

/* The lists; their names are in listing_names. */
enum listing_list {
    LISTING_CARD,
    LISTING_PUNISHMENT,
    LISTING_PENALTY,
    LISTING_NOTICE,
    LISTING_REMINDER,
    LISTING_COPY,
    LISTING_LISTS
};

/* "cards", "punishments", "penalties", "notices", "reminders", "copies". */
extern const char *const listing_names[LISTING_LISTS];

/* Texts are never NULL when read; to put one, NULL is "". */
struct listing {
    int64_t row;
    enum listing_list list;
    const char *subject;     /* unit, person, region, or "" */
    const char *credit_code; /* normal form */
    const char *other_code;  /* organisation code, registration number */
    const char *name;
    const char *kind;  /* colour of a card; kinds of a penalty; type, limit */
    const char *title; /* scheme of a card, name of a list, subject, act */
    const char *number, *authority;
    const char *text;        /* reason or content */
    const char *public_text; /* the same without names of persons */
    const char *amount;      /* of a penalty, in yuan */
    const char *stock_code;  /* of a listed company */
    bool state_owned;
    const char *valid_from, *valid_until; /* days; until "": open */
    const char *case_id, *parent_case, *sender, *letter;
    struct digest digest;
    instant known_at;
    const char *end;    /* removed, replaced, upgraded, ...; "": not ended */
    const char *end_on; /* the first day on which it holds no more */
    const char *end_letter;
    struct digest end_digest;
    instant end_known_at;
};

/* Makes the tables where they are missing. */
enum reason listing_open(struct sql *mailbox, struct fault *why) MUST_CHECK;

/* Puts a row; *row is its number. Its known time is `now`, or that of the
 * change before where the clock was set back. */
enum reason listing_put(struct sql *mailbox, const struct listing *listing,
                        instant now, int64_t *row,
                        struct fault *why) MUST_CHECK;

/* By which letter a row ends. */
struct listing_end {
    const char *end, *on;
    const char *letter;
    const struct digest *digest;
    instant now;
};

/* Ends a row that has not ended; nothing else of it changes. */
enum reason listing_finish(struct sql *mailbox, int64_t row,
                           const struct listing_end *end,
                           struct fault *why) MUST_CHECK;

/* --- reading ---------------------------------------------------------------
 */

/* What is asked for; members that are NULL, 0 or false ask for nothing. */
struct listing_query {
    unsigned lists;          /* bits 1 << LISTING_x; 0: all */
    const char *credit_code; /* normal form */
    const char *name;
    const char *letter; /* that put the row or ended it */
    const char *day;    /* valid on this day */
    instant known_at;   /* as it was known then; 0: as it is known now */
    bool history;       /* also what does not hold on that day */
    int64_t after;      /* rows behind this one */
    int64_t limit;      /* 0: all */
};

/* Calls `use` for each row, oldest first; texts are borrowed for the call. What
 * became known after known_at is not there, ends included. */
enum reason listing_each(struct sql *mailbox, const struct listing_query *query,
                         void (*use)(void *context,
                                     const struct listing *listing),
                         void *context, struct fault *why) MUST_CHECK;

/* One row of the feed: as it was put, or with its end. */
struct listing_change {
    int64_t number;
    bool ended;
    struct listing listing;
};

/* The changes behind number `since` of some lists (bits; 0: all), at most
 * `limit`, in the order of their numbers. */
enum reason listing_changes(struct sql *mailbox, int64_t since, unsigned lists,
                            int64_t limit,
                            void (*use)(void *context,
                                        const struct listing_change *change),
                            void *context, struct fault *why) MUST_CHECK;

/* The number of the last change; 0: there was none. */
enum reason listing_last_change(struct sql *mailbox, int64_t *number,
                                struct fault *why) MUST_CHECK;

/* Rows that have not ended, for the letters that end them. One of letter,
 * parent_case, case_id, number, credit_code and name must be given. */
struct listing_match {
    unsigned lists;      /* bits; 0: all */
    const char *case_id; /* members that are NULL match anything */
    const char *parent_case;
    const char *sender, *letter, *number, *kind, *title;
    const char *credit_code, *name;
};

/* Fills `rows` with at most `most` of them, oldest first. */
enum reason listing_open_rows(struct sql *mailbox,
                              const struct listing_match *match, int64_t *rows,
                              size_t most, size_t *count,
                              struct fault *why) MUST_CHECK;

/* The row with this number, or R_NOT_FOUND; texts borrowed for the call. */
enum reason listing_get(struct sql *mailbox, int64_t row,
                        void (*use)(void *context,
                                    const struct listing *listing),
                        void *context, struct fault *why) MUST_CHECK;

/* The list with this name, or LISTING_LISTS. */
enum listing_list listing_find_list(const char *name);

#endif
