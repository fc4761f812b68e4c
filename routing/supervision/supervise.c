/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules that look at clocks and states. A clock is told by the first rule
 * that watches it, so that the general rules at the end of the file catch what
 * no special one named.
 */
#include "routing/supervision/supervise.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void findings_add(struct findings *findings, const struct finding *finding)
{
    findings->items = mem_resize(findings->items, findings->count + 1,
                                 sizeof *findings->items);
    findings->items[findings->count++] = *finding;
}

void finding_done(struct finding *finding)
{
    free(finding->case_id);
    free(finding->procedure);
    free(finding->state);
    free(finding->parties);
    free(finding->agency);
    free(finding->limit);
    free(finding->subject);
    free(finding->letter_id);
    free(finding->letter_type);
}

/* --- clocks ----------------------------------------------------------------
 */

static const struct rule *choose_rule(const struct rules *rules,
                                      enum watch watch,
                                      const struct clock_row *row)
{
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->watch == watch &&
            rules_wants(&rule->procedures, row->procedure) &&
            rules_wants(&rule->types, row->letter_type) &&
            rules_wants(&rule->limits, row->limit))
            return rule;
    }
    return NULL;
}

/* By the region of its owner and the law of the day of the case. */
static bool find_facts(const struct rules *rules, const struct clock_row *row,
                       struct limit_facts *facts)
{
    const struct casefile casefile = {.procedure =
                                          (char *)(size_t)row->procedure,
                                      .opened_at = row->opened_at};
    const struct deadline deadline = {.limit = (char *)(size_t)row->limit,
                                      .owner = (char *)(size_t)row->owner};
    return rules->registry ? procedure_clock(rules->procedures, rules->registry,
                                             &casefile, &deadline, facts)
                           : procedure_limit(rules->procedures, row->procedure,
                                             row->limit, facts);
}

static enum reason see_clock(void *context, const struct clock_row *row,
                             struct fault *why)
{
    struct findings *findings = context;
    const struct rules *rules = findings->rules;
    struct limit_facts facts;
    bool known = find_facts(rules, row, &facts);
    bool done = row->met_at && row->met_at <= findings->at;
    (void)why;
    if (row->start > findings->at || (known && !facts.duty) ||
        (done && row->status != DEADLINE_MET_LATE))
        return R_OK;
    if (!done && !period_has_passed(row->due, findings->at))
        return R_OK;
    const struct rule *rule =
        choose_rule(rules, done ? WATCH_LATE : WATCH_OVERDUE, row);
    if (!rule)
        return R_OK;
    findings_add(findings,
                 &(struct finding){
                     .rule = rule,
                     .article = known && *facts.article ? facts.article
                                : rule->article         ? rule->article
                                                        : "",
                     .case_id = mem_text(row->case_id),
                     .procedure = mem_text(row->procedure),
                     .state = mem_text(row->state),
                     .agency = mem_text(row->owner),
                     .limit = mem_text(row->limit),
                     .subject = mem_text(""),
                     .position = row->from,
                     .letter_id = mem_text(row->letter_id),
                     .letter_type = mem_text(row->letter_type),
                     .since = row->start,
                     .due = row->due,
                     .done = done ? row->met_at : 0,
                 });
    return R_OK;
}

/* --- states that last ------------------------------------------------------
 */

static enum reason see_case(void *context, const struct case_line *line,
                            struct fault *why)
{
    struct findings *findings = context;
    const struct rules *rules = findings->rules;
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        instant due;
        if (rule->watch != WATCH_STAYS || line->entered_at > findings->at ||
            !words_has(&rule->states, line->state) ||
            !rules_wants(&rule->procedures, line->procedure))
            continue;
        TRY(period_due(&rule->after, line->entered_at, rule->shift,
                       rules->procedures->calendar, &due, NULL, why));
        if (!period_has_passed(due, findings->at))
            continue;
        findings_add(findings,
                     &(struct finding){
                         .rule = rule,
                         .article = rule->article ? rule->article : "",
                         .case_id = mem_text(line->id),
                         .procedure = mem_text(line->procedure),
                         .state = mem_text(line->state),
                         .agency = mem_text(""),
                         .limit = mem_text(""),
                         .subject = mem_text(""),
                         .letter_id = mem_text(""),
                         .letter_type = mem_text(""),
                         .since = line->entered_at,
                         .due = due,
                     });
    }
    return R_OK;
}

/* --- all of them -----------------------------------------------------------
 */

static int by_rule_and_age(const void *a, const void *b)
{
    const struct finding *first = a, *second = b;
    if (first->rule->heading != second->rule->heading)
        return first->rule->heading < second->rule->heading ? -1 : 1;
    if (first->rule != second->rule)
        return first->rule < second->rule ? -1 : 1;
    if (first->since != second->since)
        return first->since < second->since ? -1 : 1;
    if (first->position != second->position)
        return first->position < second->position ? -1 : 1;
    int cases = strcmp(first->case_id, second->case_id);
    return cases ? cases : strcmp(first->agency, second->agency);
}

static enum reason fill_parties(struct findings *findings,
                                struct ledger *ledger, struct fault *why)
{
    for (size_t i = 0; i < findings->count; i++) {
        AUTO(buf) struct buf parties = {0};
        TRY(survey_parties(ledger, findings->items[i].case_id, &parties, why));
        findings->items[i].parties = mem_text(buf_text(&parties));
    }
    return R_OK;
}

enum reason findings_read(struct findings **out, struct ledger *ledger,
                          const struct rules *rules,
                          const struct finding_request *request,
                          struct fault *why)
{
    AUTO(findings) struct findings *findings = mem_new(1, sizeof *findings);
    findings->rules = rules;
    findings->request = request;
    findings->at = request->at;
    TRY(survey_clocks(ledger, request->at, see_clock, findings, why));
    TRY(letters_watch(findings, ledger, why));
    TRY(survey_cases(ledger, see_case, findings, why));
    TRY(facts_watch(findings, ledger, why));
    TRY(fill_parties(findings, ledger, why));
    if (findings->count > 0)
        qsort(findings->items, findings->count, sizeof *findings->items,
              by_rule_and_age);
    *out = TAKE(findings);
    return R_OK;
}

void findings_free(struct findings *findings)
{
    if (!findings)
        return;
    for (size_t i = 0; i < findings->count; i++)
        finding_done(&findings->items[i]);
    free(findings->items);
    free(findings);
}
