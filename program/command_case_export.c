/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong case export|check: a case as evidence, and the judgement of such a
 * folder by someone who has nothing but the authority's certificate.
 */
#include "program/command.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/language.h"
#include "routing/export.h"

static const struct option export_options[] = {
    {"--ledger", "FILE", "交换中心的台账", "the ledger of the centre"},
    {"--agencies", "DIR", "机关登记册目录，一并导出",
     "the registry, which goes with it"},
    {"--out", "FOLDER", "导出到此目录（须为空或不存在）",
     "write here (empty or not there yet)"},
    {"--chain", NULL, "连同来源案件和衍生案件，每案一个子目录",
     "with the cases it came from and led to, a folder each"},
};

static const struct option check_options[] = {
    {"--authority", "FILE", "登记机构的根证书，须另行取得",
     "the authority's certificates, had from elsewhere"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static enum reason run_export(const struct arguments *arguments,
                              struct fault *why)
{
    AUTO(ledger) struct ledger *ledger = NULL;
    const char *path;
    size_t count;
    struct export_request request = {
        .case_id = arguments->operands[0],
        .agencies = arguments_value(arguments, "--agencies"),
        .now = instant_now()};
    TRY(arguments_require(arguments, "--ledger", &path, why));
    TRY(arguments_require(arguments, "--out", &request.folder, why));
    TRY(ledger_open(&ledger, path, SQL_READ, why));
    size_t cases = 1;
    if (arguments_has(arguments, "--chain"))
        TRY(export_chain(ledger, &request, &cases, &count, why));
    else
        TRY(export_case(ledger, &request, &count, why));
    if (cases > 1)
        printf(say("相关案件 %zu 件\n", "%zu cases of one chain\n"), cases);
    printf(say("案件 %s：%zu 份公文与回执已导出到 %s\n",
               "case %s: %zu letters and receipts written to %s\n"),
           request.case_id, count, request.folder);
    return R_OK;
}

static void tell_json(const struct export_findings *found)
{
    AUTO(buf) struct buf out = {0};
    buf_print(&out, "{\"whole\": %s, \"case\": \"",
              found->fault_count ? "false" : "true");
    buf_put_json(&out, found->case_id ? found->case_id : "");
    buf_print(&out,
              "\", \"accepted\": %zu, \"refused\": %zu, \"own\": %zu, "
              "\"receipts\": %zu, \"signatures\": %zu, \"proofs\": %zu, "
              "\"logSize\": %" PRId64 ", \"signedSize\": %" PRId64
              ", \"faults\": %zu}\n",
              found->accepted, found->refused, found->own, found->receipts,
              found->signatures, found->proofs, found->log_size,
              found->signed_size, found->fault_count);
    fputs(buf_text(&out), stdout);
}

static void tell(const struct export_findings *found)
{
    printf("%s %s: %s\n", say("案件", "case"), found->case_id,
           found->fault_count ? say("证据不完整", "the evidence is broken")
                              : say("证据完整", "the evidence is whole"));
    printf(say("  公文：接受 %zu、拒绝 %zu、中心发出 %zu；回执 %zu\n",
               "  letters: %zu accepted, %zu refused, %zu by the centre; "
               "%zu receipts\n"),
           found->accepted, found->refused, found->own, found->receipts);
    printf(say("  签名 %zu 项有效；日志证明 %zu 项成立\n",
               "  %zu signatures hold; %zu proofs hold\n"),
           found->signatures, found->proofs);
    printf(say("  日志 %" PRId64 " 条，其中前 %" PRId64 " 条经中心签名\n",
               "  log of %" PRId64 " letters, the first %" PRId64
               " under a head that the centre signed\n"),
           found->log_size, found->signed_size);
}

static enum reason run_check(const struct arguments *arguments,
                             struct fault *why)
{
    AUTO(export_findings) struct export_findings found = {0};
    const char *authority;
    TRY(arguments_require(arguments, "--authority", &authority, why));
    enum reason reason =
        export_check(arguments->operands[0], authority, &found, why);
    if (reason != R_OK && !found.fault_count)
        return reason; /* nothing could be checked; main tells why */
    fputs(buf_text(&found.faults), stderr);
    if (arguments_has(arguments, "--json"))
        tell_json(&found);
    else
        tell(&found);
    fputs(buf_text(&found.notes), stderr);
    fault_clear(why);
    return reason;
}

const struct command command_case_export = {
    .name = "case export",
    .operands = "CASE",
    .chinese = "把一个案件连同签名原文、回执与日志证明导出",
    .english = "export a case: signed bytes, receipts, proofs, registry",
    .example = "yisong case export --ledger ledger.db --agencies agencies "
               "--out evidence NC-2026-0017",
    .options = export_options,
    .option_count = COUNT_OF(export_options),
    .least = 1,
    .most = 1,
    .run = run_export,
};

const struct command command_case_check = {
    .name = "case check",
    .operands = "FOLDER",
    .chinese = "不用台账核验导出的案件：摘要、签名、证明、回执、次序",
    .english = "judge an exported case: digests, signatures, proofs, order",
    .example = "yisong case check evidence --authority authority.pem",
    .options = check_options,
    .option_count = COUNT_OF(check_options),
    .least = 1,
    .most = 1,
    .run = run_check,
};
