/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * No letter may mean two acts. Acts are tried in the order of the file, so a
 * later one is dead if an earlier one takes every letter that it could take:
 * in the same state, of the same type, from and to the same parties, for cases
 * of the same days, and without a condition or with the same one. The same
 * holds for the acts that open cases, across procedures, by the roles of the
 * agencies.
 */
#include "routing/procedure_model.h"

#include <string.h>

static bool is_wider(const struct when *first, const struct when *second)
{
    return !first->text ||
           (second->text && strcmp(first->text, second->text) == 0);
}

/* Whether the first is there for every case for which the second is. */
static bool outlives(const struct accept *first, const struct accept *second)
{
    return (!first->since ||
            (second->since && strcmp(first->since, second->since) <= 0)) &&
           (!first->until ||
            (second->until && strcmp(first->until, second->until) >= 0));
}

/* Letters of other cases have no sender here. */
static bool have_same_people(const struct accept *first,
                             const struct accept *second)
{
    if (first->follows || second->follows)
        return first->follows && second->follows &&
               strcmp(first->follows, second->follows) == 0;
    return words_meet(&first->from, &second->from) &&
           words_meet(&first->to, &second->to);
}

static bool hides(const struct accept *first, const struct accept *second)
{
    return strcmp(first->type, second->type) == 0 && !first->while_open &&
           words_meet(&first->in, &second->in) &&
           have_same_people(first, second) &&
           is_wider(&first->when, &second->when) && outlives(first, second);
}

void machine_check_ambiguity(const struct machine *machine,
                             struct complaints *complaints)
{
    for (size_t later = 1; later < machine->accept_count; later++)
        for (size_t i = 0; i < later; i++)
            if (hides(&machine->accepts[i], &machine->accepts[later]))
                complain(complaints, machine->accepts[later].line,
                         "同一状态下已有相同的文书，无法区分",
                         "an earlier act of the same state takes this letter",
                         machine->accepts[later].type);
}

static bool roles_meet(const struct machine *a, const struct words *in_a,
                       const struct machine *b, const struct words *in_b)
{
    for (size_t i = 0; i < in_a->count; i++)
        for (size_t k = 0; k < in_b->count; k++)
            if (words_meet(&machine_role(a, in_a->items[i])->roles,
                           &machine_role(b, in_b->items[k])->roles))
                return true;
    return false;
}

static bool is_opener(const struct accept *accept)
{
    return words_has(&accept->in, PROCEDURE_START);
}

static bool open_both(const struct machine *a, const struct accept *in_a,
                      const struct machine *b, const struct accept *in_b)
{
    return is_opener(in_a) && is_opener(in_b) &&
           strcmp(in_a->type, in_b->type) == 0 &&
           roles_meet(a, &in_a->from, b, &in_b->from) &&
           roles_meet(a, &in_a->to, b, &in_b->to) &&
           (outlives(in_a, in_b) || outlives(in_b, in_a)) &&
           (is_wider(&in_a->when, &in_b->when) ||
            is_wider(&in_b->when, &in_a->when));
}

static void compare(const struct machine *a, const struct machine *b,
                    struct complaints *complaints)
{
    for (size_t i = 0; i < b->accept_count; i++)
        for (size_t k = 0; k < a->accept_count; k++)
            if (open_both(a, &a->accepts[k], b, &b->accepts[i]))
                complain(complaints, b->accepts[i].line,
                         "另一程序已由同样的文书开启",
                         "another procedure is opened by the same letter",
                         a->id);
}

void machines_check(const struct procedures *procedures,
                    struct complaints *complaints)
{
    for (size_t later = 1; later < procedures->count; later++)
        for (size_t i = 0; i < later; i++) {
            complaints->file = procedures->machines[later]->file;
            compare(procedures->machines[i], procedures->machines[later],
                    complaints);
        }
}
