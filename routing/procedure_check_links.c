/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Judges the links of the machines together: only opening acts have parents,
 * and these are procedures and states that exist.
 */
#include "routing/procedure_model.h"

#include <string.h>

static void check_states(const struct machine *machine,
                         const struct parent *parent,
                         struct complaints *complaints)
{
    for (size_t i = 0; i < parent->states.count; i++)
        if (!machine_state(machine, parent->states.items[i]))
            complain(complaints, parent->line, "来源程序没有此状态",
                     "the procedure of the parent has no such state",
                     parent->states.items[i]);
}

static bool has_parent(const struct machine *child,
                       const struct machine *parent)
{
    for (size_t i = 0; i < child->accept_count; i++)
        for (size_t k = 0; k < child->accepts[i].parent_count; k++)
            if (strcmp(child->accepts[i].parents[k].procedure, parent->id) == 0)
                return true;
    return false;
}

static bool says(const struct machine *machine, const char *type)
{
    for (size_t i = 0; i < machine->accept_count; i++)
        if (!machine->accepts[i].follows &&
            strcmp(machine->accepts[i].type, type) == 0)
            return true;
    return false;
}

/* Only cases that are parent and child follow each other. */
static void check_follow(const struct procedures *procedures,
                         const struct machine *machine,
                         const struct accept *accept,
                         struct complaints *complaints)
{
    if (!accept->follows)
        return;
    const struct machine *other = machine_find(procedures, accept->follows);
    if (!other)
        complain(complaints, accept->line, "没有此程序", "no such procedure",
                 accept->follows);
    else if (!has_parent(machine, other) && !has_parent(other, machine))
        complain(complaints, accept->line, "两个程序之间没有来源关系（parent）",
                 "neither procedure is a parent of the other", accept->follows);
    else if (!says(other, accept->type))
        complain(complaints, accept->line, "关联程序中没有此文书",
                 "the linked procedure has no such letter", accept->type);
}

static void check_parents(const struct procedures *procedures,
                          const struct accept *accept,
                          struct complaints *complaints)
{
    if (accept->parent_count && !words_has(&accept->in, PROCEDURE_START))
        complain(complaints, accept->line, "只有开启案件的文书可以写 parent",
                 "only a letter that opens a case has a parent", accept->type);
    for (size_t i = 0; i < accept->parent_count; i++) {
        const struct parent *parent = &accept->parents[i];
        const struct machine *machine =
            machine_find(procedures, parent->procedure);
        if (machine)
            check_states(machine, parent, complaints);
        else
            complain(complaints, parent->line, "没有此程序",
                     "no such procedure", parent->procedure);
    }
}

void machines_check_links(const struct procedures *procedures,
                          struct complaints *complaints)
{
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        complaints->file = machine->file;
        for (size_t k = 0; k < machine->accept_count; k++) {
            check_parents(procedures, &machine->accepts[k], complaints);
            check_follow(procedures, machine, &machine->accepts[k], complaints);
        }
    }
}

static void mark_followed(const struct machine *machine, struct accept *follow)
{
    if (!machine)
        return;
    follow->follows_name = &machine->name;
    for (size_t i = 0; i < machine->accept_count; i++)
        if (strcmp(machine->accepts[i].type, follow->type) == 0)
            machine->accepts[i].followed = true;
}

void machines_link(struct procedures *procedures)
{
    for (size_t i = 0; i < procedures->count; i++) {
        const struct machine *machine = procedures->machines[i];
        for (size_t k = 0; k < machine->accept_count; k++) {
            struct accept *accept = &machine->accepts[k];
            mark_followed(machine_find(procedures, accept->follows), accept);
            for (size_t m = 0; m < accept->parent_count; m++)
                accept->parents[m].machine =
                    machine_find(procedures, accept->parents[m].procedure);
        }
    }
}
