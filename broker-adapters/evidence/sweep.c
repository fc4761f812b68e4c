/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the agency gave is deleted only when a letter named it and no letter
 * needs it any more: a file that nobody named yet may be about to be.
 */
#include "broker-adapters/evidence/sweep.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/seal.h"
#include "broker-adapters/mailbox/mailbox.h"

enum reason sweep_attachment(struct sql *mailbox, const char *mailbox_path,
                             const struct digest *sha256, struct fault *why)
{
    bool needed = true;
    AUTO(text) char *path = seal_attachment_path(mailbox_path, sha256);
    TRY(sql_begin(mailbox, why)); /* no letter is kept meanwhile */
    enum reason reason = evidence_out_needs(mailbox, sha256, &needed, why);
    if (!needed)
        (void)unlink(path);
    return mailbox_end(mailbox, reason, why);
}

enum reason sweep_gone(struct sql *mailbox,
                       const struct adapter_settings *settings,
                       const struct transfer *transfer, struct fault *why)
{
    struct digest sha256 = {0};
    AUTO(text) char *going = seal_going_path(settings->mailbox, transfer);
    (void)unlink(going);
    (void)digest_parse(transfer->sha256, &sha256);
    return sweep_attachment(mailbox, settings->mailbox, &sha256, why);
}

static enum reason drop(struct sql *mailbox, int64_t row, struct fault *why)
{
    TRY(sql_begin(mailbox, why));
    return mailbox_end(mailbox,
                       evidence_out_mark(mailbox, row, "dropped", 0, why), why);
}

enum reason sweep_refused(struct sql *mailbox,
                          const struct adapter_settings *settings,
                          struct fault *why)
{
    for (;;) {
        struct evidence_out row;
        struct transfer transfer = {0};
        TRY(evidence_out_refused(mailbox, &row, why));
        if (row.row == 0)
            return R_OK;
        TRY(drop(mailbox, row.row, why));
        snprintf(transfer.sender, sizeof transfer.sender, "%s",
                 settings->agency);
        memcpy(transfer.letter, row.letter, sizeof transfer.letter);
        digest_format(&row.sha256, transfer.sha256);
        TRY(sweep_gone(mailbox, settings, &transfer, why));
    }
}

/* --- leftovers --------------------------------------------------------------
 */

/* Whether a row gives this answer about the letter and the digest in a name;
 * names that are none of ours are left alone. */
static enum reason is_needed(struct sql *mailbox, const char *text,
                             const char *name, bool *needed, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    char letter[UUID_TEXT_MAX] = "";
    struct digest sha256;
    size_t length = strlen(name);
    const size_t tail = DIGEST_TEXT_MAX - 1;
    *needed = true;
    if (length < tail || !digest_parse(name + length - tail, &sha256))
        return R_OK;
    if (length >= tail + UUID_TEXT_MAX)
        snprintf(letter, sizeof letter, "%.*s", UUID_TEXT_MAX - 1,
                 name + length - tail - UUID_TEXT_MAX);
    TRY(sql_select(mailbox, text,
                   SQL_VALUES(SQL_TEXT(letter), SQL_DIGEST(&sha256)), &rows,
                   why));
    *needed = sql_next(rows) && sql_integer(rows, 0);
    return sql_check(rows, why);
}

static const struct {
    const char *folder, *question;
} places[] = {
    {"evidence/going", "SELECT EXISTS (SELECT 1 FROM evidence_out"
                       " WHERE letter = ?1 AND sha256 = ?2"
                       " AND state = 'sealed')"},
    {"evidence/coming", "SELECT EXISTS (SELECT 1 FROM evidence_in"
                        " WHERE letter = ?1 AND sha256 = ?2"
                        " AND state IN ('awaited', 'here'))"},
    {"attachments", "SELECT ?1 = '' AND NOT EXISTS (SELECT 1 FROM evidence_out"
                    " WHERE sha256 = ?2) OR EXISTS (SELECT 1 FROM evidence_out"
                    " WHERE sha256 = ?2"
                    " AND state IN ('kept', 'missing', 'sealed'))"},
};

enum reason sweep_leftovers(struct sql *mailbox,
                            const struct adapter_settings *settings,
                            struct fault *why)
{
    AUTO(text) char *home = io_folder_of(settings->mailbox);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        AUTO(text) char *folder = mem_print("%s/%s", home, places[i].folder);
        AUTO(io_names) struct io_names names = {0};
        TRY(io_list(folder, &names, why));
        for (size_t j = 0; j < names.count; j++) {
            bool needed;
            AUTO(text) char *path = io_join(folder, names.names[j]);
            TRY(is_needed(mailbox, places[i].question, names.names[j], &needed,
                          why));
            if (!needed)
                (void)unlink(path);
        }
    }
    return R_OK;
}
