/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * How cases begin: by themselves, or out of another one in the state in which
 * that is then.
 */
#include "simulation/province_state.h"

#include <string.h>

static const struct script *draw_opening(struct province *province,
                                         const struct machine *machine)
{
    const struct script *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < province->scripts.count; i++) {
        const struct script *script = &province->scripts.scripts[i];
        bool must = false;
        for (size_t k = 0; k < script->act->parent_count; k++)
            must = must || script->act->parents[k].must;
        if (script->machine == machine && !must &&
            words_has(&script->act->in, PROCEDURE_START) &&
            dice_below(province, ++count) == 0)
            found = script;
    }
    return found;
}

static const struct machine *draw_machine(struct province *province)
{
    int64_t left = dice_between(province, 0, province->share_sum - 1);
    size_t place = 0;
    while (left >= province->shares[place])
        left -= province->shares[place++];
    return province->plan.procedures->machines[place];
}

/* One who may open it; BOOK_NONE if nobody there has such a role. */
static size_t draw_opener(struct province *province,
                          const struct script *script, size_t home)
{
    const struct words *from = &script->act->from;
    const char *as = from->items[dice_below(province, from->count)];
    const struct words *roles = &machine_role(script->machine, as)->roles;
    size_t role =
        people_role(province, roles->items[dice_below(province, roles->count)]);
    return role == SIZE_MAX ? BOOK_NONE : people_office(province, role, home);
}

void open_case(struct province *province)
{
    size_t place = book_add_case(&province->book);
    struct book_case *one = &province->book.cases[place];
    one->unit = place;
    one->figures = dice_permille(province, 300) ? FIGURES_GRAVE : FIGURES_SMALL;
    for (int tries = 0; tries < 20; tries++) {
        const struct script *script =
            draw_opening(province, draw_machine(province));
        one->home = dice_below(province, province->home_count);
        size_t from =
            script ? draw_opener(province, script, one->home) : BOOK_NONE;
        if (from == BOOK_NONE)
            continue;
        const struct draft draft = draft_new(script, place, from);
        instant at = province->begin +
                     dice_between(province, 0, province->end - province->begin);
        plan_draft(province, &draft, at);
        return;
    }
}

/* Of a thousand letters: how many another case comes of. */
enum { OPENS_ANOTHER = 30 };

/* What may come of a case, and by whom. */
struct issue {
    const struct script *script;
    size_t from, count;
};

static bool may_come_of(const struct script *script,
                        const struct book_case *parent)
{
    for (size_t i = 0; i < script->act->parent_count; i++) {
        const struct parent *link = &script->act->parents[i];
        if (strcmp(link->procedure, parent->machine->id) == 0 &&
            (link->states.count == 0 ||
             words_has(&link->states, parent->state)))
            return true;
    }
    return false;
}

/* Any of those in the case who may write it, each as likely as another. */
static void try_parties(struct province *province, const struct script *script,
                        const struct book_case *parent, struct issue *issue)
{
    for (size_t i = 0; i < parent->party_count; i++) {
        size_t agency = parent->parties[i].agency;
        if (book_role(script->machine, &script->act->from,
                      province->agencies[agency].role) &&
            dice_below(province, ++issue->count) == 0) {
            issue->script = script;
            issue->from = agency;
        }
    }
}

void open_another(struct province *province, size_t parent)
{
    const struct book_case *one = &province->book.cases[parent];
    struct issue issue = {.script = NULL};
    if (!dice_permille(province, OPENS_ANOTHER))
        return;
    for (size_t i = 0; i < province->link_count; i++) {
        const struct script *script =
            &province->scripts.scripts[province->links[i]];
        if (may_come_of(script, one))
            try_parties(province, script, one, &issue);
    }
    if (!issue.script)
        return;
    size_t place = book_add_case(&province->book);
    struct book_case *child = &province->book.cases[place];
    one = &province->book.cases[parent]; /* it may have moved */
    child->home = one->home;
    child->unit = one->unit;
    child->figures = one->figures;
    struct draft draft = draft_new(issue.script, place, issue.from);
    draft.parent = parent;
    plan_draft(province, &draft,
               world_clock(province->world) +
                   dice_between(province, 1, 10 * 24) * INSTANT_HOUR);
}
