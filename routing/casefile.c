/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The case as a plain value. `stored` is a copy of the numbers as the ledger
 * has them; its texts other than the state are never read and stay NULL.
 */
#include "routing/casefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct party *casefile_party(const struct casefile *casefile,
                             const char *agency)
{
    for (size_t i = 0; i < casefile->party_count; i++)
        if (strcmp(casefile->parties[i].agency, agency) == 0)
            return &casefile->parties[i];
    return NULL;
}

struct party *casefile_add_party(struct casefile *casefile, const char *agency,
                                 const char *as)
{
    struct party *known = casefile_party(casefile, agency);
    if (known)
        return known;
    casefile->parties = mem_resize(casefile->parties, casefile->party_count + 1,
                                   sizeof *casefile->parties);
    struct party *added = &casefile->parties[casefile->party_count++];
    *added = (struct party){.agency = mem_text(agency), .as = mem_text(as)};
    return added;
}

struct deadline *casefile_add_deadline(struct casefile *casefile,
                                       const struct deadline *deadline)
{
    casefile->deadlines =
        mem_resize(casefile->deadlines, casefile->deadline_count + 1,
                   sizeof *casefile->deadlines);
    struct deadline *added = &casefile->deadlines[casefile->deadline_count++];
    *added = *deadline;
    added->limit = mem_text(deadline->limit);
    added->owner = mem_text(deadline->owner);
    return added;
}

bool deadline_is_open(const struct deadline *deadline)
{
    return deadline->status <= DEADLINE_PAUSED;
}

void casefile_set_state(struct casefile *casefile, const char *state)
{
    char *copy = mem_text(state);
    free(casefile->state);
    casefile->state = copy;
}

static void copy_parties(struct casefile *to, const struct casefile *from)
{
    to->parties = mem_new(from->party_count, sizeof *to->parties);
    to->party_count = from->party_count;
    for (size_t i = 0; i < from->party_count; i++)
        to->parties[i].sequence = from->parties[i].sequence;
}

static void copy_deadlines(struct casefile *to, const struct casefile *from)
{
    to->deadlines = mem_new(from->deadline_count, sizeof *to->deadlines);
    to->deadline_count = from->deadline_count;
    for (size_t i = 0; i < from->deadline_count; i++) {
        to->deadlines[i] = from->deadlines[i];
        to->deadlines[i].limit = NULL;
        to->deadlines[i].owner = NULL;
    }
}

void casefile_mark_stored(struct casefile *casefile)
{
    casefile_free(casefile->stored);
    struct casefile *stored = mem_new(1, sizeof *stored);
    stored->state = mem_text(casefile->state);
    stored->changed_at = casefile->changed_at;
    copy_parties(stored, casefile);
    copy_deadlines(stored, casefile);
    casefile->stored = stored;
}

void casefile_free(struct casefile *casefile)
{
    if (!casefile)
        return;
    for (size_t i = 0; i < casefile->party_count; i++) {
        free(casefile->parties[i].agency);
        free(casefile->parties[i].as);
    }
    for (size_t i = 0; i < casefile->deadline_count; i++) {
        free(casefile->deadlines[i].limit);
        free(casefile->deadlines[i].owner);
    }
    casefile_free(casefile->stored);
    free(casefile->parties);
    free(casefile->deadlines);
    free(casefile->id);
    free(casefile->procedure);
    free(casefile->parent);
    free(casefile->state);
    free(casefile);
}

const char *deadline_status_name(enum deadline_status status)
{
    static const char *const names[] = {
        [DEADLINE_WAITING] = "waiting",   [DEADLINE_RUNNING] = "running",
        [DEADLINE_PAUSED] = "paused",     [DEADLINE_MET] = "met",
        [DEADLINE_MET_LATE] = "met-late", [DEADLINE_CANCELLED] = "cancelled",
    };
    return names[status];
}
