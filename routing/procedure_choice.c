/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tries the acts of a procedure in the order of the file and takes the first
 * that the letter is: state, type, sender, content, addressees. If none fits,
 * the refusal is that of the act which came nearest, so that the sender learns
 * what to correct.
 */
#include "routing/procedure_choice.h"

#include <string.h>

#include "base/language.h"
#include "routing/procedure_clock.h"
#include "routing/procedure_due.h"
#include "schemas/catalogue.h"

/* The first of the parties that an agency with this registry role may be. */
static const char *role_for(const struct machine *machine,
                            const struct words *parties, const char *role)
{
    for (size_t i = 0; i < parties->count; i++)
        if (words_has(&machine_role(machine, parties->items[i])->roles, role))
            return parties->items[i];
    return NULL;
}

static const struct party *party_of(const struct question *question,
                                    const char *agency)
{
    return question->casefile ? casefile_party(question->casefile, agency)
                              : NULL;
}

const char *choice_addressee(const struct question *question,
                             const struct choice *choice,
                             const struct agency *agency)
{
    const struct accept *accept = choice->accept;
    const struct party *party = party_of(question, agency->id);
    bool itself = strcmp(agency->id, message_from(question->message)) == 0;
    if (itself != accept->internal)
        return NULL;
    if (party)
        return words_has(&accept->to, party->as) ? party->as : NULL;
    if (question->casefile && !accept->joins)
        return NULL;
    return role_for(choice->machine, &accept->to, agency->role);
}

static bool has_party_as(const struct casefile *casefile, const char *as)
{
    for (size_t i = 0; casefile && i < casefile->party_count; i++)
        if (strcmp(casefile->parties[i].as, as) == 0)
            return true;
    return false;
}

const char *choice_copied(const struct question *question,
                          const struct choice *choice,
                          const struct agency *agency)
{
    const struct party *party = party_of(question, agency->id);
    if (strcmp(agency->id, message_from(question->message)) == 0)
        return NULL;
    for (size_t i = 0; i < choice->accept->copy_count; i++) {
        const char *as = choice->accept->copies[i].party;
        if (party ? strcmp(party->as, as) == 0
                  : words_has(&machine_role(choice->machine, as)->roles,
                              agency->role) &&
                        (choice->accept->joins ||
                         !has_party_as(question->casefile, as)))
            return as;
    }
    return choice_addressee(question, choice, agency);
}

/* --- the questions, in order ------------------------------------------------
 */

static enum reason check_turn(const struct question *question,
                              struct choice *choice, struct fault *why)
{
    const struct accept *accept = choice->accept;
    instant opened_at = question->casefile ? question->casefile->opened_at
                                           : message_sent_at(question->message);
    if (words_has(&accept->in, choice->state) &&
        due_is_within(accept->since, accept->until, opened_at))
        return R_OK;
    return fault(why, R_OUT_OF_TURN, "%s/%s: %s", choice->machine->id,
                 choice->state, message_type(question->message));
}

static enum reason check_sender(const struct question *question,
                                struct choice *choice, struct fault *why)
{
    const char *from = message_from(question->message);
    const struct words *allowed = &choice->accept->from;
    const struct party *party = party_of(question, from);
    const struct agency *agency = registry_find(question->registry, from);
    choice->as = NULL;
    if (party && words_has(allowed, party->as))
        choice->as = party->as;
    if (!question->casefile && agency)
        choice->as = role_for(choice->machine, allowed, agency->role);
    if (choice->as)
        return R_OK;
    return fault(why, R_NOT_PERMITTED, "%s (%s): %s", from,
                 party    ? party->as
                 : agency ? agency->role
                          : "?",
                 message_type(question->message));
}

static bool has_open(const struct casefile *casefile, const char *owner,
                     const char *limit)
{
    for (size_t i = 0; casefile && i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        if (deadline_is_open(deadline) && strcmp(deadline->owner, owner) == 0 &&
            strcmp(deadline->limit, limit) == 0)
            return true;
    }
    return false;
}

