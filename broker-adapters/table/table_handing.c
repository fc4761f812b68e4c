/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Letters whose turn has come, into the incoming table, in the order of the
 * exchange. First their commit, then ours: a crash between the two inserts the
 * same letter again, which its number forbids, so nothing happens.
 *
 * The rows that a letter makes by a mapping go in the same transaction, and
 * only if the letter's own row was new: their table needs no key of ours.
 */
#include <string.h>

#include "base/csv.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/http/letters_view.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/table/table_state.h"
#include "schemas/catalogue.h"

enum { NAMES_MAX = CSV_CELLS_MAX };

/* --- rows by a mapping -----------------------------------------------------
 */

/* The heading tells the columns; it is the same for every letter. */
static void make_statement(struct table_place *place, char *const names[],
                           size_t count)
{
    AUTO(buf) struct buf text = {0};
    if (place->words.row_in)
        return;
    buf_put_text(&text, "INSERT INTO {columns_in} (");
    for (size_t i = 0; i < count; i++)
        buf_print(&text, "%s\"%s\"", i ? ", " : "", names[i]);
    buf_put_text(&text, ") VALUES (");
    for (size_t i = 0; i < count; i++)
        buf_print(&text, "%s?%zu", i ? ", " : "", i + 1);
    buf_put_char(&text, ')');
    place->words.row_in = table_words_expand(
        place->settings, sql_dialect(place->db), buf_text(&text));
}

static enum reason insert_row(struct table_place *place, char *const cells[],
                              size_t count, struct fault *why)
{
    struct sql_value values[NAMES_MAX];
    char *texts[NAMES_MAX];
    for (size_t i = 0; i < count; i++) {
        texts[i] = sheet_clean(cells[i]); /* without what Excel needs */
        values[i] = *texts[i] ? SQL_TEXT(texts[i]) : SQL_NULL;
    }
    enum reason reason =
        sql_run(place->db, place->words.row_in,
                (struct sql_values){.values = values, .count = count}, why);
    for (size_t i = 0; i < count; i++)
        text_auto(&texts[i]);
    return reason;
}

static enum reason insert_rows(struct table_place *place,
                               const struct message *message, struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    AUTO(csv) struct csv csv = {0};
    char *cells[CSV_CELLS_MAX];
    mapping_put_heading(place->mapping_in, &text);
    mapping_put_rows(place->mapping_in, message, &text);
    csv_open(&csv, buf_text(&text), text.size);
    csv.no_comments = true;
    size_t width = csv_next(&csv, cells);
    if (width > NAMES_MAX)
        return fault(why, R_STORE_UNFIT, "%s: %zu columns, at most %d",
                     mapping_id(place->mapping_in), width, NAMES_MAX);
    make_statement(place, cells, width);
    for (size_t count; (count = csv_next(&csv, cells)) > 0;)
        TRY(insert_row(place, cells, count < width ? count : width, why));
    return R_OK;
}

/* --- a letter --------------------------------------------------------------
 */

/* The letter in the forms that are offered. */
struct written {
    struct message *message;
    struct buf xml, flat;
    bool is_json;
};

static void written_done(struct written *written)
{
    message_free(written->message);
    buf_done(&written->xml);
    buf_done(&written->flat);
}
AUTO_VALUE(written, written_done)

