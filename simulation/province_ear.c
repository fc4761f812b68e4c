/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What arrives at the inboxes of the province, held against the book at once:
 * a letter that nobody sent, a refusal that nobody expected, a reminder of a
 * clock that nobody started are surprises.
 */
#include "simulation/province_state.h"

#include <string.h>

#include "base/mem.h"
#include "schemas/message.h"

/* Of the letter that the agency has to confirm. */
static void hear_letter(struct province *province, size_t place,
                        const struct departure *departure)
{
    struct book *book = &province->book;
    const struct book_case *one = &book->cases[place];
    size_t letter = one->letter_count - 1;
    book->heard_deliveries++;
    if (one->letter_count == 0 ||
        strcmp(one->letters[letter].id, departure->message_id) != 0) {
        book_surprise(book, departure->type, place);
        return;
    }
    if (province->inbox_count == province->inbox_room) {
        province->inbox_room = 2 * province->inbox_room + 64;
        province->inbox = mem_resize(province->inbox, province->inbox_room,
                                     sizeof *province->inbox);
    }
    struct inbox_entry *entry = &province->inbox[province->inbox_count++];
    *entry = (struct inbox_entry){.place = place, .letter = letter};
    memcpy(entry->recipient, departure->recipient,
           strlen(departure->recipient) + 1);
    agency_of(province, one->letters[letter].step->from, one->place,
              entry->sender);
}

static void hear_refusal(struct province *province, size_t place,
                         const struct element *body)
{
    struct book *book = &province->book;
    struct book_case *one = &book->cases[place];
    const char *code = element_child_text(body, "code");
    book->heard_refusals++;
    if (!one->expect || !code || strcmp(one->expect, code) != 0)
        book_surprise(book, code ? code : "refusal", place);
    one->expect = NULL;
}

/* Copies and warnings are not the reminder itself. */
static void hear_reminder(struct province *province, size_t place,
                          const struct departure *departure,
                          const struct message *message)
{
    const struct element *body = message_body(message);
    const char *owner = element_child_text(body, "agency");
    instant due;
    if (instant_parse(element_child_text(body, "dueAt"), &due, NULL) != R_OK ||
        message_sent_at(message) <= due ||
        strcmp(owner, departure->recipient) != 0)
        return;
    book_remind(&province->book, place, element_child_text(body, "limit"),
                owner, due);
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
    if (place == SIZE_MAX || is_receipt(departure->type))
        return;
    if (!refusal && !reminder) {
        hear_letter(province, place, departure);
        return;
    }
    AUTO(message) struct message *message = NULL;
    if (message_parse(&message, departure->body, departure->size, NULL) != R_OK)
        book_surprise(&province->book, "unreadable", place);
    else if (refusal)
        hear_refusal(province, place, message_body(message));
    else
        hear_reminder(province, place, departure, message);
}
