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
        for (size_t k = 0; k < machine->accept_count; k++)
            check_parents(procedures, &machine->accepts[k], complaints);
    }
}
