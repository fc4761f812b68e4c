/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The outgoing letters of a mailbox. Each state is reached by one UPDATE that
 * names the states it may follow, so that an event that comes late or twice
 * changes nothing.
 */
#include "broker-adapters/mailbox/outgoing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum reason outgoing_next_sequence(struct sql *mailbox, const char *case_id,
                                   int64_t *sequence, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, "SELECT last FROM counter WHERE case_id = ?1",
                   SQL_VALUES(SQL_TEXT(case_id)), &rows, why));
    *sequence = (sql_next(rows) ? sql_integer(rows, 0) : 0) + 1;
    return sql_check(rows, why);
}

static enum reason use_sequence(struct sql *mailbox,
                                const struct message *message,
                                struct fault *why)
{
    int64_t sequence = message_sequence(message), least = 0;
    if (sequence == 0)
        return R_OK;
    TRY(outgoing_next_sequence(mailbox, message_case(message), &least, why));
    if (sequence < least)
        return fault(
            why, R_OUT_OF_SEQUENCE, "case %s: sequence %lld, at least %lld",
            message_case(message), (long long)sequence, (long long)least);
    return sql_run(
        mailbox,
        "INSERT INTO counter (case_id, last) VALUES (?1, ?2)"
        " ON CONFLICT (case_id) DO UPDATE SET last = ?2",
        SQL_VALUES(SQL_TEXT(message_case(message)), SQL_INT(sequence)), why);
}

static enum reason put_addressee(struct sql *mailbox, int64_t letter,
                                 const char *agency, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT OR IGNORE INTO addressee (letter, agency)"
                   " VALUES (?1, ?2)",
                   SQL_VALUES(SQL_INT(letter), SQL_TEXT(agency)), why);
}

static enum reason put_addressees(struct sql *mailbox, int64_t letter,
                                  const struct message *message,
                                  struct fault *why)
{
    for (size_t i = 0; i < message_to_count(message); i++)
        TRY(put_addressee(mailbox, letter, message_to(message, i), why));
    for (size_t i = 0; i < message_copy_count(message); i++)
        TRY(put_addressee(mailbox, letter, message_copy(message, i), why));
    return R_OK;
}

enum reason outgoing_put(struct sql *mailbox, const struct message *message,
                         const char *jws, const struct outgoing_source *source,
                         instant now, struct fault *why)
{
    size_t size;
    const void *bytes = message_bytes(message, &size);
    TRY(use_sequence(mailbox, message, why));
    TRY(sql_run(
        mailbox,
        "INSERT INTO outgoing (id, case_id, type, media_type, jws, bytes,"
        " digest, sequence, source, source_digest, answers, queued_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        SQL_VALUES(
            SQL_TEXT(message_id(message)), SQL_TEXT(message_case(message)),
            SQL_TEXT(message_type(message)),
            SQL_TEXT(message_media_type(message)), SQL_TEXT(jws ? jws : ""),
            SQL_BYTES(bytes, size), SQL_DIGEST(message_digest(message)),
            SQL_INT(message_sequence(message)), SQL_TEXT(source->name),
            source->digest ? SQL_DIGEST(source->digest) : SQL_NULL,
            SQL_TEXT(message_answers(message)), SQL_INT(now)),
        why));
    return put_addressees(mailbox, sql_last_id(mailbox), message, why);
}