/* The earliest day has not come yet. */
static enum reason check_earliest(const struct question *question,
                                  const struct accept *accept,
                                  struct fault *why)
{
    const struct casefile *casefile = question->casefile;
    for (size_t i = 0; casefile && i < casefile->deadline_count; i++) {
        const struct deadline *deadline = &casefile->deadlines[i];
        char due[INSTANT_TEXT_MAX];
        if (!deadline_is_open(deadline) || accept->early_warns ||
            !words_has(&accept->not_before, deadline->limit) ||
            !clock_holds_back(deadline, question->message))
            continue;
        return fault(why, R_OUT_OF_TURN,
                     say("%s：尚未届满 %s", "%s: not before the end of %s"),
                     message_type(question->message),
                     deadline->due ? instant_format(deadline->due, due)
                                   : deadline->limit);
    }
    return R_OK;
}

static enum reason check_content(const struct question *question,
                                 struct choice *choice, struct fault *why)
{
    const struct accept *accept = choice->accept;
    const struct message *message = question->message;
    if (accept->when.condition &&
        !condition_holds(accept->when.condition, message_document(message)))
        return fault(why, R_OUT_OF_TURN, "%s: %s", message_type(message),
                     label_say(&accept->when.name));
    if (accept->while_open &&
        !has_open(question->casefile, message_from(message),
                  accept->while_open))
        return fault(why, R_OUT_OF_TURN, "%s: %s", message_type(message),
                     accept->while_open);
    return accept->not_before.count ? check_earliest(question, accept, why)
                                    : R_OK;
}

/* Whether this case can only come from another one. */
static enum reason check_parent(const struct question *question,
                                struct choice *choice, struct fault *why)
{
    const struct accept *accept = choice->accept;
    for (size_t i = 0; i < accept->parent_count; i++)
        if (accept->parents[i].must && !*message_parent(question->message))
            return fault(why, R_UNKNOWN_CASE, "parentCase: %s",
                         accept->parents[i].procedure);
    return R_OK;
}

static enum reason check_answers(const struct question *question,
                                 struct choice *choice, struct fault *why)
{
    const struct words *answers = &choice->accept->answers;
    if (answers->count == 0 || *message_answers(question->message))
        return R_OK;
    return fault(why, R_UNKNOWN_MESSAGE, "inReplyTo: %s", answers->items[0]);
}

static enum reason check_addressee(const struct question *question,
                                   const struct choice *choice, const char *id,
                                   bool copy, const char **as,
                                   struct fault *why)
{
    const struct agency *agency = registry_find(question->registry, id);
    if (!agency || agency->revoked)
        return fault(why, R_UNKNOWN_ADDRESSEE, "%s", id);
    *as = copy ? choice_copied(question, choice, agency)
               : choice_addressee(question, choice, agency);
    if (!*as)
        return fault(why, R_WRONG_ADDRESSEE, "%s %s (%s)",
                     copy ? "copyTo" : "to", id, agency->role);
    return R_OK;
}

/* Whether somebody named, to or copyTo, is this in the case. */
static bool is_named(const struct question *question,
                     const struct choice *choice, const char *party)
{
    const struct message *message = question->message;
    const size_t to_count = message_to_count(message);
    for (size_t i = 0; i < to_count + message_copy_count(message); i++) {
        bool copy = i >= to_count;
        const char *id =
            copy ? message_copy(message, i - to_count) : message_to(message, i);
        const char *as = NULL;
        if (check_addressee(question, choice, id, copy, &as, NULL) == R_OK &&
            strcmp(as, party) == 0)
            return true;
    }
    return false;
}

static enum reason check_addressees(const struct question *question,
                                    struct choice *choice, struct fault *why)
{
    const struct message *message = question->message;
    const char *as;
    for (size_t i = 0; i < message_to_count(message); i++)
        TRY(check_addressee(question, choice, message_to(message, i), false,
                            &as, why));
    for (size_t i = 0; i < message_copy_count(message); i++)
        TRY(check_addressee(question, choice, message_copy(message, i), true,
                            &as, why));
    for (size_t i = 0; i < choice->accept->copy_count; i++) {
        const struct copy *copy = &choice->accept->copies[i];
        if (copy->need == NEED_MUST && !is_named(question, choice, copy->party))
            return fault(
                why, R_WRONG_ADDRESSEE, "copyTo: %s",
                label_say(&machine_role(choice->machine, copy->party)->name));
    }
    return R_OK;
}

