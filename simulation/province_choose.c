/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is done next. Of all that the procedure file allows those in a case to
 * do now, one act is drawn: what a clock presses for rather than what is free,
 * what moves the case rather than what does not, what was not done yet rather
 * than what was. Most act in time, some late, some never again.
 */
#include "simulation/province_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Of a thousand. */
enum {
    LATE = 80,         /* comes after the end */
    FALLS_SILENT = 30, /* does not act any more in this case */
    STOPS = 600        /* a case that may end does */
};

enum { OPTIONS_MAX = 512 };

struct option {
    const struct script *script;
    size_t from;
    int weight;
};

struct options {
    struct option items[OPTIONS_MAX];
    size_t count;
};

/* --- which acts -------------------------------------------------------------
 */

/* The clock that presses its owner most for this act; NULL: none. */
static const struct book_clock *find_pressing(const struct book_case *one,
                                              const struct accept *act,
                                              size_t owner, bool duties)
{
    const struct book_clock *found = NULL;
    for (size_t i = 0; i < one->clock_count; i++) {
        const struct book_clock *clock = &one->clocks[i];
        if (clock_is_open(clock) && clock->owner == owner &&
            clock->limit->duty == duties &&
            words_has(&act->meets, clock->limit->id) &&
            (!found || clock->due < found->due))
            found = clock;
    }
    return found;
}

static size_t count_done(const struct province *province,
                         const struct book_case *one, const struct accept *act,
                         size_t from)
{
    size_t count = 0;
    for (size_t i = 0; i < one->letter_count; i++) {
        const struct book_letter *letter =
            &province->book.letters[one->letters[i]];
        count += letter->script->act == act && letter->from == from;
    }
    return count;
}

static int weigh(const struct province *province, const struct book_case *one,
                 const struct accept *act, size_t from)
{
    int weight = 40;
    if (act->next && strcmp(act->next, one->state) != 0)
        weight += 100;
    if (find_pressing(one, act, from, true))
        weight += 1200;
    else if (find_pressing(one, act, from, false))
        weight += 160;
    int done = (int)count_done(province, one, act, from);
    return weight / (1 + 4 * done) + 1;
}

static void add_options(struct province *province, const struct book_case *one,
                        const struct script *script, struct options *options)
{
    const struct accept *act = script->act;
    if (!words_has(&act->in, one->state) ||
        !clock_is_of_day(act->since, act->until, one->opened_at))
        return;
    for (size_t i = 0; i < one->party_count; i++) {
        const struct book_party *party = &one->parties[i];
        if (party->silent || !words_has(&act->from, party->as) ||
            options->count == OPTIONS_MAX ||
            (act->while_open &&
             !clocks_have(one, act->while_open, party->agency)))
            continue;
        options->items[options->count++] = (struct option){
            script, party->agency, weigh(province, one, act, party->agency)};
    }
}

static struct options list_options(struct province *province,
                                   const struct book_case *one)
{
    struct options options = {.count = 0};
    for (size_t i = 0; i < province->scripts.count; i++)
        if (province->scripts.scripts[i].machine == one->machine)
            add_options(province, one, &province->scripts.scripts[i], &options);
    return options;
}

/* Takes one out by its weight; false if none is left. */
static bool draw_option(struct province *province, struct options *options,
                        struct option *out)
{
    int64_t sum = 0;
    for (size_t i = 0; i < options->count; i++)
        sum += options->items[i].weight;
    if (sum == 0)
        return false;
    int64_t left = dice_between(province, 0, sum - 1);
    size_t place = 0;
    while (left >= options->items[place].weight)
        left -= options->items[place++].weight;
    *out = options->items[place];
    options->items[place] = options->items[--options->count];
    return true;
}

/* --- when -------------------------------------------------------------------
 */

/* No sooner than an earliest day that it waits for. */
static instant not_before(const struct book_case *one, const struct accept *act,
                          instant at)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        const struct book_clock *clock = &one->clocks[i];
        if (clock->state == CLOCK_RUNS &&
            words_has(&act->not_before, clock->limit->id) && clock->due >= at)
            at = clock->due + INSTANT_HOUR;
    }
    return at;
}

