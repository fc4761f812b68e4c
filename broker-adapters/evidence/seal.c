/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both ways a file goes through in pieces. Its digests are those of what was
 * read or written here, so that a file that somebody changes meanwhile, or a
 * disk that forgets, is found out before anybody relies on it.
 */
#include "broker-adapters/evidence/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

enum { PIECE = 256 * 1024 };

static char *beside(const char *mailbox_path, const char *folder,
                    const char *name)
{
    AUTO(text) char *home = io_folder_of(mailbox_path);
    return mem_print("%s/%s/%s", home, folder, name);
}

char *seal_attachment_path(const char *mailbox_path,
                           const struct digest *sha256)
{
    char name[DIGEST_TEXT_MAX];
    return beside(mailbox_path, "attachments", digest_format(sha256, name));
}

char *seal_going_path(const char *mailbox_path, const struct transfer *transfer)
{
    AUTO(text) char *name =
        mem_print("%s.%s", transfer->letter, transfer->sha256);
    return beside(mailbox_path, "evidence/going", name);
}

char *seal_coming_path(const char *mailbox_path,
                       const struct transfer *transfer)
{
    AUTO(text) char *name = mem_print("%s.%s.%s", transfer->sender,
                                      transfer->letter, transfer->sha256);
    return beside(mailbox_path, "evidence/coming", name);
}

enum reason seal_make_folders(const char *mailbox_path, struct fault *why)
{
    static const char *const folders[] = {"attachments", "evidence/going",
                                          "evidence/coming", "evidence/in"};
    AUTO(text) char *home = io_folder_of(mailbox_path);
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        AUTO(text) char *path = mem_print("%s/%s", home, folders[i]);
        TRY(io_make_folder(path, why));
    }
    return R_OK;
}

enum reason seal_lacks(struct sql *mailbox, const char *mailbox_path,
                       bool *lacks, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *lacks = false;
    TRY(sql_select(mailbox,
                   "SELECT sha256 FROM evidence_out"
                   " WHERE state IN ('kept', 'missing')",
                   SQL_NO_VALUES, &rows, why));
    while (sql_next(rows)) {
        struct digest sha256 = mailbox_digest(rows, 0);
        AUTO(text) char *path = seal_attachment_path(mailbox_path, &sha256);
        *lacks |= !io_exists(path);
    }
    return sql_check(rows, why);
}

/* Calls use(context, piece) for the whole file. */
static enum reason each_piece(const char *path, const atomic_bool *stop,
                              enum reason (*use)(void *context,
                                                 const void *bytes, size_t size,
                                                 struct fault *why),
                              void *context, struct fault *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fault_errno(why, R_NO_FILE, "%s", path);
    AUTO(text) char *piece = mem_new(1, PIECE);
    enum reason reason = R_OK;
    ssize_t size = 1;
    while (reason == R_OK && size > 0) {
        size = read(fd, piece, PIECE);
        if (stop && atomic_load(stop))
            reason = fault(why, R_TIMED_OUT, "%s: stopped", path);
        else if (size < 0)
            reason = fault_errno(why, R_DISK_FAILED, "read %s", path);
        else if (size > 0)
            reason = use(context, piece, (size_t)size, why);
    }
    close(fd);
    return reason;
}

/* --- sealing ---------------------------------------------------------------
 */

struct press {
    struct envelope *envelope;
    struct digest_run *plain;
};

static enum reason press_piece(void *context, const void *bytes, size_t size,
                               struct fault *why)
{
    struct press *press = context;
    digest_run_put(press->plain, bytes, size);
    return envelope_put(press->envelope, bytes, size, why);
}

static enum reason find_receivers(const struct sealing *sealing,
                                  const struct certificate **out,
                                  struct fault *why)
{
    if (sealing->count > ENVELOPE_RECEIVERS_MAX)
        return fault(why, R_TOO_LARGE, "%zu receivers", sealing->count);
    for (size_t i = 0; i < sealing->count; i++)
        TRY(registry_encryption(sealing->registry, sealing->agencies[i],
                                sealing->now, &out[i], why));
    return R_OK;
}

