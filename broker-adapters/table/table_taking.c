/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows that hold a letter: read -> judged and kept, all of a batch in one
 * transaction of the mailbox -> refusals into their rows. That a letter was
 * taken is told by table_telling.c, from the mailbox: so a crash at any moment
 * leaves a row that still says "new", whose key is known, and that is told
 * again and not sent again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/table/table_state.h"
#include "schemas/message.h"

/* One row on its way. */
struct taken_row {
    struct table_verdict verdict;
    char *key;
    struct buf payload, jws;
    bool is_there; /* as it was when its key was read */
};

struct taking {
    struct taken_row rows[TABLE_BATCH];
    size_t count, bytes;
    size_t taken;
};

static void taking_done(struct taking *taking)
{
    for (size_t i = 0; i < taking->count; i++) {
        buf_done(&taking->rows[i].payload);
        buf_done(&taking->rows[i].jws);
        mistakes_done(&taking->rows[i].verdict.mistakes);
        free(taking->rows[i].key);
    }
    free(taking);
}
AUTO_POINTER(taking, taking_done)

/* --- reading ---------------------------------------------------------------
 */

/* More keys than there is room for letters may be read; `after` follows those
 * that were dealt with. */
static enum reason read_keys(struct table_connector *connector,
                             struct taking *taking, int64_t ids[TABLE_BATCH],
                             struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct table_place *place = &connector->place;
    TRY(sql_select(place->db, place->words.texts[WORD_NEW],
                   SQL_VALUES(SQL_INT(connector->after), SQL_INT(TABLE_KEY_MAX),
                              SQL_INT(TABLE_BATCH),
                              SQL_INT(place->mapping != NULL)),
                   &rows, why));
    while (taking->count < TABLE_BATCH && sql_next(rows)) {
        ids[taking->count] = sql_integer(rows, 0);
        taking->rows[taking->count++].key = mem_text(mailbox_text(rows, 1));
    }
    return sql_check(rows, why);
}

static void put_bytes(const struct sql_rows *rows, int column, struct buf *out)
{
    size_t size;
    const void *bytes = sql_bytes(rows, column, &size);
    buf_put(out, bytes, size);
}

