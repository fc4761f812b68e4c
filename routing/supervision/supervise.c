/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules that look at clocks, letters and states. A clock is told by the
 * first rule that watches it, so that the general rules at the end of the file
 * catch what no special one named; a letter whose clock is told already is not
 * told a second time for being unanswered.
 */
#include "routing/supervision/supervise.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/history.h"

void findings_add(struct findings *findings, const struct finding *finding)
{
    findings->items = mem_resize(findings->items, findings->count + 1,
                                 sizeof *findings->items);
    findings->items[findings->count++] = *finding;
}

static void finding_done(struct finding *finding)
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

static enum reason see_clock(void *context, const struct clock_row *row,
                             struct fault *why)
{
    struct findings *findings = context;
    const struct rules *rules = findings->rules;
    struct limit_facts facts;
    bool known =
        procedure_limit(rules->procedures, row->procedure, row->limit, &facts);
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

/* --- letters that nothing followed -----------------------------------------
 */

/* A letter that a rule waits on, or one that ends the waiting. */
struct event {
    size_t rule;
    char *case_id, *procedure, *id, *type;
    int64_t position;
    instant at;
    bool answer;
};

struct events {
    const struct rules *rules;
    struct event *items;
    size_t count;
};

static void events_done(struct events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        free(events->items[i].case_id);
        free(events->items[i].procedure);
        free(events->items[i].id);
        free(events->items[i].type);
    }
    free(events->items);
}
AUTO_VALUE(events, events_done)

static enum reason see_letter(void *context, const struct letter_line *line,
                              struct fault *why)
{
    struct events *events = context;
    (void)why;
    for (size_t i = 0; i < events->rules->rule_count; i++) {
        const struct rule *rule = &events->rules->rules[i];
        bool answer = words_has(&rule->by, line->type);
        if (rule->watch != WATCH_UNANSWERED ||
            !rules_wants(&rule->procedures, line->procedure) ||
            (!answer && !words_has(&rule->types, line->type)))
            continue;
        events->items =
            mem_resize(events->items, events->count + 1, sizeof *events->items);
        events->items[events->count++] =
            (struct event){.rule = i,
                           .case_id = mem_text(line->case_id),
                           .procedure = mem_text(line->procedure),
                           .id = mem_text(line->id),
                           .type = mem_text(line->type),
                           .position = line->position,
                           .at = line->received_at,
                           .answer = answer};
    }
    return R_OK;
}

static int by_rule_and_case(const void *a, const void *b)
{
    const struct event *first = a, *second = b;
    if (first->rule != second->rule)
        return first->rule < second->rule ? -1 : 1;
    int cases = strcmp(first->case_id, second->case_id);
    if (cases)
        return cases;
    return (first->position > second->position) -
           (first->position < second->position);
}

/* An overdue clock of the same agency, from the same letter, says it already.
 */
static bool is_told(const struct findings *findings,
                    const struct finding *asked)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->position == asked->position && !finding->done &&
            finding->rule->watch == WATCH_OVERDUE &&
            strcmp(finding->agency, asked->agency) == 0 &&
            strcmp(finding->case_id, asked->case_id) == 0)
            return true;
    }
    return false;
}

/* Whom the letter went to first, and whether it was ever there. */
static enum reason find_addressee(struct ledger *ledger, int64_t position,
                                  struct finding *finding, struct fault *why)
{
    struct delivery *deliveries;
    size_t count;
    TRY(history_deliveries(ledger, position, &deliveries, &count, why));
    finding->agency = mem_text(count ? deliveries[0].recipient : "");
    finding->undelivered = count && !deliveries[0].delivered_at;
    deliveries_free(deliveries, count);
    return R_OK;
}

static enum reason find_state(struct ledger *ledger, struct finding *finding,
                              struct fault *why)
{
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(cases_find(ledger, finding->case_id, &casefile, why));
    finding->state = mem_text(casefile ? casefile->state : "");
    return R_OK;
}

static enum reason judge_event(struct findings *findings, struct ledger *ledger,
                               const struct event *event, struct fault *why)
{
    const struct rules *rules = findings->rules;
    const struct rule *rule = &rules->rules[event->rule];
    instant due = 0;
    if (rule->has_after)
        TRY(period_due(&rule->after, event->at, rule->shift,
                       rules->procedures->calendar, &due, NULL, why));
    if (due && !period_has_passed(due, findings->at))
        return R_OK;
    struct finding finding = {
        .rule = rule,
        .article = rule->article ? rule->article : "",
        .case_id = mem_text(event->case_id),
        .procedure = mem_text(event->procedure),
        .limit = mem_text(""),
        .subject = mem_text(""),
        .position = event->position,
        .letter_id = mem_text(event->id),
        .letter_type = mem_text(event->type),
        .since = event->at,
        .due = due,
    };
    TRY(find_addressee(ledger, event->position, &finding, why));
    TRY(find_state(ledger, &finding, why));
    if (is_told(findings, &finding))
        finding_done(&finding);
    else
        findings_add(findings, &finding);
    return R_OK;
}

static bool is_answered(const struct events *events, size_t place)
{
    const struct event *asked = &events->items[place];
    for (size_t i = place + 1; i < events->count; i++) {
        const struct event *event = &events->items[i];
        if (event->rule != asked->rule ||
            strcmp(event->case_id, asked->case_id) != 0)
            return false;
        if (event->answer)
            return true;
    }
    return false;
}

static enum reason watch_letters(struct findings *findings,
                                 struct ledger *ledger, struct fault *why)
{
    AUTO(events) struct events events = {.rules = findings->rules};
    const struct span span = {0, findings->at + 1, INT64_MAX};
    TRY(survey_letters(ledger, &span, see_letter, &events, why));
    if (events.count > 0)
        qsort(events.items, events.count, sizeof *events.items,
              by_rule_and_case);
    for (size_t i = 0; i < events.count; i++)
        if (!events.items[i].answer && !is_answered(&events, i))
            TRY(judge_event(findings, ledger, &events.items[i], why));
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
                          const struct rules *rules, instant at,
                          struct fault *why)
{
    AUTO(findings) struct findings *findings = mem_new(1, sizeof *findings);
    findings->rules = rules;
    findings->at = at;
    TRY(survey_clocks(ledger, at, see_clock, findings, why));
    TRY(watch_letters(findings, ledger, why));
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