static enum reason write_sealed(const struct sealing *sealing, const char *from,
                                int into, struct fault *why)
{
    const struct certificate *receivers[ENVELOPE_RECEIVERS_MAX];
    AUTO(envelope) struct envelope *envelope = NULL;
    AUTO(digest_run) struct digest_run *plain = digest_run_new(DIGEST_SHA256);
    TRY(find_receivers(sealing, receivers, why));
    TRY(envelope_begin(&envelope, into, receivers, sealing->count, why));
    struct press press = {envelope, plain};
    TRY(each_piece(from, sealing->stop, press_piece, &press, why));
    struct digest found = digest_run_end(plain);
    if (!digest_is_equal(&found, sealing->sha256))
        return fault(why, R_DIGEST_MISMATCH, "%s", from);
    return envelope_end(envelope, why);
}

struct measure {
    struct digest_run *sha256, *sm3; /* sm3: may be NULL */
    int64_t size;
};

static enum reason measure_piece(void *context, const void *bytes, size_t size,
                                 struct fault *why)
{
    struct measure *measure = context;
    (void)why;
    digest_run_put(measure->sha256, bytes, size);
    if (measure->sm3)
        digest_run_put(measure->sm3, bytes, size);
    measure->size += (int64_t)size;
    return R_OK;
}

static enum reason make_durable(int fd, enum reason reason, const char *path,
                                struct fault *why)
{
    if (reason == R_OK && fsync(fd) != 0)
        reason = fault_errno(why, R_DISK_FAILED, "fsync %s", path);
    if (close(fd) != 0 && reason == R_OK)
        reason = fault_errno(why, R_DISK_FAILED, "close %s", path);
    return reason;
}

enum reason seal_file(const struct sealing *sealing, const char *from,
                      const char *into, int64_t *size, struct digest *sealed,
                      struct fault *why)
{
    int fd =
        open(into, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "create %s", into);
    TRY(make_durable(fd, write_sealed(sealing, from, fd, why), into, why));
    AUTO(digest_run) struct digest_run *run = digest_run_new(DIGEST_SHA256);
    struct measure measure = {.sha256 = run};
    TRY(each_piece(into, sealing->stop, measure_piece, &measure, why));
    *size = measure.size;
    *sealed = digest_run_end(run);
    return R_OK;
}

/* --- opening ---------------------------------------------------------------
 */

static enum reason open_into(const struct envelope_key *key, const char *from,
                             int into, struct fault *why)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fault_errno(why, R_NO_FILE, "%s", from);
    enum reason reason = envelope_open(key, fd, into, why);
    close(fd);
    return reason;
}

enum reason seal_open(const struct envelope_key *key, const char *from,
                      const char *into, const struct opened *must,
                      struct fault *why)
{
    int fd =
        open(into, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "create %s", into);
    enum reason reason = must->size == 0 ? R_OK : open_into(key, from, fd, why);
    TRY(make_durable(fd, reason, into, why));
    AUTO(digest_run) struct digest_run *sha256 = digest_run_new(DIGEST_SHA256);
    AUTO(digest_run) struct digest_run *sm3 = digest_run_new(DIGEST_SM3);
    struct measure measure = {.sha256 = sha256, .sm3 = sm3};
    TRY(each_piece(into, NULL, measure_piece, &measure, why));
    struct digest found[2] = {digest_run_end(sha256), digest_run_end(sm3)};
    if (measure.size != must->size ||
        !digest_is_equal(&found[0], &must->sha256) ||
        !digest_is_equal(&found[1], &must->sm3))
        return fault(why, R_DIGEST_MISMATCH,
                     "what was sealed is not what the letter lists");
    return R_OK;
}