static instant choose_time(struct province *province,
                           const struct book_case *one, const struct draft *d)
{
    const struct book_clock *clock =
        find_pressing(one, d->script->act, d->from, true);
    instant now = world_clock(province->world);
    instant at;
    if (!clock) {
        at = now + dice_between(province, 30, 6 * 1440) * INSTANT_MINUTE;
    } else if (clock->state == CLOCK_WAITS) {
        at = now + dice_between(province, 30, 1200) * INSTANT_MINUTE;
    } else if (dice_permille(province, LATE) || clock->due <= now) {
        instant from = clock->due > now ? clock->due : now;
        at = from + dice_between(province, 1, 20 * 24) * INSTANT_HOUR;
    } else {
        instant span = clock->due - now;
        at = now + dice_between(province, span / 20, span * 6 / 10);
    }
    return not_before(one, d->script->act, at);
}

void wake_at(struct province *province, size_t place, instant at)
{
    if (province->waking_count == province->waking_room) {
        province->waking_room = 2 * province->waking_room + 64;
        province->heap = mem_resize(province->heap, province->waking_room,
                                    sizeof *province->heap);
    }
    struct waking *heap = province->heap;
    size_t i = province->waking_count++;
    const struct waking new = {at, place};
    for (size_t up; i > 0; i = up) {
        up = (i - 1) / 2;
        if (heap[up].at < at || (heap[up].at == at && heap[up].place < place))
            break;
        heap[i] = heap[up];
    }
    heap[i] = new;
}

void plan_draft(struct province *province, const struct draft *draft,
                instant at)
{
    if (draft->place >= province->plan_room) {
        size_t before = province->plan_room;
        province->plan_room = 2 * draft->place + 64;
        province->plans = mem_resize(province->plans, province->plan_room,
                                     sizeof *province->plans);
        memset(province->plans + before, 0,
               (province->plan_room - before) * sizeof *province->plans);
    }
    province->plans[draft->place] = *draft;
    wake_at(province, draft->place, working_time(province, at + 2 * TICK));
}

struct draft draft_new(const struct script *script, size_t place, size_t from)
{
    return (struct draft){.script = script,
                          .place = place,
                          .from = from,
                          .parent = BOOK_NONE,
                          .answers = BOOK_NONE};
}

bool is_planned(const struct province *province, size_t place)
{
    return place < province->plan_room && province->plans[place].script;
}

/* --- what comes next --------------------------------------------------------
 */

static bool has_duties(const struct book_case *one)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        const struct book_clock *clock = &one->clocks[i];
        const struct book_party *owner = book_party(one, clock->owner);
        if (clock_is_open(clock) && clock->limit->duty && owner &&
            !owner->silent)
            return true;
    }
    return false;
}

static bool is_over(struct province *province, const struct book_case *one)
{
    if (one->letter_count >= CASE_LETTERS_MAX)
        return true;
    return machine_state(one->machine, one->state)->final && !has_duties(one) &&
           dice_permille(province, STOPS);
}

static bool try_option(struct province *province, size_t place,
                       const struct option *option)
{
    struct book_case *one = &province->book.cases[place];
    struct draft draft = draft_new(option->script, place, option->from);
    if (find_pressing(one, option->script->act, option->from, true) &&
        dice_permille(province, FALLS_SILENT)) {
        book_party(one, option->from)->silent = true;
        return false;
    }
    if (option->script->act->answers.count > 0 ||
        script_must_answer(option->script))
        draft_answer(province, &draft);
    if (!draft_name(province, &draft))
        return false;
    const struct machine *machine;
    const struct accept *act;
    draft.at = choose_time(province, one, &draft);
    draft.sequence = book_party(one, option->from)->sequence + 1;
    if (book_judge(&province->book, &draft, &machine, &act) != R_OK)
        return false;
    plan_draft(province, &draft, draft.at);
    return true;
}

void choose_next(struct province *province, size_t place)
{
    const struct book_case *one = &province->book.cases[place];
    if (is_over(province, one))
        return;
    struct options options = list_options(province, one);
    struct option option;
    while (draw_option(province, &options, &option))
        if (!book_party(one, option.from)->silent &&
            try_option(province, place, &option))
            return;
}
