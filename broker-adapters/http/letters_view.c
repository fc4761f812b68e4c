/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cursors: of sent letters the row, of the inbox the turn in which letters got
 * ready. Both only grow, so a page never misses a letter that came later.
 */
#include "broker-adapters/http/letters_view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "broker-adapters/http/files_view.h"
#include "broker-adapters/http/members.h"

static void put_times(struct buf *out, const struct sql_rows *rows, int first)
{
    static const char *const names[] = {"queuedAt", "sentAt", "submittedAt",
                                        "deliveredAt", "refusedAt"};
    for (int i = 0; i < (int)COUNT_OF(names); i++)
        member_time(out, names[i], sql_integer(rows, first + i));
}

#define SENT_COLUMNS                                                           \
    "SELECT row, id, type, case_id, state, digest, queued_at, sent_at,"        \
    " submitted_at, delivered_at, refused_at, position, code, text_zh,"        \
    " text_en FROM outgoing "

static void put_sent_members(struct buf *out, const struct sql_rows *rows)
{
    member_column(out, "id", rows, 1);
    member_column(out, "type", rows, 2);
    member_column(out, "caseId", rows, 3);
    member_column(out, "state", rows, 4);
    member_digest(out, "sha256", rows, 5);
    put_times(out, rows, 6);
    if (!sql_is_null(rows, 11))
        member_int(out, "position", sql_integer(rows, 11));
    if (sql_is_null(rows, 12))
        return;
    member_name(out, "refusal");
    buf_put_char(out, '{');
    member_column(out, "code", rows, 12);
    member_column(out, "zh", rows, 13);
    member_column(out, "en", rows, 14);
    buf_put_char(out, '}');
}

static enum reason put_addressees(struct sql *mailbox, int64_t row,
                                  struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT agency, delivered_at FROM addressee"
                   " WHERE letter = ?1 ORDER BY agency",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    member_name(out, "addressees");
    buf_put_char(out, '[');
    for (int count = 0; sql_next(rows); count++) {
        buf_put_text(out, count ? ",{" : "{");
        member_column(out, "agency", rows, 0);
        member_time(out, "deliveredAt", sql_integer(rows, 1));
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    return sql_check(rows, why);
}

static enum reason put_answers(struct sql *mailbox, const char *id,
                               struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, type, sender, received_at FROM incoming"
                   " WHERE answers = ?1 AND answers <> '' ORDER BY row",
                   SQL_VALUES(SQL_TEXT(id)), &rows, why));
    member_name(out, "answers");
    buf_put_char(out, '[');
    for (int count = 0; sql_next(rows); count++) {
        buf_put_text(out, count ? ",{" : "{");
        member_column(out, "id", rows, 0);
        member_column(out, "type", rows, 1);
        member_column(out, "from", rows, 2);
        member_time(out, "receivedAt", sql_integer(rows, 3));
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    return sql_check(rows, why);
}

enum reason letters_put_sent(struct sql *mailbox, const char *id,
                             struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, SENT_COLUMNS "WHERE id = ?1",
                   SQL_VALUES(SQL_TEXT(id)), &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_NOT_FOUND, "%s", id);
    }
    buf_put_char(out, '{');
    put_sent_members(out, rows);
    TRY(put_addressees(mailbox, sql_integer(rows, 0), out, why));
    TRY(put_answers(mailbox, id, out, why));
    TRY(files_put_going(mailbox, id, out, why));
    buf_put_text(out, "}\n");
    return R_OK;
}

static enum reason put_sent(struct sql *mailbox, const struct sql_rows *rows,
                            struct buf *out, struct fault *why)
{
    (void)mailbox;
    (void)why;
    put_sent_members(out, rows);
    return R_OK;
}

static enum reason put_inbox(struct sql *mailbox, const struct sql_rows *rows,
                             struct buf *out, struct fault *why)
{
    member_column(out, "id", rows, 1);
    member_column(out, "type", rows, 2);
    member_column(out, "caseId", rows, 3);
    member_column(out, "from", rows, 4);
    member_column(out, "mediaType", rows, 5);
    member_digest(out, "sha256", rows, 6);
    member_int(out, "place", sql_integer(rows, 7));
    member_time(out, "receivedAt", sql_integer(rows, 8));
    member_column(out, "inReplyTo", rows, 9);
    member_time(out, "takenAt", sql_integer(rows, 10));
    member_column(out, "takenBy", rows, 11);
    const struct files_letter letter = {.row = sql_integer(rows, 12),
                                        .id = sql_text(rows, 1),
                                        .sender = sql_text(rows, 4)};
    return files_put_came(mailbox, &letter, false, out, why);
}

