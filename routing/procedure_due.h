/*
 * procedure_due - when one clock starts, ends, warns, stops and goes on: the
 * instants that the law names and the periods that it sets.
 */
#ifndef YISONG_ROUTING_PROCEDURE_DUE_H
#define YISONG_ROUTING_PROCEDURE_DUE_H

#include "routing/procedure_model.h"

/* Whose clock it is, and in which case; borrowed. */
struct due_of {
    const struct procedures *procedures;
    const struct registry *registry;
    const struct limit *limit;
    const char *owner;
    instant opened_at; /* of the case: the law of that day judges it */
};

/* The rule of the owner's region on the day the case was opened. */
const struct measure *due_measure(const struct due_of *of);

/* Whether its end is a fixed day of the calendar, not a span. */
bool due_is_fixed(const struct due_of *of);

/*
 * Fills due and warn of a clock whose start is known. `after`: for a limit of
 * fixed days, the end of the clock that this one follows; else 0.
 */
enum reason due_compute(const struct due_of *of, struct deadline *deadline,
                        instant after, struct fault *why) MUST_CHECK;

/* When to warn of a due instant; 0 if never. */
instant due_warning(const struct due_of *of, const struct deadline *deadline);

/* Lets a paused clock go on at `at`, with what was left of it. */
enum reason due_resume(const struct due_of *of, struct deadline *deadline,
                       instant at, struct fault *why) MUST_CHECK;

/* Whether a calendar day lies in since..until (either may be NULL). */
bool due_is_within(const char *since, const char *until, instant at);

#endif
