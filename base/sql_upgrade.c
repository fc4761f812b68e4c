/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The backup is made by a second connection while the first one holds the
 * write lock: it is exactly what the steps begin with. It is written under
 * another name and renamed when it is whole, so that a file with the name of a
 * backup is one.
 */
#include "base/sql_upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"

static enum reason make_durable(const char *path, struct fault *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_errno(why, R_DISK_FAILED, "open %s", path);
    int failed = fchmod(fd, 0600) != 0 || fsync(fd) != 0;
    close(fd);
    return failed ? fault_errno(why, R_DISK_FAILED, "fsync %s", path) : R_OK;
}

static enum reason back_up(const char *path, int64_t version, struct fault *why)
{
    AUTO(text) char *whole =
        mem_print("%s.version-%lld", path, (long long)version);
    AUTO(text) char *draft = mem_print("%s.draft", whole);
    AUTO(sql) struct sql *other = NULL;
    if (unlink(draft) != 0 && errno != ENOENT)
        return fault_errno(why, R_DISK_FAILED, "remove %s", draft);
    TRY(sql_open(&other, path, SQL_WRITE, "", SQL_ANY_VERSION, why));
    TRY(sql_run(other, "VACUUM INTO ?1", SQL_VALUES(SQL_TEXT(draft)), why));
    TRY(make_durable(draft, why));
    TRY(io_move(draft, whole, why));
    log_event(LOG_WARN,
              say("%s 由第 %lld 版升级，备份为 %s",
                  "%s is upgraded from version %lld; backup: %s"),
              path, (long long)version, whole);
    return R_OK;
}

static enum reason is_done(struct sql *db, const struct sql_step *step,
                           bool *out, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = false;
    if (!step->sign)
        return R_OK;
    TRY(sql_select(db, step->sign, SQL_NO_VALUES, &rows, why));
    *out = sql_next(rows);
    return sql_check(rows, why);
}

static enum reason take_step(struct sql *db, const struct sql_step *step,
                             struct fault *why)
{
    bool done;
    AUTO(text) char *mark =
        mem_print("PRAGMA user_version = %d", step->version);
    TRY(is_done(db, step, &done, why));
    if (!done)
        TRY(sql_script(db, asset_get(step->script)->bytes, why));
    return sql_script(db, mark, why);
}

/* Behind the write lock: another process may have been faster. */
static enum reason climb(struct sql *db, const char *path,
                         const struct sql_step *steps, size_t count,
                         struct fault *why)
{
    int64_t found;
    TRY(sql_version(db, &found, why));
    if (found >= steps[count - 1].version)
        return R_OK;
    TRY(back_up(path, found, why));
    for (size_t i = 0; i < count; i++)
        if (steps[i].version > found)
            TRY(take_step(db, &steps[i], why));
    return sql_commit(db, why);
}

enum reason sql_upgrade(const char *path, const struct sql_step *steps,
                        size_t count, struct fault *why)
{
    AUTO(sql) struct sql *db = NULL;
    int64_t found;
    if (!io_exists(path))
        return R_OK;
    TRY(sql_open(&db, path, SQL_WRITE, "", SQL_ANY_VERSION, why));
    TRY(sql_version(db, &found, why));
    if (found == 0 || found >= steps[count - 1].version)
        return R_OK;
    TRY(sql_begin(db, why));
    enum reason reason = climb(db, path, steps, count, why);
    sql_rollback(db);
    return reason;
}
