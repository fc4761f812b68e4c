/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the book are few: a letter moves the state that its row names,
 * ends its sender's clocks, cancels everybody's, and is late if one of those
 * it ends was over or if it was decided more than a day ago.
 */
#include "simulation/book.h"

#include <stdio.h>
#include <string.h>

void book_surprise(struct book *book, const char *what, size_t place)
{
    if (book->surprises++ == 0)
        snprintf(book->surprise, sizeof book->surprise, "SIM-%06zu: %s", place,
                 what);
}

void book_start(struct book_case *one, const struct tale_limit *limit,
                const char *owner, instant now, const struct calendar *calendar)
{
    if (one->clock_count == BOOK_CLOCKS_MAX)
        return;
    struct book_clock *clock = &one->clocks[one->clock_count++];
    *clock = (struct book_clock){.limit = limit};
    snprintf(clock->owner, sizeof clock->owner, "%s", owner);
    if (!limit->delivered)
        clock->due = tale_due(limit, now, calendar);
}

/* Ends one clock; true if it was over. */
static bool end_clock(struct book_clock *clock, instant now)
{
    clock->ended = now;
    return clock->due && clock->due < now;
}

static void cancel_clock(struct book_clock *clock, instant now)
{
    clock->cancelled = true;
    clock->ended = now;
}

static bool end_clocks(struct book_case *one, const struct tale_step *step,
                       const char *from, instant now)
{
    bool late = false;
    for (size_t i = 0; i < one->clock_count; i++) {
        struct book_clock *clock = &one->clocks[i];
        if (clock->ended)
            continue;
        if (tale_names(step->meets, clock->limit->limit) &&
            strcmp(clock->owner, from) == 0)
            late |= end_clock(clock, now);
        else if (tale_names(step->cancels, clock->limit->limit))
            cancel_clock(clock, now);
    }
    return late;
}

void book_accept(struct book *book, struct book_case *one,
                 const struct tale_step *step, const char *from, instant now)
{
    bool late = end_clocks(one, step, from, now);
    late |= step->decided_before > 24 * 60;
    book->late += late;
    book->accepted++;
    if (!one->state)
        book->opened++;
    if (*step->next)
        one->state = step->next;
}

void book_deliver(struct book_case *one, const char *owner, instant now,
                  const struct calendar *calendar)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        struct book_clock *clock = &one->clocks[i];
        if (!clock->due && !clock->ended && strcmp(clock->owner, owner) == 0)
            clock->due = tale_due(clock->limit, now, calendar);
    }
}

void book_remind(struct book *book, size_t place, const char *limit,
                 const char *owner, instant due)
{
    struct book_case *one = &book->cases[place];
    for (size_t i = 0; i < one->clock_count; i++) {
        struct book_clock *clock = &one->clocks[i];
        if (strcmp(clock->limit->limit, limit) != 0 ||
            strcmp(clock->owner, owner) != 0 || clock->due != due)
            continue;
        clock->reminded++;
        book->heard_reminders++;
        return;
    }
}

bool book_is_overdue(const struct book_clock *clock, instant now)
{
    instant until = clock->ended ? clock->ended : now;
    return clock->due && clock->due < until;
}
