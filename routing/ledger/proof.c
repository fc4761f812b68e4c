/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing/ledger/proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_INCLUSION   "yisong-inclusion-1"
#define FORMAT_CONSISTENCY "yisong-consistency-1"

void proof_put_nodes(struct buf *out, const struct log_proof *proof)
{
    char hex[DIGEST_TEXT_MAX];
    buf_put_char(out, '[');
    for (size_t i = 0; i < proof->count; i++)
        buf_print(out, "%s\"%s\"", i ? ", " : "",
                  digest_format(&proof->nodes[i], hex));
    buf_put_char(out, ']');
}

static void put_rest(struct buf *out, const struct log_head *head,
                     const struct log_proof *proof)
{
    char hex[DIGEST_TEXT_MAX];
    buf_print(out, " \"size\": %" PRId64 ",\n \"root\": \"%s\",\n \"nodes\": ",
              head->size, digest_format(&head->root, hex));
    proof_put_nodes(out, proof);
    buf_put_text(out, "}\n");
}

enum reason proof_put_inclusion(struct ledger *ledger, int64_t position,
                                int64_t size, struct buf *out,
                                struct fault *why)
{
    struct log_head head;
    struct log_proof proof;
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(buf) struct buf line = {0};
    TRY(log_head_at(ledger, size, &head, why));
    TRY(log_prove_inclusion(ledger, position - 1, size, &proof, why));
    TRY(letters_get(ledger, position, &row, why));
    log_leaf(&row.letter, &line);
    buf_put_text(out, "{\"format\": \"" FORMAT_INCLUSION "\",\n \"entry\": \"");
    buf_put_json(out, buf_text(&line));
    buf_put_text(out, "\",\n");
    put_rest(out, &head, &proof);
    return R_OK;
}

enum reason proof_put_consistency(struct ledger *ledger, int64_t earlier,
                                  int64_t size, struct buf *out,
                                  struct fault *why)
{
    char hex[DIGEST_TEXT_MAX];
    struct log_head before, head;
    struct log_proof proof;
    TRY(log_head_at(ledger, size, &head, why));
    TRY(log_prove_consistency(ledger, earlier, size, &proof, why));
    TRY(log_head_at(ledger, earlier, &before, why));
    buf_print(out,
              "{\"format\": \"" FORMAT_CONSISTENCY
              "\",\n \"earlierSize\": %" PRId64
              ",\n \"earlierRoot\": \"%s\",\n",
              before.size, digest_format(&before.root, hex));
    put_rest(out, &head, &proof);
    return R_OK;
}

void proved_done(struct proved *proved)
{
    entry_done(&proved->entry);
}

static enum reason lacks(const char *name, struct fault *why)
{
    return fault(why, R_PROOF_FAILED, "\"%s\" is missing or not as it must be",
                 name);
}

enum reason proof_read_text(const struct json *object, const char *name,
                            const char **out, struct fault *why)
{
    const struct json *member = json_find(object, name);
    if (!member || member->kind != JSON_STRING)
        return lacks(name, why);
    *out = member->text;
    return R_OK;
}

enum reason proof_read_nodes(const struct json *object, const char *name,
                             struct log_proof *out, struct fault *why)
{
    const struct json *array = json_find(object, name);
    if (!array || array->kind != JSON_ARRAY || array->count > LOG_PROOF_MAX)
        return lacks(name, why);
    out->count = 0;
    for (const struct json *item = array->first; item; item = item->next)
        if (item->kind != JSON_STRING ||
            !digest_parse(item->text, &out->nodes[out->count++]))
            return lacks(name, why);
    return R_OK;
}

enum reason proof_read_head(const struct json *object, const char *size,
                            const char *root, struct log_head *out,
                            struct fault *why)
{
    const struct json *number = json_find(object, size);
    const char *text;
    TRY(proof_read_text(object, root, &text, why));
    if (!number || number->kind != JSON_INTEGER)
        return lacks(size, why);
    out->size = strtoll(number->text, NULL, 10);
    return digest_parse(text, &out->root) ? R_OK : lacks(root, why);
}

static enum reason check(const struct json *object, struct proved *out,
                         struct fault *why)
{
    const char *format, *line;
    struct log_proof proof;
    if (object->kind != JSON_OBJECT)
        return lacks("format", why);
    TRY(proof_read_text(object, "format", &format, why));
    TRY(proof_read_head(object, "size", "root", &out->head, why));
    TRY(proof_read_nodes(object, "nodes", &proof, why));
    out->inclusion = strcmp(format, FORMAT_INCLUSION) == 0;
    if (out->inclusion) {
        TRY(proof_read_text(object, "entry", &line, why));
        TRY(entry_parse(&out->entry, line, why));
        return log_check_inclusion(&out->entry.leaf, out->entry.position - 1,
                                   &out->head, &proof, why);
    }
    if (strcmp(format, FORMAT_CONSISTENCY) != 0)
        return lacks("format", why);
    TRY(proof_read_head(object, "earlierSize", "earlierRoot", &out->earlier,
                        why));
    return log_check_consistency(&out->earlier, &out->head, &proof, why);
}

enum reason proof_check(const char *bytes, size_t size, struct proved *out,
                        struct fault *why)
{
    AUTO(json_text) struct json_text *text = NULL;
    TRY(json_parse(&text, bytes, size, why));
    return check(json_root(text), out, why);
}