static enum reason read_payload(struct table_connector *connector,
                                struct taken_row *row, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    struct table_place *place = &connector->place;
    struct fault *found = &row->verdict.found;
    TRY(sql_select(place->db, place->words.texts[WORD_PAYLOAD],
                   SQL_VALUES(SQL_TEXT(row->key), SQL_INT(MESSAGE_CEILING),
                              SQL_INT(TABLE_JWS_MAX)),
                   &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why); /* gone, or taken back */
    row->is_there = true;
    put_bytes(rows, 0, &row->payload);
    put_bytes(rows, 2, &row->jws);
    if (sql_integer(rows, 1) > MESSAGE_CEILING)
        (void)fault(found, R_TOO_LARGE, "%lld > %d",
                    (long long)sql_integer(rows, 1), MESSAGE_CEILING);
    else if (row->payload.size == 0)
        (void)fault(found, R_NOT_WELL_FORMED, "%s",
                    say("payload 为空", "payload is empty"));
    else if (sql_integer(rows, 3) > TABLE_JWS_MAX)
        (void)fault(found, R_SIGNATURE_PROFILE, "jws > %d", TABLE_JWS_MAX);
    return R_OK;
}

static void describe(struct taken_row *row)
{
    row->verdict.row = (struct table_row){
        .key = row->key,
        .digest = digest_of_pieces(0, buf_text(&row->jws), row->jws.size + 1,
                                   buf_text(&row->payload), row->payload.size)};
}

static enum reason read_rows(struct table_connector *connector,
                             struct taking *taking, struct fault *why)
{
    int64_t ids[TABLE_BATCH];
    size_t read = 0;
    TRY(read_keys(connector, taking, ids, why));
    while (read < taking->count && taking->bytes < TABLE_BATCH_BYTES) {
        struct taken_row *row = &taking->rows[read];
        TRY(read_payload(connector, row, why));
        describe(row);
        taking->bytes += row->payload.size;
        connector->after = ids[read++];
    }
    bool all = read == taking->count && read < TABLE_BATCH;
    if (all)
        connector->after = 0; /* the next look begins at the first */
    connector->more |= !all;
    return R_OK;
}

/* --- keeping ---------------------------------------------------------------
 */

/*
 * A row that was refused by the exchange, was told so and is "new" again is
 * tried again: they mended it. A row that stands for a letter that goes its
 * way, and holds something else now, is refused; the letter is not.
 */
enum reason table_row_judge(struct sql *mailbox, const struct table_row *row,
                            bool *is_new, struct fault *why)
{
    struct table_known known;
    TRY(table_rows_find(mailbox, row->key, &known, why));
    bool mended = strcmp(known.state, "refused") == 0 &&
                  strcmp(known.told, "refused") == 0;
    *is_new = !*known.letter || mended;
    if (*is_new)
        return R_OK;
    if (digest_is_equal(&known.digest, &row->digest))
        return table_rows_retell(mailbox, row->key, why);
    TRY(table_rows_told(mailbox, row->key, "refused", why));
    return fault(why, R_ID_REUSED, "%s: %s (%s %s)", row->key,
                 say("此 key 已发过另一内容，请改用新的 key",
                     "the key stands for other content, use a new key"),
                 say("公文", "letter"), known.letter);
}

static enum reason keep(struct table_connector *connector,
                        struct taken_row *row, struct intake *made,
                        struct fault *why)
{
    bool is_new;
    struct sql *mailbox = connector->desk.mailbox;
    struct intake_letter letter = {.bytes = buf_text(&row->payload),
                                   .size = row->payload.size,
                                   .jws = buf_text(&row->jws),
                                   .source = ""};
    TRY(table_row_judge(mailbox, &row->verdict.row, &is_new, why));
    if (!is_new)
        return R_OK;
    TRY(intake_put(&connector->desk, &letter, connector->now, made, why));
    log_event(LOG_INFO, "table: took row %s: letter %s, case %s", row->key,
              made->id, made->case_id);
    return table_rows_put(mailbox, &row->verdict.row, made->id, why);
}

/* A refused letter has written nothing; the others of the batch go on. */
static enum reason keep_all(struct table_connector *connector,
                            struct taking *taking, struct fault *why)
{
    for (size_t i = 0; i < taking->count; i++) {
        AUTO(intake) struct intake made = {0};
        struct table_verdict *verdict = &taking->rows[i].verdict;
        if (!taking->rows[i].is_there || verdict->found.reason != R_OK)
            continue;
        enum reason reason =
            keep(connector, &taking->rows[i], &made, &verdict->found);
        verdict->mistakes = made.mistakes;
        made.mistakes = (struct mistakes){0};
        if (reason != R_OK && reason_class(reason) != REASON_REFUSE)
            return fault(why, reason, "%s", verdict->found.text);
        taking->taken += reason == R_OK;
    }
    return R_OK;
}

static enum reason refuse(struct table_connector *connector,
                          const struct taking *taking, struct fault *why)
{
    for (size_t i = 0; i < taking->count; i++)
        if (taking->rows[i].is_there)
            TRY(table_telling_refuse(connector, &taking->rows[i].verdict, 1,
                                     why));
    return R_OK;
}

enum reason table_taking_turn(struct table_connector *connector,
                              struct fault *why)
{
    AUTO(taking) struct taking *taking = mem_new(1, sizeof *taking);
    struct sql *mailbox = connector->desk.mailbox;
    if (!connector->looks)
        return R_OK;
    TRY(read_rows(connector, taking, why));
    if (taking->count == 0)
        return R_OK;
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, keep_all(connector, taking, why), why));
    if (taking->taken > 0)
        mailbox_ring(connector->settings->mailbox);
    return refuse(connector, taking, why);
}
