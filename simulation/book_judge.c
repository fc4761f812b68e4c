/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * May this be said? The questions are those of the law: is it its turn, may
 * this agency say it, does it say what it must, what does it answer, where does
 * it come from, to whom may it go. Of several acts the letter is the first that
 * it fits; if it fits none, it is refused for what the nearest one lacks.
 */
#include "simulation/book.h"

#include <string.h>

/* One act that the letter might be. */
struct trial {
    const struct book *book;
    const struct draft *draft;
    const struct book_case *one; /* NULL: to be opened */
    const struct machine *machine;
    const struct accept *act;
};

struct book_party *book_party(const struct book_case *one, size_t agency)
{
    for (size_t i = 0; one && i < one->party_count; i++)
        if (one->parties[i].agency == agency)
            return &one->parties[i];
    return NULL;
}

const char *book_role(const struct machine *machine,
                      const struct words *parties, const char *role)
{
    for (size_t i = 0; i < parties->count; i++)
        if (words_has(&machine_role(machine, parties->items[i])->roles, role))
            return parties->items[i];
    return NULL;
}

static bool opens_something(const struct book *book, const char *type)
{
    for (size_t i = 0; i < book->procedures->count; i++) {
        const struct machine *machine = book->procedures->machines[i];
        for (size_t k = 0; k < machine->accept_count; k++)
            if (strcmp(machine->accepts[k].type, type) == 0 &&
                words_has(&machine->accepts[k].in, PROCEDURE_START))
                return true;
    }
    return false;
}

/* --- the questions ----------------------------------------------------------
 */

static enum reason ask_turn(const struct trial *trial)
{
    const char *state = trial->one ? trial->one->state : PROCEDURE_START;
    instant day = trial->one ? trial->one->opened_at : trial->draft->at;
    return words_has(&trial->act->in, state) &&
                   clock_is_of_day(trial->act->since, trial->act->until, day)
               ? R_OK
               : R_OUT_OF_TURN;
}

static enum reason ask_sender(const struct trial *trial)
{
    const struct book_party *party = book_party(trial->one, trial->draft->from);
    const struct words *from = &trial->act->from;
    bool may =
        trial->one
            ? party && words_has(from, party->as)
            : book_role(trial->machine, from,
                        trial->book->agencies[trial->draft->from].role) != NULL;
    return may ? R_OK : R_NOT_PERMITTED;
}

/* Too early, while the earliest day is still ahead or not even known. */
static bool is_held_back(const struct trial *trial)
{
    const struct words *limits = &trial->act->not_before;
    for (size_t i = 0;
         trial->one && !trial->act->early_warns && i < trial->one->clock_count;
         i++) {
        const struct book_clock *clock = &trial->one->clocks[i];
        if (clock_is_open(clock) && words_has(limits, clock->limit->id) &&
            (clock->state != CLOCK_RUNS ||
             !clock_is_over(clock->due, trial->draft->at)))
            return true;
    }
    return false;
}

static enum reason ask_content(const struct trial *trial)
{
    const struct accept *act = trial->act;
    if (!script_fulfils(trial->draft->script, &act->when))
        return R_OUT_OF_TURN;
    if (act->while_open &&
        (!trial->one ||
         !clocks_have(trial->one, act->while_open, trial->draft->from)))
        return R_OUT_OF_TURN;
    return is_held_back(trial) ? R_OUT_OF_TURN : R_OK;
}

static enum reason ask_answer(const struct trial *trial)
{
    return trial->act->answers.count == 0 || trial->draft->answers != BOOK_NONE
               ? R_OK
               : R_UNKNOWN_MESSAGE;
}

static enum reason ask_origin(const struct trial *trial)
{
    for (size_t i = 0; i < trial->act->parent_count; i++)
        if (trial->act->parents[i].must && trial->draft->parent == BOOK_NONE)
            return R_UNKNOWN_CASE;
    return R_OK;
}

