/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/quarantine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"

enum reason quarantine_put(struct sql *mailbox, const struct unjudged *came,
                           const struct fault *found, instant now,
                           struct fault *why)
{
    struct digest digest = digest_of(DIGEST_SHA256, came->body, came->size);
    return sql_run(
        mailbox,
        "INSERT OR IGNORE INTO quarantine (digest, message_id, case_id,"
        " media_type, jws, bytes, place, received_at, code, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        SQL_VALUES(SQL_DIGEST(&digest), SQL_TEXT(came->message_id),
                   SQL_TEXT(came->case_id), SQL_TEXT(came->media_type),
                   SQL_TEXT(came->jws), SQL_BYTES(came->body, came->size),
                   SQL_INT(came->place), SQL_INT(now),
                   SQL_TEXT(reason_code(found->reason)), SQL_TEXT(found->text)),
        why);
}

void quarantined_done(struct quarantined *quarantined)
{
    free(quarantined->message_id);
    free(quarantined->case_id);
    free(quarantined->media_type);
    free(quarantined->jws);
    free(quarantined->code);
    free(quarantined->detail);
    free(quarantined->body);
    *quarantined = (struct quarantined){0};
}

#define COLUMNS                                                                \
    "SELECT row, message_id, case_id, media_type, jws, code, detail, place,"   \
    " received_at, digest, bytes FROM quarantine WHERE row > ?1 AND "
#define FIRST " ORDER BY row LIMIT 1"

static const char *const choices[] = {
    [QUARANTINE_ALL] = COLUMNS "1" FIRST,
    [QUARANTINE_UNFILED] = COLUMNS "filed = 0" FIRST,
    [QUARANTINE_UNKNOWN] =
        COLUMNS "code IN ('UNKNOWN_AGENCY', 'CERTIFICATE_UNKNOWN')" FIRST,
};

enum reason quarantine_next(struct sql *mailbox, enum quarantine_choice choice,
                            int64_t after, struct quarantined *out,
                            struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct quarantined){0};
    TRY(sql_select(mailbox, choices[choice], SQL_VALUES(SQL_INT(after)), &rows,
                   why));
    if (!sql_next(rows))
        return sql_check(rows, why);
    char **const texts[] = {&out->message_id, &out->case_id, &out->media_type,
                            &out->jws,        &out->code,    &out->detail};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = mem_text(sql_text(rows, (int)i + 1));
    out->row = sql_integer(rows, 0);
    out->place = sql_integer(rows, 7);
    out->received_at = sql_integer(rows, 8);
    out->digest = mailbox_digest(rows, 9);
    const void *body = sql_bytes(rows, 10, &out->size);
    out->body = mem_copy(body, out->size);
    return R_OK;
}

enum reason quarantine_mark_filed(struct sql *mailbox, int64_t row,
                                  struct fault *why)
{
    return sql_run(mailbox, "UPDATE quarantine SET filed = 1 WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), why);
}

enum reason quarantine_take(struct sql *mailbox, int64_t row, struct fault *why)
{
    return sql_run(mailbox, "DELETE FROM quarantine WHERE row = ?1",
                   SQL_VALUES(SQL_INT(row)), why);
}
