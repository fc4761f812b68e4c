/*
 * survey - walking over the whole ledger for supervision and statistics:
 * clocks, letters and cases, one row after the other, without the bodies.
 *
 * Each walk calls `see` for every row, in a stable order; what the row points
 * to lives until `see` returns. `see` may read the ledger, and ends the walk
 * by failing. Nothing here is on the path of a letter.
 */
#ifndef YISONG_ROUTING_LEDGER_SURVEY_H
#define YISONG_ROUTING_LEDGER_SURVEY_H

#include "routing/ledger/ledger.h"

/* A clock that started, with the letter that started it. */
struct clock_row {
    const char *case_id, *procedure, *state;
    const char *limit, *owner;
    int64_t from;                                 /* position */
    const char *letter_id, *letter_type, *sender; /* of that letter */
    instant opened_at;                            /* of the case */
    instant start, due;
    enum deadline_status status;
    int64_t met_by;
    instant met_at; /* when the letter that met it was received; 0: none */
};

/*
 * Clocks that were due before `until`: running ones and those that were met,
 * in the order of their due time.
 */
enum reason survey_clocks(struct ledger *ledger, instant until,
                          enum reason (*see)(void *context,
                                             const struct clock_row *row,
                                             struct fault *why),
                          void *context, struct fault *why) MUST_CHECK;

/* An accepted letter that changed a case. */
struct letter_line {
    int64_t position;
    const char *id, *type, *sender;
    const char *case_id, *procedure;
    const char *opener; /* the agency that opened the case */
    instant received_at;
    bool late;
};

/* Those received in [from, until) with at most this position, in order. */
struct span {
    instant from, until;
    int64_t last;
};
enum reason survey_letters(struct ledger *ledger, const struct span *span,
                           enum reason (*see)(void *context,
                                              const struct letter_line *line,
                                              struct fault *why),
                           void *context, struct fault *why) MUST_CHECK;

/*
 * The same of letters that moved a linked case too: case, procedure and opener
 * are those of the linked case.
 */
enum reason survey_followed(struct ledger *ledger, const struct span *span,
                            enum reason (*see)(void *context,
                                               const struct letter_line *line,
                                               struct fault *why),
                            void *context, struct fault *why) MUST_CHECK;

/* The centre's own letters of a type about cases with an expired clock. */
enum reason survey_reminders(struct ledger *ledger, const struct span *span,
                             const char *type,
                             enum reason (*see)(void *context,
                                                const struct letter_line *line,
                                                struct fault *why),
                             void *context, struct fault *why) MUST_CHECK;

/* A case and how long it has been in its state. */
struct case_line {
    const char *id, *procedure, *state;
    const char *opener;
    instant entered_at; /* the state */
};
enum reason survey_cases(struct ledger *ledger,
                         enum reason (*see)(void *context,
                                            const struct case_line *line,
                                            struct fault *why),
                         void *context, struct fault *why) MUST_CHECK;

/* The agencies of a case, in the order in which they joined: "a b c". */
enum reason survey_parties(struct ledger *ledger, const char *case_id,
                           struct buf *out, struct fault *why) MUST_CHECK;

/* The position of the newest own letter of a type; 0 if there is none. */
enum reason survey_newest(struct ledger *ledger, const char *type,
                          int64_t *position, struct fault *why) MUST_CHECK;

/* The position of the letter that holds this id; 0 if there is none. */
enum reason survey_find_letter(struct ledger *ledger, const char *id,
                               int64_t *position, struct fault *why) MUST_CHECK;

#endif
