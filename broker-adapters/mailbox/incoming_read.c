/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading incoming letters back: those for which a receipt is owed, and single
 * ones that a person asks for.
 */
#include "broker-adapters/mailbox/incoming.h"

#include <stdlib.h>

#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

void owed_entries_free(struct owed_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(entries[i].id);
        free(entries[i].type);
        free(entries[i].case_id);
        free(entries[i].media_type);
    }
    free(entries);
}

enum reason incoming_owed_sender(struct sql *mailbox, char **sender,
                                 struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *sender = NULL;
    TRY(sql_select(mailbox,
                   "SELECT sender FROM incoming WHERE owes_receipt = 1 LIMIT 1",
                   SQL_NO_VALUES, &rows, why));
    if (sql_next(rows))
        *sender = mem_text(sql_text(rows, 0));
    return sql_check(rows, why);
}

enum reason incoming_owed(struct sql *mailbox, const char *sender, size_t most,
                          struct owed_entry **out, size_t *count,
                          struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = mem_new(most, sizeof **out);
    *count = 0;
    TRY(sql_select(mailbox,
                   "SELECT row, id, type, case_id, digest, received_at,"
                   " media_type"
                   " FROM incoming WHERE owes_receipt = 1 AND sender = ?1"
                   " ORDER BY row LIMIT ?2",
                   SQL_VALUES(SQL_TEXT(sender), SQL_INT((int64_t)most)), &rows,
                   why));
    while (*count < most && sql_next(rows)) {
        struct owed_entry *entry = &(*out)[(*count)++];
        entry->row = sql_integer(rows, 0);
        entry->id = mem_text(sql_text(rows, 1));
        entry->type = mem_text(sql_text(rows, 2));
        entry->case_id = mem_text(sql_text(rows, 3));
        entry->digest = mailbox_digest(rows, 4);
        entry->received_at = sql_integer(rows, 5);
        entry->media_type = mem_text(sql_text(rows, 6));
    }
    return sql_check(rows, why);
}

enum reason incoming_mark_receipted(struct sql *mailbox, int64_t row,
                                    const char *receipt_id, struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE incoming SET owes_receipt = 0, receipt ="
                   " (SELECT row FROM outgoing WHERE id = ?2) WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row), SQL_TEXT(receipt_id)), why);
}

void incoming_letter_done(struct incoming_letter *letter)
{
    free(letter->id);
    free(letter->sender);
    free(letter->case_id);
    free(letter->type);
    free(letter->media_type);
    free(letter->jws);
    free(letter->state);
    free(letter->bytes);
    *letter = (struct incoming_letter){0};
}

static void read_letter(const struct sql_rows *rows,
                        struct incoming_letter *out)
{
    char **const texts[] = {&out->id,   &out->sender,     &out->case_id,
                            &out->type, &out->media_type, &out->jws,
                            &out->state};
    incoming_letter_done(out);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = mem_text(sql_text(rows, (int)i));
    out->digest = mailbox_digest(rows, 7);
    out->row = sql_integer(rows, 8);
    out->place = sql_integer(rows, 9);
    out->received_at = sql_integer(rows, 10);
    const void *bytes = sql_bytes(rows, 11, &out->size);
    out->bytes = mem_copy(bytes, out->size);
}

enum reason incoming_find(struct sql *mailbox, const char *id,
                          struct incoming_letter *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, sender, case_id, type, media_type, jws, state,"
                   " digest, row, place, received_at, bytes FROM incoming"
                   " WHERE id >= ?1 AND substr(id, 1, length(?1)) = ?1"
                   " ORDER BY id LIMIT 2",
                   SQL_VALUES(SQL_TEXT(id)), &rows, why));
    int found = 0;
    for (; sql_next(rows); found++)
        read_letter(rows, out);
    TRY(sql_check(rows, why));
    if (found == 0)
        return fault(why, R_NOT_FOUND, "%s", id);
    return found == 1 ? R_OK
                      : fault(why, R_AMBIGUOUS, "%s: several letters", id);
}