struct listing {
    struct sql *mailbox;
    const struct letters_page *page;
    enum reason (*put)(struct sql *mailbox, const struct sql_rows *rows,
                       struct buf *out, struct fault *why);
};

/* One row more than the page holds was asked for: it tells whether there is
 * more. The cursor is in column 0. */
static enum reason put_page(const struct listing *listing,
                            struct sql_rows *rows, struct buf *out,
                            struct fault *why)
{
    const struct letters_page *page = listing->page;
    int64_t count = 0, cursor = page->after;
    bool more = false;
    buf_put_text(out, "{\"letters\":[");
    while (!more && sql_next(rows)) {
        more = count == page->limit;
        if (more)
            break;
        buf_put_text(out, count++ ? ",\n{" : "{");
        TRY(listing->put(listing->mailbox, rows, out, why));
        buf_put_char(out, '}');
        cursor = sql_integer(rows, 0);
    }
    buf_print(out, "],\"next\":\"%lld\",\"more\":%s}\n", (long long)cursor,
              more ? "true" : "false");
    return sql_check(rows, why);
}

enum reason letters_put_sent_page(struct sql *mailbox,
                                  const struct letters_page *page,
                                  struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   SENT_COLUMNS "WHERE row > ?1 AND (?3 = '' OR state = ?3)"
                                " ORDER BY row LIMIT ?2",
                   SQL_VALUES(SQL_INT(page->after), SQL_INT(page->limit + 1),
                              SQL_TEXT(page->choice)),
                   &rows, why));
    return put_page(&(struct listing){mailbox, page, put_sent}, rows, out, why);
}

enum reason letters_put_inbox_page(struct sql *mailbox,
                                   const struct letters_page *page,
                                   struct buf *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT turn_no, id, type, case_id, sender, media_type,"
                   " digest, place, received_at, nullif(answers, ''),"
                   " taken_at, client, incoming.row"
                   " FROM incoming LEFT JOIN inbox_taken"
                   " ON inbox_taken.letter = incoming.row"
                   " WHERE state = 'handed' AND turn_no > ?1"
                   " AND (?3 = '' OR taken_at IS NULL)"
                   " ORDER BY turn_no LIMIT ?2",
                   SQL_VALUES(SQL_INT(page->after), SQL_INT(page->limit + 1),
                              SQL_TEXT(page->choice)),
                   &rows, why));
    return put_page(&(struct listing){mailbox, page, put_inbox}, rows, out,
                    why);
}

enum reason letters_find_inbox(struct sql *mailbox, const char *id,
                               const char *sender, int64_t *row,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT row FROM incoming WHERE id = ?1"
                   " AND (?2 IS NULL OR sender = ?2) AND state = 'handed'"
                   " LIMIT 2",
                   SQL_VALUES(SQL_TEXT(id), SQL_TEXT(sender)), &rows, why));
    int found = 0;
    for (; sql_next(rows); found++)
        *row = sql_integer(rows, 0);
    TRY(sql_check(rows, why));
    if (found == 0)
        return fault(why, R_NOT_FOUND, "%s", id);
    return found == 1 ? R_OK
                      : fault(why, R_AMBIGUOUS, "%s: from=AGENCY tells", id);
}

void inbox_letter_done(struct inbox_letter *letter)
{
    free(letter->id);
    free(letter->sender);
    free(letter->case_id);
    free(letter->type);
    free(letter->media_type);
    free(letter->jws);
    free(letter->bytes);
    *letter = (struct inbox_letter){0};
}

enum reason letters_get_inbox(struct sql *mailbox, int64_t row,
                              struct inbox_letter *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, sender, case_id, type, media_type, jws, bytes"
                   " FROM incoming WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    if (!sql_next(rows)) {
        TRY(sql_check(rows, why));
        return fault(why, R_NOT_FOUND, "incoming letter %lld", (long long)row);
    }
    char **const texts[] = {&out->id,   &out->sender,     &out->case_id,
                            &out->type, &out->media_type, &out->jws};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = mem_text(sql_text(rows, (int)i));
    const void *bytes = sql_bytes(rows, 6, &out->size);
    out->bytes = mem_copy(bytes, out->size);
    out->row = row;
    return R_OK;
}
