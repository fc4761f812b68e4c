/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here is said by this program alone: every file but the summary is
 * signed by somebody, and `yisong verify` or any XMLDSig or JWS tool can check
 * it without us.
 */
#include "broker-adapters/projections/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/listing.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/outgoing.h"
#include "broker-adapters/projections/listing_write.h"
#include "schemas/message.h"

/* A signed letter, whoever wrote it. */
struct paper {
    const char *name, *media_type, *jws;
    const void *bytes;
    size_t size;
};

static enum reason write_paper(const char *folder, const struct paper *paper,
                               struct fault *why)
{
    bool json = strcmp(paper->media_type, "application/json") == 0;
    AUTO(text) char *path =
        mem_print("%s/%s.%s", folder, paper->name, json ? "json" : "xml");
    AUTO(text) char *jws = mem_print("%s.jws", path);
    if (*paper->jws)
        TRY(io_write(jws, paper->jws, strlen(paper->jws), 0644, why));
    return io_write(path, paper->bytes, paper->size, 0644, why);
}

/* One number of the first row; 0: there is no row. */
static enum reason find_number(struct sql *mailbox, const char *query,
                               struct sql_value about, int64_t *out,
                               struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, query, SQL_VALUES(about), &rows, why));
    *out = sql_next(rows) ? sql_integer(rows, 0) : 0;
    return sql_check(rows, why);
}

static enum reason write_own(struct sql *mailbox, int64_t row,
                             const char *folder, const char *name,
                             struct fault *why)
{
    AUTO(queued_letter) struct queued_letter letter = {0};
    TRY(outgoing_get(mailbox, row, &letter, why));
    struct paper paper = {.name = name,
                          .media_type = letter.media_type,
                          .jws = letter.jws,
                          .bytes = letter.bytes,
                          .size = letter.size};
    return write_paper(folder, &paper, why);
}

static void read_head(const struct message *receipt, struct proof *out)
{
    const struct element *form = message_body(receipt);
    const char *size = form ? element_child_text(form, "logSize") : NULL;
    const char *root = form ? element_child_text(form, "logRoot") : NULL;
    out->log_size = size ? strtoll(size, NULL, 10) : 0;
    snprintf(out->log_root, sizeof out->log_root, "%s", root ? root : "");
}

/* The receipt that names our answer, else the first since the letter came. */
static enum reason write_head(struct sql *mailbox,
                              const struct incoming_letter *letter,
                              const char *answer, const char *folder,
                              struct proof *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(message) struct message *receipt = NULL;
    TRY(sql_select(mailbox,
                   "SELECT media_type, jws, bytes FROM incoming"
                   " WHERE type = 'submission-receipt' AND row > ?1"
                   " AND (?2 = '' OR instr(CAST(bytes AS TEXT), ?2) > 0)"
                   " ORDER BY row LIMIT 1",
                   SQL_VALUES(SQL_INT(letter->row), SQL_TEXT(answer)), &rows,
                   why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    struct paper paper = {.name = "submission-receipt",
                          .media_type = mailbox_text(rows, 0),
                          .jws = mailbox_text(rows, 1)};
    paper.bytes = sql_bytes(rows, 2, &paper.size);
    if (message_parse(&receipt, paper.bytes, paper.size, NULL) == R_OK)
        read_head(receipt, out);
    return write_paper(folder, &paper, why);
}

static enum reason write_answer(struct sql *mailbox, const char *letter,
                                const char *folder, char id[UUID_TEXT_MAX],
                                struct proof *out, struct fault *why)
{
    AUTO(queued_letter) struct queued_letter answer = {0};
    int64_t row;
    TRY(find_number(mailbox,
                    "SELECT row FROM outgoing WHERE answers = ?1"
                    " AND position IS NOT NULL ORDER BY row LIMIT 1",
                    SQL_TEXT(letter), &row, why));
    if (row == 0)
        return R_OK;
    out->is_answered = true;
    TRY(find_number(mailbox, "SELECT position FROM outgoing WHERE row = ?1",
                    SQL_INT(row), &out->position, why));
    TRY(outgoing_get(mailbox, row, &answer, why));
    snprintf(id, UUID_TEXT_MAX, "%s", answer.id);
    return write_own(mailbox, row, folder, "answer", why);
}

static enum reason write_receipts(struct sql *mailbox,
                                  const struct incoming_letter *letter,
                                  const char *folder, struct proof *out,
                                  struct fault *why)
{
    char answer[UUID_TEXT_MAX] = "";
    int64_t receipt;
    TRY(find_number(mailbox,
                    "SELECT coalesce(receipt, 0) FROM incoming WHERE row = ?1",
                    SQL_INT(letter->row), &receipt, why));
    out->is_received = receipt != 0;
    if (receipt)
        TRY(write_own(mailbox, receipt, folder, "delivery-receipt", why));
    TRY(write_answer(mailbox, letter->id, folder, answer, out, why));
    return write_head(mailbox, letter, answer, folder, out, why);
}

struct rows {
    struct buf *out;
    size_t count;
};

static void put_row(void *context, const struct listing *listing)
{
    struct rows *rows = context;
    buf_put_text(rows->out, rows->count++ ? ",\n  " : "");
    listing_put_json(rows->out, listing);
}

static enum reason write_summary(struct sql *mailbox,
                                 const struct incoming_letter *letter,
                                 const char *folder, struct proof *out,
                                 struct fault *why)
{
    char digest[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf text = {0};
    AUTO(buf) struct buf list = {0};
    struct rows rows = {.out = &list};
    struct listing_query query = {.letter = letter->id, .history = true};
    AUTO(text) char *path = io_join(folder, "proof.json");
    TRY(listing_each(mailbox, &query, put_row, &rows, why));
    out->rows = rows.count;
    buf_print(&text, "{\"letter\":\"%s\"", letter->id);
    json_put_text(&text, "type", letter->type);
    json_put_text(&text, "from", letter->sender);
    json_put_text(&text, "caseId", letter->case_id);
    json_put_text(&text, "sha256", digest_format(&letter->digest, digest));
    json_put_instant(&text, "receivedAt", letter->received_at);
    json_put_number(&text, "answerPosition", out->position);
    json_put_number(&text, "logSize", out->log_size);
    json_put_text(&text, "logRoot", out->log_root);
    buf_print(&text, ",\n \"entries\":[%s]}\n", buf_text(&list));
    return io_write(path, buf_text(&text), text.size, 0644, why);
}

enum reason proof_write(struct sql *mailbox, const char *id, const char *folder,
                        struct proof *out, struct fault *why)
{
    AUTO(incoming_letter) struct incoming_letter letter = {0};
    if (io_exists(folder))
        return fault(why, R_EXISTS, "%s", folder);
    TRY(incoming_find(mailbox, id, &letter, why));
    if (letter.size == 0)
        return fault(why, R_NOT_FOUND, "%s: bytes", letter.id);
    struct paper paper = {.name = "letter",
                          .media_type = letter.media_type,
                          .jws = letter.jws,
                          .bytes = letter.bytes,
                          .size = letter.size};
    snprintf(out->letter, sizeof out->letter, "%s", letter.id);
    TRY(io_make_folder(folder, why));
    TRY(write_paper(folder, &paper, why));
    TRY(write_receipts(mailbox, &letter, folder, out, why));
    return write_summary(mailbox, &letter, folder, out, why);
}
