/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a lawful letter changes: who is in the case, who gets it, which clocks
 * run, where the case stands.
 */
#include "simulation/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void book_done(struct book *book)
{
    for (size_t i = 0; i < book->case_count; i++) {
        free(book->cases[i].parties);
        free(book->cases[i].clocks);
        free(book->cases[i].letters);
    }
    for (size_t i = 0; i < book->letter_count; i++)
        free(book->letters[i].deliveries);
    free(book->cases);
    free(book->letters);
}

void book_surprise(struct book *book, size_t place, const char *what)
{
    if (book->surprises++ == 0)
        snprintf(book->surprise, sizeof book->surprise, "SIM-%06zu: %s", place,
                 what);
}

size_t book_add_case(struct book *book)
{
    if (book->case_count == book->case_room) {
        book->case_room = 2 * book->case_room + 64;
        book->cases =
            mem_resize(book->cases, book->case_room, sizeof *book->cases);
    }
    book->cases[book->case_count] = (struct book_case){.parent = BOOK_NONE};
    return book->case_count++;
}

static size_t add_letter(struct book *book, const struct draft *draft)
{
    struct book_case *one = &book->cases[draft->place];
    if (book->letter_count == book->letter_room) {
        book->letter_room = 2 * book->letter_room + 64;
        book->letters =
            mem_resize(book->letters, book->letter_room, sizeof *book->letters);
    }
    size_t place = book->letter_count++;
    book->letters[place] = (struct book_letter){.script = draft->script,
                                                .place = draft->place,
                                                .from = draft->from,
                                                .answers = draft->answers,
                                                .at = draft->at,
                                                .decided = draft->decided};
    one->letters =
        mem_resize(one->letters, one->letter_count + 1, sizeof *one->letters);
    one->letters[one->letter_count++] = place;
    return place;
}

static struct book_party *add_party(struct book_case *one, size_t agency,
                                    const char *as)
{
    struct book_party *known = book_party(one, agency);
    if (known)
        return known;
    one->parties =
        mem_resize(one->parties, one->party_count + 1, sizeof *one->parties);
    one->parties[one->party_count] = (struct book_party){agency, as, 0, false};
    return &one->parties[one->party_count++];
}

void book_move(struct book_case *one, const char *state, instant at)
{
    if (strcmp(one->state, state) != 0)
        one->entered_at = at;
    one->state = state;
}

/* --- who gets it ------------------------------------------------------------
 */

struct entering {
    struct book *book;
    struct book_case *one;
    const struct draft *draft;
    const struct accept *act;
    struct book_letter *letter;
    bool opens;
};

static void deliver_to(struct entering *entering, size_t agency, const char *as)
{
    struct book_letter *letter = entering->letter;
    add_party(entering->one, agency, as);
    if (agency == letter->from)
        return;
    for (size_t i = 0; i < letter->delivery_count; i++)
        if (letter->deliveries[i].agency == agency)
            return;
    letter->deliveries =
        mem_resize(letter->deliveries, letter->delivery_count + 1,
                   sizeof *letter->deliveries);
    letter->deliveries[letter->delivery_count++] =
        (struct book_delivery){.agency = agency};
}

static bool case_has(const struct book_case *one, const char *as)
{
    for (size_t i = 0; i < one->party_count; i++)
        if (strcmp(one->parties[i].as, as) == 0)
            return true;
    return false;
}

/* As what one that is new to the case joins it; NULL: it does not. */
static const char *joins_as(const struct entering *entering, size_t agency,
                            bool copied)
{
    const struct accept *act = entering->act;
    const struct machine *machine = entering->one->machine;
    const char *role = entering->book->agencies[agency].role;
    for (size_t i = 0; copied && i < act->copy_count; i++) {
        const char *as = act->copies[i].party;
        if (words_has(&machine_role(machine, as)->roles, role) &&
            (entering->opens || act->joins || !case_has(entering->one, as)))
            return as;
    }
    return entering->opens || act->joins ? book_role(machine, &act->to, role)
                                         : NULL;
}

static void deliver_named(struct entering *entering, size_t agency, bool copied)
{
    const struct book_party *party = book_party(entering->one, agency);
    const char *as = party ? party->as : joins_as(entering, agency, copied);
    if (as)
        deliver_to(entering, agency, as);
}

/* --- copies of the rule -----------------------------------------------------
 */

/* How near an office is: same place, its city, its province, the country. */
static int nearness(const char *region, const char *of)
{
    char city[7] = "", province[7] = "";
    snprintf(city, sizeof city, "%.4s00", of);
    snprintf(province, sizeof province, "%.2s0000", of);
    if (strcmp(region, of) == 0)
        return 4;
    if (strcmp(region, city) == 0)
        return 3;
    return strcmp(region, province) == 0 ? 2 : 0;
}

static int nearness_of(const struct entering *entering, size_t agency,
                       const char *party)
{
    const struct agency *agencies = entering->book->agencies;
    size_t from = entering->letter->from;
    const struct role *role = machine_role(entering->one->machine, party);
    return agency != from && words_has(&role->roles, agencies[agency].role)
               ? nearness(agencies[agency].region, agencies[from].region)
               : 0;
}

static void deliver_nearest(struct entering *entering, const char *party)
{
    const struct book *book = entering->book;
    int best = 1;
    for (size_t i = 0; i < book->agency_count; i++) {
        int near = nearness_of(entering, i, party);
        best = near > best ? near : best;
    }
    for (size_t i = 0; i < book->agency_count; i++)
        if (nearness_of(entering, i, party) == best &&
            !book_party(entering->one, i))
            deliver_to(entering, i, party);
}

