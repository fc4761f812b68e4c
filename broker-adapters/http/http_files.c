/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of a letter that came: how far they are, and their bytes.
 *
 * What is opened is found in two rows of the mailbox, by the letter's id and
 * the digest that its signed list names: nothing of a path is ever read from a
 * request. The name that a receiver is told is the one it would have in the
 * folder in/.
 */
#include "broker-adapters/http/connector_state.h"

#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/letter_files.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/http/files_view.h"
#include "broker-adapters/http/letters_view.h"

static enum reason write_files(const struct http_connector *connector,
                               const struct http_request *request,
                               struct buf *out, struct fault *why)
{
    struct sql *mailbox = connector->desk.mailbox;
    AUTO(inbox_letter) struct inbox_letter letter = {0};
    int64_t row;
    TRY(http_find_letter(connector, request, &row, why));
    TRY(letters_get_inbox(mailbox, row, &letter, why));
    const struct files_letter files = {row, letter.id, letter.sender};
    buf_put_char(out, '{');
    TRY(files_put_came(mailbox, &files, true, out, why));
    buf_put_text(out, "}\n");
    return R_OK;
}

void http_inbox_files(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(buf) struct buf out = {0};
    http_give(request, write_files(context, request, &out, &found), &out,
              &found);
}

/* --- the bytes --------------------------------------------------------------
 */

/* What is asked for, and what became of it. */
struct wanted {
    struct digest sha256;
    const char *root;
    enum reason reason; /* R_NOT_FOUND: no such file of this letter */
    struct fault why;
    int descriptor;
    int64_t size;
    char *media_type, *name;
};

static void wanted_done(struct wanted *wanted)
{
    if (wanted->descriptor >= 0)
        close(wanted->descriptor);
    text_auto(&wanted->media_type);
    text_auto(&wanted->name);
}
AUTO_VALUE(wanted, wanted_done)

static enum reason open_file(struct wanted *wanted,
                             const struct letter_file *file, struct fault *why)
{
    if (strcmp(file->state, "elsewhere") == 0)
        return fault(why, R_NOT_FOR_US, "%s", file->name);
    if (strcmp(file->state, "whole") != 0)
        return fault(why, R_NOT_HERE_YET, "%s: %d%%", file->name,
                     file->percent);
    TRY(letter_file_open(wanted->root, file, &wanted->descriptor, why));
    wanted->size = file->size;
    wanted->media_type = mem_text(file->media_type);
    wanted->name = mem_text(file->file);
    return R_OK;
}

/* The same bytes may be listed twice: the first that is there will do. */
static void look_at(void *context, const struct letter_file *file)
{
    struct wanted *wanted = context;
    if (wanted->descriptor >= 0 ||
        !digest_is_equal(&file->sha256, &wanted->sha256))
        return;
    wanted->why = (struct fault){0};
    wanted->reason = open_file(wanted, file, &wanted->why);
}

static enum reason find_file(const struct http_connector *connector,
                             const struct http_request *request,
                             struct wanted *wanted, struct fault *why)
{
    int64_t row;
    const char *sha256 = http_request_second(request);
    const struct adapter_settings *settings = connector->settings;
    AUTO(text) char *root = place_root(settings->mailbox, settings->spool);
    if (!digest_parse(sha256, &wanted->sha256))
        return fault(why, R_NOT_FOUND, "%s", sha256);
    wanted->root = root;
    wanted->reason = fault(&wanted->why, R_NOT_FOUND, "%s", sha256);
    TRY(http_find_letter(connector, request, &row, why));
    TRY(letter_files_came(connector->desk.mailbox, row, look_at, wanted, why));
    wanted->root = NULL;
    return wanted->reason == R_OK
               ? R_OK
               : fault(why, wanted->reason, "%s", wanted->why.text);
}

/* RFC 6266: for old readers ASCII alone, for all others every character. */
static void put_disposition(struct http_request *request, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789._-";
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, "attachment; filename=\"");
    for (const char *at = name; *at; at++)
        buf_put_char(&text, strchr(plain, *at) ? *at : '_');
    buf_put_text(&text, "\"; filename*=UTF-8''");
    for (const char *at = name; *at; at++)
        if (strchr(plain, *at))
            buf_put_char(&text, *at);
        else
            buf_print(&text, "%%%02X", (unsigned char)*at);
    http_answer_header(request, "Content-Disposition", buf_text(&text));
}

/* RFC 9530: of the whole file, also beside a part of it. */
static void put_digest(struct http_request *request,
                       const struct digest *sha256)
{
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, "sha-256=:");
    base64_put(&text, sha256->bytes, sizeof sha256->bytes);
    buf_put_char(&text, ':');
    http_answer_header(request, "Repr-Digest", buf_text(&text));
}

void http_inbox_file(void *context, struct http_request *request)
{
    struct fault found = {0};
    AUTO(wanted) struct wanted wanted = {.descriptor = -1};
    AUTO(buf) struct buf tag = {0};
    if (find_file(context, request, &wanted, &found) != R_OK) {
        http_refuse(request, &found, NULL);
        return;
    }
    buf_print(&tag, "\"%s\"", http_request_second(request));
    put_disposition(request, wanted.name);
    put_digest(request, &wanted.sha256);
    const struct http_file file = {.descriptor = wanted.descriptor,
                                   .size = wanted.size,
                                   .media_type = wanted.media_type,
                                   .tag = buf_text(&tag)};
    wanted.descriptor = -1;
    http_answer_file(request, &file);
}
