/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Copies of the rule: where the sender names nobody of a party that a rule
 * copies, the exchange adds those who are that party in the case already, or
 * else the registered agencies nearest to the sender: of its region, of the
 * city, of the province, of the country - the first of these where there are
 * any.
 */
#include "routing/procedure_copies.h"

#include <string.h>

#include "base/mem.h"

static void add_recipient(struct act *act, const char *agency, const char *as)
{
    struct effect *effect = act->effect;
    casefile_add_party(act->casefile, agency, as);
    if (strcmp(agency, message_from(act->question.message)) == 0)
        return; /* internal: kept on the record, received by nobody */
    for (size_t i = 0; i < effect->recipient_count; i++)
        if (strcmp(effect->recipients[i], agency) == 0)
            return;
    effect->recipients =
        mem_resize(effect->recipients, effect->recipient_count + 1,
                   sizeof *effect->recipients);
    effect->recipients[effect->recipient_count++] = mem_text(agency);
}

/* --- another level ----------------------------------------------------------
 */

/* The first agency that is this in the case, as the registry knows it. */
static const struct agency *agency_as(const struct act *act, const char *as)
{
    for (size_t i = 0; i < act->casefile->party_count; i++)
        if (strcmp(act->casefile->parties[i].as, as) == 0)
            return registry_find(act->question.registry,
                                 act->casefile->parties[i].agency);
    return NULL;
}

/* The law says "of the same level"; which that is, is not always settled. */
static void warn_of_level(struct act *act, const struct agency *agency,
                          const char *as)
{
    const struct role *role = machine_role(act->choice.machine, as);
    const struct agency *other =
        role->same_level ? agency_as(act, role->same_level) : NULL;
    if (!other || !*agency->level || !*other->level ||
        strcmp(agency->level, other->level) == 0)
        return;
    buf_print(&act->effect->warning_zh, "“%s”与“%s”不是同级机关。",
              agency->chinese, other->chinese);
    buf_print(&act->effect->warning_en, "%s and %s are not of the same level. ",
              agency->english, other->english);
}

static void take_named(struct act *act, const char *id, bool copy)
{
    const struct agency *agency = registry_find(act->question.registry, id);
    const char *as =
        !agency ? NULL
        : copy  ? choice_copied(&act->question, &act->choice, agency)
                : choice_addressee(&act->question, &act->choice, agency);
    if (!as)
        return;
    if (!casefile_party(act->casefile, id))
        warn_of_level(act, agency, as);
    add_recipient(act, id, as);
}

/* --- copies of the rule -----------------------------------------------------
 */

/*
 * How near an agency of a region is to a sender: 4 the same region, 3 its
 * city, 2 its province, 1 the whole country; 0 elsewhere.
 */
static int nearness(const char *region, const char *sender)
{
    static const struct {
        size_t digits;
        const char *rest;
        int nearness;
    } levels[] = {{6, "", 4}, {4, "00", 3}, {2, "0000", 2}};
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        if (strncmp(region, sender, levels[i].digits) == 0 &&
            strlen(region) == 6 &&
            strcmp(region + levels[i].digits, levels[i].rest) == 0)
            return levels[i].nearness;
    return *region == '\0' || strcmp(region, "000000") == 0 ||
                   strcmp(region, "100000") == 0
               ? 1
               : 0;
}

static int nearness_of(const struct act *act, const struct role *role,
                       const struct agency *agency)
{
    const struct agency *sender = registry_find(
        act->question.registry, message_from(act->question.message));
    bool fits = sender && agency != sender && !agency->revoked &&
                words_has(&role->roles, agency->role);
    return fits ? nearness(agency->region, sender->region) : 0;
}

static void take_nearest(struct act *act, const char *party)
{
    const struct registry *registry = act->question.registry;
    const struct role *role = machine_role(act->choice.machine, party);
    int best = 1;
    for (size_t i = 0; i < registry_count(registry); i++) {
        int near = nearness_of(act, role, registry_get(registry, i));
        best = near > best ? near : best;
    }
    for (size_t i = 0; i < registry_count(registry) &&
                       act->effect->recipient_count < MESSAGE_ADDRESSEES_MAX;
         i++) {
        const struct agency *agency = registry_get(registry, i);
        const struct party *known = casefile_party(act->casefile, agency->id);
        if (!known && nearness_of(act, role, agency) == best)
            add_recipient(act, agency->id, party);
    }
}

/* True if the case has somebody who is that party. */
static bool take_parties(struct act *act, const char *party)
{
    bool found = false;
    for (size_t i = 0; i < act->casefile->party_count; i++) {
        const struct party *known = &act->casefile->parties[i];
        if (strcmp(known->as, party) != 0)
            continue;
        found = true;
        if (strcmp(known->agency, message_from(act->question.message)) != 0)
            add_recipient(act, known->agency, party);
    }
    return found;
}

static bool is_taken(const struct act *act, const char *party)
{
    for (size_t i = 0; i < act->effect->recipient_count; i++)
        if (strcmp(
                casefile_party(act->casefile, act->effect->recipients[i])->as,
                party) == 0)
            return true;
    return false;
}

static bool rule_holds(const struct act *act, const struct copy *copy)
{
    const struct message *message = act->question.message;
    const struct agency *sender =
        registry_find(act->question.registry, message_from(message));
    return copy->need == NEED_RULE &&
           (copy->regions.count == 0 ||
            (sender && words_begin(&copy->regions, sender->region))) &&
           (!copy->when.condition ||
            condition_holds(copy->when.condition, message_document(message)));
}

void copies_take(struct act *act)
{
    const struct message *message = act->question.message;
    const struct accept *accept = act->choice.accept;
    for (size_t i = 0; i < message_to_count(message); i++)
        take_named(act, message_to(message, i), false);
    for (size_t i = 0; i < message_copy_count(message); i++)
        take_named(act, message_copy(message, i), true);
    for (size_t i = 0; i < accept->copy_count; i++) {
        const struct copy *copy = &accept->copies[i];
        if (rule_holds(act, copy) && !is_taken(act, copy->party) &&
            !take_parties(act, copy->party))
            take_nearest(act, copy->party);
    }
}
