/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file is known by its bytes alone: size, SHA-256 and SM3 of the signed
 * list, whatever its name is now.
 */
#include "broker-adapters/evidence/supply.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/mailbox/mailbox.h"

static enum reason supply_going(struct sql *mailbox, const char *mailbox_path,
                                const char *path, const struct attachment *file,
                                int *count, struct fault *why)
{
    bool needed;
    TRY(evidence_out_needs(mailbox, &file->sha256, &needed, why));
    *count = needed;
    if (!needed)
        return R_OK;
    TRY(attachments_keep(mailbox_path, &path, 1, why));
    int found;
    TRY(sql_begin(mailbox, why));
    return mailbox_end(
        mailbox, evidence_out_found(mailbox, &file->sha256, &found, why), why);
}

/* A transfer that is awaited with these bytes; false if there is none. */
static enum reason find_awaited(struct sql *mailbox,
                                const struct attachment *file,
                                struct transfer *out, bool *found,
                                struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT sender, letter FROM evidence_in WHERE sha256 = ?1"
                   " AND sm3 = ?2 AND size = ?3"
                   " AND state IN ('awaited', 'here') LIMIT 1",
                   SQL_VALUES(SQL_DIGEST(&file->sha256), SQL_DIGEST(&file->sm3),
                              SQL_INT(file->size)),
                   &rows, why));
    *found = sql_next(rows);
    if (*found) {
        snprintf(out->sender, sizeof out->sender, "%s", mailbox_text(rows, 0));
        snprintf(out->letter, sizeof out->letter, "%s", mailbox_text(rows, 1));
        digest_format(&file->sha256, out->sha256);
    }
    return sql_check(rows, why);
}

static enum reason supply_coming(struct sql *mailbox, const char *root,
                                 const char *path,
                                 const struct attachment *file, instant now,
                                 int *count, struct fault *why)
{
    for (*count = 0;; (*count)++) {
        struct transfer transfer = {0};
        bool found, between;
        TRY(find_awaited(mailbox, file, &transfer, &found, why));
        if (!found)
            return R_OK;
        AUTO(text) char *copy =
            mem_print("%s/.added-%ld", root, (long)getpid());
        TRY(attachment_copy(path, copy, why));
        (void)chmod(copy, 0640); /* as what the press opens */
        enum reason reason = sql_begin(mailbox, why);
        if (reason == R_OK)
            reason = mailbox_end(
                mailbox,
                place_all(mailbox, root, &transfer, copy, now, &between, why),
                why);
        (void)unlink(copy);
        TRY(reason);
        if (between)
            return fault(why, R_STORE_BUSY, "letter %s is being handed over",
                         transfer.letter);
    }
}

enum reason supply_file(struct sql *mailbox,
                        const struct adapter_settings *settings,
                        const char *path, instant now, int *going, int *coming,
                        struct fault *why)
{
    AUTO(attachment) struct attachment file = {0};
    AUTO(text) char *root = place_root(settings->mailbox, settings->spool);
    TRY(attachment_measure(path, &file, why));
    TRY(supply_going(mailbox, settings->mailbox, path, &file, going, why));
    TRY(io_make_folder(root, why));
    TRY(supply_coming(mailbox, root, path, &file, now, coming, why));
    return *going + *coming > 0 ? R_OK : fault(why, R_NOT_FOUND, "%s", path);
}
