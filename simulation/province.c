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

#include "base/asset.h"
#include "base/csv.h"
#include "base/mem.h"

/* Of a thousand letters. */
enum {
    UNLAWFUL = 40, /* come with another one that may not be */
    TWICE = 10,    /* are sent twice */
    OLD = 30       /* were decided long before they were sent */
};

static size_t take_first(struct province *province)
{
    struct waking *heap = province->heap;
    const size_t place = heap[0].place, count = --province->waking_count;
    const struct waking last = heap[count];
    size_t i = 0;
    for (size_t next; (next = 2 * i + 1) < count; i = next) {
        const struct waking *right = &heap[next + 1];
        if (next + 1 < count &&
            (right->at < heap[next].at ||
             (right->at == heap[next].at && right->place < heap[next].place)))
            next++;
        if (last.at < heap[next].at ||
            (last.at == heap[next].at && last.place < heap[next].place))
            break;
        heap[i] = heap[next];
    }
    heap[i] = last;
    return place;
}

/* --- opening ----------------------------------------------------------------
 */

/* Digits; the program carries them, so nothing else is there. */
static int read_share(const char *text)
{
    int share = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        share = share * 10 + (*text - '0');
    return share;
}

static void read_shares(struct province *province)
{
    enum { SHARE_OF_OTHERS = 10, SHARE_CELLS = 2 };
    const struct procedures *procedures = province->plan.procedures;
    const struct asset *asset = asset_get("simulation/shares.csv");
    AUTO(csv) struct csv rows = {0};
    char *cells[CSV_CELLS_MAX];
    province->shares = mem_new(procedures->count + 1, sizeof(int));
    for (size_t i = 0; i < procedures->count; i++)
        province->shares[i] = SHARE_OF_OTHERS;
    csv_open(&rows, asset->bytes, asset->size);
    while (csv_next(&rows, cells) == SHARE_CELLS)
        for (size_t i = 0; i < procedures->count; i++)
            if (strcmp(procedures->machines[i]->id, cells[0]) == 0)
                province->shares[i] = read_share(cells[1]);
    for (size_t i = 0; i < procedures->count; i++)
        province->share_sum += province->shares[i];
}

static void find_links(struct province *province)
{
    province->links = mem_new(province->scripts.count + 1, sizeof(size_t));
    for (size_t i = 0; i < province->scripts.count; i++)
        if (province->scripts.scripts[i].act->parent_count > 0)
            province->links[province->link_count++] = i;
}

static void open_book(struct province *province)
{
    province->book.procedures = province->plan.procedures;
    province->book.calendar = province->calendar;
    province->book.agencies = province->agencies;
    province->book.agency_count = province->agency_count;
}

static enum reason open_parts(struct province *province, struct fault *why)
{
    TRY(calendar_load(&province->calendar, NULL, why));
    TRY(scripts_write(&province->scripts, province->plan.procedures, why));
    people_make(province);
    if (province->home_count == 0)
        return fault(why, R_USAGE, "--region %s", province->plan.region);
    read_shares(province);
    find_links(province);
    open_book(province);
    const struct world_plan plan = {.agencies = province->agencies,
                                    .agency_count = province->agency_count,
                                    .sm2_count = province->sm2_count,
                                    .procedures = province->plan.procedures,
                                    .ledger = province->plan.ledger,
                                    .registry = province->plan.registry,
                                    .opened = province->begin,
                                    .threads = province->plan.threads,
                                    .ear = {ear_hear, province}};
    TRY(world_open(&province->world, &plan, why));
    TRY(people_take_keys(province, why));
    for (size_t i = 0; i < province->plan.cases; i++)
        open_case(province);
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
    TRY(open_parts(province, why));
    *out = TAKE(province);
    return R_OK;
}

void province_close(struct province *province)
{
    if (!province)
        return;
    world_close(province->world);
    book_done(&province->book);
    scripts_done(&province->scripts);
    people_free(province);
    calendar_free(province->calendar);
    free(province->shares);
    free(province->links);
    free(province->heap);
    free(province->plans);
    free(province->inbox);
    free(province->jobs);
    free(province);
}

/* --- a moment ---------------------------------------------------------------
 */

static struct job *add_job(struct province *province)
{
    if (province->job_count == province->job_room) {
        province->job_room = 2 * province->job_room + 64;
        province->jobs = mem_resize(province->jobs, province->job_room,
                                    sizeof *province->jobs);
    }
    struct job *job = &province->jobs[province->job_count++];
    *job = (struct job){0};
    return job;
}

