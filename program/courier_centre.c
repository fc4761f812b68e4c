/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The centre's side: letters out of the outbox into a package, and letters out
 * of a package to the router.
 *
 * To the router they go over the broker, like all others, so that their order,
 * their repeats and a router that is down mean nothing special. The centre's
 * own user puts them into the exchange `courier`, which no agency may write
 * to, and names in a header the agency whose signature the package bears: it
 * stands in the place of the connection's user (carrier_amqp.c). Each letter's
 * own signature is asked for as ever.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/publisher.h"
#include "program/courier_look.h"

enum reason centre_find_waiting(struct centre_waiting *out,
                                const struct courier_look *look,
                                const char *agency, size_t most,
                                struct fault *why)
{
    int64_t after;
    TRY(ledger_open(&out->ledger, look->centre.ledger, SQL_READ, why));
    TRY(courier_last_row(look->courier.db, agency, &after, why));
    TRY(outbox_waiting(out->ledger, agency, after, most, &out->rows,
                       &out->count, why));
    out->numbers = mem_new(out->count + 1, sizeof *out->numbers);
    for (size_t i = 0; i < out->count; i++)
        out->numbers[i] = out->rows[i].row;
    return R_OK;
}

void centre_waiting_done(struct centre_waiting *waiting)
{
    ledger_close(waiting->ledger);
    outbox_rows_free(waiting->rows, waiting->count);
    free(waiting->numbers);
}

static enum reason get_letter(void *self, size_t place,
                              struct package_letter *out, struct fault *why)
{
    const struct centre_waiting *waiting = self;
    const struct outbox_row *row = &waiting->rows[place];
    AUTO(letter_row) struct letter_row found = {0};
    TRY(letters_get(waiting->ledger, row->position, &found, why));
    const struct letter *letter = &found.letter;
    out->is_json = strcmp(letter->media_type, "application/json") == 0;
    out->jws = mem_text(letter->jws);
    out->bytes = mem_copy(letter->bytes, letter->size);
    out->size = letter->size;
    out->place = row->sequence;
    return R_OK;
}

struct courier_load centre_load_of(struct centre_waiting *waiting)
{
    return (struct courier_load){.rows = waiting->numbers,
                                 .source = {.self = waiting,
                                            .count = waiting->count,
                                            .get = get_letter}};
}

/* --- to the router ----------------------------------------------------------
 */

enum { WINDOW_LETTERS = 256, WINDOW_BYTES = 8 * 1024 * 1024, PUMP_MS = 1000 };

struct submission {
    const struct courier_look *look;
    const struct courier_package *package;
    const char *sender;
    struct publisher *publisher;
    size_t left; /* not confirmed */
};

static enum reason check_sender(const struct submission *submission,
                                size_t place, struct fault *why)
{
    AUTO(package_letter) struct package_letter letter = {0};
    AUTO(message) struct message *message = NULL;
    TRY(courier_package_letter(submission->package, place, &letter, why));
    TRY(message_parse(&message, letter.bytes, letter.size, why));
    return strcmp(message_from(message), submission->sender) == 0
               ? R_OK
               : fault(why, R_WRONG_CHANNEL,
                       "letter %zu is from '%s', the package from '%s'",
                       place + 1, message_from(message), submission->sender);
}

static enum reason publish(const struct submission *submission, size_t place,
                           struct fault *why)
{
    AUTO(package_letter) struct package_letter letter = {0};
    AUTO(message) struct message *message = NULL;
    TRY(courier_package_letter(submission->package, place, &letter, why));
    TRY(message_parse(&message, letter.bytes, letter.size, why));
    struct parcel parcel = {
        .letter = {.message_id = message_id(message),
                   .case_id = message_case(message),
                   .type = message_type(message),
                   .media_type = message_media_type(message),
                   .user_id = submission->look->courier.agency,
                   .jws = letter.jws,
                   .courier = submission->sender,
                   .sequence = message_sequence(message),
                   .body = letter.bytes,
                   .size = letter.size},
        .exchange = "courier",
        .routing_key = "",
        .cookie = (int64_t)place,
    };
    return publisher_put(submission->publisher, &parcel, why);
}

static enum reason settle(struct submission *submission, struct fault *why)
{
    struct outcome outcomes[WINDOW_LETTERS];
    TRY(publisher_pump(submission->publisher, PUMP_MS, why));
    TRY(publisher_check(submission->publisher, instant_monotonic(), why));
    size_t count =
        publisher_outcomes(submission->publisher, outcomes, COUNT_OF(outcomes));
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].verdict == PUBLISHER_UNROUTABLE)
            return fault(why, R_BROKER_REFUSED,
                         "the exchange 'courier' leads nowhere");
        /* A full queue: the letters behind it must not go before it. */
        if (outcomes[i].verdict == PUBLISHER_REJECTED)
            return fault(why, R_BROKER_REFUSED, "the submit queues are full");
    }
    submission->left -= count;
    return R_OK;
}

static enum reason publish_all(struct submission *submission, struct fault *why)
{
    size_t count = courier_package_cover(submission->package)->letters;
    for (size_t next = 0; submission->left > 0;) {
        for (; next < count && publisher_room(submission->publisher) > 0;
             next++)
            TRY(publish(submission, next, why));
        TRY(settle(submission, why));
    }
    return R_OK;
}

enum reason centre_submit(const struct courier_look *look,
                          const struct courier_package *package,
                          struct fault *why)
{
    size_t count = courier_package_cover(package)->letters;
    struct amqp_settings broker = broker_settings_amqp(&look->centre.broker);
    AUTO(publisher)
    struct publisher *publisher = publisher_new(WINDOW_LETTERS, WINDOW_BYTES);
    struct submission submission = {.look = look,
                                    .package = package,
                                    .sender =
                                        courier_package_cover(package)->from,
                                    .publisher = publisher,
                                    .left = count};
    for (size_t i = 0; i < count; i++)
        TRY(check_sender(&submission, i, why));
    if (count == 0)
        return R_OK;
    TRY(publisher_open(publisher, &broker, why));
    return publish_all(&submission, why);
}
