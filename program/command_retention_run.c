/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong retention run|hold|release: deletes the bodies whose time is over, a
 * transaction for each case, then cleans the files of the store; and keeps a
 * case from it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "broker-adapters/adapter/deletion_run.h"
#include "broker-adapters/mailbox/deletion.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "program/retention_look.h"

struct total {
    size_t cases, letters;
};

static enum reason delete_one(const struct retention_look *look,
                              const struct arguments *arguments,
                              const char *case_id, struct total *total,
                              struct fault *why)
{
    const char *agency = arguments_value(arguments, "--agency");
    size_t count = 0;
    int64_t record = 0;
    if (retention_look_is_centre(look)) {
        struct deletion_parts parts =
            retention_look_parts(look, agency ? agency : "exchange");
        TRY(deletion_run(&parts, case_id, instant_now(), &count, &record, why));
    } else {
        TRY(deletion_run_case(&look->desk.desk, look->retention, case_id,
                              instant_now(), &count, why));
    }
    total->cases += count > 0;
    total->letters += count;
    return R_OK;
}

/* Lines of one case stand together: it is taken once. */
static enum reason delete_due(const struct retention_look *look,
                              const struct arguments *arguments,
                              struct total *total, struct fault *why)
{
    AUTO(retention_plan) struct retention_plan plan = {0};
    const char *last = "";
    TRY(retention_look_plan(look, arguments_value(arguments, "--case"), &plan,
                            why));
    for (size_t i = 0; i < plan.count; i++) {
        const struct retention_line *line = &plan.lines[i];
        if (!retention_is_due(line, instant_now()) ||
            strcmp(line->case_id, last) == 0)
            continue;
        TRY(delete_one(look, arguments, line->case_id, total, why));
        last = line->case_id;
    }
    return R_OK;
}

static enum reason sweep(const struct retention_look *look,
                         const struct arguments *arguments, struct fault *why)
{
    bool rebuild = !arguments_has(arguments, "--no-rebuild");
    if (retention_look_is_centre(look))
        return deletions_sweep(look->ledger, rebuild, why);
    mailbox_ring(look->desk.settings.mailbox);
    return mailbox_deletion_sweep(look->desk.desk.mailbox, rebuild, why);
}

static void tell_copies(const struct retention_look *look)
{
    AUTO(buf) struct buf copies = {0};
    retention_look_copies(look, &copies);
    if (copies.size > 0)
        fprintf(stderr, "%s\n%s",
                say("升级前的备份仍含正文，请核实后自行删除：",
                    "these backups of an earlier version still hold the "
                    "bodies; delete them yourself:"),
                buf_text(&copies));
}

static enum reason run_run(const struct arguments *arguments, struct fault *why)
{
    AUTO(retention_look) struct retention_look look = {0};
    struct total total = {0};
    TRY(retention_look_open_to_write(&look, arguments, true, why));
    TRY(delete_due(&look, arguments, &total, why));
    TRY(sweep(&look, arguments, why));
    if (arguments_has(arguments, "--json"))
        printf("{\"cases\": %zu, \"letters\": %zu}\n", total.cases,
               total.letters);
    else
        printf(say("已删除 %2$zu 件公文的正文（%1$zu 案），摘要与记录保留\n",
                   "deleted the bodies of %2$zu letters in %1$zu cases; their "
                   "digests and the records stay\n"),
               total.cases, total.letters);
    tell_copies(&look);
    return R_OK;
}

/* --- holds -----------------------------------------------------------------
 */

static enum reason put_hold(const struct retention_look *look,
                            const char *case_id, const char *reason,
                            struct fault *why)
{
    instant now = instant_now();
    if (!retention_look_is_centre(look))
        return reason ? mailbox_hold_put(look->desk.desk.mailbox, case_id,
                                         reason, now, why)
                      : mailbox_hold_end(look->desk.desk.mailbox, case_id, now,
                                         why);
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(cases_find(look->ledger, case_id, &casefile, why));
    if (!casefile)
        return fault(why, R_NOT_FOUND, "%s", case_id);
    return reason ? holds_put(look->ledger, case_id, reason, now, why)
                  : holds_end(look->ledger, case_id, now, why);
}

static enum reason run_hold(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(retention_look) struct retention_look look = {0};
    const char *reason;
    TRY(arguments_require(arguments, "--reason", &reason, why));
    TRY(retention_look_open_to_write(&look, arguments, false, why));
    return put_hold(&look, arguments->operands[0], reason, why);
}

static enum reason run_release(const struct arguments *arguments,
                               struct fault *why)
{
    AUTO(retention_look) struct retention_look look = {0};
    TRY(retention_look_open_to_write(&look, arguments, false, why));
    return put_hold(&look, arguments->operands[0], NULL, why);
}

static const struct option run_options[] = {
    RETENTION_OPTIONS,
    {"--case", "CASE", "只处理这一案件", "this case alone"},
    {"--agencies", "DIR", "机关登记册（中心）", "the registry (centre)"},
    {"--key", "FILE", "中心签名私钥", "signing key of the centre"},
    {"--certificate", "FILE", "中心签名证书", "its certificate"},
    {"--agency", "ID", "中心的编号（缺省 exchange）",
     "id of the centre (exchange)"},
    {"--no-rebuild", NULL, "不重写整个文件（大台账，另择时机）",
     "do not write the file anew (large ledgers, at another time)"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static const struct option hold_options[] = {
    RETENTION_OPTIONS,
    {"--reason", "TEXT", "原因，如诉讼、复议", "why: litigation, review"},
};

static const struct option release_options[] = {RETENTION_OPTIONS};

const struct command command_retention_run = {
    .name = "retention run",
    .operands = "",
    .chinese = "删除保管期满的正文，删除本身签名记入日志",
    .english = "delete the bodies whose time is over, on signed record",
    .example = "yisong retention run --ledger ledger.db --agencies agencies "
               "--key exchange.key --certificate exchange.pem",
    .options = run_options,
    .option_count = COUNT_OF(run_options),
    .run = run_run,
};

const struct command command_retention_hold = {
    .name = "retention hold",
    .operands = "CASE",
    .chinese = "冻结一个案件：正文不得删除",
    .english = "keep a case from deletion",
    .example = "yisong retention hold --ledger ledger.db --reason 诉讼 "
               "NC-2026-0017",
    .options = hold_options,
    .option_count = COUNT_OF(hold_options),
    .least = 1,
    .most = 1,
    .run = run_hold,
};

const struct command command_retention_release = {
    .name = "retention release",
    .operands = "CASE",
    .chinese = "解除冻结",
    .english = "end a hold",
    .example = "yisong retention release --ledger ledger.db NC-2026-0017",
    .options = release_options,
    .option_count = COUNT_OF(release_options),
    .least = 1,
    .most = 1,
    .run = run_release,
};