/* As what it may be an addressee, or NULL. */
static const char *addressed_as(const struct trial *trial, size_t agency)
{
    const struct accept *act = trial->act;
    const struct book_party *party = book_party(trial->one, agency);
    if ((agency == trial->draft->from) != act->internal)
        return NULL;
    if (party)
        return words_has(&act->to, party->as) ? party->as : NULL;
    if (trial->one && !act->joins)
        return NULL;
    return book_role(trial->machine, &act->to,
                     trial->book->agencies[agency].role);
}

static bool case_has(const struct book_case *one, const char *as)
{
    for (size_t i = 0; one && i < one->party_count; i++)
        if (strcmp(one->parties[i].as, as) == 0)
            return true;
    return false;
}

static const char *copied_as(const struct trial *trial, size_t agency)
{
    const struct book_party *party = book_party(trial->one, agency);
    const char *role = trial->book->agencies[agency].role;
    if (agency == trial->draft->from)
        return NULL;
    for (size_t i = 0; i < trial->act->copy_count; i++) {
        const char *as = trial->act->copies[i].party;
        bool new = words_has(&machine_role(trial->machine, as)->roles, role) &&
                   (trial->act->joins || !case_has(trial->one, as));
        if (party ? strcmp(party->as, as) == 0 : new)
            return as;
    }
    return addressed_as(trial, agency);
}

static const char *named_as(const struct trial *trial, size_t place)
{
    const struct draft *draft = trial->draft;
    return place < draft->to_count
               ? addressed_as(trial, draft->to[place])
               : copied_as(trial, draft->copies[place - draft->to_count]);
}

static bool is_copied(const struct trial *trial, const char *party)
{
    const struct draft *draft = trial->draft;
    for (size_t i = 0; i < draft->to_count + draft->copy_count; i++)
        if (strcmp(named_as(trial, i), party) == 0)
            return true;
    return false;
}

static enum reason ask_addressees(const struct trial *trial)
{
    const struct draft *draft = trial->draft;
    for (size_t i = 0; i < draft->to_count + draft->copy_count; i++) {
        size_t agency = i < draft->to_count
                            ? draft->to[i]
                            : draft->copies[i - draft->to_count];
        if (agency >= trial->book->agency_count)
            return R_UNKNOWN_ADDRESSEE;
        if (!named_as(trial, i))
            return R_WRONG_ADDRESSEE;
    }
    for (size_t i = 0; i < trial->act->copy_count; i++)
        if (trial->act->copies[i].need == NEED_MUST &&
            !is_copied(trial, trial->act->copies[i].party))
            return R_WRONG_ADDRESSEE;
    return R_OK;
}

static enum reason (*const questions[])(const struct trial *) = {
    ask_turn, ask_sender, ask_content, ask_answer, ask_origin, ask_addressees};

/* --- the verdict ------------------------------------------------------------
 */

struct verdict {
    const struct machine *machine;
    const struct accept *act;
    enum reason reason;
    size_t passed; /* 0: no act of this type */
};

static void try_machine(struct trial *trial, const struct machine *machine,
                        struct verdict *verdict)
{
    trial->machine = machine;
    for (size_t i = 0; i < machine->accept_count && verdict->reason != R_OK;
         i++) {
        trial->act = &machine->accepts[i];
        if (trial->act->follows ||
            strcmp(trial->act->type, trial->draft->script->act->type) != 0)
            continue;
        enum reason reason = R_OK;
        size_t passed = 0;
        while (passed < COUNT_OF(questions) && reason == R_OK)
            reason = questions[passed++](trial);
        if (reason == R_OK || passed > verdict->passed)
            *verdict = (struct verdict){machine, trial->act, reason, passed};
    }
}

static enum reason judge_opening(struct trial *trial, struct verdict *verdict)
{
    const struct procedures *procedures = trial->book->procedures;
    for (size_t i = 0; i < procedures->count; i++)
        try_machine(trial, procedures->machines[i], verdict);
    bool opens = opens_something(trial->book, trial->draft->script->act->type);
    return verdict->reason == R_OUT_OF_TURN && !opens ? R_UNKNOWN_CASE
                                                      : verdict->reason;
}

