/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding and releasing the parts of a procedure.
 */
#include "routing/procedure_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"

void complain(struct complaints *complaints, int line, const char *zh,
              const char *en, const char *subject)
{
    AUTO(buf) struct buf text = {0};
    buf_print(&text, "%s:%d: %s: %s: %s", complaints->file, line,
              reason_code(R_BAD_PROCEDURE), say(zh, en), subject);
    if (complaints->count++ == 0)
        snprintf(complaints->first, sizeof complaints->first, "%s",
                 buf_text(&text));
    if (complaints->report)
        buf_print(complaints->report, "%s\n", buf_text(&text));
}

const struct machine *machine_find(const struct procedures *procedures,
                                   const char *id)
{
    for (size_t i = 0; id && i < procedures->count; i++)
        if (strcmp(procedures->machines[i]->id, id) == 0)
            return procedures->machines[i];
    return NULL;
}

const struct role *machine_role(const struct machine *machine, const char *id)
{
    for (size_t i = 0; id && i < machine->role_count; i++)
        if (strcmp(machine->roles[i].id, id) == 0)
            return &machine->roles[i];
    return NULL;
}

const struct limit *machine_limit(const struct machine *machine, const char *id)
{
    for (size_t i = 0; id && i < machine->limit_count; i++)
        if (strcmp(machine->limits[i].id, id) == 0)
            return &machine->limits[i];
    return NULL;
}

const struct state *machine_state(const struct machine *machine, const char *id)
{
    for (size_t i = 0; id && i < machine->state_count; i++)
        if (strcmp(machine->states[i].id, id) == 0)
            return &machine->states[i];
    return NULL;
}

const char *accept_next(const struct accept *accept, const char *state)
{
    return accept->next ? accept->next : state;
}

const char *label_say(const struct label *label)
{
    return say(label->zh, label->en);
}

static void accept_done(struct accept *accept)
{
    words_done(&accept->in);
    words_done(&accept->from);
    words_done(&accept->to);
    words_done(&accept->answers);
    words_done(&accept->meets);
    words_done(&accept->cancels);
    words_done(&accept->starts);
    words_done(&accept->pauses);
    words_done(&accept->resumes);
    words_done(&accept->not_before);
    for (size_t i = 0; i < accept->parent_count; i++)
        words_done(&accept->parents[i].states);
    free(accept->parents);
    condition_free(accept->when.condition);
    for (size_t i = 0; i < accept->copy_count; i++) {
        words_done(&accept->copies[i].regions);
        condition_free(accept->copies[i].when.condition);
    }
    free(accept->copies);
    free(accept->extends);
}

static void limit_done(struct limit *limit)
{
    for (size_t i = 0; i < limit->variant_count; i++)
        words_done(&limit->variants[i].regions);
    free(limit->variants);
    words_done(&limit->owners);
    words_done(&limit->expiry.tells);
}

void machine_free(struct machine *machine)
{
    if (!machine)
        return;
    for (size_t i = 0; i < machine->role_count; i++)
        words_done(&machine->roles[i].roles);
    for (size_t i = 0; i < machine->limit_count; i++)
        limit_done(&machine->limits[i]);
    for (size_t i = 0; i < machine->state_count; i++)
        free(machine->states[i].rule);
    for (size_t i = 0; i < machine->accept_count; i++)
        accept_done(&machine->accepts[i]);
    free(machine->roles);
    free(machine->limits);
    free(machine->states);
    free(machine->accepts);
    document_free(machine->document);
    free(machine->file);
    free(machine);
}
