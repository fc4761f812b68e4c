/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From jobs to letters: written and signed on all cores, then entered in the
 * book and handed over, one after the other.
 */
#include "simulation/province_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"

/* --- the text ---------------------------------------------------------------
 */

struct swap {
    const char *from;
    char to[CODE_TEXT_MAX * 3];
};

/* Each text that is found anywhere gives way to another. */
static void put_swapped(struct buf *out, const char *text,
                        const struct swap *swaps, size_t count)
{
    while (*text) {
        size_t first = 0;
        const char *at = NULL;
        for (size_t i = 0; i < count; i++) {
            const char *found = strstr(text, swaps[i].from);
            if (found && (!at || found < at)) {
                at = found;
                first = i;
            }
        }
        if (!at)
            break;
        buf_put(out, text, (size_t)(at - text));
        buf_put_text(out, swaps[first].to);
        text = at + strlen(swaps[first].from);
    }
    buf_put_text(out, text);
}

static void fill_blank(const struct draft *draft, const struct blank *blank,
                       struct swap *out)
{
    char at[INSTANT_TEXT_MAX];
    instant_format(blank->is_due ? draft->due : draft->at, at);
    out->from = blank->written;
    snprintf(out->to, sizeof out->to, "%.*s", blank->is_day ? 10 : 40, at);
}

static void put_rest(const struct book_case *one, const struct draft *draft,
                     struct buf *out)
{
    const struct script *script = draft->script;
    struct swap swaps[BLANKS_MAX + 2];
    size_t count = 0;
    for (size_t i = 0; i < script->blank_count; i++)
        fill_blank(draft, &script->blanks[i], &swaps[count++]);
    if (script->unit) {
        swaps[count].from = script->unit;
        unit_name(one->unit, swaps[count++].to);
    }
    if (script->code) {
        swaps[count].from = script->code;
        unit_code(one->unit, swaps[count++].to);
    }
    put_swapped(out, script->text[one->figures], swaps, count);
}

/* --- the letter -------------------------------------------------------------
 */

static enum reason write_letter(const struct province *province,
                                struct job *job, struct fault *why)
{
    const struct draft *draft = &job->draft;
    const struct book *book = &province->book;
    char name[CASE_TEXT_MAX], parent[CASE_TEXT_MAX];
    AUTO(buf) struct buf rest = {0};
    put_rest(&book->cases[draft->place], draft, &rest);
    struct wish wish = {.type = draft->script->act->type,
                        .case_id = case_name(draft->place, name),
                        .parent = draft->parent == BOOK_NONE
                                      ? NULL
                                      : case_name(draft->parent, parent),
                        .from = province->agencies[draft->from].id,
                        .rest = buf_text(&rest),
                        .critical = draft->script->critical,
                        .json = province->speaks_json[draft->from],
                        .sequence = draft->sequence,
                        .sent_at = draft->at,
                        .decided_at = draft->decided};
    for (size_t i = 0; i < draft->to_count; i++)
        wish.to[i] = province->agencies[draft->to[i]].id;
    for (size_t i = 0; i < draft->copy_count; i++)
        wish.copies[i] = province->agencies[draft->copies[i]].id;
    if (draft->answers != BOOK_NONE) {
        wish.answers = book->letters[draft->answers].id;
        wish.answers_digest = draft->misquotes
                                  ? "00000000000000000000000000000000"
                                    "00000000000000000000000000000000"
                                  : book->letters[draft->answers].digest;
    }
    return letter_make(&wish, province->keys[draft->from], &job->sealed, why);
}

static enum reason write_receipt(const struct province *province,
                                 struct job *job, struct fault *why)
{
    const struct inbox_entry *entries = &province->inbox[job->inbox_first];
    struct arrived *arrived = mem_new(job->inbox_count, sizeof *arrived);
    char(*names)[CASE_TEXT_MAX] = mem_new(job->inbox_count, sizeof *names);
    for (size_t i = 0; i < job->inbox_count; i++) {
        const struct book_letter *letter =
            &province->book.letters[entries[i].letter];
        arrived[i] =
            (struct arrived){.id = letter->id,
                             .digest = letter->digest,
                             .type = letter->script->act->type,
                             .case_id = case_name(letter->place, names[i])};
    }
    size_t recipient = entries[0].recipient;
    const struct arrivals arrivals = {
        .recipient = province->agencies[recipient].id,
        .sender = province->agencies[entries[0].sender].id,
        .letters = arrived,
        .count = job->inbox_count,
        .at = world_clock(province->world),
        .json = province->speaks_json[recipient]};
    enum reason reason =
        confirm_make(&arrivals, province->keys[recipient], &job->sealed, why);
    free(arrived);
    free(names);
    return reason;
}

static void write_one(void *context, size_t item)
{
    struct province *province = context;
    struct job *job = &province->jobs[item];
    job->written = job->is_receipt ? write_receipt(province, job, NULL)
                                   : write_letter(province, job, NULL);
}

/* --- what should come of it -------------------------------------------------
 */

static void enter_receipt(struct province *province, const struct job *job)
{
    for (size_t i = 0; i < job->inbox_count; i++) {
        const struct inbox_entry *entry =
            &province->inbox[job->inbox_first + i];
        book_confirm(&province->book, entry->letter, entry->recipient,
                     world_clock(province->world));
    }
    province->book.receipts++;
}

static void enter_letter(struct province *province, struct job *job)
{
    struct book *book = &province->book;
    const struct machine *machine;
    const struct accept *act;
    job->expected = book_judge(book, &job->draft, &machine, &act);
    book->repeated += job->twice;
    if (job->expected == R_OK)
        book_enter(book, &job->draft, machine, act, &job->sealed);
    else
        book->refused++;
}

enum reason letters_write(struct province *province, struct fault *why)
{
    pool_run(world_pool(province->world), province->job_count, write_one,
             province);
    for (size_t i = 0; i < province->job_count; i++) {
        struct job *job = &province->jobs[i];
        const size_t from = job->is_receipt
                                ? province->inbox[job->inbox_first].recipient
                                : job->draft.from;
        const char *sender = province->agencies[from].id;
        if (job->written != R_OK)
            return fault(why, job->written, "%s: %s", sender,
                         job->is_receipt ? "delivery-receipt"
                                         : job->draft.script->act->type);
        if (job->is_receipt)
            enter_receipt(province, job);
        else
            enter_letter(province, job);
        for (int times = 0; times < (job->twice ? 2 : 1); times++)
            world_submit(province->world, sender, &job->sealed);
    }
    return R_OK;
}