static enum reason (*const questions[])(const struct question *,
                                        struct choice *, struct fault *) = {
    check_turn,    check_sender, check_content,
    check_answers, check_parent, check_addressees,
};

/* --- the acts ---------------------------------------------------------------
 */

/* The act that came nearest so far. */
struct nearest {
    struct choice choice;
    enum reason reason;
    struct fault why;
    size_t passed; /* questions answered well, plus one */
};

static void try_act(const struct question *question, struct choice choice,
                    struct nearest *nearest)
{
    struct fault why = {0};
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        enum reason reason = questions[i](question, &choice, &why);
        if (reason == R_OK)
            continue;
        if (i + 1 > nearest->passed)
            *nearest = (struct nearest){choice, reason, why, i + 1};
        return;
    }
    *nearest = (struct nearest){choice, R_OK, {0}, COUNT_OF(questions) + 1};
}

static void try_machine(const struct question *question,
                        const struct machine *machine, struct nearest *nearest)
{
    const char *type = message_type(question->message);
    struct choice choice = {
        .machine = machine,
        .state =
            question->casefile ? question->casefile->state : PROCEDURE_START,
    };
    for (size_t i = 0; i < machine->accept_count && nearest->reason != R_OK;
         i++) {
        choice.accept = &machine->accepts[i];
        if (!choice.accept->follows && strcmp(choice.accept->type, type) == 0)
            try_act(question, choice, nearest);
    }
}

static bool opens_a_case(const struct procedures *procedures, const char *type)
{
    for (size_t i = 0; i < procedures->count; i++)
        for (size_t k = 0; k < procedures->machines[i]->accept_count; k++) {
            const struct accept *accept = &procedures->machines[i]->accepts[k];
            if (strcmp(accept->type, type) == 0 &&
                words_has(&accept->in, PROCEDURE_START))
                return true;
        }
    return false;
}

static enum reason choose_opening(const struct question *question,
                                  struct nearest *nearest, struct fault *why)
{
    const struct procedures *procedures = question->procedures;
    const struct message *message = question->message;
    for (size_t i = 0; i < procedures->count; i++)
        try_machine(question, procedures->machines[i], nearest);
    if (nearest->passed == 0)
        return fault(why, R_NOT_PERMITTED, "%s", message_type(message));
    if (nearest->reason == R_OUT_OF_TURN &&
        !opens_a_case(procedures, message_type(message)))
        return fault(why, R_UNKNOWN_CASE, "%s", message_case(message));
    return nearest->reason;
}

static enum reason choose_next(const struct question *question,
                               struct nearest *nearest, struct fault *why)
{
    const struct casefile *casefile = question->casefile;
    const struct message *message = question->message;
    const struct machine *machine =
        machine_find(question->procedures, casefile->procedure);
    const char *type = message_type(message);
    if (!casefile_party(casefile, message_from(message)))
        return fault(why,
                     opens_a_case(question->procedures, type) ? R_CASE_EXISTS
                                                              : R_NOT_A_PARTY,
                     "%s", message_case(message));
    nearest->choice.machine = machine;
    nearest->choice.state = casefile->state;
    if (machine)
        try_machine(question, machine, nearest);
    if (nearest->reason == R_OK || nearest->passed > 1)
        return nearest->reason;
    if (opens_a_case(question->procedures, type))
        return fault(why, R_CASE_EXISTS, "%s", message_case(message));
    return fault(why, R_OUT_OF_TURN, "%s/%s: %s", casefile->procedure,
                 casefile->state, type);
}

enum reason choice_make(const struct question *question, struct choice *out,
                        struct fault *why)
{
    *out = (struct choice){0};
    const char *type = message_type(question->message);
    if (!catalogue_find(type))
        return fault(why, R_UNKNOWN_TYPE, "%s", type);
    struct nearest nearest = {.reason = R_NOT_PERMITTED};
    struct fault said = {0};
    enum reason reason = question->casefile
                             ? choose_next(question, &nearest, &said)
                             : choose_opening(question, &nearest, &said);
    *out = nearest.choice;
    if (reason == R_OK)
        return R_OK;
    return fault(why, reason, "%s",
                 said.reason == R_OK ? nearest.why.text : said.text);
}
