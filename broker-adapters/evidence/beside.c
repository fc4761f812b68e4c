/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the folder holds is known by its fingerprint: names, sizes, times. A
 * manifest that was made of another fingerprint is worth nothing, so a file
 * that came late or was still written is looked at again.
 */
#include "broker-adapters/evidence/beside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/evidence/sweep.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "broker-adapters/spool/spool_name.h"

static const char *const tables[] = {
    "CREATE TABLE IF NOT EXISTS evidence_beside ("
    " folder TEXT PRIMARY KEY,"
    " fingerprint TEXT NOT NULL,"
    " state TEXT NOT NULL," /* wanted, ready, done */
    " code TEXT NOT NULL DEFAULT '',"
    " detail TEXT NOT NULL DEFAULT '') STRICT",

    "CREATE TABLE IF NOT EXISTS evidence_beside_file ("
    " folder TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " sha256 BLOB NOT NULL,"
    " entry TEXT NOT NULL," /* of the manifest, XML */
    " PRIMARY KEY (folder, name)) STRICT",
};

static enum reason make_tables(struct sql *mailbox, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        TRY(sql_run(mailbox, tables[i], SQL_NO_VALUES, why));
    return R_OK;
}

enum reason beside_rows_open(struct sql *mailbox, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox, make_tables(mailbox, why), why);
}

char *beside_folder(const char *out_path, const char *letter_name)
{
    const char *dot = strrchr(letter_name, '.');
    size_t stem = dot ? (size_t)(dot - letter_name) : strlen(letter_name);
    return mem_print("%s/%.*s.files", out_path, (int)stem, letter_name);
}

/* --- what lies in the folder ------------------------------------------------
 */

struct contents {
    struct io_names names; /* without those that begin with a dot */
    char fingerprint[DIGEST_TEXT_MAX];
    bool is_growing; /* somebody still copies into it */
};

static void contents_done(struct contents *contents)
{
    io_names_done(&contents->names);
}
AUTO_VALUE(contents, contents_done)

static enum reason note_file(const char *folder, const char *name,
                             struct buf *print, struct fault *why)
{
    struct stat status;
    AUTO(text) char *path = io_join(folder, name);
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return fault(why, R_NO_FILE, "%s: not a regular file", path);
    buf_print(print, "%s/%lld/%lld.%ld/%llu\n", name, (long long)status.st_size,
              (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
              (unsigned long long)status.st_ino);
    return R_OK;
}

static enum reason read_contents(const char *folder, struct contents *out,
                                 struct fault *why)
{
    AUTO(buf) struct buf print = {0};
    AUTO(io_names) struct io_names all = {0};
    TRY(io_list(folder, &all, why));
    out->names.names = mem_new(all.count + 1, sizeof *out->names.names);
    for (size_t i = 0; i < all.count; i++) {
        if (all.names[i][0] == '.')
            continue;
        if (spool_name_is_passed_over(all.names[i]))
            out->is_growing = true;
        TRY(note_file(folder, all.names[i], &print, why));
        out->names.names[out->names.count++] = mem_text(all.names[i]);
    }
    if (out->names.count > ATTACHMENTS_MAX)
        return fault(why, R_TOO_LARGE, "%s: %zu files, at most %d", folder,
                     out->names.count, ATTACHMENTS_MAX);
    struct digest digest =
        digest_of(DIGEST_SHA256, buf_text(&print), print.size);
    digest_format(&digest, out->fingerprint);
    return R_OK;
}

/* --- the main loop ----------------------------------------------------------
 */

static enum reason want(struct sql *mailbox, const char *folder,
                        const char *fingerprint, struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO evidence_beside (folder, fingerprint, state)"
                   " VALUES (?1, ?2, 'wanted') ON CONFLICT (folder) DO UPDATE"
                   " SET fingerprint = ?2, state = 'wanted', code = '',"
                   " detail = ''",
                   SQL_VALUES(SQL_TEXT(folder), SQL_TEXT(fingerprint)), why);
}

static enum reason is_ready(struct sql *mailbox, const char *folder,
                            const char *fingerprint, bool *ready, bool *known,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT state, code, detail FROM evidence_beside"
                   " WHERE folder = ?1 AND fingerprint = ?2",
                   SQL_VALUES(SQL_TEXT(folder), SQL_TEXT(fingerprint)), &rows,
                   why));
    *known = sql_next(rows);
    *ready = *known && strcmp(sql_text(rows, 0), "ready") == 0;
    *known = *known && strcmp(sql_text(rows, 0), "done") != 0;
    if (*ready && *sql_text(rows, 1))
        return fault(why, reason_find(sql_text(rows, 1)), "%s",
                     sql_text(rows, 2));
    return sql_check(rows, why);
}

static enum reason put_entries(struct sql *mailbox, const char *folder,
                               struct buf *entries, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT entry FROM evidence_beside_file WHERE folder = ?1"
                   " ORDER BY name",
                   SQL_VALUES(SQL_TEXT(folder)), &rows, why));
    while (sql_next(rows))
        buf_put_text(entries, sql_text(rows, 0));
    return sql_check(rows, why);
}

enum reason beside_look(struct sql *mailbox, const char *folder,
                        enum beside_state *state, struct buf *entries,
                        struct fault *why)
{
    struct stat status;
    AUTO(contents) struct contents contents = {0};
    bool ready = false, known = false;
    *state = BESIDE_NONE;
    if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return R_OK;
    *state = BESIDE_PENDING;
    TRY(read_contents(folder, &contents, why));
    if (contents.is_growing)
        return R_OK;
    TRY(is_ready(mailbox, folder, contents.fingerprint, &ready, &known, why));
    if (!known)
        return want(mailbox, folder, contents.fingerprint, why);
    if (!ready)
        return R_OK;
    *state = BESIDE_READY;
    return put_entries(mailbox, folder, entries, why);
}

