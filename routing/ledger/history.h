/*
 * history - reading the ledger for people: the list of cases, and all that
 * belongs to one case. Nothing here is on the path of a letter but
 * history_children.
 */
#ifndef YISONG_ROUTING_LEDGER_HISTORY_H
#define YISONG_ROUTING_LEDGER_HISTORY_H

#include "routing/ledger/ledger.h"

struct case_row {
    char *id, *procedure, *state;
    instant opened_at, changed_at;
    int64_t letters;  /* that changed it */
    instant next_due; /* of its running clocks; 0: none runs */
};

/* What to list; NULL is any. */
struct case_filter {
    const char *agency; /* is a party */
    const char *state;
    size_t most;
};

/* Cases, the one that changed last first. */
enum reason history_cases(struct ledger *ledger,
                          const struct case_filter *filter,
                          struct case_row **out, size_t *count,
                          struct fault *why) MUST_CHECK;
void case_rows_free(struct case_row *rows, size_t count);

/* The cases that came from this one, in the order of their opening. Free. */
enum reason history_children(struct ledger *ledger, const char *case_id,
                             char ***out, size_t *count,
                             struct fault *why) MUST_CHECK;
void children_free(char **ids, size_t count);

/*
 * The positions of the letters of a case in order: accepted, refused, and the
 * centre's own. Receipts over several cases are not among them.
 */
enum reason history_positions(struct ledger *ledger, const char *case_id,
                              int64_t **out, size_t *count,
                              struct fault *why) MUST_CHECK;

/* What the letter did to the case; *found false if it did nothing. */
struct step_row {
    char *state_before, *state_after;
    bool late;
    instant decided_at;
};
void step_row_done(struct step_row *row);
enum reason history_step(struct ledger *ledger, const char *case_id,
                         int64_t position, struct step_row *out, bool *found,
                         struct fault *why) MUST_CHECK;

/* To whom a letter went, and when it was there. */
struct delivery {
    char *recipient;
    instant sent_at;      /* 0: not yet */
    instant delivered_at; /* 0: not yet */
    int64_t receipt;      /* position of the delivery receipt; 0: none */
};
enum reason history_deliveries(struct ledger *ledger, int64_t position,
                               struct delivery **out, size_t *count,
                               struct fault *why) MUST_CHECK;
void deliveries_free(struct delivery *rows, size_t count);

/* Adds all deadlines of the case, met ones too, to a casefile without any. */
enum reason history_deadlines(struct ledger *ledger, struct casefile *casefile,
                              struct fault *why) MUST_CHECK;

#endif
