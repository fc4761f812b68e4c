/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spool folder: which files of out/ are looked at, in which order, and
 * which of them must wait. Reading one is in spool_read.c, moving and writing
 * in spool_move.c.
 *
 * A look lists the folder once, by name; the files of that list are given out
 * one by one over many turns of the main loop, so that a folder with a
 * hundred thousand letters does not keep the adapter from receiving.
 */
#include "broker-adapters/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "broker-adapters/spool/spool_name.h"
#include "broker-adapters/spool/spool_state.h"

const char *const spool_folders[SPOOL_FOLDERS] = {
    "out", "sent", "refused", "in", "receipts", "quarantine",
};

enum { LOOK_AGAIN_MS = SPOOL_SETTLED_MS / 4 };

int spool_folder(const struct spool *spool, const char *name)
{
    for (size_t i = 0; i < SPOOL_FOLDERS; i++)
        if (strcmp(spool_folders[i], name) == 0)
            return spool->folders[i];
    return -1;
}

static enum reason open_folder(struct spool *spool, size_t place,
                               struct fault *why)
{
    AUTO(text) char *path = io_join(spool->path, spool_folders[place]);
    TRY(io_make_folder(path, why));
    spool->folders[place] =
        open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (spool->folders[place] < 0)
        return fault_errno(why, R_DISK_FAILED, "open %s", path);
    return R_OK;
}

static enum reason watch(struct spool *spool, struct fault *why)
{
    AUTO(text) char *out = io_join(spool->path, spool_folders[SPOOL_OUT]);
    if (spool->notify < 0)
        spool->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (spool->notify < 0 ||
        inotify_add_watch(spool->notify, out,
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB) < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "watch %s", out);
    return R_OK;
}

enum reason spool_open(struct spool **out, const char *folder,
                       struct fault *why)
{
    AUTO(spool) struct spool *spool = mem_new(1, sizeof *spool);
    spool->path = mem_text(folder);
    spool->notify = -1;
    for (size_t i = 0; i < SPOOL_FOLDERS; i++)
        spool->folders[i] = -1;
    for (size_t i = 0; i < SPOOL_FOLDERS; i++)
        TRY(open_folder(spool, i, why));
    /* The kernel tells by SIGIO that a writer waits for a lease of ours. */
    signal(SIGIO, SIG_IGN);
    TRY(watch(spool, why));
    spool->look = true;
    *out = TAKE(spool);
    return R_OK;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    for (size_t i = 0; i < SPOOL_FOLDERS; i++)
        if (spool->folders[i] >= 0)
            close(spool->folders[i]);
    if (spool->notify >= 0)
        close(spool->notify);
    for (size_t i = 0; i < spool->waiting_count; i++)
        free(spool->waiting[i].name);
    io_names_done(&spool->names);
    free(spool->path);
    free(spool);
}

const char *spool_path(const struct spool *spool)
{
    return spool->path;
}

int spool_descriptor(const struct spool *spool)
{
    return spool->notify;
}

void spool_look(struct spool *spool)
{
    spool->look = true;
}

int spool_patience(const struct spool *spool)
{
    if (spool->waiting_count == 0)
        return -1;
    int64_t left = spool->looked + LOOK_AGAIN_MS - spool->now;
    return left > 0 ? (int)left : 0;
}

void spool_file_done(struct spool_file *file)
{
    free(file->name);
    buf_done(&file->bytes);
    buf_done(&file->jws);
    *file = (struct spool_file){0};
}

void spool_postpone(struct spool *spool, const struct spool_file *file)
{
    for (size_t i = 0; i < spool->waiting_count; i++) {
        struct spool_waiting *entry = &spool->waiting[i];
        if (strcmp(entry->name, file->name) != 0)
            continue;
        if (strcmp(entry->identity, file->identity) != 0)
            entry->since = spool->now;
        memcpy(entry->identity, file->identity, sizeof entry->identity);
        entry->seen = true;
        return;
    }
    if (spool->waiting_count == SPOOL_WAITING_MAX)
        return;
    struct spool_waiting *entry = &spool->waiting[spool->waiting_count++];
    *entry = (struct spool_waiting){
        .name = mem_text(file->name), .since = spool->now, .seen = true};
    memcpy(entry->identity, file->identity, sizeof entry->identity);
}

/* Forgets the files that were taken or went away since the last look. */
static void forget_unseen(struct spool *spool)
{
    size_t kept = 0;
    for (size_t i = 0; i < spool->waiting_count; i++) {
        struct spool_waiting *entry = &spool->waiting[i];
        if (!entry->seen) {
            free(entry->name);
            continue;
        }
        entry->seen = false;
        spool->waiting[kept++] = *entry;
    }
    spool->waiting_count = kept;
}

static bool must_look(struct spool *spool)
{
    char events[4096];
    while (read(spool->notify, events, sizeof events) > 0)
        spool->look = true;
    return spool->look || spool_patience(spool) == 0;
}

bool spool_has_work(struct spool *spool, int64_t now)
{
    spool->now = now;
    bool must = must_look(spool);
    return must || spool->at < spool->names.count;
}

/* Somebody deleted the folder, thinking it was only full of old files. */
static enum reason make_again(struct spool *spool, struct fault *why)
{
    close(spool->folders[SPOOL_OUT]);
    spool->folders[SPOOL_OUT] = -1;
    TRY(open_folder(spool, SPOOL_OUT, why));
    return watch(spool, why);
}

static enum reason list(struct spool *spool, struct fault *why)
{
    AUTO(text) char *out = io_join(spool->path, spool_folders[SPOOL_OUT]);
    forget_unseen(spool);
    io_names_done(&spool->names);
    spool->at = 0;
    if (!io_exists(out))
        TRY(make_again(spool, why));
    TRY(io_list(out, &spool->names, why));
    spool->look = false;
    spool->looked = spool->now;
    return R_OK;
}

/* The next file of the list that can be taken now; none: name stays NULL. */
static void next_of_list(struct spool *spool, struct spool_file *file)
{
    while (spool->at < spool->names.count) {
        const char *name = spool->names.names[spool->at++];
        if (spool_name_is_passed_over(name))
            continue;
        *file = (struct spool_file){.name = mem_text(name),
                                    .bytes.ceiling = SPOOL_FILE_CEILING};
        enum spool_state state = spool_examine(spool, file);
        if (state == SPOOL_TAKEN)
            return;
        if (state == SPOOL_GROWING)
            spool_postpone(spool, file);
        spool_file_done(file);
    }
}

enum reason spool_next(struct spool *spool, int64_t now,
                       struct spool_file *file, struct fault *why)
{
    spool->now = now;
    *file = (struct spool_file){0};
    if (spool->at == spool->names.count) {
        if (!must_look(spool))
            return R_OK;
        TRY(list(spool, why));
    }
    next_of_list(spool, file);
    return R_OK;
}
