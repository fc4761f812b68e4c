/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What others ask about a procedure: names, and what is known of a limit.
 */
#include "routing/procedure.h"

#include <string.h>

#include "routing/procedure_due.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const struct limit *find_limit(const struct procedures *procedures,
                                      const char *procedure, const char *limit)
{
    const struct machine *machine = machine_find(procedures, procedure);
    return machine ? machine_limit(machine, limit) : NULL;
}

static void fill_facts(const struct procedures *procedures,
                       const struct limit *limit, const struct measure *measure,
                       struct limit_facts *out)
{
    const struct article *article =
        laws_find(procedures->laws, measure->article);
    *out = (struct limit_facts){
        .chinese = limit->name.zh,
        .english = limit->name.en,
        .period = measure->period_text,
        .article = or_empty(measure->article),
        .basis_zh = article ? article->basis_zh : "",
        .basis_en = article ? article->basis_en : "",
        .force = measure->force,
        .statutory = strcmp(measure->force, "statutory") == 0,
        .by_decision = limit->met_when_decided,
        .duty = limit->duty && !limit->earliest,
        .offers = or_empty(limit->expiry.offers),
        .offers_to = or_empty(limit->expiry.by),
    };
}

bool procedure_limit(const struct procedures *procedures, const char *procedure,
                     const char *limit, struct limit_facts *out)
{
    const struct limit *found = find_limit(procedures, procedure, limit);
    if (found)
        fill_facts(procedures, found, &found->measure, out);
    return found;
}

bool procedure_clock(const struct procedures *procedures,
                     const struct registry *registry,
                     const struct casefile *casefile,
                     const struct deadline *deadline, struct limit_facts *out)
{
    const struct limit *found =
        find_limit(procedures, casefile->procedure, deadline->limit);
    const struct due_of of = {procedures, registry, found, deadline->owner,
                              casefile->opened_at};
    if (found)
        fill_facts(procedures, found, due_measure(&of), out);
    return found;
}

bool procedure_limit_tells(const struct procedures *procedures,
                           const char *procedure, const char *limit,
                           const struct party *party)
{
    const struct limit *found = find_limit(procedures, procedure, limit);
    return found && words_has(&found->expiry.tells, party->as);
}

size_t procedures_count(const struct procedures *procedures)
{
    return procedures->count;
}

const char *procedures_id(const struct procedures *procedures, size_t place)
{
    return procedures->machines[place]->id;
}

const char *procedure_state_name(const struct procedures *procedures,
                                 const char *procedure, const char *state)
{
    const struct machine *machine = machine_find(procedures, procedure);
    const struct state *found = machine ? machine_state(machine, state) : NULL;
    return found ? label_say(&found->name) : state;
}

const char *procedure_role_name(const struct procedures *procedures,
                                const char *procedure, const char *role)
{
    const struct machine *machine = machine_find(procedures, procedure);
    const struct role *found = machine ? machine_role(machine, role) : NULL;
    return found ? label_say(&found->name) : role;
}

const char *procedure_name(const struct procedures *procedures,
                           const char *procedure)
{
    const struct machine *machine = machine_find(procedures, procedure);
    return machine ? label_say(&machine->name) : procedure;
}