static enum reason judge_later(struct trial *trial, struct verdict *verdict)
{
    enum reason stranger =
        opens_something(trial->book, trial->draft->script->act->type)
            ? R_CASE_EXISTS
            : R_NOT_A_PARTY;
    if (!book_party(trial->one, trial->draft->from))
        return stranger;
    try_machine(trial, trial->one->machine, verdict);
    if (verdict->reason == R_OK || verdict->passed > 1)
        return verdict->reason;
    return stranger == R_CASE_EXISTS ? R_CASE_EXISTS : R_OUT_OF_TURN;
}

/* The case that it comes from must be there, and in a state that opens it. */
static enum reason judge_origin(const struct trial *trial,
                                const struct accept *act)
{
    const struct draft *draft = trial->draft;
    if (draft->parent == BOOK_NONE)
        return R_OK;
    const struct book_case *parent = &trial->book->cases[draft->parent];
    if (trial->one)
        return trial->one->parent == draft->parent ? R_OK : R_UNKNOWN_CASE;
    if (!parent->machine || !book_party(parent, draft->from))
        return R_UNKNOWN_CASE;
    enum reason reason = R_NOT_PERMITTED;
    for (size_t i = 0; i < act->parent_count; i++) {
        const struct parent *link = &act->parents[i];
        if (strcmp(link->procedure, parent->machine->id) != 0)
            continue;
        if (link->states.count == 0 || words_has(&link->states, parent->state))
            return R_OK;
        reason = R_OUT_OF_TURN;
    }
    return reason;
}

static bool is_answer_of_type(const struct trial *trial, const char *type)
{
    bool asked = false;
    const struct machine *machine = trial->one->machine;
    for (size_t i = 0; i < machine->accept_count; i++) {
        const struct accept *act = &machine->accepts[i];
        if (act->follows || act->answers.count == 0 ||
            strcmp(act->type, trial->draft->script->act->type) != 0 ||
            !words_has(&act->in, trial->one->state))
            continue;
        if (words_has(&act->answers, type))
            return true;
        asked = true;
    }
    return !asked;
}

static bool is_in_case(const struct book_case *one, size_t letter)
{
    for (size_t i = one ? one->letter_count : 0; i-- > 0;)
        if (one->letters[i] == letter)
            return true;
    return false;
}

static enum reason judge_answer(const struct trial *trial)
{
    const struct draft *draft = trial->draft;
    if (draft->answers == BOOK_NONE)
        return R_OK;
    if (!is_in_case(trial->one, draft->answers))
        return R_UNKNOWN_MESSAGE;
    if (draft->misquotes)
        return R_DIGEST_MISMATCH;
    const struct book_letter *asked = &trial->book->letters[draft->answers];
    return is_answer_of_type(trial, asked->script->act->type)
               ? R_OK
               : R_UNKNOWN_MESSAGE;
}

enum reason book_judge(const struct book *book, const struct draft *draft,
                       const struct machine **machine,
                       const struct accept **act)
{
    const struct book_case *one = &book->cases[draft->place];
    *machine = NULL;
    *act = NULL;
    if (draft->answers == BOOK_NONE && script_must_answer(draft->script))
        return R_NOT_VALID;
    struct trial trial = {
        .book = book, .draft = draft, .one = one->machine ? one : NULL};
    struct verdict verdict = {.reason = R_NOT_PERMITTED};
    enum reason reason = trial.one ? judge_later(&trial, &verdict)
                                   : judge_opening(&trial, &verdict);
    *machine = verdict.machine;
    *act = verdict.act;
    if (reason != R_OK)
        return reason;
    const struct book_party *sender = book_party(trial.one, draft->from);
    if (sender && draft->sequence <= sender->sequence)
        return R_OUT_OF_SEQUENCE;
    reason = judge_origin(&trial, verdict.act);
    return reason == R_OK ? judge_answer(&trial) : reason;
}