static int by_recipient(const void *a, const void *b)
{
    const struct inbox_entry *first = a, *second = b;
    if (first->recipient != second->recipient)
        return first->recipient < second->recipient ? -1 : 1;
    if (first->sender != second->sender)
        return first->sender < second->sender ? -1 : 1;
    return (first->letter > second->letter) - (first->letter < second->letter);
}

/* One for all letters of one sender that lie in one inbox. */
static void plan_receipts(struct province *province)
{
    const struct inbox_entry *inbox = province->inbox;
    const size_t count = province->inbox_count;
    if (count > 0)
        qsort(province->inbox, count, sizeof *inbox, by_recipient);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1;
             next < count && inbox[next].recipient == inbox[first].recipient &&
             inbox[next].sender == inbox[first].sender;)
            next++;
        struct job *job = add_job(province);
        job->is_receipt = true;
        job->inbox_first = first;
        job->inbox_count = next - first;
    }
}

/* The days that it names lie as they usually do. */
static void date_draft(struct province *province, struct draft *draft)
{
    instant now = world_clock(province->world);
    draft->at = now;
    draft->decided =
        now - (dice_permille(province, OLD)
                   ? dice_between(province, 26, 12 * 24) * INSTANT_HOUR
                   : dice_between(province, 10, 180) * INSTANT_MINUTE);
    draft->due = civil_day_start(civil_day_of(now)) +
                 dice_between(province, 5, 40) * INSTANT_DAY +
                 17 * INSTANT_HOUR;
}

static void plan_case(struct province *province, size_t place)
{
    struct draft draft = province->plans[place];
    province->plans[place].script = NULL;
    const struct book_party *sender =
        book_party(&province->book.cases[place], draft.from);
    draft.sequence = sender ? sender->sequence + 1 : 1;
    date_draft(province, &draft);
    if (!province->book.cases[place].machine && !draft_name(province, &draft))
        return;
    if (dice_permille(province, UNLAWFUL)) {
        struct draft mistaken = draft;
        draft_mistake(province, &mistaken);
        struct job *mistake = add_job(province);
        mistake->is_mistake = true;
        mistake->draft = mistaken;
    }
    struct job *job = add_job(province);
    job->draft = draft;
    job->twice = dice_permille(province, TWICE);
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

/* Each case that a letter moved, or whose own letter came to nothing. */
static void choose_on(struct province *province, size_t first_letter,
                      const struct draft *refused, size_t refused_count)
{
    const struct book *book = &province->book;
    const size_t count = book->letter_count;
    for (size_t i = first_letter; i < count; i++) {
        const struct book_letter *letter = &book->letters[i];
        open_another(province, letter->place);
        if (!is_planned(province, letter->place))
            choose_next(province, letter->place);
        for (size_t k = 0; letter->act->followed && k < book->case_count; k++)
            if (k != letter->place && book->cases[k].letter_count > 0 &&
                book->cases[k].letters[book->cases[k].letter_count - 1] == i &&
                !is_planned(province, k))
                choose_next(province, k);
    }
    for (size_t i = 0; i < refused_count; i++)
        if (book->cases[refused[i].place].machine &&
            !is_planned(province, refused[i].place))
            choose_next(province, refused[i].place);
}

static void end_jobs(struct province *province, size_t first_letter)
{
    struct draft *refused = mem_new(province->job_count + 1, sizeof *refused);
    size_t count = 0;
    for (size_t i = 0; i < province->job_count; i++) {
        struct job *job = &province->jobs[i];
        bool is_refused = !job->is_receipt && job->expected != R_OK;
        if (is_refused && !job->answered)
            book_surprise(&province->book, job->draft.place,
                          "not refused, or not as expected");
        if (is_refused && !job->is_mistake)
            refused[count++] = job->draft;
        sealed_done(&job->sealed);
    }
    province->job_count = 0;
    choose_on(province, first_letter, refused, count);
    free(refused);
}

static enum reason live_through(struct province *province, instant at,
                                struct fault *why)
{
    TRY(pass_time(province, at, why));
    plan_receipts(province);
    while (province->waking_count > 0 && province->heap[0].at <= at)
        plan_case(province, take_first(province));
    const size_t before = province->book.letter_count;
    TRY(letters_write(province, why));
    province->inbox_count = 0;
    TRY(world_settle(province->world, why));
    end_jobs(province, before);
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
    TRY(pass_time(province, province->end, why));
    book_close_day(&province->book, province->end);
    return R_OK;
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

const char *province_name(const struct province *province)
{
    return province->homes[0].name;
}

/* Without the province itself. */
size_t province_places(const struct province *province)
{
    return province->home_count - 1;
}

size_t province_agencies(const struct province *province)
{
    return province->agency_count;
}
