/*
 * procedure_clock - the clocks of a case, as one act starts, meets, cancels
 * and extends them.
 */
#ifndef YISONG_ROUTING_PROCEDURE_CLOCK_H
#define YISONG_ROUTING_PROCEDURE_CLOCK_H

#include "routing/procedure_choice.h"

/* One accepted letter on its way into the case. */
struct act {
    struct question question;
    struct choice choice;
    struct casefile *casefile; /* with the parties of this letter */
    instant received;
    int64_t position;
    struct effect *effect; /* recipients are known; gets `late` */
};

/*
 * Everything that the act does to the clocks, in this order: its own limit
 * (within), meets, what it waited for, cancels, extends, pauses, resumes,
 * starts.
 */
enum reason clocks_run(struct act *act, struct fault *why) MUST_CHECK;

/* Whether an open clock of an earliest limit makes the letter too early. */
bool clock_holds_back(const struct deadline *deadline,
                      const struct message *message);

/* Whether any clock of the limit is still open. */
bool clocks_are_open(const struct casefile *casefile, const char *limit);

#endif
