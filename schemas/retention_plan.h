/*
 * retention_plan - which bodies may go: one line for each case and rule, with
 * the reason where they stay although their time may be over. Both sides make
 * such plans from their own store (routing/deletion.h, the mailbox's
 * deletion.h); the record that tells of a deletion has the same entries.
 */
#ifndef YISONG_SCHEMAS_RETENTION_PLAN_H
#define YISONG_SCHEMAS_RETENTION_PLAN_H

#include "base/digest.h"
#include "schemas/retention.h"

#define RECORD_DELETION "deletion-record"

enum { RECORD_ENTRIES_MAX = 500 };

enum retention_hold {
    RETENTION_FREE,
    RETENTION_OPEN,       /* the case is not closed */
    RETENTION_CLOCK,      /* one of its clocks still runs */
    RETENTION_LINKED,     /* a linked case is open: supervision and the like */
    RETENTION_UNFINISHED, /* a letter did not yet reach all it is for */
    RETENTION_HELD        /* somebody said so: litigation */
};

/* "open", "clock", "linked", "unfinished", "held"; "" if free. */
const char *retention_hold_code(enum retention_hold hold);
/* The same in the reader's words. */
const char *retention_hold_words(enum retention_hold hold);

struct planned_letter {
    int64_t position; /* in the log of the centre; 0: not known */
    int64_t row;      /* where the store has it */
    const char *side; /* static; which table */
    char *id, *type;
    struct digest digest;
    int64_t size;
};

struct retention_line {
    char *case_id, *procedure, *state;
    const struct retention_rule *rule;
    instant from, ends; /* ends: INT64_MAX, kept for ever */
    enum retention_hold hold;
    char *detail; /* the linked case, the reason of the hold; "" */
    struct planned_letter *letters;
    size_t count;
    int64_t bytes;
};

struct retention_plan {
    struct retention_line *lines;
    size_t count;
};
void retention_plan_done(struct retention_plan *plan);
AUTO_VALUE(retention_plan, retention_plan_done)

/* What is known of a case, for the lines that are made of its letters. */
struct retention_case {
    const char *case_id, *procedure, *state;
    instant from;
    enum retention_hold hold;
    struct buf detail;
};

/* The first reason to stay counts. */
void retention_case_hold(struct retention_case *about,
                         enum retention_hold because, const char *detail);

/*
 * Adds a letter (its texts are copied) to the line of its case and rule; the
 * lines of a case stand together.
 */
void retention_plan_add(struct retention_plan *plan,
                        const struct retention_case *about,
                        const struct retention_rule *rule,
                        const struct planned_letter *letter);

bool retention_is_due(const struct retention_line *line, instant now);

/* The body of the record over some of the letters of a line. */
void retention_put_record(struct buf *out, const struct retention_line *line,
                          size_t from, size_t count, instant now);

#endif
