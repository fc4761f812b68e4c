/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The agency's side: letters out of the mailbox and into it. A letter in a
 * package stays queued, because nobody has said yet that it arrived; if the
 * line comes back first, it goes that way too, and the exchange knows it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/adapter/receipts.h"
#include "broker-adapters/adapter/receiving.h"
#include "broker-adapters/courier/courier.h"
#include "broker-adapters/mailbox/outgoing.h"

enum { ROWS_AT_ONCE = 256 };

static enum reason put_new_row(struct courier_waiting *out,
                               const struct courier *courier,
                               const char *partner, int64_t row,
                               struct fault *why)
{
    bool has;
    TRY(courier_has_row(courier->db, partner, row, &has, why));
    if (!has)
        out->rows[out->count++] = row;
    return R_OK;
}

enum reason courier_find_waiting(struct courier_waiting *out,
                                 const struct courier *courier,
                                 const char *partner, size_t most,
                                 struct fault *why)
{
    struct queued_row rows[ROWS_AT_ONCE];
    size_t count;
    int64_t after = 0;
    out->mailbox = courier->db;
    do {
        TRY(outgoing_queued(out->mailbox, after, rows, COUNT_OF(rows), &count,
                            why));
        out->rows =
            mem_resize(out->rows, out->count + count + 1, sizeof *out->rows);
        for (size_t i = 0; i < count && out->count < most; i++)
            TRY(put_new_row(out, courier, partner, rows[i].row, why));
        if (count > 0)
            after = rows[count - 1].row;
    } while (count == COUNT_OF(rows) && out->count < most);
    return R_OK;
}

void courier_waiting_done(struct courier_waiting *waiting)
{
    free(waiting->rows);
}

static enum reason get_letter(void *self, size_t place,
                              struct package_letter *out, struct fault *why)
{
    const struct courier_waiting *waiting = self;
    AUTO(queued_letter) struct queued_letter letter = {0};
    TRY(outgoing_get(waiting->mailbox, waiting->rows[place], &letter, why));
    out->is_json = strcmp(letter.media_type, "application/json") == 0;
    out->jws = TAKE(letter.jws);
    out->bytes = TAKE(letter.bytes);
    out->size = letter.size;
    return R_OK;
}

struct courier_load courier_load_of(struct courier_waiting *waiting)
{
    return (struct courier_load){.rows = waiting->rows,
                                 .source = {.self = waiting,
                                            .count = waiting->count,
                                            .get = get_letter}};
}

/* --- taking in --------------------------------------------------------------
 */

static enum reason keep_letter(const struct desk *desk,
                               const struct package_letter *letter, instant now,
                               struct courier_kept *out, struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    enum receiving outcome;
    /* What cannot be read goes into quarantine, without a name. */
    bool is_read =
        message_parse(&message, letter->bytes, letter->size, NULL) == R_OK;
    struct unjudged came = {.message_id = is_read ? message_id(message) : "",
                            .case_id = is_read ? message_case(message) : "",
                            .media_type = letter->is_json ? "application/json"
                                                          : "application/xml",
                            .jws = letter->jws,
                            .body = letter->bytes,
                            .size = letter->size,
                            .place = letter->place};
    TRY(receiving_take(desk, &came, now, &outcome, why));
    out->fresh += outcome == RECEIVING_KEPT;
    out->repeats += outcome == RECEIVING_REPEAT;
    out->quarantined += outcome == RECEIVING_QUARANTINED;
    return R_OK;
}

static enum reason check_centre(const struct courier *courier, const char *from,
                                struct fault *why)
{
    const struct agency *agency = registry_find(courier->registry, from);
    if (agency && strcmp(agency->role, "exchange") == 0)
        return R_OK;
    return fault(why, R_NOT_PERMITTED, "'%s' is not the exchange centre", from);
}

enum reason courier_keep(const struct courier *courier, const struct desk *desk,
                         const struct courier_package *package, instant now,
                         struct courier_kept *out, struct fault *why)
{
    const struct cover *cover = courier_package_cover(package);
    int written;
    TRY(check_centre(courier, cover->from, why));
    for (size_t i = 0; i < cover->letters; i++) {
        AUTO(package_letter) struct package_letter letter = {0};
        TRY(courier_package_letter(package, i, &letter, why));
        TRY(keep_letter(desk, &letter, now, out, why));
    }
    TRY(receipts_write(desk, now, &written, why));
    return courier_note(courier, cover, now, &out->confirmed, why);
}
