/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An SQLite file of another system's: nothing of it is changed but rows, its
 * journal stays as it is, and what its schema holds (views, triggers) may not
 * call functions that reach out of it.
 *
 * No statement takes longer than the patience given: a lock is waited for in
 * small steps, and SQLite asks us now and then whether it may go on.
 *
 * Changes by others are heard by inotify on the folder: the file itself and
 * its journals ("NAME-wal", "NAME-journal"). Where that does not work (a
 * network drive), the caller's polling must do.
 */
#include <limits.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/sql_sqlite_state.h"

enum { LOCK_PAUSE_MS = 10, OPCODES_BETWEEN_QUESTIONS = 20000 };

struct sqlite_foreign {
    struct sql_patience patience;
    int64_t deadline; /* of the present statement */
    char *path;
    dev_t device;
    ino_t inode;
    int watch; /* inotify; -1: none */
};

static struct sqlite_foreign *foreign_of(const struct sql *db)
{
    return ((const struct sqlite *)db)->foreign;
}

/* --- patience --------------------------------------------------------------
 */

void sqlite_foreign_begin(struct sqlite_foreign *foreign)
{
    foreign->deadline = instant_monotonic() + foreign->patience.wait_ms;
}

static bool is_over(const struct sqlite_foreign *foreign)
{
    return sql_must_stop(&foreign->patience) ||
           instant_monotonic() >= foreign->deadline;
}

static int may_go_on(void *context)
{
    return is_over(context) ? 1 : 0;
}

static int wait_for_lock(void *context, int tries)
{
    (void)tries;
    if (is_over(context))
        return 0;
    (void)poll(NULL, 0, LOCK_PAUSE_MS);
    return 1;
}

/* --- faults ----------------------------------------------------------------
 */

static const struct {
    int status;
    enum reason reason;
} statuses[] = {
    {SQLITE_BUSY, R_STORE_BUSY},        {SQLITE_LOCKED, R_STORE_BUSY},
    {SQLITE_INTERRUPT, R_TIMED_OUT},    {SQLITE_CONSTRAINT, R_STORE_REFUSED},
    {SQLITE_MISMATCH, R_STORE_REFUSED}, {SQLITE_TOOBIG, R_STORE_REFUSED},
    {SQLITE_ERROR, R_STORE_UNFIT},      {SQLITE_READONLY, R_STORE_UNFIT},
    {SQLITE_PERM, R_STORE_UNFIT},       {SQLITE_AUTH, R_STORE_UNFIT},
    {SQLITE_NOTADB, R_STORE_UNFIT},     {SQLITE_CANTOPEN, R_STORE_UNFIT},
};

enum reason sqlite_foreign_fault(struct sqlite *db, int status,
                                 struct fault *why)
{
    enum reason reason = R_STORE_FAILED;
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].status == (status & 0xFF))
            reason = statuses[i].reason;
    return fault(why, reason, "SQLite: %s", sqlite3_errmsg(db->handle));
}

/* --- changes by others -----------------------------------------------------
 */

enum reason sqlite_foreign_listen(struct sql *db, const char *channel,
                                  struct fault *why)
{
    struct sqlite_foreign *foreign = foreign_of(db);
    (void)channel;
    if (!foreign)
        return R_OK;
    AUTO(text) char *folder = io_folder_of(foreign->path);
    foreign->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (foreign->watch < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "inotify");
    if (inotify_add_watch(foreign->watch, folder,
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
        return fault_errno(why, R_SYSTEM_FAILED, "watch %s", folder);
    return R_OK;
}

int sqlite_foreign_descriptor(const struct sql *db)
{
    return foreign_of(db) ? foreign_of(db)->watch : -1;
}

bool sqlite_foreign_heard(struct sql *db)
{
    struct sqlite_foreign *foreign = foreign_of(db);
    _Alignas(struct inotify_event) char
        events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    const char *name = foreign ? io_name_of(foreign->path) : "";
    bool heard = false;
    ssize_t size;
    if (!foreign || foreign->watch < 0)
        return false;
    while ((size = read(foreign->watch, events, sizeof events)) > 0)
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event = (const void *)(events + at);
            heard |=
                event->len > 0 && strncmp(event->name, name, strlen(name)) == 0;
            at += (ssize_t)(sizeof *event + event->len);
        }
    return heard;
}

/* Another file may have been put in its place: a backup that was restored. */
bool sqlite_foreign_is_lost(const struct sql *db)
{
    const struct sqlite_foreign *foreign = foreign_of(db);
    struct stat found;
    return foreign &&
           (stat(foreign->path, &found) != 0 ||
            found.st_ino != foreign->inode || found.st_dev != foreign->device);
}

void sqlite_foreign_free(struct sqlite_foreign *foreign)
{
    if (!foreign)
        return;
    if (foreign->watch >= 0)
        close(foreign->watch);
    free(foreign->path);
    free(foreign);
}

/* --- opening ---------------------------------------------------------------
 */

static enum reason make_foreign(struct sqlite *db, const char *path,
                                const struct sql_patience *patience,
                                struct fault *why)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return fault_errno(why, R_STORE_UNFIT, "%s", path);
    if (!S_ISREG(found.st_mode))
        return fault(why, R_STORE_UNFIT, "%s", path);
    struct sqlite_foreign *foreign = mem_new(1, sizeof *foreign);
    *foreign = (struct sqlite_foreign){.patience = *patience,
                                       .path = mem_text(path),
                                       .device = found.st_dev,
                                       .inode = found.st_ino,
                                       .watch = -1};
    db->foreign = foreign;
    sqlite_foreign_begin(foreign);
    return R_OK;
}

static enum reason prepare_handle(struct sqlite *db, struct fault *why)
{
    static const int settings[][2] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}};
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        (void)sqlite3_db_config(db->handle, settings[i][0], settings[i][1],
                                NULL);
    sqlite3_busy_handler(db->handle, wait_for_lock, db->foreign);
    sqlite3_progress_handler(db->handle, OPCODES_BETWEEN_QUESTIONS, may_go_on,
                             db->foreign);
    return sql_script(
        &db->face, "PRAGMA foreign_keys = 1; PRAGMA synchronous = FULL;", why);
}

enum reason sql_open_foreign(struct sql **out, const char *path,
                             const struct sql_patience *patience,
                             struct fault *why)
{
    struct sqlite *made = mem_new(1, sizeof *made);
    AUTO(sql) struct sql *db = &made->face;
    db->ops = &sql_sqlite_ops;
    TRY(make_foreign(made, path, patience, why));
    int status = sqlite3_open_v2(
        path, &made->handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, NULL);
    if (status != SQLITE_OK)
        return fault(why, R_STORE_UNFIT, "%s: %s", path,
                     sqlite3_errstr(status));
    TRY(prepare_handle(made, why));
    *out = TAKE(db);
    return R_OK;
}
