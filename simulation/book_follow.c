/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a letter means for the cases that came of its case, and for the one
 * that its case came from: where their procedure files say so, they move with
 * it, and those whom these name get the letter and a notice of the centre.
 */
#include "simulation/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct accept *find_follow(const struct book *book, size_t place,
                                        const struct book_letter *letter)
{
    const struct book_case *one = &book->cases[place];
    const char *procedure = book->cases[letter->place].machine->id;
    for (size_t i = 0; i < one->machine->accept_count; i++) {
        const struct accept *act = &one->machine->accepts[i];
        if (act->follows && strcmp(act->follows, procedure) == 0 &&
            strcmp(act->type, letter->script->act->type) == 0 &&
            words_has(&act->in, one->state) &&
            script_fulfils(letter->script, &act->when))
            return act;
    }
    return NULL;
}

static bool is_delivered(const struct book_letter *letter, size_t agency)
{
    for (size_t i = 0; i < letter->delivery_count; i++)
        if (letter->deliveries[i].agency == agency)
            return true;
    return false;
}

static void deliver(struct book_letter *letter, size_t agency)
{
    if (is_delivered(letter, agency))
        return;
    letter->deliveries =
        mem_resize(letter->deliveries, letter->delivery_count + 1,
                   sizeof *letter->deliveries);
    letter->deliveries[letter->delivery_count++] =
        (struct book_delivery){.agency = agency, .follows = true};
}

static void follow_one(struct book *book, size_t place, size_t letter,
                       const struct draft *draft)
{
    struct book_case *one = &book->cases[place];
    const struct accept *act =
        one->machine ? find_follow(book, place, &book->letters[letter]) : NULL;
    if (!act)
        return;
    size_t *told = mem_new(one->party_count + 1, sizeof *told);
    size_t count = 0;
    for (size_t i = 0; i < one->party_count; i++)
        if (words_has(&act->to, one->parties[i].as) &&
            one->parties[i].agency != draft->from) {
            told[count++] = one->parties[i].agency;
            deliver(&book->letters[letter], one->parties[i].agency);
        }
    struct clock_work work = {.book = book,
                              .one = one,
                              .draft = draft,
                              .act = act,
                              .letter = letter,
                              .told = told,
                              .told_count = count};
    clocks_work(&work);
    free(told);
    if (act->next)
        book_move(one, act->next, draft->at);
    one->letters =
        mem_resize(one->letters, one->letter_count + 1, sizeof *one->letters);
    one->letters[one->letter_count++] = letter;
    book->follows++;
    book->notices += 1 + count;
}

void book_follow(struct book *book, size_t letter, const struct draft *draft)
{
    for (size_t i = 0; i < book->case_count; i++)
        if (book->cases[i].parent == draft->place)
            follow_one(book, i, letter, draft);
    if (book->cases[draft->place].parent != BOOK_NONE)
        follow_one(book, book->cases[draft->place].parent, letter, draft);
}
