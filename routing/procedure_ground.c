/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a refusal tells beside its reason: the rule, the article, and the acts
 * that would have been lawful, in Chinese and English. A sender that is not a
 * party to the case is told nothing of it.
 */
#include "routing/procedure_choice.h"

#include <string.h>

#include "routing/procedure_text.h"

static void put_all(struct ground *ground, const struct machine *machine,
                    const char *state)
{
    size_t count = 0;
    for (size_t i = 0; i < machine->accept_count; i++) {
        const struct accept *accept = &machine->accepts[i];
        if (accept->follows || !words_has(&accept->in, state))
            continue;
        if (count++) {
            buf_put_text(&ground->lawful_zh, "；");
            buf_put_text(&ground->lawful_en, "; ");
        }
        text_put_act(&ground->lawful_zh, machine, accept, true);
        text_put_act(&ground->lawful_en, machine, accept, false);
    }
}

static bool accepts_anything(const struct machine *machine, const char *state)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (!machine->accepts[i].follows &&
            words_has(&machine->accepts[i].in, state))
            return true;
    return false;
}

static void put_state(struct ground *ground, const struct machine *machine,
                      const struct state *state)
{
    if (!accepts_anything(machine, state->id)) {
        buf_print(&ground->lawful_zh, "“%s”是终局状态，不再接受文书。",
                  state->name.zh);
        buf_print(&ground->lawful_en,
                  "The case has ended (%s) and accepts no more letters.",
                  state->name.en);
        return;
    }
    buf_print(&ground->lawful_zh, "在“%s”状态下，可以：", state->name.zh);
    buf_print(&ground->lawful_en,
              "In the state \"%s\" these are lawful: ", state->name.en);
    put_all(ground, machine, state->id);
    buf_put_text(&ground->lawful_zh, "。");
    buf_put_text(&ground->lawful_en, ".");
}

static bool says(const struct machine *machine, const char *type)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (!machine->accepts[i].follows &&
            strcmp(machine->accepts[i].type, type) == 0)
            return true;
    return false;
}

/* How a case with such letters is opened. */
static void put_openings(const struct question *question, struct ground *ground)
{
    const struct procedures *procedures = question->procedures;
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        if (!says(machine, message_type(question->message)))
            continue;
        buf_print(&ground->lawful_zh, "“%s”案件的开启：", machine->name.zh);
        buf_print(&ground->lawful_en,
                  "A case of \"%s\" is opened by: ", machine->name.en);
        put_all(ground, machine, PROCEDURE_START);
        buf_put_text(&ground->lawful_zh, "。");
        buf_put_text(&ground->lawful_en, ". ");
        ground->rule = machine_state(machine, PROCEDURE_START)->rule;
    }
}

/* The article of the act that came nearest, else of one of that type. */
static const char *article_of(const struct choice *choice)
{
    if (choice->accept)
        return choice->accept->article ? choice->accept->article : "";
    for (size_t i = 0; i < choice->machine->accept_count; i++) {
        const struct accept *accept = &choice->machine->accepts[i];
        if (!accept->follows && words_has(&accept->in, choice->state) &&
            accept->article)
            return accept->article;
    }
    return "";
}

/* The law behind it, by name and article. */
static void put_basis(const struct question *question, struct ground *ground)
{
    const struct article *article =
        laws_find(question->procedures->laws, ground->article);
    if (!article)
        return;
    buf_print(&ground->lawful_zh, "依据：%s。", article->basis_zh);
    buf_print(&ground->lawful_en, " Basis: %s.", article->basis_en);
}

void ground_fill(const struct question *question, const struct choice *choice,
                 enum reason reason, struct ground *ground)
{
    if (reason == R_UNKNOWN_TYPE)
        return;
    if (!question->casefile)
        put_openings(question, ground);
    if (!choice->machine)
        return;
    const struct state *state = machine_state(choice->machine, choice->state);
    if (!state)
        return;
    ground->rule = state->rule;
    ground->article = article_of(choice);
    if (question->casefile)
        put_state(ground, choice->machine, state);
    if (accepts_anything(choice->machine, choice->state))
        put_basis(question, ground);
}
