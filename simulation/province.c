/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The year of a province, event by event: the clock jumps to the next instant
 * at which an agency acts, an adapter confirms, or a clock of the law runs
 * out. What happens in the same ten minutes shares a batch.
 */
#include "simulation/province_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Of a thousand: how often somebody is late, silent, or acts unlawfully. */
enum { LATE = 80, SILENT = 30, UNLAWFUL = 60 };

static bool is_before(const struct waking *a, const struct waking *b)
{
    return a->at != b->at ? a->at < b->at : a->place < b->place;
}

static void swap(struct waking *a, struct waking *b)
{
    struct waking held = *a;
    *a = *b;
    *b = held;
}

static void wake_at(struct province *province, size_t place, instant at)
{
    struct waking *heap = province->heap;
    size_t i = province->waking_count++;
    heap[i] = (struct waking){at, place};
    for (; i > 0 && is_before(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
}

static size_t take_first(struct province *province)
{
    struct waking *heap = province->heap;
    size_t place = heap[0].place, count = --province->waking_count;
    heap[0] = heap[count];
    for (size_t i = 0, next; (next = 2 * i + 1) < count; i = next) {
        if (next + 1 < count && is_before(&heap[next + 1], &heap[next]))
            next++;
        if (!is_before(&heap[next], &heap[i]))
            break;
        swap(&heap[next], &heap[i]);
    }
    return place;
}

static const struct tale *throw_tale(struct province *province)
{
    int64_t left = dice_between(province, 0, province->tales.shares - 1);
    const struct tale *tale = province->tales.tales;
    for (; left >= tale->share; tale++)
        left -= tale->share;
    return tale;
}

static void throw_cases(struct province *province)
{
    size_t places = province->plan.cities + province->plan.counties;
    int64_t span = province->end - province->begin;
    for (size_t i = 0; i < province->book.count; i++) {
        struct book_case *one = &province->book.cases[i];
        one->tale = throw_tale(province);
        one->place = (size_t)dice_between(province, 0, (int64_t)places - 1);
        instant at = province->begin + dice_between(province, 0, span - 1);
        wake_at(province, i, working_time(province, at));
    }
}

static enum reason open_parts(struct province *province, struct fault *why)
{
    TRY(calendar_load(&province->calendar, NULL, why));
    tales_load(&province->tales);
    people_make(province);
    struct world_plan plan = {.agencies = province->agencies,
                              .agency_count = province->agency_count,
                              .procedures = province->plan.procedures,
                              .ledger = province->plan.ledger,
                              .opened = province->begin,
                              .threads = province->plan.threads,
                              .ear = {ear_hear, province}};
    TRY(world_open(&province->world, &plan, why));
    throw_cases(province);
    return R_OK;
}

enum reason province_open(struct province **out,
                          const struct province_plan *plan, struct fault *why)
{
    AUTO(province) struct province *province = mem_new(1, sizeof *province);
    province->plan = *plan;
    province->dice = plan->seed;
    province->begin = civil_day_start(plan->from);
    province->end = civil_day_start(plan->to) + INSTANT_DAY;
    province->book.count = plan->cases;
    province->book.cases = mem_new(plan->cases, sizeof(struct book_case));
    province->heap = mem_new(plan->cases, sizeof(struct waking));
    TRY(open_parts(province, why));
    *out = TAKE(province);
    return R_OK;
}

void province_close(struct province *province)
{
    if (!province)
        return;
    world_close(province->world);
    people_free(province);
    calendar_free(province->calendar);
    tales_done(&province->tales);
    free(province->book.cases);
    free(province->heap);
    free(province->inbox);
    free(province->jobs);
    free(province);
}

static struct job *add_job(struct province *province, size_t place)
{
    if (province->job_count == province->job_room) {
        province->job_room = 2 * province->job_room + 64;
        province->jobs = mem_resize(province->jobs, province->job_room,
                                    sizeof *province->jobs);
    }
    struct job *job = &province->jobs[province->job_count++];
    *job = (struct job){.place = place};
    return job;
}

static void plan_letter(struct province *province, size_t place,
                        const struct tale_step *step)
{
    struct job *job = add_job(province, place);
    job->step = step;
    agency_of(province, step->from, province->book.cases[place].place,
              job->sender);
    job->key = world_key(province->world, job->sender);
}

static void plan_receipts(struct province *province)
{
    for (size_t i = 0; i < province->inbox_count; i++) {
        const struct inbox_entry *entry = &province->inbox[i];
        struct job *job = add_job(province, entry->place);
        job->receipt = *entry;
        memcpy(job->sender, entry->recipient, sizeof job->sender);
        job->key = world_key(province->world, job->sender);
    }
    province->inbox_count = 0;
}

/* When the next step comes, or that it never comes. */
static void plan_next(struct province *province, size_t place)
{
    struct book_case *one = &province->book.cases[place];
    size_t lawful = one->step;
    while (lawful < one->tale->count && *one->tale->steps[lawful].expect)
        lawful++;
    if (lawful == one->tale->count) {
        province->done++;
        return;
    }
    const struct tale_step *step = &one->tale->steps[lawful];
    if (dice_permille(province, SILENT)) {
        one->silent = true;
        province->book.silent++;
        province->done++;
        return;
    }
    bool late = dice_permille(province, LATE);
    int64_t minutes =
        dice_between(province, late ? step->late_least : step->least,
                     late ? step->late_most : step->most);
    instant at =
        world_clock(province->world) + minutes * (instant)INSTANT_MINUTE;
    wake_at(province, place, working_time(province, at + 2 * TICK));
}

/* Unlawful letters that stand before the next lawful one, then that one. */
static void plan_case(struct province *province, size_t place)
{
    struct book_case *one = &province->book.cases[place];
    for (; one->step < one->tale->count; one->step++) {
        const struct tale_step *step = &one->tale->steps[one->step];
        if (!*step->expect)
            break;
        if (one->expect || !dice_permille(province, UNLAWFUL))
            continue;
        one->expect = step->expect;
        province->book.refused++;
        plan_letter(province, place, step);
    }
    plan_letter(province, place, &one->tale->steps[one->step++]);
}

static size_t count_words(const char *words)
{
    size_t count = *words != '\0';
    for (; *words; words++)
        count += *words == ' ';
    return count;
}

static void note_step(struct province *province, const struct job *job)
{
    struct book *book = &province->book;
    struct book_case *one = &book->cases[job->place];
    const struct tale_step *step = job->step;
    instant now = world_clock(province->world);
    book_accept(book, one, step, job->sender, now);
    book->deliveries += count_words(step->to) + count_words(step->copies);
    for (size_t i = 0; i < step->start_count; i++) {
        char owner[AGENCY_TEXT_MAX];
        agency_of(province, step->starts[i].owner, one->place, owner);
        book_start(one, &step->starts[i], owner, now, province->calendar);
    }
    plan_next(province, job->place);
}

static void note_jobs(struct province *province)
{
    struct book *book = &province->book;
    for (size_t i = 0; i < province->job_count; i++) {
        const struct job *job = &province->jobs[i];
        if (job->step && !*job->step->expect)
            note_step(province, job);
        if (job->step)
            continue;
        book->receipts++;
        book_deliver(&book->cases[job->place], job->sender,
                     world_clock(province->world), province->calendar);
    }
    province->job_count = 0;
}

/* Clocks of the law that run out on the way are acted on at their time. */
static enum reason pass_time(struct province *province, instant until,
                             struct fault *why)
{
    for (;;) {
        instant next;
        TRY(world_next_due(province->world, &next, why));
        if (next > until)
            break;
        world_set_clock(province->world, next);
        TRY(world_settle(province->world, why));
    }
    world_set_clock(province->world, until);
    return R_OK;
}

static instant next_event(const struct province *province)
{
    instant next = INT64_MAX;
    if (province->waking_count > 0)
        next = province->heap[0].at;
    instant soon = (world_clock(province->world) / TICK + 1) * TICK;
    return province->inbox_count > 0 && soon < next ? soon : next;
}

static enum reason live_through(struct province *province, instant at,
                                struct fault *why)
{
    TRY(pass_time(province, at, why));
    plan_receipts(province);
    while (province->waking_count > 0 && province->heap[0].at <= at)
        plan_case(province, take_first(province));
    TRY(letters_write(province, why));
    TRY(world_settle(province->world, why));
    note_jobs(province);
    return R_OK;
}

enum reason province_run(struct province *province, struct fault *why)
{
    const struct province_plan *plan = &province->plan;
    size_t told = 0;
    for (instant at; (at = next_event(province)) < province->end;) {
        TRY(live_through(province, at, why));
        size_t days =
            (size_t)((at - province->begin) / (instant)INSTANT_DAY) + 1;
        if (plan->progress && days > told)
            plan->progress(told = days,
                           (size_t)((province->end - province->begin) /
                                    (instant)INSTANT_DAY));
    }
    return pass_time(province, province->end, why);
}

struct book *province_book(struct province *province)
{
    return &province->book;
}

struct world *province_world(struct province *province)
{
    return province->world;
}

instant province_end(const struct province *province)
{
    return province->end;
}

size_t province_agencies(const struct province *province)
{
    return province->agency_count;
}
