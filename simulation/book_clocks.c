/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which clocks a letter starts, stops and ends. A clock belongs to those whom
 * the letter reaches and who owe it, else to its sender, else to all who owe
 * it; a letter ends the clocks of its own sender.
 */
#include "simulation/book.h"

#include <string.h>

#include "base/mem.h"

bool clock_is_open(const struct book_clock *clock)
{
    return clock->state != CLOCK_DONE;
}

bool clocks_have(const struct book_case *one, const char *limit, size_t owner)
{
    for (size_t i = 0; i < one->clock_count; i++)
        if (clock_is_open(&one->clocks[i]) &&
            (owner == BOOK_NONE || one->clocks[i].owner == owner) &&
            strcmp(one->clocks[i].limit->id, limit) == 0)
            return true;
    return false;
}

/* The centre wakes a millisecond after the end of a clock that still runs. */
void clock_see(struct book_clock *clock, instant now)
{
    bool over = clock->state == CLOCK_RUNS && clock->due < now;
    if (over && clock->limit->duty && !clock->limit->earliest)
        clock->owed = 1;
}

static struct reckoning reckoning_of(const struct clock_work *work,
                                     const struct limit *limit, size_t owner)
{
    return (struct reckoning){work->book, limit, owner, work->one->opened_at};
}

static void end_clock(struct clock_work *work, struct book_clock *clock,
                      bool cancelled, instant at)
{
    clock_see(clock, work->draft->at);
    clock->cancelled = cancelled;
    clock->ended = work->draft->at;
    if (!cancelled) {
        clock->met_by = work->letter;
        clock->late =
            clock->state == CLOCK_RUNS && clock_is_over(clock->due, at);
        work->late |= clock->late;
    }
    clock->state = CLOCK_DONE;
}

static bool is_named(const struct words *limits, const struct book_clock *clock)
{
    return words_has(limits, clock->limit->id);
}

/* --- starting ---------------------------------------------------------------
 */

/* Nobody has more than so many of one kind: the oldest gives way. */
static void make_room(struct clock_work *work, const struct limit *limit,
                      size_t owner)
{
    struct book_clock *oldest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < work->one->clock_count; i++) {
        struct book_clock *clock = &work->one->clocks[i];
        if (!clock_is_open(clock) || clock->limit != limit ||
            clock->owner != owner)
            continue;
        oldest = oldest ? oldest : clock;
        count++;
    }
    if (count >= BOOK_OPEN_PER_LIMIT)
        end_clock(work, oldest, true, 0);
}

/* The end of the clock of this kind that this very letter has just met. */
static instant end_of_last(const struct clock_work *work,
                           const struct limit *limit, size_t owner)
{
    instant end = 0;
    for (size_t i = 0; i < work->one->clock_count; i++) {
        const struct book_clock *clock = &work->one->clocks[i];
        if (clock->met_by == work->letter && clock->limit == limit &&
            clock->owner == owner && clock->due > end)
            end = clock->due;
    }
    return end;
}

/* What the letter says of the start: never later than it came. */
static instant start_of(const struct clock_work *work,
                        const struct limit *limit)
{
    const struct draft *draft = work->draft;
    const struct blank *blank = script_blank(draft->script, limit->start_in);
    if (blank && blank->is_day)
        return civil_day_start(civil_day_of(draft->at));
    return !blank && limit->counted == COUNTED_DECIDED ? draft->decided
                                                       : draft->at;
}

static instant said_end(const struct draft *draft, const struct blank *blank)
{
    return blank->is_day ? civil_day_start(civil_day_of(draft->due)) +
                               INSTANT_DAY - INSTANT_SECOND
                         : draft->due;
}

static void add_clock(struct book_case *one, const struct book_clock *clock)
{
    one->clocks =
        mem_resize(one->clocks, one->clock_count + 1, sizeof *one->clocks);
    one->clocks[one->clock_count++] = *clock;
}

static void start_one(struct clock_work *work, const struct limit *limit,
                      size_t owner)
{
    const struct reckoning reckoning = reckoning_of(work, limit, owner);
    const struct blank *blank =
        script_blank(work->draft->script, limit->due_in);
    struct book_clock clock = {.limit = limit,
                               .owner = owner,
                               .letter = work->letter,
                               .state = CLOCK_RUNS,
                               .met_by = BOOK_NONE};
    if (blank) {
        clock.start = work->draft->at;
        clock.due = said_end(work->draft, blank);
    } else if (limit->counted == COUNTED_DELIVERED) {
        clock.state = CLOCK_WAITS;
    } else {
        clock.start = start_of(work, limit);
        clock.due = clock_end(&reckoning, clock.start, 0,
                              end_of_last(work, limit, owner));
    }
    make_room(work, limit, owner);
    add_clock(work->one, &clock);
}

