/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Walks the acts of all procedures, for those who ask from the side of the
 * letter: the generated catalogue.
 */
#include "routing/procedure_acts.h"

#include <string.h>

#include "base/language.h"
#include "routing/procedure_model.h"
#include "routing/procedure_text.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void fill(const struct machine *machine, const struct accept *accept,
                 struct act_facts *out)
{
    *out = (struct act_facts){
        .procedure = machine->id,
        .states = &accept->in,
        .from = &accept->from,
        .to = &accept->to,
        .meets = &accept->meets,
        .starts = &accept->starts,
        .within = or_empty(accept->within),
        .next = or_empty(accept->next),
        .article = or_empty(accept->article),
        .condition =
            accept->when.condition ? label_say(&accept->when.name) : "",
        .opens = words_has(&accept->in, PROCEDURE_START),
    };
}

bool procedure_next_act(const struct procedures *procedures, const char *type,
                        struct act_place *place, struct act_facts *out)
{
    for (; place->machine < procedures->count; place->machine++) {
        const struct machine *machine = procedures->machines[place->machine];
        while (place->accept < machine->accept_count) {
            const struct accept *accept = &machine->accepts[place->accept++];
            if (!accept->follows && strcmp(accept->type, type) == 0) {
                fill(machine, accept, out);
                return true;
            }
        }
        place->accept = 0;
    }
    return false;
}

const char *procedure_party_name(const struct procedures *procedures,
                                 const char *procedure, const char *party)
{
    const struct machine *machine = machine_find(procedures, procedure);
    const struct role *role = machine ? machine_role(machine, party) : NULL;
    return role ? label_say(&role->name) : party;
}

void procedure_put_limit(const struct procedures *procedures,
                         const char *procedure, const char *limit,
                         struct buf *out)
{
    const struct machine *machine = machine_find(procedures, procedure);
    const struct limit *found = machine ? machine_limit(machine, limit) : NULL;
    if (!found) {
        buf_put_text(out, limit);
        return;
    }
    buf_print(out, "%s ", label_say(&found->name));
    text_put_measure(out, &found->measure, language_is_chinese());
}

const struct article *procedure_article(const struct procedures *procedures,
                                        const char *article)
{
    return laws_find(procedures->laws, article);
}
