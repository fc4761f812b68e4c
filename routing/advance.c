/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Step 5: what an authorised letter changes. Parties, then recipients, then
 * clocks, then the state; nothing else ever changes a case. A failure leaves
 * the case to be thrown away by the caller, as the ledger is rolled back.
 */
#include "routing/procedure_copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct casefile *open_case(const struct choice *choice,
                                  const struct message *message, instant at)
{
    struct casefile *casefile = mem_new(1, sizeof *casefile);
    casefile->id = mem_text(message_case(message));
    casefile->procedure = mem_text(choice->machine->id);
    casefile->state = mem_text(choice->state);
    casefile->opened_at = at;
    if (*message_parent(message))
        casefile->parent = mem_text(message_parent(message));
    return casefile;
}

static void move(struct act *act)
{
    const struct accept *accept = act->choice.accept;
    bool held = accept->once_settled &&
                clocks_are_open(act->casefile, accept->once_settled);
    const char *next =
        held ? act->choice.state : accept_next(accept, act->choice.state);
    act->effect->state_after = mem_text(next);
    casefile_set_state(act->casefile, act->effect->state_after);
    act->casefile->changed_at = act->received;
}

/* The sender is no longer what it was: the case went to another police. */
static void hand_over(struct act *act)
{
    const char *becomes = act->choice.accept->becomes;
    struct party *sender =
        casefile_party(act->casefile, message_from(act->question.message));
    if (!becomes || !sender)
        return;
    free(sender->as);
    sender->as = mem_text(becomes);
}

static enum reason apply(struct act *act, struct fault *why)
{
    const struct message *message = act->question.message;
    struct party *sender = casefile_add_party(
        act->casefile, message_from(message), act->choice.as);
    sender->sequence = message_sequence(message);
    copies_take(act);
    hand_over(act); /* its clocks are those of what it is from now on */
    TRY(clocks_run(act, why));
    move(act);
    return R_OK;
}

enum reason procedure_advance(const struct procedures *procedures,
                              const struct registry *registry,
                              struct casefile **casefile,
                              const struct message *message, instant received,
                              int64_t position, struct effect *effect,
                              struct fault *why)
{
    struct act act = {
        .question = {procedures, registry, *casefile, message},
        .received = received,
        .position = position,
        .effect = effect,
    };
    TRY(choice_make(&act.question, &act.choice, why));
    effect->opened = !*casefile;
    effect->followed = act.choice.accept->followed;
    effect->state_before = mem_text(*casefile ? (*casefile)->state : "");
    if (!*casefile)
        *casefile = open_case(&act.choice, message, received);
    act.casefile = *casefile;
    return apply(&act, why);
}

void effect_done(struct effect *effect)
{
    for (size_t i = 0; i < effect->recipient_count; i++)
        free(effect->recipients[i]);
    free(effect->recipients);
    free(effect->state_before);
    free(effect->state_after);
    buf_done(&effect->warning_zh);
    buf_done(&effect->warning_en);
    *effect = (struct effect){0};
}
