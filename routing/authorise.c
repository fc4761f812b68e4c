/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Step 4: may the sender say this, to these addressees, about this case. Deny
 * by default: what no procedure file allows is refused, and the refusal says
 * what the file would have allowed. Nothing is changed here.
 */
#include "routing/procedure_choice.h"

#include <string.h>

#include "routing/visibility.h"

enum reason procedure_authorise(const struct procedures *procedures,
                                const struct registry *registry,
                                const struct casefile *casefile,
                                const struct message *message,
                                struct ground *ground, struct fault *why)
{
    const struct question question = {procedures, registry, casefile, message};
    struct choice choice;
    ground->rule = ground->article = "";
    TRY(visibility_authorise(procedures, registry, message, ground, why));
    enum reason reason = choice_make(&question, &choice, why);
    if (reason != R_OK)
        ground_fill(&question, &choice, reason, ground);
    return reason;
}

/* Acts of one type may differ only in what they answer: any of them will do. */
static bool answers_lawfully(const struct machine *machine,
                             const struct casefile *casefile,
                             const struct message *message,
                             const char *answered_type)
{
    bool asked = false;
    for (size_t i = 0; i < machine->accept_count; i++) {
        const struct accept *accept = &machine->accepts[i];
        if (strcmp(accept->type, message_type(message)) != 0 ||
            !words_has(&accept->in, casefile->state) ||
            accept->answers.count == 0)
            continue;
        if (words_has(&accept->answers, answered_type))
            return true;
        asked = true;
    }
    return !asked;
}

enum reason procedure_check_answer(const struct procedures *procedures,
                                   const struct casefile *casefile,
                                   const struct message *message,
                                   const char *answered_type, struct fault *why)
{
    const struct machine *machine =
        casefile ? machine_find(procedures, casefile->procedure) : NULL;
    if (!machine || answers_lawfully(machine, casefile, message, answered_type))
        return R_OK;
    return fault(why, R_UNKNOWN_MESSAGE, "%s -> %s", message_type(message),
                 answered_type);
}

void ground_done(struct ground *ground)
{
    buf_done(&ground->lawful_zh);
    buf_done(&ground->lawful_en);
}
