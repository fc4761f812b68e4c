/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here is said by this program alone: every file but the summary is
 * signed by somebody, and `yisong verify` or any XMLDSig or JWS tool can check
 * it without us.
 */
#include "broker-adapters/projections/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/listing.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/mailbox/outgoing.h"
#include "broker-adapters/projections/listing_write.h"

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

/* The row in outgoing of our delivery receipt; 0: none. */
static enum reason find_receipt(struct sql *mailbox, int64_t letter,
                                int64_t *row, int64_t *position,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT o.row, coalesce(o.position, 0) FROM incoming i"
                   " JOIN outgoing o ON o.row = i.receipt WHERE i.row = ?1",
                   SQL_VALUES(SQL_INT(letter)), &rows, why));
    *row = *position = 0;
    if (sql_next(rows)) {
        *row = sql_integer(rows, 0);
        *position = sql_integer(rows, 1);
    }
    return sql_check(rows, why);
}

static enum reason write_logged(struct sql *mailbox, const char *receipt,
                                const char *folder, struct proof *out,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT media_type, jws, bytes FROM incoming"
                   " WHERE type = 'submission-receipt'"
                   " AND instr(CAST(bytes AS TEXT), ?1) > 0 LIMIT 1",
                   SQL_VALUES(SQL_TEXT(receipt)), &rows, why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    struct paper paper = {.name = "submission-receipt",
                          .media_type = mailbox_text(rows, 0),
                          .jws = mailbox_text(rows, 1)};
    paper.bytes = sql_bytes(rows, 2, &paper.size);
    out->is_logged = true;
    return write_paper(folder, &paper, why);
}

static enum reason write_received(struct sql *mailbox, int64_t letter,
                                  const char *folder, struct proof *out,
                                  struct fault *why)
{
    AUTO(queued_letter) struct queued_letter receipt = {0};
    int64_t row;
    TRY(find_receipt(mailbox, letter, &row, &out->position, why));
    if (row == 0)
        return R_OK;
    TRY(outgoing_get(mailbox, row, &receipt, why));
    struct paper paper = {.name = "delivery-receipt",
                          .media_type = receipt.media_type,
                          .jws = receipt.jws,
                          .bytes = receipt.bytes,
                          .size = receipt.size};
    out->is_received = true;
    TRY(write_paper(folder, &paper, why));
    return write_logged(mailbox, receipt.id, folder, out, why);
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
    json_put_number(&text, "receiptPosition", out->position);
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
    TRY(write_received(mailbox, letter.row, folder, out, why));
    return write_summary(mailbox, &letter, folder, out, why);
}
