/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing a case into a folder. Names of files are made of the number, the
 * type and the id, cleaned of everything that a file system could take for
 * more than a name: a refused letter may carry any text.
 */
#include "routing/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/ledger/proof.h"
#include "routing/ledger/receipt.h"
#include "routing/timeline.h"

enum { NAME_PART_MAX = 60 };

struct writing {
    struct ledger *ledger;
    const struct export_request *request;
    struct timeline *timeline;
    struct log_head head;
    int64_t *positions; /* letters and receipts, in order */
    size_t count;
    struct buf heads, evidence; /* JSON, as it grows */
};

static void writing_done(struct writing *writing)
{
    timeline_free(writing->timeline);
    free(writing->positions);
    buf_done(&writing->heads);
    buf_done(&writing->evidence);
}
AUTO_VALUE(writing, writing_done)

static void add_position(struct writing *writing, int64_t position)
{
    if (position == 0)
        return;
    writing->positions =
        mem_resize(writing->positions, writing->count + 1, sizeof(int64_t));
    writing->positions[writing->count++] = position;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The letters of the case, what answered them, and who signed for them. */
static void choose(struct writing *writing)
{
    const struct timeline *timeline = writing->timeline;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_letter *letter = &timeline->letters[i];
        add_position(writing, letter->position);
        add_position(writing, letter->answer);
        for (size_t k = 0; k < letter->delivery_count; k++)
            add_position(writing, letter->deliveries[k].receipt);
    }
    qsort(writing->positions, writing->count, sizeof(int64_t), compare);
    size_t kept = 0;
    for (size_t i = 0; i < writing->count; i++)
        if (kept == 0 || writing->positions[kept - 1] != writing->positions[i])
            writing->positions[kept++] = writing->positions[i];
    writing->count = kept;
}

static void put_clean(struct buf *out, const char *text)
{
    for (size_t i = 0; text[i] && i < NAME_PART_MAX; i++)
        buf_put_char(out, isalnum((unsigned char)text[i]) || text[i] == '-'
                              ? text[i]
                              : '_');
}

static bool is_receipt(const struct letter *letter)
{
    return strcmp(letter->type, RECEIPT_SUBMISSION) == 0 ||
           strcmp(letter->type, RECEIPT_DELIVERY) == 0;
}

static void put_name(struct buf *out, size_t number,
                     const struct letter *letter)
{
    bool json = strcmp(letter->media_type, "application/json") == 0;
    bool xml = strcmp(letter->media_type, "application/xml") == 0;
    buf_print(out, "%s/%03zu-",
              is_receipt(letter) ? EXPORT_RECEIPTS : EXPORT_LETTERS, number);
    put_clean(out, *letter->type ? letter->type : "unreadable");
    buf_put_char(out, '-');
    put_clean(out, letter->id);
    buf_put_text(out, json ? ".json" : xml ? ".xml" : ".bin");
}

static enum reason write_file(const struct writing *writing, const char *name,
                              const void *bytes, size_t size, struct fault *why)
{
    AUTO(text) char *path = io_join(writing->request->folder, name);
    return io_write(path, bytes, size, 0644, why);
}

/* That the head which the centre signed here leads to the head of the log. */
static enum reason add_head(struct writing *writing,
                            const struct letter *letter, struct fault *why)
{
    struct log_head promised;
    struct log_proof proof;
    char hex[DIGEST_TEXT_MAX];
    if (!receipt_read_head(letter, &promised))
        return R_OK;
    TRY(log_prove_consistency(writing->ledger, promised.size,
                              writing->head.size, &proof, why));
    buf_print(&writing->heads,
              "%s\n  {\"position\": %" PRId64 ", \"size\": %" PRId64
              ", \"root\": \"%s\", \"nodes\": ",
              writing->heads.size ? "," : "", letter->position, promised.size,
              digest_format(&promised.root, hex));
    proof_put_nodes(&writing->heads, &proof);
    buf_put_char(&writing->heads, '}');
    return R_OK;
}

static enum reason write_bytes(struct writing *writing, struct buf *name,
                               const struct letter *letter, struct fault *why)
{
    struct buf *out = &writing->evidence;
    TRY(write_file(writing, buf_text(name), letter->bytes, letter->size, why));
    buf_print(out, "\"file\": \"%s\",", buf_text(name));
    if (!*letter->jws)
        return R_OK;
    buf_put_text(name, ".jws");
    TRY(write_file(writing, buf_text(name), letter->jws, strlen(letter->jws),
                   why));
    buf_print(out, "\n   \"jws\": \"%s\",", buf_text(name));
    return R_OK;
}