static bool has_got_it(const struct entering *entering, const char *party)
{
    const struct book_letter *letter = entering->letter;
    for (size_t i = 0; i < letter->delivery_count; i++)
        if (strcmp(book_party(entering->one, letter->deliveries[i].agency)->as,
                   party) == 0)
            return true;
    return false;
}

static bool has_region(const struct words *prefixes, const char *region)
{
    for (size_t i = 0; i < prefixes->count; i++)
        if (strncmp(region, prefixes->items[i], strlen(prefixes->items[i])) ==
            0)
            return true;
    return prefixes->count == 0;
}

static void deliver_by_rule(struct entering *entering, const struct copy *copy)
{
    const struct agency *sender =
        &entering->book->agencies[entering->letter->from];
    if (copy->need != NEED_RULE ||
        !has_region(&copy->regions, sender->region) ||
        !script_fulfils(entering->draft->script, &copy->when) ||
        has_got_it(entering, copy->party))
        return;
    if (!case_has(entering->one, copy->party)) {
        deliver_nearest(entering, copy->party);
        return;
    }
    for (size_t i = 0; i < entering->one->party_count; i++)
        if (strcmp(entering->one->parties[i].as, copy->party) == 0)
            deliver_to(entering, entering->one->parties[i].agency, copy->party);
}

static void deliver(struct entering *entering)
{
    const struct draft *draft = entering->draft;
    for (size_t i = 0; i < draft->to_count; i++)
        deliver_named(entering, draft->to[i], false);
    for (size_t i = 0; i < draft->copy_count; i++)
        deliver_named(entering, draft->copies[i], true);
    for (size_t i = 0; i < entering->act->copy_count; i++)
        deliver_by_rule(entering, &entering->act->copies[i]);
}

/* --- all of it --------------------------------------------------------------
 */

static void open_case(struct book *book, const struct draft *draft,
                      const struct machine *machine)
{
    struct book_case *one = &book->cases[draft->place];
    one->machine = machine;
    one->state = PROCEDURE_START;
    one->opened_at = one->entered_at = draft->at;
    one->parent = draft->parent;
    book->opened++;
}

static void join_sender(struct entering *entering)
{
    const struct draft *draft = entering->draft;
    const struct agency *sender = &entering->book->agencies[draft->from];
    const struct book_party *known = book_party(entering->one, draft->from);
    const char *as = known ? known->as
                           : book_role(entering->one->machine,
                                       &entering->act->from, sender->role);
    add_party(entering->one, draft->from, as)->sequence = draft->sequence;
}

static void move(struct entering *entering)
{
    struct book_case *one = entering->one;
    const struct accept *act = entering->act;
    bool held =
        act->once_settled && clocks_have(one, act->once_settled, BOOK_NONE);
    if (act->next && !held)
        book_move(one, act->next, entering->draft->at);
}

size_t book_enter(struct book *book, const struct draft *draft,
                  const struct machine *machine, const struct accept *act,
                  const struct sealed *sealed)
{
    bool opens = !book->cases[draft->place].machine;
    if (opens)
        open_case(book, draft, machine);
    size_t place = add_letter(book, draft);
    struct book_letter *letter = &book->letters[place];
    struct book_case *one = &book->cases[draft->place];
    struct entering entering = {book, one, draft, act, letter, opens};
    memcpy(letter->id, sealed->id, sizeof letter->id);
    memcpy(letter->digest, sealed->digest, sizeof letter->digest);
    letter->act = act;
    letter->state_before = opens ? "" : one->state;
    join_sender(&entering);
    deliver(&entering);
    if (act->becomes)
        book_party(one, draft->from)->as = act->becomes;
    struct clock_work work = {
        .book = book, .one = one, .draft = draft, .act = act, .letter = place};
    clocks_work(&work);
    move(&entering);
    letter->late = work.late;
    letter->state_after = one->state;
    if (act->followed)
        book_follow(book, place, draft);
    return place;
}

static void start_waiting(struct book *book, struct book_case *one,
                          size_t letter, size_t agency, instant now)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        struct book_clock *clock = &one->clocks[i];
        const struct reckoning reckoning = {book, clock->limit, agency,
                                            one->opened_at};
        if (clock->state != CLOCK_WAITS || clock->letter != letter ||
            clock->owner != agency)
            continue;
        clock->state = CLOCK_RUNS;
        clock->start = now;
        clock->due = clock_end(&reckoning, now, 0, 0);
    }
}

void book_confirm(struct book *book, size_t letter, size_t agency, instant now)
{
    struct book_letter *confirmed = &book->letters[letter];
    for (size_t i = 0; i < confirmed->delivery_count; i++)
        if (confirmed->deliveries[i].agency == agency)
            confirmed->deliveries[i].confirmed = now;
    start_waiting(book, &book->cases[confirmed->place], letter, agency, now);
    for (size_t i = 0; confirmed->act->followed && i < book->case_count; i++)
        if (i != confirmed->place)
            start_waiting(book, &book->cases[i], letter, agency, now);
}

void book_close_day(struct book *book, instant now)
{
    for (size_t i = 0; i < book->case_count; i++)
        for (size_t k = 0; k < book->cases[i].clock_count; k++)
            clock_see(&book->cases[i].clocks[k], now);
}
