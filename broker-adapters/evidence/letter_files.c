/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rows know how far a file is; the media type stands in the letter alone.
 * Of a letter whose body is gone it is not known any more.
 */
#include "broker-adapters/evidence/letter_files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/evidence/manifest.h"
#include "broker-adapters/mailbox/mailbox.h"

static const char unknown_type[] = "application/octet-stream";

/* What may stand in a header: TYPE/SUBTYPE and parameters. */
static bool is_media_type(const char *text)
{
    if (!strchr(text, '/'))
        return false;
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* Borrowed from the message, by place. */
struct media_types {
    struct message *message;
    const char *at[ATTACHMENTS_MAX];
    int64_t count;
};

static void media_types_done(struct media_types *types)
{
    message_free(types->message);
}
AUTO_VALUE(media_types, media_types_done)

static void read_media_types(const struct sql_rows *rows, int column,
                             struct media_types *out)
{
    struct fault ignored = {0};
    struct manifest_entry entry;
    const struct element *place = NULL;
    size_t size;
    const void *bytes = sql_bytes(rows, column, &size);
    if (out->message || size == 0 ||
        message_parse(&out->message, bytes, size, &ignored) != R_OK)
        return;
    while (out->count < ATTACHMENTS_MAX &&
           manifest_next(out->message, &place, &entry))
        out->at[out->count++] =
            is_media_type(entry.media_type) ? entry.media_type : unknown_type;
}

static int percent(int64_t part, int64_t whole)
{
    return whole <= 0 || part >= whole ? 100 : (int)(part * 100 / whole);
}

enum reason letter_files_came(struct sql *mailbox, int64_t row,
                              void (*use)(void *context,
                                          const struct letter_file *file),
                              void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    AUTO(media_types) struct media_types types = {0};
    TRY(sql_select(mailbox,
                   "SELECT e.place, name, e.state, code, folder, file, sha256,"
                   " size, iif(e.state = 'whole', size, have),"
                   " iif(e.state = 'whole', size, max(size, have, there)),"
                   " bytes FROM evidence_in e"
                   " JOIN incoming i ON i.row = e.incoming"
                   " WHERE incoming = ?1 ORDER BY e.place",
                   SQL_VALUES(SQL_INT(row)), &rows, why));
    while (sql_next(rows)) {
        int64_t place = sql_integer(rows, 0);
        read_media_types(rows, 10, &types);
        struct letter_file file = {
            .name = mailbox_text(rows, 1),
            .media_type = place >= 1 && place <= types.count
                              ? types.at[place - 1]
                              : unknown_type,
            .state = mailbox_text(rows, 2),
            .code = mailbox_text(rows, 3),
            .folder = mailbox_text(rows, 4),
            .file = mailbox_text(rows, 5),
            .size = sql_integer(rows, 7),
            .percent = percent(sql_integer(rows, 8), sql_integer(rows, 9))};
        file.sha256 = mailbox_digest(rows, 6);
        use(context, &file);
    }
    return sql_check(rows, why);
}

enum reason letter_files_going(struct sql *mailbox, const char *letter,
                               void (*use)(void *context,
                                           const struct letter_file *file),
                               void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT name, state, code, sha256, size,"
                   " iif(state = 'sent', size, confirmed),"
                   " iif(state = 'sent', size, max(sealed_size, size))"
                   " FROM evidence_out WHERE letter = ?1 ORDER BY row",
                   SQL_VALUES(SQL_TEXT(letter)), &rows, why));
    while (sql_next(rows)) {
        struct letter_file file = {
            .name = mailbox_text(rows, 0),
            .media_type = "",
            .state = mailbox_text(rows, 1),
            .code = mailbox_text(rows, 2),
            .folder = "",
            .file = "",
            .size = sql_integer(rows, 4),
            .percent = percent(sql_integer(rows, 5), sql_integer(rows, 6))};
        file.sha256 = mailbox_digest(rows, 3);
        use(context, &file);
    }
    return sql_check(rows, why);
}

/* One name, not a path, and not a link. */
static int open_within(int folder, const char *name, int flags)
{
    if (*name == '\0' || *name == '.' || strchr(name, '/'))
        return -1;
    return openat(folder, name,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags);
}

enum reason letter_file_open(const char *root, const struct letter_file *file,
                             int *descriptor, struct fault *why)
{
    struct stat status;
    int top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int folder = top < 0 ? -1 : open_within(top, file->folder, O_DIRECTORY);
    int found = folder < 0 ? -1 : open_within(folder, file->file, 0);
    if (top >= 0)
        close(top);
    if (folder >= 0)
        close(folder);
    if (found >= 0 && fstat(found, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == file->size) {
        *descriptor = found;
        return R_OK;
    }
    if (found >= 0)
        close(found);
    return fault(why, R_NOT_FOUND, "%s/%s is not there any more", file->folder,
                 file->file);
}
