/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong supervise: what those who watch over the procedure must look at.
 */
#include "program/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "program/progress.h"
#include "program/rules_look.h"
#include "routing/supervision/supervise.h"

static const struct option options[] = {
    CASE_LOOK_OPTIONS,
    RULES_LOOK_OPTION,
    {"--at", "TIME", "以该时刻为准（缺省为现在）",
     "as of this instant (now if not given)"},
    {"--reason", "ID", "只列该规则（可重复）",
     "only this reason id (may be repeated)"},
    {"--summary", NULL, "只列各项的数量", "only how many of each there are"},
    {"--rules", NULL, "列出各项规则、依据和看不到的情形",
     "list the rules, their grounds and what they cannot see"},
    {"--json", NULL, "输出 JSON", "print JSON"},
};

static bool is_rule(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules->rule_count; i++)
        if (strcmp(rules->rules[i].id, id) == 0)
            return true;
    return false;
}

static enum reason read_reasons(const struct arguments *arguments,
                                const struct rules *rules, struct words *out,
                                struct fault *why)
{
    AUTO(buf) struct buf list = {0};
    const char *id;
    for (size_t i = 0; (id = arguments_each(arguments, "--reason", i)); i++) {
        if (!is_rule(rules, id))
            return fault(why, R_USAGE, "--reason %s", id);
        buf_print(&list, "%s ", id);
    }
    *out = words_parse(buf_text(&list));
    return R_OK;
}

static enum reason tell_rules(const struct arguments *arguments,
                              const struct rules *rules, struct buf *out)
{
    if (arguments_has(arguments, "--json"))
        rules_put_json(rules, out);
    else
        rules_put_text(rules, out);
    return R_OK;
}

static enum reason tell_findings(const struct arguments *arguments,
                                 const struct case_look *look,
                                 const struct rules *rules, struct buf *out,
                                 struct fault *why)
{
    AUTO(findings) struct findings *findings = NULL;
    struct finding_request request = {.progress = progress_tell};
    const struct finding_style style = {
        .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
        .summary = arguments_has(arguments, "--summary")};
    struct words only;
    TRY(look_read_at(arguments, &request.at, why));
    TRY(read_reasons(arguments, rules, &only, why));
    enum reason reason =
        findings_read(&findings, look->ledger, rules, &request, why);
    progress_end();
    if (reason != R_OK)
        words_done(&only);
    TRY(reason);
    if (arguments_has(arguments, "--json"))
        findings_put_json(findings, &only, out);
    else
        findings_put_text(findings, &look->names, &only, &style, out);
    words_done(&only);
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(case_look) struct case_look look = {0};
    AUTO(rules) struct rules *rules = NULL;
    AUTO(buf) struct buf out = {.ceiling = (size_t)1 << 31};
    bool only_rules = arguments_has(arguments, "--rules");
    if (only_rules)
        TRY(case_look_open_names(&look, arguments, why));
    else
        TRY(case_look_open(&look, arguments, why));
    TRY(rules_look_open(&rules, arguments, look.procedures, why));
    rules->registry = look.registry;
    TRY(only_rules ? tell_rules(arguments, rules, &out)
                   : tell_findings(arguments, &look, rules, &out, why));
    TRY(buf_check(&out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

const struct command command_supervise = {
    .name = "supervise",
    .operands = "",
    .chinese = "列出应当监督的事项：有案不移、不接、不立，以罚代刑，逾期",
    .english = "list what must be looked at: late, silent, not transferred",
    .example = "yisong supervise --ledger ledger.db --agencies agencies",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