/* XML as it was signed, or made of the JSON that was. */
static enum reason write_forms(const struct inbox_letter *letter,
                               struct written *out, struct fault *why)
{
    TRY(message_parse(&out->message, letter->bytes, letter->size, why));
    out->is_json = message_encoding(out->message) == MESSAGE_JSON;
    if (out->is_json)
        TRY(message_write(out->message, MESSAGE_XML, &out->xml, why));
    else
        buf_put(&out->xml, letter->bytes, letter->size);
    table_flat_put(out->message, &out->flat);
    return R_OK;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static enum reason insert(struct table_place *place,
                          const struct inbox_letter *letter,
                          const struct written *written, instant received_at,
                          int64_t place_in_case, struct fault *why)
{
    char at[INSTANT_TEXT_MAX], digest[DIGEST_TEXT_MAX];
    const struct message *message = written->message;
    const struct message_type *type = catalogue_find(letter->type);
    struct digest made = digest_of(DIGEST_SHA256, letter->bytes, letter->size);
    const char *json = written->is_json ? letter->bytes : NULL;
    return sql_run(place->db, place->words.texts[WORD_HAND],
                   SQL_VALUES(SQL_TEXT(letter->id), SQL_TEXT(letter->sender),
                              SQL_TEXT(letter->case_id), SQL_TEXT(letter->type),
                              SQL_TEXT(type ? type->chinese : letter->type),
                              SQL_TEXT(or_null(message_answers(message))),
                              SQL_TEXT(or_null(message_number(message))),
                              place_in_case ? SQL_INT(place_in_case) : SQL_NULL,
                              SQL_TEXT(instant_format(received_at, at)),
                              SQL_TEXT(buf_text(&written->xml)),
                              SQL_TEXT(buf_text(&written->flat)),
                              SQL_TEXT(json), SQL_TEXT(or_null(letter->jws)),
                              SQL_TEXT(digest_format(&made, digest))),
                   why);
}

static enum reason read_times(struct sql *mailbox, int64_t row, instant *at,
                              int64_t *place, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT received_at, place FROM incoming WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    if (sql_next(rows)) {
        *at = sql_integer(rows, 0);
        *place = sql_integer(rows, 1);
    }
    return sql_check(rows, why);
}

static enum reason hand(struct table_connector *connector,
                        const struct table_letter *one, struct fault *why)
{
    AUTO(inbox_letter) struct inbox_letter letter = {0};
    AUTO(written) struct written written = {0};
    struct table_place *place = &connector->place;
    instant received_at = 0;
    int64_t number = 0;
    TRY(letters_get_inbox(connector->desk.mailbox, one->row, &letter, why));
    TRY(read_times(connector->desk.mailbox, one->row, &received_at, &number,
                   why));
    TRY(write_forms(&letter, &written, why));
    TRY(insert(place, &letter, &written, received_at, number, why));
    bool is_new = sql_changes(place->db) > 0;
    bool mapped = is_new && place->mapping_in &&
                  strcmp(letter.type, mapping_type(place->mapping_in)) == 0;
    return mapped ? insert_rows(place, written.message, why) : R_OK;
}

/* --- batches ---------------------------------------------------------------
 */

static enum reason hand_all(struct table_connector *connector,
                            const struct table_letter *letters, size_t count,
                            struct fault *why)
{
    for (size_t i = 0; i < count; i++)
        TRY(hand(connector, &letters[i], why));
    return R_OK;
}

static enum reason mark_all(struct table_connector *connector,
                            const struct table_letter *letters, size_t count,
                            struct fault *why)
{
    for (size_t i = 0; i < count; i++)
        TRY(table_rows_mark(connector->desk.mailbox, &letters[i],
                            connector->now, why));
    return R_OK;
}

static enum reason hand_over(struct table_connector *connector,
                             const struct table_letter *letters, size_t count,
                             struct fault *why)
{
    struct sql *mailbox = connector->desk.mailbox;
    TRY(sql_begin(connector->place.db, why));
    TRY(table_place_end(&connector->place,
                        hand_all(connector, letters, count, why), why));
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, mark_all(connector, letters, count, why), why);
}

static enum reason hold(struct table_connector *connector,
                        const struct table_letter *letter,
                        const struct fault *found, struct fault *why)
{
    struct sql *mailbox = connector->desk.mailbox;
    log_fault(LOG_WARN, "table: a letter that their table does not take",
              found);
    TRY(sql_begin(mailbox, why));
    return mailbox_end(
        mailbox,
        table_rows_hold(mailbox, letter, found->text, connector->now, why),
        why);
}

static bool is_held(const struct table_letter *letters, const bool *held,
                    size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (held[i] && strcmp(letters[i].case_id, letters[at].case_id) == 0)
            return true;
    return false;
}

/* One of them is not taken: it holds back its own case and no other. */
static enum reason hand_each(struct table_connector *connector,
                             const struct table_letter *letters, size_t count,
                             struct fault *why)
{
    bool held[TABLE_BATCH] = {0};
    for (size_t i = 0; i < count; i++) {
        struct fault found = {0};
        if (is_held(letters, held, i))
            continue;
        enum reason reason = hand_over(connector, &letters[i], 1, &found);
        held[i] = reason_class(reason) == REASON_REFUSE;
        if (held[i])
            TRY(hold(connector, &letters[i], &found, why));
        else if (reason != R_OK)
            return fault(why, reason, "%s", found.text);
    }
    return R_OK;
}

enum reason table_handing_turn(struct table_connector *connector,
                               struct fault *why)
{
    struct table_letter letters[TABLE_BATCH];
    struct fault found = {0};
    size_t count;
    TRY(table_rows_waiting(connector->desk.mailbox, &connector->queue,
                           connector->now, letters, TABLE_BATCH, &count, why));
    if (count == 0)
        return R_OK;
    enum reason reason = hand_over(connector, letters, count, &found);
    connector->more |= count == TABLE_BATCH;
    if (reason_class(reason) == REASON_REFUSE)
        return hand_each(connector, letters, count, why);
    return reason == R_OK ? R_OK : fault(why, reason, "%s", found.text);
}
