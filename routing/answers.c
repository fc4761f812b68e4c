/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a sender is told: the submission receipt of what was accepted, one per
 * sender and batch, and the refusal of what was not. Both are recorded in the
 * transaction that they speak of.
 */
#include "routing/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/mem.h"
#include "schemas/catalogue.h"

/* The letters of one sender in this batch. Works stay until the batch ends. */
struct own_receipt {
    const char *sender;
    enum message_encoding encoding;
    const char *case_id; /* NULL: several cases */
    struct buf entries;
    int64_t *positions;
    size_t count;
};

/* Text that came from outside, with what XML cannot hold replaced. */
static void put_foreign(struct buf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    AUTO(buf) struct buf clean = {0};
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t character = 0;
        size_t length = utf8_read(text, left, &character);
        bool good = length > 0 && (character >= 0x20 || character == '\n') &&
                    character != 0xFFFE && character != 0xFFFF;
        if (good)
            buf_put(&clean, text, length);
        else
            buf_put_text(&clean, "\xEF\xBF\xBD");
        text += length ? length : 1;
        left -= length ? length : 1;
    }
    buf_put_element(out, name, buf_text(&clean));
}

static struct own_receipt *receipt_of(struct router *router,
                                      const struct message *message)
{
    const char *sender = message_from(message);
    for (size_t i = 0; i < router->receipt_count; i++)
        if (strcmp(router->receipts[i].sender, sender) == 0)
            return &router->receipts[i];
    router->receipts = mem_resize(router->receipts, router->receipt_count + 1,
                                  sizeof *router->receipts);
    struct own_receipt *receipt = &router->receipts[router->receipt_count++];
    *receipt = (struct own_receipt){.sender = sender,
                                    .encoding = message_encoding(message),
                                    .case_id = message_case(message)};
    return receipt;
}

void answers_receipt(struct router *router, const struct work *work)
{
    const struct message *message = work->message;
    struct own_receipt *receipt = receipt_of(router, message);
    if (receipt->case_id &&
        strcmp(receipt->case_id, message_case(message)) != 0)
        receipt->case_id = NULL;
    receipt->positions = mem_resize(receipt->positions, receipt->count + 1,
                                    sizeof *receipt->positions);
    receipt->positions[receipt->count++] = work->position;

    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    struct buf *out = &receipt->entries;
    buf_put_text(out, "<entry>");
    buf_put_element(out, "id", message_id(message));
    buf_put_element(out, "digest",
                    digest_format(message_digest(message), digest));
    buf_put_element(out, "type", message_type(message));
    buf_put_element(out, "caseId", message_case(message));
    buf_put_element(out, "at", instant_format(work->received, at));
    buf_print(out, "<position>%lld</position>", (long long)work->position);
    put_foreign(out, "warningChinese", buf_text(&work->effect.warning_zh));
    put_foreign(out, "warningEnglish", buf_text(&work->effect.warning_en));
    buf_put_text(out, "</entry>");
}

static enum reason send_receipt(struct router *router,
                                const struct own_receipt *receipt,
                                const struct log_head *head, struct fault *why)
{
    char root[DIGEST_TEXT_MAX];
    AUTO(buf) struct buf body = {0};
    buf_print(&body,
              "<receipts>%s<logSize>%lld</logSize><logRoot>%s</logRoot>"
              "</receipts>",
              buf_text(&receipt->entries), (long long)head->size,
              digest_format(&head->root, root));
    struct own_letter letter = {
        .type = "submission-receipt",
        .case_id = receipt->case_id ? receipt->case_id : "none",
        .to = receipt->sender,
        .body_xml = buf_text(&body),
        .encoding = receipt->encoding,
    };
    int64_t position = 0;
    TRY(own_send(router, &letter, &position, why));
    for (size_t i = 0; i < receipt->count; i++)
        TRY(letters_answer(router->parts.ledger, receipt->positions[i],
                           position, why));
    return R_OK;
}

enum reason answers_send_receipts(struct router *router, struct fault *why)
{
    if (router->receipt_count == 0)
        return R_OK;
    struct log_head head;
    TRY(log_head(router->parts.ledger, &head, why));
    for (size_t i = 0; i < router->receipt_count; i++)
        TRY(send_receipt(router, &router->receipts[i], &head, why));
    return R_OK;
}

void answers_forget(struct router *router)
{
    for (size_t i = 0; i < router->receipt_count; i++) {
        buf_done(&router->receipts[i].entries);
        free(router->receipts[i].positions);
    }
    free(router->receipts);
    router->receipts = NULL;
    router->receipt_count = 0;
}

/* --- refusals ---------------------------------------------------------------
 */

static void put_mistakes(struct buf *out, const struct mistakes *mistakes)
{
    if (mistakes->count == 0)
        return;
    buf_put_text(out, "<mistakes>");
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct mistake *row = &mistakes->rows[i];
        buf_put_text(out, "<mistake>");
        buf_put_element(out, "code", reason_code(row->reason));
        put_foreign(out, "path", row->path);
        if (row->line > 0)
            buf_print(out, "<line>%d</line>", row->line);
        put_foreign(out, "found", row->found);
        put_foreign(out, "chinese", row->chinese);
        put_foreign(out, "english", row->english);
        buf_put_text(out, "</mistake>");
    }
    buf_put_text(out, "</mistakes>");
}

/* Id and type are named only where they are what they should be. */
static void put_refused(struct buf *out, const struct work *work)
{
    char text[DIGEST_TEXT_MAX];
    struct digest digest =
        digest_of(DIGEST_SHA256, work->arrival.body, work->arrival.size);
    const char *id = work->message ? message_id(work->message) : "";
    const char *type = work->message ? message_type(work->message) : "";
    if (uuid_is_valid(id))
        buf_put_element(out, "id", id);
    buf_put_element(out, "digest", digest_format(&digest, text));
    if (catalogue_find(type))
        buf_put_element(out, "type", type);
}

static void write_refusal(const struct work *work, struct buf *out)
{
    buf_put_text(out, "<refusal>");
    put_refused(out, work);
    buf_put_element(out, "code", reason_code(work->reason));
    buf_put_element(out, "chinese", reason_chinese(work->reason));
    buf_put_element(out, "english", reason_english(work->reason));
    put_foreign(out, "detail", work->why.text);
    put_foreign(out, "rule", work->ground.rule);
    put_foreign(out, "article", work->ground.article);
    put_foreign(out, "lawfulChinese", buf_text(&work->ground.lawful_zh));
    put_foreign(out, "lawfulEnglish", buf_text(&work->ground.lawful_en));
    put_mistakes(out, &work->mistakes);
    buf_put_text(out, "</refusal>");
}

/* A case id that was not validated must not spoil our own letter. */
static const char *case_of(const struct work *work)
{
    return work->authenticated && work->mistakes.count == 0
               ? message_case(work->message)
               : "none";
}

enum reason answers_refuse(struct router *router, struct work *work,
                           struct fault *why)
{
    TRY(record_letter(router, work, LETTER_REFUSED, why));
    const char *channel = work->arrival.user_id;
    if (!channel || !registry_find(router->parts.registry, channel))
        return R_OK; /* kept; nobody to answer */
    AUTO(buf) struct buf body = {0};
    write_refusal(work, &body);
    struct own_letter letter = {
        .type = "refusal",
        .case_id = case_of(work),
        .to = channel,
        .body_xml = buf_text(&body),
        .encoding =
            work->message ? message_encoding(work->message) : MESSAGE_XML,
    };
    int64_t position = 0;
    TRY(own_send(router, &letter, &position, why));
    return letters_answer(router->parts.ledger, work->position, position, why);
}
