/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong retention prove: that what is gone went by rule and on record. At the
 * centre every deletion is checked: the bytes are gone, the record in the log
 * names id and digest, its signature holds. On an agency's machine: the bytes
 * are gone, and the centre has the record.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/deletion.h"
#include "program/retention_look.h"
#include "routing/ledger/proof.h"

struct proving {
    const struct retention_look *look;
    const struct registry *registry; /* NULL: signatures are not checked */
    struct deletion_record record;
    const char *case_id; /* NULL: all */
    bool json;
    struct buf out;
    size_t count, failed;
};

static void proving_done(struct proving *proving)
{
    deletion_record_done(&proving->record);
    buf_done(&proving->out);
}
AUTO_VALUE(proving, proving_done)

/* --- the centre ------------------------------------------------------------
 */

static enum reason check_signed(struct proving *proving, int64_t position,
                                struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    if (!proving->registry)
        return R_OK;
    TRY(letters_get(proving->look->ledger, position, &row, why));
    return signature_verify(proving->registry, proving->record.message,
                            row.letter.jws, row.letter.received_at, why);
}

static enum reason check_deletion(struct proving *proving,
                                  const struct deletion *deletion,
                                  const struct letter *letter,
                                  struct fault *why)
{
    if (letter->size > 0)
        return fault(why, R_PROOF_FAILED, "%s",
                     say("正文仍在", "the body is still there"));
    TRY(deletions_check(proving->look->ledger, letter, &proving->record, why));
    return check_signed(proving, deletion->record, why);
}

/* Both leaves, so that who holds a head of the log can check them alone. */
static enum reason put_proofs(struct proving *proving,
                              const struct deletion *deletion,
                              struct fault *why)
{
    struct ledger *ledger = proving->look->ledger;
    struct log_head head;
    TRY(log_head(ledger, &head, why));
    buf_put_text(&proving->out, ",\n \"letter\": ");
    TRY(proof_put_inclusion(ledger, deletion->position, head.size,
                            &proving->out, why));
    buf_put_text(&proving->out, " ,\"record\": ");
    return proof_put_inclusion(ledger, deletion->record, head.size,
                               &proving->out, why);
}

