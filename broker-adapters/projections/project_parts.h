/*
 * project_parts - what the project_*.c files share; nobody else.
 */
#ifndef YISONG_BROKER_ADAPTERS_PROJECT_PARTS_H
#define YISONG_BROKER_ADAPTERS_PROJECT_PARTS_H

#include "broker-adapters/projections/project.h"

enum { PROJECT_ROWS_MAX = 1000, PROJECT_DAY_MAX = 16 };

/* A letter on its way to the lists. */
struct projecting {
    struct sql *mailbox;
    const struct message *message;
    const struct element *form;
    instant now;
    struct projected *out;
};

/* Whom a row is about. */
struct project_subject {
    struct listing listing; /* subject, codes, name, ...; borrows from below */
    struct buf code, other; /* normal forms */
};
void project_subject_done(struct project_subject *subject);
AUTO_VALUE(project_subject, project_subject_done)

/* The text of a child, "" if there is none. */
const char *project_text(const struct element *parent, const char *name);

/* The first unit, person or region of a form or an entry. */
const struct element *project_find_subject(const struct element *form);

/* Reads a unit, person or region. A code that is none is told as a fault. */
enum reason project_read_subject(const struct element *element,
                                 struct project_subject *out,
                                 struct fault *why) MUST_CHECK;

/* The day of the decision, else of sending. */
const char *project_day(const struct message *message,
                        char text[PROJECT_DAY_MAX]);

/*
 * Puts a row of the letter: case, sender, letter and digest are filled in,
 * `text` is masked.
 */
enum reason project_put(const struct projecting *work, struct listing *listing,
                        const char *text, struct fault *why) MUST_CHECK;

/* Ends the rows that match; adds their number to work->out->ended. */
enum reason project_end(const struct projecting *work,
                        const struct listing_match *match, const char *end,
                        const char *on, struct fault *why) MUST_CHECK;

/* One row. */
enum reason project_end_row(const struct projecting *work, int64_t row,
                            const char *end, const char *on,
                            struct fault *why) MUST_CHECK;

/* Ends what was built on the case of this letter, if the letter lifts it. */
enum reason project_lift_linked(const struct projecting *work,
                                struct fault *why) MUST_CHECK;

/* The letter of a row that has not ended and matches, as R_EXISTS, or R_OK. */
enum reason project_check_new(const struct projecting *work,
                              const struct listing_match *match,
                              struct fault *why) MUST_CHECK;

/* --- one function for each kind of letter ------------------------------------
 */
enum reason project_card(const struct projecting *work,
                         struct fault *why) MUST_CHECK;
enum reason project_removal(const struct projecting *work,
                            struct fault *why) MUST_CHECK;
enum reason project_punishments(const struct projecting *work,
                                struct fault *why) MUST_CHECK;
enum reason project_penalties(const struct projecting *work,
                              struct fault *why) MUST_CHECK;
enum reason project_repair(const struct projecting *work,
                           struct fault *why) MUST_CHECK;
enum reason project_notice(const struct projecting *work,
                           struct fault *why) MUST_CHECK;
enum reason project_reminder(const struct projecting *work,
                             struct fault *why) MUST_CHECK;
enum reason project_linked_notice(const struct projecting *work,
                                  struct fault *why) MUST_CHECK;
enum reason project_copy(const struct projecting *work,
                         struct fault *why) MUST_CHECK;

#endif
