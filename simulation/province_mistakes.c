/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What goes wrong when a letter is written. Whether it is unlawful then is for
 * the book to judge: a mistake may also be lawful by chance.
 */
#include "simulation/province_state.h"

#include <string.h>

static size_t draw_agency(struct province *province)
{
    return dice_below(province, province->agency_count);
}

static void mistake_sender(struct province *province, struct draft *draft)
{
    draft->from = draw_agency(province);
}

static void mistake_party(struct province *province, struct draft *draft)
{
    const struct book_case *one = &province->book.cases[draft->place];
    if (one->party_count > 0)
        draft->from =
            one->parties[dice_below(province, one->party_count)].agency;
}

static void mistake_turn(struct province *province, struct draft *draft)
{
    const struct machine *machine = draft->script->machine;
    do
        draft->script =
            &province->scripts
                 .scripts[dice_below(province, province->scripts.count)];
    while (draft->script->machine != machine);
}

static void mistake_type(struct province *province, struct draft *draft)
{
    draft->script =
        &province->scripts
             .scripts[dice_below(province, province->scripts.count)];
}

static void mistake_addressee(struct province *province, struct draft *draft)
{
    draft->to[0] = draw_agency(province);
}

static void mistake_nobody(struct province *province, struct draft *draft)
{
    draft->to[0] = province->agency_count;
}

static void mistake_copies(struct province *province, struct draft *draft)
{
    (void)province;
    draft->copy_count = 0;
}

static void mistake_answer(struct province *province, struct draft *draft)
{
    size_t any = dice_below(province, province->book.letter_count);
    draft->answers = draft->answers == BOOK_NONE || dice_permille(province, 500)
                         ? BOOK_NONE
                         : any;
}

static void mistake_quote(struct province *province, struct draft *draft)
{
    (void)province;
    draft->misquotes = draft->answers != BOOK_NONE;
}

static void mistake_sequence(struct province *province, struct draft *draft)
{
    (void)province;
    draft->sequence = draft->sequence > 1 ? draft->sequence - 1 : 1;
}

static void (*const mistakes[])(struct province *, struct draft *) = {
    mistake_sender,    mistake_party,   mistake_turn,   mistake_type,
    mistake_addressee, mistake_nobody,  mistake_copies, mistake_answer,
    mistake_quote,     mistake_sequence};

static bool has(const size_t *list, size_t count, size_t agency)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == agency)
            return true;
    return false;
}

static void drop_repeats(size_t *list, size_t *count, size_t other)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (list[i] != other && !has(list, kept, list[i]))
            list[kept++] = list[i];
    *count = kept;
}

void draft_mistake(struct province *province, struct draft *draft)
{
    size_t kind = dice_below(province, COUNT_OF(mistakes));
    size_t before = draft->from;
    mistakes[kind](province, draft);
    const struct book_party *sender =
        book_party(&province->book.cases[draft->place], draft->from);
    if (draft->from != before)
        draft->sequence = sender ? sender->sequence + 1 : 1;
    for (size_t i = 0; i < draft->to_count; i++)
        drop_repeats(draft->copies, &draft->copy_count, draft->to[i]);
}
