/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a letter says, in the eyes of the rules. All letters of one script say
 * the same, so each condition is asked once.
 */
#include "simulation/recount.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct document *text_of(const struct script *script,
                                      enum figures figures)
{
    return message_document(script->read[figures]);
}

size_t recount_columns(const struct rules *rules)
{
    size_t count = 0;
    for (size_t i = 0; i < rules->table_count; i++)
        count += rules->tables[i].column_count;
    return count;
}

static void see_answer(struct seen *seen, const struct rules *rules,
                       const struct script *script)
{
    const struct message *message = script->read[FIGURES_GRAVE];
    for (size_t i = rules->standing_count; i-- > 0;)
        if (any_of_holds(&rules->standings[i].when, message))
            seen->standing = &rules->standings[i];
    for (size_t i = 0; i < rules->notice_count; i++)
        seen->is_notice |=
            strcmp(rules->notices[i].type, script->act->type) == 0 &&
            (!rules->notices[i].when ||
             condition_holds(rules->notices[i].when,
                             text_of(script, FIGURES_GRAVE)));
}

struct seen *recount_see(const struct rules *rules, struct script *script)
{
    if (script->seen)
        return script->seen;
    struct seen *seen = script->seen = mem_new(1, sizeof *seen);
    for (enum figures k = 0; k < FIGURES_COUNT; k++) {
        seen->penalised[k] = any_of_holds(&rules->penalised, script->read[k]);
        for (size_t i = 0; i < rules->threshold_count; i++)
            if (any_of_holds(&rules->thresholds[i].when, script->read[k]))
                seen->met[k] |= UINT64_C(1) << i;
    }
    see_answer(seen, rules, script);
    seen->columns = mem_new(recount_columns(rules), 1);
    seen->ends = mem_new(recount_columns(rules), 1);
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    free(seen->columns);
    free(seen->ends);
    free(seen);
}

bool recount_fits(signed char *known, const struct condition *condition,
                  const struct script *script)
{
    if (!*known)
        *known = !condition || condition_holds(condition,
                                               text_of(script, FIGURES_GRAVE))
                     ? 1
                     : -1;
    return *known > 0;
}
