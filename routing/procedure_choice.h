/*
 * procedure_choice - which act of which procedure a letter is, and who its
 * addressees are in the case. Shared by authorise.c and advance.c, which must
 * agree.
 */
#ifndef YISONG_ROUTING_PROCEDURE_CHOICE_H
#define YISONG_ROUTING_PROCEDURE_CHOICE_H

#include "routing/procedure_model.h"

/* A letter and all that is asked about it; borrowed. */
struct question {
    const struct procedures *procedures;
    const struct registry *registry;
    const struct casefile *casefile; /* NULL: it would open the case */
    const struct message *message;
};

/*
 * Borrowed from the set. After a refusal the members say how far it got: the
 * act that came nearest, or NULL.
 */
struct choice {
    const struct machine *machine;
    const char *state; /* PROCEDURE_START for an opening letter */
    const struct accept *accept;
    const char *as; /* what the sender is in the case */
};

/* Reasons as procedure_authorise. */
enum reason choice_make(const struct question *question, struct choice *out,
                        struct fault *why) MUST_CHECK;

/* What an addressee (to / copyTo) is in the case; NULL if it may not be one. */
const char *choice_addressee(const struct question *question,
                             const struct choice *choice,
                             const struct agency *agency);
const char *choice_copied(const struct question *question,
                          const struct choice *choice,
                          const struct agency *agency);

/* Tells what would have been lawful; see procedure.h. */
void ground_fill(const struct question *question, const struct choice *choice,
                 enum reason reason, struct ground *ground);

#endif