/* Of a letter whose body is gone: its entry, and the record that says so. */
static enum reason write_letter(struct writing *writing, size_t place,
                                struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(buf) struct buf name = {0};
    AUTO(buf) struct buf line = {0};
    struct deletion deletion;
    struct log_proof proof;
    bool deleted = false;
    int64_t position = writing->positions[place];
    struct buf *out = &writing->evidence;
    TRY(letters_get(writing->ledger, position, &row, why));
    TRY(log_prove_inclusion(writing->ledger, position - 1, writing->head.size,
                            &proof, why));
    put_name(&name, place + 1, &row.letter);
    log_leaf(&row.letter, &line);
    buf_put_text(out, place ? ",\n  {" : "\n  {");
    if (row.letter.size == 0)
        TRY(deletions_find(writing->ledger, position, &deletion, &deleted,
                           why));
    if (deleted)
        buf_print(out, "\"deletedBy\": %" PRId64 ",", deletion.record);
    else
        TRY(write_bytes(writing, &name, &row.letter, why));
    buf_print(out, "\n   \"entry\": \"%s\",\n   \"nodes\": ", buf_text(&line));
    proof_put_nodes(out, &proof);
    buf_put_char(out, '}');
    return add_head(writing, &row.letter, why);
}

static enum reason write_index(struct writing *writing, struct fault *why)
{
    AUTO(buf) struct buf out = {0};
    char hex[DIGEST_TEXT_MAX], now[INSTANT_TEXT_MAX];
    buf_print(&out,
              "{\"format\": \"" EXPORT_FORMAT "\",\n"
              " \"exportedAt\": \"%s\",\n \"caseId\": \"",
              instant_format(writing->request->now, now));
    buf_put_json(&out, writing->request->case_id);
    buf_print(&out,
              "\",\n \"log\": {\"size\": %" PRId64 ", \"root\": \"%s\"},\n"
              " \"signedHeads\": [%s],\n \"evidence\": [%s],\n \"case\": ",
              writing->head.size, digest_format(&writing->head.root, hex),
              buf_text(&writing->heads), buf_text(&writing->evidence));
    timeline_put_json(writing->timeline, &out);
    buf_put_text(&out, "}\n");
    TRY(buf_check(&out, why));
    return write_file(writing, EXPORT_INDEX, out.bytes, out.size, why);
}

static enum reason copy_file(const char *from_folder, const char *to_folder,
                             const char *name, struct fault *why)
{
    AUTO(text) char *from = io_join(from_folder, name);
    AUTO(text) char *to = io_join(to_folder, name);
    AUTO(buf) struct buf bytes = {0};
    TRY(io_read(from, &bytes, why));
    return io_write(to, buf_text(&bytes), bytes.size, 0644, why);
}

static enum reason copy_registry(const struct export_request *request,
                                 struct fault *why)
{
    if (!request->agencies)
        return R_OK;
    AUTO(text) char *to = io_join(request->folder, EXPORT_REGISTRY);
    AUTO(text) char *revoked = io_join(request->agencies, "revoked");
    AUTO(text) char *to_revoked = io_join(to, "revoked");
    AUTO(io_names) struct io_names names = {0};
    TRY(io_make_folder(to, why));
    TRY(copy_file(request->agencies, to, "registry.xml", why));
    TRY(copy_file(request->agencies, to, "authority.pem", why));
    if (!io_exists(revoked))
        return R_OK;
    TRY(io_list(revoked, &names, why));
    TRY(io_make_folder(to_revoked, why));
    for (size_t i = 0; i < names.count; i++)
        TRY(copy_file(revoked, to_revoked, names.names[i], why));
    return R_OK;
}

static enum reason make_folders(const char *folder, struct fault *why)
{
    static const char *const names[] = {EXPORT_LETTERS, EXPORT_RECEIPTS};
    AUTO(io_names) struct io_names found = {0};
    TRY(io_make_folder(folder, why));
    TRY(io_list(folder, &found, why));
    if (found.count)
        return fault(why, R_EXISTS, "%s", folder);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(text) char *path = io_join(folder, names[i]);
        TRY(io_make_folder(path, why));
    }
    return R_OK;
}

/* The head is taken last, so that it covers all that was chosen. */
enum reason export_case(struct ledger *ledger,
                        const struct export_request *request, size_t *count,
                        struct fault *why)
{
    AUTO(writing) struct writing writing = {.ledger = ledger,
                                            .request = request};
    TRY(timeline_read(&writing.timeline, ledger, request->case_id, why));
    choose(&writing);
    TRY(log_head(ledger, &writing.head, why));
    TRY(make_folders(request->folder, why));
    TRY(copy_registry(request, why));
    for (size_t i = 0; i < writing.count; i++)
        TRY(write_letter(&writing, i, why));
    *count = writing.count;
    return write_index(&writing, why);
}