static bool is_reached(const struct clock_work *work, size_t agency, int wave)
{
    const struct book_letter *letter = &work->book->letters[work->letter];
    if (wave == 1)
        return agency == work->draft->from;
    for (size_t i = 0; wave == 0 && work->told && i < work->told_count; i++)
        if (work->told[i] == agency)
            return true;
    for (size_t i = 0; wave == 0 && !work->told && i < letter->delivery_count;
         i++)
        if (letter->deliveries[i].agency == agency)
            return true;
    return wave == 2;
}

static void start_limit(struct clock_work *work, const struct limit *limit)
{
    bool started = false;
    for (int wave = 0; wave < 3 && !started; wave++)
        for (size_t i = 0; i < work->one->party_count; i++) {
            const struct book_party *party = &work->one->parties[i];
            if (!words_has(&limit->owners, party->as) ||
                !is_reached(work, party->agency, wave))
                continue;
            start_one(work, limit, party->agency);
            started = true;
        }
}

/* --- what else a letter does ------------------------------------------------
 */

static void work_within(struct clock_work *work)
{
    const struct limit *limit =
        work->act->within ? machine_limit(work->one->machine, work->act->within)
                          : NULL;
    if (!limit)
        return;
    start_one(work, limit, work->draft->from);
    struct book_clock *clock = &work->one->clocks[work->one->clock_count - 1];
    end_clock(work, clock, false, work->draft->at);
    clock->owed = 0; /* it never ran by itself */
}

static void work_ends(struct clock_work *work)
{
    const struct accept *act = work->act;
    for (size_t i = 0; i < work->one->clock_count; i++) {
        struct book_clock *clock = &work->one->clocks[i];
        if (clock_is_open(clock) && is_named(&act->meets, clock) &&
            clock->owner == work->draft->from)
            end_clock(work, clock, false,
                      clock->limit->met_when_decided ? work->draft->decided
                                                     : work->draft->at);
    }
    for (size_t i = 0; i < work->one->clock_count; i++) {
        struct book_clock *clock = &work->one->clocks[i];
        bool waited = is_named(&act->not_before, clock);
        if (clock_is_open(clock) && (waited || is_named(&act->cancels, clock)))
            end_clock(work, clock, true, 0);
    }
}

static void work_extends(struct clock_work *work)
{
    const size_t before = work->one->clock_count;
    for (size_t k = 0; k < work->act->extend_count; k++)
        for (size_t i = 0; i < before; i++) {
            struct book_clock longer = work->one->clocks[i];
            if (!clock_is_open(&longer) ||
                strcmp(longer.limit->id, work->act->extends[k].limit) != 0)
                continue;
            longer.limit =
                machine_limit(work->one->machine, work->act->extends[k].to);
            longer.owed = longer.heard = 0;
            const struct reckoning reckoning =
                reckoning_of(work, longer.limit, longer.owner);
            if (longer.state == CLOCK_RUNS)
                longer.due =
                    clock_end(&reckoning, longer.start, longer.stopped, 0);
            end_clock(work, &work->one->clocks[i], true, 0);
            add_clock(work->one, &longer);
        }
}

static void work_stops(struct clock_work *work)
{
    instant at = work->draft->decided;
    for (size_t i = 0; i < work->one->clock_count; i++) {
        struct book_clock *clock = &work->one->clocks[i];
        if (clock->state == CLOCK_RUNS && !clock_is_over(clock->due, at) &&
            is_named(&work->act->pauses, clock)) {
            clock_see(clock, work->draft->at);
            clock->state = CLOCK_STANDS;
            clock->stood = at > clock->start ? at : clock->start;
        }
    }
    for (size_t i = 0; i < work->one->clock_count; i++) {
        struct book_clock *clock = &work->one->clocks[i];
        if (clock->state != CLOCK_STANDS ||
            !is_named(&work->act->resumes, clock))
            continue;
        const struct reckoning reckoning =
            reckoning_of(work, clock->limit, clock->owner);
        clock_go_on(&reckoning, clock, at > clock->stood ? at : clock->stood);
        clock->state = CLOCK_RUNS;
    }
}

void clocks_work(struct clock_work *work)
{
    const struct words *starts = &work->act->starts;
    work_within(work);
    work_ends(work);
    work_extends(work);
    work_stops(work);
    for (size_t i = 0; i < starts->count; i++)
        start_limit(work, machine_limit(work->one->machine, starts->items[i]));
}