enum reason beside_done(struct sql *mailbox, const char *folder,
                        struct fault *why)
{
    return sql_run(mailbox,
                   "UPDATE evidence_beside SET state = 'done'"
                   " WHERE folder = ?1",
                   SQL_VALUES(SQL_TEXT(folder)), why);
}

/* --- the press --------------------------------------------------------------
 */

static enum reason put_file(struct sql *mailbox, const char *folder,
                            const char *name, const struct attachment *file,
                            struct fault *why)
{
    return sql_run(mailbox,
                   "INSERT INTO evidence_beside_file (folder, name, sha256,"
                   " entry) VALUES (?1, ?2, ?3, ?4)",
                   SQL_VALUES(SQL_TEXT(folder), SQL_TEXT(name),
                              SQL_DIGEST(&file->sha256),
                              SQL_TEXT(buf_text(&file->entry))),
                   why);
}

struct measured {
    struct attachment *files;
    size_t count;
};

static void measured_done(struct measured *measured)
{
    for (size_t i = 0; i < measured->count; i++)
        attachment_done(&measured->files[i]);
    free(measured->files);
}
AUTO_VALUE(measured, measured_done)

static enum reason measure(const char *mailbox_path, const char *folder,
                           const struct contents *contents,
                           struct measured *out, struct fault *why)
{
    out->files = mem_new(contents->names.count + 1, sizeof *out->files);
    for (size_t i = 0; i < contents->names.count; i++) {
        AUTO(text) char *path = io_join(folder, contents->names.names[i]);
        out->count++;
        TRY(attachment_measure(path, &out->files[i], why));
        TRY(attachment_link(mailbox_path, path, &out->files[i].sha256, why));
    }
    return R_OK;
}

static enum reason note_measured(struct sql *mailbox, const char *folder,
                                 const struct contents *contents,
                                 const struct measured *measured,
                                 const struct fault *found, struct fault *why)
{
    TRY(sql_run(mailbox, "DELETE FROM evidence_beside_file WHERE folder = ?1",
                SQL_VALUES(SQL_TEXT(folder)), why));
    bool failed = found->reason != R_OK;
    for (size_t i = 0; !failed && i < measured->count; i++)
        TRY(put_file(mailbox, folder, contents->names.names[i],
                     &measured->files[i], why));
    return sql_run(
        mailbox,
        "UPDATE evidence_beside SET state = 'ready', fingerprint = ?2,"
        " code = ?3, detail = ?4 WHERE folder = ?1 AND state = 'wanted'",
        SQL_VALUES(SQL_TEXT(folder), SQL_TEXT(contents->fingerprint),
                   SQL_TEXT(failed ? reason_code(found->reason) : ""),
                   SQL_TEXT(found->text)),
        why);
}

static enum reason find_folder(struct sql *mailbox, const char *state,
                               char **folder, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT folder FROM evidence_beside WHERE state = ?1"
                   " LIMIT 1",
                   SQL_VALUES(SQL_TEXT(state)), &rows, why));
    *folder = sql_next(rows) ? mem_text(sql_text(rows, 0)) : NULL;
    return sql_check(rows, why);
}

/* What no letter needs of the files that were kept. */
static enum reason let_go(struct sql *mailbox, const char *mailbox_path,
                          const char *folder, struct fault *why)
{
    struct digest digests[ATTACHMENTS_MAX];
    size_t count = 0;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT sha256 FROM evidence_beside_file WHERE folder = ?1",
                   SQL_VALUES(SQL_TEXT(folder)), &rows, why));
    while (count < ATTACHMENTS_MAX && sql_next(rows))
        digests[count++] = mailbox_digest(rows, 0);
    sql_rows_free(TAKE(rows));
    for (size_t i = 0; i < count; i++)
        TRY(sweep_attachment(mailbox, mailbox_path, &digests[i], why));
    TRY(sql_begin(mailbox, why));
    enum reason reason =
        sql_run(mailbox, "DELETE FROM evidence_beside_file WHERE folder = ?1",
                SQL_VALUES(SQL_TEXT(folder)), why);
    if (reason == R_OK)
        reason =
            sql_run(mailbox, "DELETE FROM evidence_beside WHERE folder = ?1",
                    SQL_VALUES(SQL_TEXT(folder)), why);
    return mailbox_end(mailbox, reason, why);
}

enum reason beside_turn(struct sql *mailbox, const char *mailbox_path,
                        bool *busy, struct fault *why)
{
    AUTO(text) char *wanted = NULL;
    AUTO(text) char *done = NULL;
    AUTO(contents) struct contents contents = {0};
    AUTO(measured) struct measured measured = {0};
    struct fault found = {0};
    TRY(find_folder(mailbox, "done", &done, why));
    if (done)
        TRY(let_go(mailbox, mailbox_path, done, why));
    TRY(find_folder(mailbox, "wanted", &wanted, why));
    if (!wanted)
        return R_OK;
    *busy = true;
    enum reason reason = read_contents(wanted, &contents, &found);
    if (reason == R_OK)
        reason = measure(mailbox_path, wanted, &contents, &measured, &found);
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    TRY(sql_begin(mailbox, why));
    return mailbox_end(
        mailbox,
        note_measured(mailbox, wanted, &contents, &measured, &found, why), why);
}
