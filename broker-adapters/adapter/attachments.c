/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/attachments.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/message.h"

/* By the end of the name; what is not here is application/octet-stream. */
static const struct {
    const char *extension, *media_type;
} media_types[] = {
    {".pdf", "application/pdf"},
    {".ofd", "application/ofd"},
    {".xml", "application/xml"},
    {".json", "application/json"},
    {".txt", "text/plain"},
    {".csv", "text/csv"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".mp3", "audio/mpeg"},
    {".wav", "audio/wav"},
    {".mp4", "video/mp4"},
    {".zip", "application/zip"},
    {".doc", "application/msword"},
    {".xls", "application/vnd.ms-excel"},
};

static const char *media_type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNT_OF(media_types); i++)
        if (strcasecmp(media_types[i].extension, dot) == 0)
            return media_types[i].media_type;
    return "application/octet-stream";
}

void attachment_done(struct attachment *attachment)
{
    buf_done(&attachment->entry);
}

enum { PIECE = 256 * 1024 };

/* Both digests and the size, of what is really there. */
static enum reason read_digests(const char *path, struct digest *sha256,
                                struct digest *sm3, int64_t *size,
                                struct fault *why)
{
    AUTO(digest_run) struct digest_run *first = digest_run_new(DIGEST_SHA256);
    AUTO(digest_run) struct digest_run *second = digest_run_new(DIGEST_SM3);
    AUTO(text) char *piece = mem_new(1, PIECE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    ssize_t got;
    for (*size = 0; (got = read(fd, piece, PIECE)) > 0; *size += got) {
        digest_run_put(first, piece, (size_t)got);
        digest_run_put(second, piece, (size_t)got);
    }
    close(fd);
    *sha256 = digest_run_end(first);
    *sm3 = digest_run_end(second);
    return got < 0 ? fault_errno(why, R_DISK_FAILED, "reading %s", path) : R_OK;
}

enum reason attachment_measure(const char *path, struct attachment *out,
                               struct fault *why)
{
    char text[DIGEST_TEXT_MAX];
    struct stat status;
    struct buf *entry = &out->entry;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return fault(why, R_NO_FILE, "%s", path);
    TRY(read_digests(path, &out->sha256, &out->sm3, &out->size, why));
    buf_put_text(entry, "<attachment>");
    buf_put_element(entry, "name", io_name_of(path));
    buf_put_element(entry, "mediaType", media_type_of(path));
    buf_print(entry, "<size>%lld</size>", (long long)out->size);
    buf_put_element(entry, "sha256", digest_format(&out->sha256, text));
    buf_put_element(entry, "sm3", digest_format(&out->sm3, text));
    buf_put_text(entry, "<carried>true</carried></attachment>");
    return R_OK;
}

/*
 * message_write gives one text for one tree, so the place for the entries is
 * found at its end.
 */
static void put_with(const struct buf *letter, const struct buf *entries,
                     struct buf *out)
{
    static const char *const ends[] = {"</attachments></message>",
                                       "</message>"};
    const char *text = buf_text(letter);
    bool has_some = strstr(text, ends[0]) != NULL;
    const char *place = strstr(text, ends[has_some ? 0 : 1]);
    size_t before = place ? (size_t)(place - text) : letter->size;
    buf_put(out, text, before);
    buf_print(out, has_some ? "%s" : "<attachments>%s</attachments>",
              buf_text(entries));
    buf_put(out, text + before, letter->size - before);
}

enum reason attachments_add_entries(const struct buf *letter,
                                    const struct buf *entries, struct buf *out,
                                    struct fault *why)
{
    AUTO(buf) struct buf plain = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf whole = {.ceiling = MESSAGE_CEILING};
    AUTO(message) struct message *message = NULL;
    AUTO(message) struct message *made = NULL;
    TRY(message_parse(&message, buf_text(letter), letter->size, why));
    if (message_signature(message))
        return fault(why, R_SIGNATURE_PROFILE, "%s",
                     say("已签名的公文不能再加附件",
                         "nothing can be added to a signed letter"));
    TRY(message_write(message, MESSAGE_XML, &plain, why));
    put_with(&plain, entries, &whole);
    TRY(buf_check(&whole, why));
    TRY(message_parse(&made, buf_text(&whole), whole.size, why));
    return message_write(made, message_encoding(message), out, why);
}

enum reason attachments_add(const struct buf *letter, const char *const *paths,
                            size_t count, struct buf *out, struct fault *why)
{
    AUTO(buf) struct buf entries = {.ceiling = MESSAGE_CEILING};
    for (size_t i = 0; i < count; i++) {
        AUTO(attachment) struct attachment file = {0};
        TRY(attachment_measure(paths[i], &file, why));
        buf_put(&entries, file.entry.bytes, file.entry.size);
    }
    return attachments_add_entries(letter, &entries, out, why);
}

static enum reason copy_bytes(int from, int to, const char *path,
                              struct fault *why)
{
    ssize_t sent;
    while ((sent = sendfile(to, from, NULL, 1 << 20)) != 0)
        if (sent < 0 && errno != EINTR)
            return fault_errno(why, R_DISK_FAILED, "copy to %s", path);
    return fsync(to) == 0 ? R_OK
                          : fault_errno(why, R_DISK_FAILED, "fsync %s", path);
}

enum reason attachment_copy(const char *from_path, const char *to_path,
                            struct fault *why)
{
    AUTO(text) char *draft = mem_print("%s.part", to_path);
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    enum reason reason =
        from < 0 || to < 0
            ? fault_errno(why, R_NO_FILE, "%s", from < 0 ? from_path : draft)
            : copy_bytes(from, to, draft, why);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return reason == R_OK ? io_move(draft, to_path, why) : reason;
}

static bool is_empty(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && status.st_size == 0;
}

enum reason attachment_link(const char *mailbox_path, const char *path,
                            const struct digest *sha256, struct fault *why)
{
    char name[DIGEST_TEXT_MAX];
    AUTO(text) char *beside = io_folder_of(mailbox_path);
    AUTO(text) char *folder = mem_print("%s/attachments", beside);
    AUTO(text) char *kept = io_join(folder, digest_format(sha256, name));
    TRY(io_make_folder(folder, why));
    if (is_empty(path) || link(path, kept) == 0 || errno == EEXIST)
        return R_OK;
    return attachment_copy(path, kept, why);
}

enum reason attachments_keep(const char *mailbox_path, const char *const *paths,
                             size_t count, struct fault *why)
{
    AUTO(text) char *beside = io_folder_of(mailbox_path);
    AUTO(text) char *folder = mem_print("%s/attachments", beside);
    TRY(io_make_folder(folder, why));
    for (size_t i = 0; i < count; i++) {
        char name[DIGEST_TEXT_MAX];
        struct digest digest;
        TRY(digest_of_file(DIGEST_SHA256, paths[i], &digest, why));
        AUTO(text) char *path = io_join(folder, digest_format(&digest, name));
        if (!io_exists(path) && !is_empty(paths[i]))
            TRY(attachment_copy(paths[i], path, why));
    }
    return R_OK;
}