static void put_told(struct buf *out, const struct deletion *deletion,
                     const struct letter *letter, const struct fault *found)
{
    char at[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    buf_print(out,
              say("第 %" PRId64 " 条 %s：正文已于 %s 依规则 %s 删除，摘要 "
                  "%s，记录为第 %" PRId64 " 条",
                  "letter %" PRId64 " %s: body deleted on %s by rule %s, "
                  "digest %s, record at %" PRId64),
              deletion->position, letter->id, instant_format(deletion->at, at),
              deletion->rule, digest_format(&letter->digest, hex),
              deletion->record);
    if (found->reason != R_OK)
        buf_print(out, "  %s: %s", reason_code(found->reason), found->text);
    buf_put_char(out, '\n');
}

static enum reason put_told_json(struct proving *proving,
                                 const struct deletion *deletion,
                                 const struct letter *letter,
                                 const struct fault *found, struct fault *why)
{
    char hex[DIGEST_TEXT_MAX];
    struct buf *out = &proving->out;
    buf_print(out, "%s{\"position\": %" PRId64, proving->count ? ",\n " : "",
              deletion->position);
    json_put_text(out, "id", letter->id);
    json_put_text(out, "type", letter->type);
    json_put_text(out, "caseId", letter->case_id);
    json_put_text(out, "digest", digest_format(&letter->digest, hex));
    json_put_instant(out, "deletedAt", deletion->at);
    json_put_text(out, "rule", deletion->rule);
    json_put_number(out, "recordedAt", deletion->record);
    json_put_text(out, "fault",
                  found->reason == R_OK ? "" : reason_code(found->reason));
    TRY(put_proofs(proving, deletion, why));
    buf_put_char(out, '}');
    return R_OK;
}

static enum reason see_deletion(void *context, const struct deletion *deletion,
                                struct fault *why)
{
    struct proving *proving = context;
    AUTO(letter_row) struct letter_row row = {0};
    struct fault found = {0};
    TRY(letters_get(proving->look->ledger, deletion->position, &row, why));
    if (proving->case_id && strcmp(row.letter.case_id, proving->case_id) != 0)
        return R_OK;
    if (check_deletion(proving, deletion, &row.letter, &found) != R_OK)
        proving->failed++;
    if (proving->json)
        TRY(put_told_json(proving, deletion, &row.letter, &found, why));
    else
        put_told(&proving->out, deletion, &row.letter, &found);
    proving->count++;
    return R_OK;
}

/* --- an agency -------------------------------------------------------------
 */

/* What its own system may still have of it. */
static void put_file(struct proving *proving,
                     const struct mailbox_deletion *deletion)
{
    const char *spool = proving->look->desk.settings.spool;
    if (!*deletion->source || !spool || !*spool)
        return;
    AUTO(text) char *path = mem_print("%s/sent/%s", spool, deletion->source);
    if (io_exists(path))
        buf_print(&proving->out, "  %s %s\n",
                  say("本机关的文件仍在：", "the agency's own file is there:"),
                  path);
}

static enum reason see_mailbox(void *context,
                               const struct mailbox_deletion *deletion,
                               struct fault *why)
{
    struct proving *proving = context;
    char at[INSTANT_TEXT_MAX], hex[DIGEST_TEXT_MAX];
    struct buf *out = &proving->out;
    (void)why;
    if (proving->case_id && strcmp(deletion->case_id, proving->case_id) != 0)
        return R_OK;
    proving->failed += deletion->left > 0;
    digest_format(&deletion->digest, hex);
    if (proving->json) {
        buf_print(out, "%s{\"side\": \"%s\"", proving->count ? ",\n " : "",
                  deletion->side);
        json_put_text(out, "id", deletion->id);
        json_put_text(out, "type", deletion->type);
        json_put_text(out, "caseId", deletion->case_id);
        json_put_text(out, "digest", hex);
        json_put_instant(out, "deletedAt", deletion->at);
        json_put_text(out, "rule", deletion->rule);
        json_put_text(out, "record", deletion->record);
        buf_print(out, ", \"left\": %" PRId64 "}", deletion->left);
    } else {
        buf_print(out,
                  say("%s：正文已于 %s 依规则 %s 删除，摘要 %s，记录 %s\n",
                      "%s: body deleted on %s by rule %s, digest %s, record "
                      "%s\n"),
                  deletion->id, instant_format(deletion->at, at),
                  deletion->rule, hex, deletion->record);
        put_file(proving, deletion);
    }
    proving->count++;
    return R_OK;
}

static enum reason prove(struct proving *proving, struct fault *why)
{
    return retention_look_is_centre(proving->look)
               ? deletions_each(proving->look->ledger, see_deletion, proving,
                                why)
               : mailbox_deletion_each(proving->look->desk.desk.mailbox,
                                       see_mailbox, proving, why);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(retention_look) struct retention_look look = {0};
    AUTO(registry) struct registry *registry = NULL;
    AUTO(buf) struct buf copies = {0};
    const char *agencies = arguments_value(arguments, "--agencies");
    TRY(retention_look_open(&look, arguments, why));
    if (agencies)
        TRY(registry_read(&registry, agencies, why));
    AUTO(proving) struct proving proving = {
        .look = &look,
        .registry = registry,
        .case_id = arguments_value(arguments, "--case"),
        .json = arguments_has(arguments, "--json"),
    };
    TRY(prove(&proving, why));
    TRY(buf_check(&proving.out, why));
    printf(proving.json ? "[%s]\n" : "%s", buf_text(&proving.out));
    retention_look_copies(&look, &copies);
    if (copies.size > 0)
        fprintf(stderr, "%s\n%s",
                say("备份中仍可能有正文：",
                    "these backups may still hold the bodies:"),
                buf_text(&copies));
    if (proving.failed)
        return fault(why, R_PROOF_FAILED, "%zu / %zu", proving.failed,
                     proving.count);
    return R_OK;
}

static const struct option options[] = {
    RETENTION_OPTIONS,
    {"--agencies", "DIR", "机关登记册，用于核验记录的签名",
     "the registry, to check the signatures of the records"},
    {"--case", "CASE", "只看这一案件", "this case alone"},
    {"--json", NULL, "输出 JSON，连同日志证明",
     "print JSON, with the proofs of the log"},
};

const struct command command_retention_prove = {
    .name = "retention prove",
    .operands = "",
    .chinese = "证明删除合规：何时、依何规则、摘要、签名记录",
    .english = "prove what was deleted: when, by which rule, on which record",
    .example = "yisong retention prove --ledger ledger.db --agencies agencies",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
