/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Links between cases: which case an opening letter may name as the one that
 * it comes from. Whoever is no party of a case learns nothing of it, not even
 * that it is there.
 */
#include <string.h>

#include "routing/procedure_choice.h"

static enum reason check_repeated(const struct casefile *casefile,
                                  const char *named, struct fault *why)
{
    if (casefile->parent && strcmp(casefile->parent, named) == 0)
        return R_OK;
    return fault(why, R_UNKNOWN_CASE, "parentCase %s", named);
}

static enum reason check_allowed(const struct accept *accept,
                                 const struct casefile *parent,
                                 struct fault *why)
{
    enum reason reason = R_NOT_PERMITTED;
    for (size_t i = 0; i < accept->parent_count; i++) {
        const struct parent *allowed = &accept->parents[i];
        if (strcmp(allowed->procedure, parent->procedure) != 0)
            continue;
        if (allowed->states.count == 0 ||
            words_has(&allowed->states, parent->state))
            return R_OK;
        reason = R_OUT_OF_TURN;
    }
    return fault(why, reason, "parentCase %s: %s/%s", parent->id,
                 parent->procedure, parent->state);
}

enum reason procedure_check_parent(const struct procedures *procedures,
                                   const struct registry *registry,
                                   const struct casefile *casefile,
                                   const struct casefile *parent,
                                   const struct message *message,
                                   struct fault *why)
{
    const struct question question = {procedures, registry, casefile, message};
    const char *named = message_parent(message);
    struct choice choice;
    if (!*named)
        return R_OK;
    if (casefile)
        return check_repeated(casefile, named, why);
    if (!parent || !casefile_party(parent, message_from(message)))
        return fault(why, R_UNKNOWN_CASE, "parentCase %s", named);
    TRY(choice_make(&question, &choice, why));
    return check_allowed(choice.accept, parent, why);
}
