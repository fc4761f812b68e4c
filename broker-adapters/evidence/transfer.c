/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything that comes from the wire is judged here before anybody acts on
 * it: a transfer holds an agency id, a UUID and a digest and nothing else, so
 * that it can stand in a path; numbers are not negative; a digest is there
 * where a word needs one.
 */
#include "broker-adapters/evidence/transfer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool agency_is_valid(const char *id)
{
    static const char tail[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(id);
    return length >= 2 && length < TRANSFER_AGENCY_MAX &&
           islower((unsigned char)id[0]) && strspn(id, tail) == length;
}

/* Copies up to the next '/' or the end; NULL if there is no room. */
static const char *take_part(const char *text, char *part, size_t room)
{
    size_t length = strcspn(text, "/");
    if (length >= room)
        return NULL;
    memcpy(part, text, length);
    part[length] = '\0';
    return text[length] == '/' ? text + length + 1 : text + length;
}

char *transfer_format(const struct transfer *transfer,
                      char text[TRANSFER_TEXT_MAX])
{
    snprintf(text, TRANSFER_TEXT_MAX, "%s/%s/%s", transfer->sender,
             transfer->letter, transfer->sha256);
    return text;
}

bool transfer_parse(const char *text, struct transfer *out)
{
    struct digest digest;
    char again[TRANSFER_TEXT_MAX];
    const char *rest = take_part(text, out->sender, sizeof out->sender);
    rest = rest ? take_part(rest, out->letter, sizeof out->letter) : NULL;
    rest = rest ? take_part(rest, out->sha256, sizeof out->sha256) : NULL;
    return rest && agency_is_valid(out->sender) && uuid_is_valid(out->letter) &&
           digest_parse(out->sha256, &digest) &&
           strcmp(transfer_format(out, again), text) == 0;
}

bool transfer_is_equal(const struct transfer *a, const struct transfer *b)
{
    return strcmp(a->letter, b->letter) == 0 &&
           strcmp(a->sha256, b->sha256) == 0 &&
           strcmp(a->sender, b->sender) == 0;
}

static const struct {
    const char *type;
    bool has_digest;
} kinds[WORD_KINDS] = {
    [WORD_OFFER] = {"evidence-offer", true},
    [WORD_CHUNK] = {"evidence-chunk", true},
    [WORD_ASK] = {"evidence-ask", false},
    [WORD_GOT] = {"evidence-got", false},
    [WORD_HAVE] = {"evidence-have", false},
    [WORD_GO] = {"evidence-go", false},
    [WORD_WHOLE] = {"evidence-whole", true},
    [WORD_WAIT] = {"evidence-wait", false},
    [WORD_REFUSED] = {"evidence-refused", false},
    [WORD_NOTED] = {"evidence-noted", false},
};

void transfer_statement(const struct transfer *transfer, const char *agency,
                        struct buf *out)
{
    char text[TRANSFER_TEXT_MAX];
    buf_print(out, "yisong-evidence-received %s %s\n", agency,
              transfer_format(transfer, text));
}

static bool has_bytes(enum word_kind kind)
{
    return kind == WORD_CHUNK || kind == WORD_HAVE;
}

bool word_parse(const struct amqp_letter *letter, struct word *out)
{
    *out = (struct word){.kind = WORD_KINDS, .number = letter->sequence};
    for (enum word_kind kind = 0; kind < WORD_KINDS; kind++)
        if (strcmp(kinds[kind].type, letter->type) == 0)
            out->kind = kind;
    if (out->kind == WORD_KINDS || out->number < 0 ||
        !transfer_parse(letter->case_id, &out->transfer) ||
        (kinds[out->kind].has_digest &&
         !digest_parse(letter->message_id, &out->digest)))
        return false;
    out->code = kinds[out->kind].has_digest ? "" : letter->message_id;
    if (has_bytes(out->kind)) {
        out->bytes = letter->body;
        out->size = letter->size;
    }
    return true;
}

enum reason word_send(struct amqp *amqp, const struct word *word,
                      const char *exchange, const char *routing_key,
                      const char *user_id, uint64_t *tag, struct fault *why)
{
    char transfer[TRANSFER_TEXT_MAX], digest[DIGEST_TEXT_MAX];
    struct amqp_letter letter = {
        .message_id = kinds[word->kind].has_digest
                          ? digest_format(&word->digest, digest)
                          : word->code,
        .case_id = transfer_format(&word->transfer, transfer),
        .type = kinds[word->kind].type,
        .media_type = "application/octet-stream",
        .user_id = user_id,
        .sequence = word->number,
        .body = has_bytes(word->kind) ? word->bytes : "",
        .size = has_bytes(word->kind) ? word->size : 0,
        .is_passing = true};
    return amqp_publish(amqp, exchange, routing_key, &letter, tag, why);
}
