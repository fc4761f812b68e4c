/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What arrives at the inboxes of the province, held against the book at once:
 * a letter that nobody sent, a refusal that nobody expected, a reminder of a
 * clock that does not run are surprises.
 */
#include "simulation/province_state.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "schemas/message.h"

/* Of a thousand letters: how many are never confirmed. */
enum { UNCONFIRMED = 8 };

static size_t find_letter(const struct book *book, size_t place, const char *id)
{
    const struct book_case *one = &book->cases[place];
    for (size_t i = one->letter_count; i-- > 0;)
        if (strcmp(book->letters[one->letters[i]].id, id) == 0)
            return one->letters[i];
    return BOOK_NONE;
}

static void put_in_inbox(struct province *province, size_t recipient,
                         size_t letter)
{
    if (province->inbox_count == province->inbox_room) {
        province->inbox_room = 2 * province->inbox_room + 64;
        province->inbox = mem_resize(province->inbox, province->inbox_room,
                                     sizeof *province->inbox);
    }
    province->inbox[province->inbox_count++] = (struct inbox_entry){
        recipient, province->book.letters[letter].from, letter};
}

static void surprise(struct province *province, size_t place, const char *what,
                     const struct departure *departure)
{
    AUTO(text) char *text =
        mem_print("%s: %s -> %s", what, departure->type, departure->recipient);
    book_surprise(&province->book, place, text);
}

static void hear_letter(struct province *province, size_t place,
                        const struct departure *departure)
{
    struct book *book = &province->book;
    size_t letter = find_letter(book, place, departure->message_id);
    size_t recipient = people_find(province, departure->recipient);
    if (letter == BOOK_NONE) {
        surprise(province, place, "nobody sent it", departure);
        return;
    }
    for (size_t i = 0; i < book->letters[letter].delivery_count; i++) {
        struct book_delivery *delivery = &book->letters[letter].deliveries[i];
        if (delivery->agency != recipient)
            continue;
        if (delivery->heard)
            break;
        delivery->heard = world_clock(province->world);
        if (!dice_permille(province, UNCONFIRMED))
            put_in_inbox(province, recipient, letter);
        return;
    }
    surprise(province, place, "not for it", departure);
}

static void hear_refusal(struct province *province, size_t place,
                         const struct element *body,
                         const struct departure *departure)
{
    const char *id = element_child_text(body, "id");
    const char *code = element_child_text(body, "code");
    for (size_t i = 0; id && code && i < province->job_count; i++) {
        struct job *job = &province->jobs[i];
        if (job->is_receipt || strcmp(job->sealed.id, id) != 0)
            continue;
        if (job->expected != R_OK &&
            strcmp(reason_code(job->expected), code) == 0) {
            province->book.heard_refusals += !job->answered;
            job->answered = true;
            return;
        }
        AUTO(text) char *text =
            mem_print("%s, not %s (%s)", code, reason_code(job->expected),
                      element_child_text(body, "detail"));
        surprise(province, place, text, departure);
        return;
    }
    surprise(province, place, "refused", departure);
}

/* Copies and warnings are not the reminder itself. */
static void hear_reminder(struct province *province, size_t place,
                          const struct departure *departure,
                          const struct message *message)
{
    struct book *book = &province->book;
    const struct element *body = message_body(message);
    const struct element *about = element_first(body, "about");
    const char *owner = element_child_text(body, "agency");
    const char *limit = element_child_text(body, "limit");
    instant due;
    if (instant_parse(element_child_text(body, "dueAt"), &due, NULL) != R_OK ||
        message_sent_at(message) <= due ||
        strcmp(owner, departure->recipient) != 0)
        return;
    size_t letter = find_letter(book, place, element_child_text(about, "id"));
    for (size_t i = 0; i < book->cases[place].clock_count; i++) {
        struct book_clock *clock = &book->cases[place].clocks[i];
        if (clock->letter != letter || clock->due != due ||
            strcmp(clock->limit->id, limit) != 0 ||
            strcmp(province->agencies[clock->owner].id, owner) != 0)
            continue;
        clock->heard++;
        book->heard_reminders++;
        return;
    }
    surprise(province, place, limit, departure);
}

/* Receipts for letters, in which the book sees nothing. */
static bool is_receipt(const char *type)
{
    return strcmp(type, "submission-receipt") == 0 ||
           strcmp(type, "delivery-receipt") == 0;
}

void ear_hear(void *context, const struct departure *departure)
{
    struct province *province = context;
    bool refusal = strcmp(departure->type, "refusal") == 0;
    bool reminder = strcmp(departure->type, "overdue-reminder") == 0;
    size_t place = case_place(province, departure->case_id);
    if (is_receipt(departure->type) || (place == SIZE_MAX && !refusal))
        return;
    if (strcmp(departure->type, "linked-case-notice") == 0) {
        province->book.heard_notices++;
        return;
    }
    if (!refusal && !reminder) {
        hear_letter(province, place, departure);
        return;
    }
    AUTO(message) struct message *message = NULL;
    if (message_parse(&message, departure->body, departure->size, NULL) != R_OK)
        surprise(province, place, "unreadable", departure);
    else if (refusal)
        hear_refusal(province, place, message_body(message), departure);
    else
        hear_reminder(province, place, departure, message);
}
