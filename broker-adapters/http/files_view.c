/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/http/files_view.h"

#include <string.h>

#include "broker-adapters/evidence/letter_files.h"
#include "broker-adapters/http/members.h"

struct list {
    struct buf *out;
    const struct files_letter *letter; /* NULL: one of ours */
    int count;
};

/* None of it is a text that people wrote: nothing to hide or to escape. */
static void put_place(struct list *list, const char *sha256)
{
    member_name(list->out, "href");
    buf_print(list->out, "\"/inbox/%s/files/%s?from=%s\"", list->letter->id,
              sha256, list->letter->sender);
}

static void put_file(void *context, const struct letter_file *file)
{
    struct list *list = context;
    char sha256[DIGEST_TEXT_MAX];
    if (list->count++ == 0) {
        member_name(list->out, "files");
        buf_put_char(list->out, '[');
    } else {
        buf_put_char(list->out, ',');
    }
    buf_put_char(list->out, '{');
    member_text(list->out, "name", file->name);
    if (*file->media_type)
        member_text(list->out, "mediaType", file->media_type);
    member_int(list->out, "size", file->size);
    member_name(list->out, "sha256");
    buf_print(list->out, "\"%s\"", digest_format(&file->sha256, sha256));
    member_text(list->out, "state", file->state);
    member_int(list->out, "percent", file->percent);
    if (*file->code)
        member_text(list->out, "code", file->code);
    if (list->letter && strcmp(file->state, "whole") == 0)
        put_place(list, sha256);
    buf_put_char(list->out, '}');
}

static void end(const struct list *list, bool always)
{
    if (list->count > 0)
        buf_put_char(list->out, ']');
    else if (always) {
        member_name(list->out, "files");
        buf_put_text(list->out, "[]");
    }
}

enum reason files_put_came(struct sql *mailbox,
                           const struct files_letter *letter, bool always,
                           struct buf *out, struct fault *why)
{
    struct list list = {.out = out, .letter = letter};
    TRY(letter_files_came(mailbox, letter->row, put_file, &list, why));
    end(&list, always);
    return R_OK;
}

enum reason files_put_going(struct sql *mailbox, const char *letter,
                            struct buf *out, struct fault *why)
{
    struct list list = {.out = out};
    TRY(letter_files_going(mailbox, letter, put_file, &list, why));
    end(&list, false);
    return R_OK;
}
