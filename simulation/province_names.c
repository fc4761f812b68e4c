/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * To whom a letter goes: those in the case who may have it, else offices that
 * may join it, near ones first.
 */
#include "simulation/province_state.h"

#include <string.h>

static bool is_in(const size_t *list, size_t count, size_t agency)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == agency)
            return true;
    return false;
}

static bool is_taken(const struct draft *draft, size_t agency)
{
    return agency == draft->from || is_in(draft->to, draft->to_count, agency) ||
           is_in(draft->copies, draft->copy_count, agency);
}

/* An office that is not in the case yet and may be this; BOOK_NONE. */
static size_t find_new(struct province *province, const struct draft *draft,
                       const char *as)
{
    const struct book_case *one = &province->book.cases[draft->place];
    const struct words *roles =
        &machine_role(draft->script->machine, as)->roles;
    const size_t start = dice_below(province, roles->count);
    for (size_t i = 0; i < roles->count; i++) {
        size_t role =
            people_role(province, roles->items[(start + i) % roles->count]);
        const size_t homes[] = {one->home, province->homes[one->home].city, 0,
                                dice_below(province, province->home_count)};
        for (size_t k = 0; role != SIZE_MAX && k < COUNT_OF(homes); k++) {
            size_t agency = people_office(province, role, homes[k]);
            if (agency != BOOK_NONE && !is_taken(draft, agency) &&
                !book_party(one, agency))
                return agency;
        }
    }
    return BOOK_NONE;
}

static void put_to(struct draft *draft, size_t agency)
{
    if (agency != BOOK_NONE && !is_taken(draft, agency) &&
        draft->to_count < DRAFT_TO_MAX)
        draft->to[draft->to_count++] = agency;
}

/* Those in the case to whom it may go: the asker, else one, now and then all.
 */
static void name_known(struct province *province, struct draft *draft)
{
    const struct book *book = &province->book;
    const struct book_case *one = &book->cases[draft->place];
    const struct words *to = &draft->script->act->to;
    size_t asker = draft->answers == BOOK_NONE
                       ? BOOK_NONE
                       : book->letters[draft->answers].from;
    bool all = dice_permille(province, 300);
    const struct book_party *known =
        asker == BOOK_NONE ? NULL : book_party(one, asker);
    if (known && words_has(to, known->as))
        put_to(draft, asker);
    const size_t start = dice_below(province, one->party_count);
    for (size_t i = 0; i < one->party_count; i++) {
        const struct book_party *party =
            &one->parties[(start + i) % one->party_count];
        if (words_has(to, party->as) && (all || draft->to_count == 0))
            put_to(draft, party->agency);
    }
}

static void name_new(struct province *province, struct draft *draft)
{
    const struct accept *act = draft->script->act;
    const struct book_case *one = &province->book.cases[draft->place];
    if (one->machine && !act->joins)
        return;
    bool many = dice_permille(province, one->machine ? 100 : 300);
    for (size_t i = 0; i < act->to.count; i++) {
        size_t wanted = many ? 1 + dice_below(province, 4) : 1;
        for (size_t k = 0; k < wanted && (many || draft->to_count == 0); k++)
            put_to(draft, find_new(province, draft, act->to.items[i]));
    }
}

static bool name_copy(struct province *province, struct draft *draft,
                      const struct copy *copy)
{
    const struct book_case *one = &province->book.cases[draft->place];
    bool known = false;
    size_t agency = BOOK_NONE;
    for (size_t i = 0; one->machine && i < one->party_count; i++)
        if (strcmp(one->parties[i].as, copy->party) == 0) {
            known = true;
            if (!is_taken(draft, one->parties[i].agency))
                agency = one->parties[i].agency;
        }
    if (agency == BOOK_NONE &&
        (!one->machine || draft->script->act->joins || !known))
        agency = find_new(province, draft, copy->party);
    if (agency != BOOK_NONE)
        draft->copies[draft->copy_count++] = agency;
    return agency != BOOK_NONE;
}

bool draft_name(struct province *province, struct draft *draft)
{
    const struct accept *act = draft->script->act;
    if (act->internal) {
        draft->to[draft->to_count++] = draft->from;
    } else {
        if (province->book.cases[draft->place].machine)
            name_known(province, draft);
        name_new(province, draft);
    }
    for (size_t i = 0; i < act->copy_count; i++) {
        const struct copy *copy = &act->copies[i];
        bool may = copy->need == NEED_MAY && dice_permille(province, 300);
        if (copy->need != NEED_MUST && !may)
            continue;
        if (!name_copy(province, draft, copy) && copy->need == NEED_MUST)
            return false;
    }
    return draft->to_count > 0;
}

/* The newest letter that it may answer, one to the sender before others. */
void draft_answer(const struct province *province, struct draft *draft)
{
    const struct book *book = &province->book;
    const struct book_case *one = &book->cases[draft->place];
    size_t found = BOOK_NONE;
    for (size_t i = one->letter_count; i-- > 0;) {
        size_t place = one->letters[i];
        const struct book_letter *letter = &book->letters[place];
        const struct words *answers = &draft->script->act->answers;
        if (answers->count > 0 &&
            !words_has(answers, letter->script->act->type))
            continue;
        for (size_t k = 0; k < letter->delivery_count; k++)
            if (letter->deliveries[k].agency == draft->from) {
                draft->answers = place;
                return;
            }
        if (found == BOOK_NONE)
            found = place;
    }
    draft->answers = found;
}
