/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong feedback: what became of the joint-punishment notices of a case.
 */
#include "program/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "program/rules_look.h"
#include "routing/ledger/survey.h"
#include "routing/supervision/feedback.h"

static const struct option options[] = {
    CASE_LOOK_OPTIONS,
    RULES_LOOK_OPTION,
    {"--at", "TIME", "以该时刻为准（缺省为现在）",
     "as of this instant (now if not given)"},
    {"--json", NULL, "输出 JSON，含证明全文", "print JSON, with the proofs"},
    {"--html", NULL, "输出可打印的网页", "print a page for paper"},
};

/*
 * The operand is a case, or a letter of one: of a notice only that notice is
 * shown, of another letter all notices of its case.
 */
static enum reason find_case(struct ledger *ledger, const struct rules *rules,
                             const char *operand,
                             struct feedback_request *request, char **case_id,
                             struct fault *why)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    AUTO(letter_row) struct letter_row row = {0};
    int64_t position;
    TRY(cases_find(ledger, operand, &casefile, why));
    if (casefile) {
        *case_id = mem_text(operand);
        return R_OK;
    }
    TRY(survey_find_letter(ledger, operand, &position, why));
    if (!position)
        return fault(why, R_NOT_FOUND, "%s", operand);
    TRY(letters_get(ledger, position, &row, why));
    *case_id = mem_text(row.letter.case_id);
    for (size_t i = 0; i < rules->notice_count; i++)
        if (strcmp(rules->notices[i].type, row.letter.type) == 0)
            request->only = operand;
    return R_OK;
}

static void put(const struct arguments *arguments,
                const struct feedback_page *page)
{
    if (arguments_has(arguments, "--json"))
        feedback_put_json(page);
    else if (arguments_has(arguments, "--html"))
        feedback_put_html(page);
    else
        feedback_put_text(page);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(case_look) struct case_look look = {0};
    AUTO(rules) struct rules *rules = NULL;
    AUTO(feedback) struct feedback *feedback = NULL;
    AUTO(evidence) struct evidence *evidence = NULL;
    AUTO(text) char *case_id = NULL;
    AUTO(buf) struct buf out = {0};
    struct feedback_request request = {0};
    TRY(look_read_at(arguments, &request.at, why));
    TRY(case_look_open(&look, arguments, why));
    TRY(rules_look_open(&rules, arguments, look.procedures, why));
    TRY(find_case(look.ledger, rules, arguments->operands[0], &request,
                  &case_id, why));
    request.case_id = case_id;
    TRY(feedback_read(&feedback, look.ledger, rules, &request, why));
    TRY(evidence_read(&evidence, look.ledger, feedback, why));
    const struct feedback_page page = {
        feedback, evidence, &look.names,
        isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), &out};
    put(arguments, &page);
    TRY(buf_check(&out, why));
    fputs(buf_text(&out), stdout);
    return R_OK;
}

const struct command command_feedback = {
    .name = "feedback",
    .operands = "CASE|LETTER-ID",
    .chinese = "联合惩戒反馈：告知了谁、谁已实施、谁不予实施、谁未反馈，附证明",
    .english = "who was told of a punishment, who acted, refused, is silent",
    .example = "yisong feedback --ledger ledger.db --agencies agencies "
               "card-nanchang-2026-007",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1,
    .run = run,
};