enum reason outgoing_is_repeat(struct sql *mailbox, const char *id,
                               const struct digest *source, bool *repeat,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *repeat = false;
    TRY(sql_select(mailbox,
                   "SELECT source_digest = ?2 OR digest = ?2 FROM outgoing"
                   " WHERE id = ?1",
                   SQL_VALUES(SQL_TEXT(id), SQL_DIGEST(source)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    *repeat = sql_integer(rows, 0) != 0;
    return *repeat ? R_OK : fault(why, R_ID_REUSED, "%s", id);
}

void queued_letter_done(struct queued_letter *letter)
{
    free(letter->id);
    free(letter->case_id);
    free(letter->type);
    free(letter->media_type);
    free(letter->jws);
    free(letter->bytes);
    *letter = (struct queued_letter){0};
}

enum reason outgoing_queued(struct sql *mailbox, int64_t after,
                            struct queued_row *rows, size_t most, size_t *count,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *found = NULL;
    *count = 0;
    TRY(sql_select(mailbox,
                   "SELECT row, case_id FROM outgoing"
                   " WHERE state = 'queued' AND row > ?1 ORDER BY row LIMIT ?2",
                   SQL_VALUES(SQL_INT(after), SQL_INT((int64_t)most)), &found,
                   why));
    while (*count < most && sql_next(found)) {
        struct queued_row *row = &rows[(*count)++];
        row->row = sql_integer(found, 0);
        snprintf(row->case_id, sizeof row->case_id, "%s", sql_text(found, 1));
    }
    return sql_check(found, why);
}

enum reason outgoing_get(struct sql *mailbox, int64_t row,
                         struct queued_letter *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, case_id, type, media_type, jws, sequence, bytes"
                   " FROM outgoing WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_NOT_FOUND, "outgoing letter %lld", (long long)row);
    }
    const void *bytes = sql_bytes(rows, 6, &out->size);
    out->row = row;
    out->id = mem_text(sql_text(rows, 0));
    out->case_id = mem_text(sql_text(rows, 1));
    out->type = mem_text(sql_text(rows, 2));
    out->media_type = mem_text(sql_text(rows, 3));
    out->jws = mem_text(sql_text(rows, 4));
    out->sequence = sql_integer(rows, 5);
    out->bytes = mem_copy(bytes, out->size);
    return R_OK;
}

enum reason outgoing_mark_sent(struct sql *mailbox, int64_t row, instant at,
                               struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE outgoing SET sent_at = ?2,"
                   " state = iif(state = 'queued', 'sent', state)"
                   " WHERE row = ?1 AND sent_at IS NULL",
                   SQL_VALUES(SQL_INT(row), SQL_INT(at)), why);
}

/* The row of exactly these bytes: an entry with another digest is not ours. */
static enum reason find_entry(struct sql *mailbox,
                              const struct outgoing_entry *entry, int64_t *row,
                              struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT row FROM outgoing WHERE id = ?1 AND digest = ?2",
                   SQL_VALUES(SQL_TEXT(entry->id), SQL_DIGEST(&entry->digest)),
                   &rows, why));
    if (sql_next(rows)) {
        *row = sql_integer(rows, 0);
        return R_OK;
    }
    TRY(sql_check(rows, why));
    return fault(why, R_NOT_FOUND, "no outgoing letter %s with this digest",
                 entry->id);
}

enum reason outgoing_mark_submitted(struct sql *mailbox,
                                    const struct outgoing_entry *entry,
                                    struct fault *why)
{
    int64_t row;
    TRY(find_entry(mailbox, entry, &row, why));
    return sql_run(
        mailbox,
        "UPDATE outgoing SET submitted_at = ?2, position = ?3,"
        " state = iif(state IN ('queued', 'sent'), 'submitted', state)"
        " WHERE row = ?1 AND submitted_at IS NULL",
        SQL_VALUES(SQL_INT(row), SQL_INT(entry->at),
                   entry->position ? SQL_INT(entry->position) : SQL_NULL),
        why);
}

enum reason outgoing_mark_delivered(struct sql *mailbox,
                                    const struct outgoing_entry *entry,
                                    const char *agency, struct fault *why)
{
    int64_t row;
    TRY(find_entry(mailbox, entry, &row, why));
    TRY(sql_run(mailbox,
                "INSERT INTO addressee (letter, agency, delivered_at)"
                " VALUES (?1, ?2, ?3) ON CONFLICT (letter, agency)"
                " DO UPDATE SET delivered_at = coalesce(delivered_at, ?3)",
                SQL_VALUES(SQL_INT(row), SQL_TEXT(agency), SQL_INT(entry->at)),
                why));
    return sql_run(mailbox,
                   "UPDATE outgoing SET state = 'delivered', delivered_at ="
                   " (SELECT max(delivered_at) FROM addressee"
                   "  WHERE letter = ?1)"
                   " WHERE row = ?1"
                   " AND state IN ('queued', 'sent', 'submitted')"
                   " AND NOT EXISTS (SELECT 1 FROM addressee"
                   "  WHERE letter = ?1 AND delivered_at IS NULL)",
                   SQL_VALUES(SQL_INT(row)), why);
}

enum reason outgoing_mark_refused(struct sql *mailbox,
                                  const struct outgoing_entry *entry,
                                  const struct outgoing_refusal *refusal,
                                  struct fault *why)
{
    int64_t row;
    TRY(find_entry(mailbox, entry, &row, why));
    return sql_run(
        mailbox,
        "UPDATE outgoing SET state = 'refused', refused_at = ?2,"
        " code = ?3, text_zh = ?4, text_en = ?5"
        " WHERE row = ?1 AND state IN ('queued', 'sent')",
        SQL_VALUES(SQL_INT(row), SQL_INT(entry->at), SQL_TEXT(refusal->code),
                   SQL_TEXT(refusal->chinese), SQL_TEXT(refusal->english)),
        why);
}
