/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules that look for letters that nothing followed. One whose clock is
 * told already is not told a second time for being unanswered.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/history.h"
#include "routing/supervision/supervise.h"

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

/* Overdue findings, by the letter that began the clock. */
struct told {
    const struct finding **items;
    size_t count;
};

static void told_done(struct told *told)
{
    free(told->items);
}
AUTO_VALUE(told, told_done)

static int by_letter(const void *a, const void *b)
{
    const struct finding *const *first = a, *const *second = b;
    return ((*first)->position > (*second)->position) -
           ((*first)->position < (*second)->position);
}

/* The findings must not move while this is used. */
static struct told told_new(const struct findings *findings)
{
    struct told told = {mem_new(findings->count + 1, sizeof *told.items), 0};
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].rule->watch == WATCH_OVERDUE)
            told.items[told.count++] = &findings->items[i];
    qsort(told.items, told.count, sizeof *told.items, by_letter);
    return told;
}

/* An overdue clock of the same agency, from the same letter, says it already.
 */
static bool is_told(const struct told *told, const struct finding *asked)
{
    size_t low = 0, high = told->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (told->items[middle]->position < asked->position)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < told->count && told->items[low]->position == asked->position;
         low++)
        if (strcmp(told->items[low]->agency, asked->agency) == 0 &&
            strcmp(told->items[low]->case_id, asked->case_id) == 0)
            return true;
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

/* What is asked of each event, and where what is found goes. */
struct asking {
    const struct findings *findings; /* of clocks */
    const struct told *told;
    struct ledger *ledger;
    struct findings *found;
};

static enum reason judge_event(const struct asking *asking,
                               const struct event *event, struct fault *why)
{
    const struct findings *findings = asking->findings;
    struct ledger *ledger = asking->ledger;
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
    if (is_told(asking->told, &finding))
        finding_done(&finding);
    else
        findings_add(asking->found, &finding);
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

static enum reason judge_events(struct findings *findings,
                                struct ledger *ledger,
                                const struct events *events, struct fault *why)
{
    AUTO(told) struct told told = told_new(findings);
    struct findings found = {.rules = findings->rules, .at = findings->at};
    const struct asking asking = {findings, &told, ledger, &found};
    enum reason reason = R_OK;
    for (size_t i = 0; reason == R_OK && i < events->count; i++)
        if (!events->items[i].answer && !is_answered(events, i))
            reason = judge_event(&asking, &events->items[i], why);
    for (size_t i = 0; i < found.count; i++)
        findings_add(findings, &found.items[i]);
    free(found.items);
    return reason;
}

enum reason letters_watch(struct findings *findings, struct ledger *ledger,
                          struct fault *why)
{
    AUTO(events) struct events events = {.rules = findings->rules};
    const struct span span = {0, findings->at + 1, INT64_MAX};
    TRY(survey_letters(ledger, &span, see_letter, &events, why));
    if (events.count > 0)
        qsort(events.items, events.count, sizeof *events.items,
              by_rule_and_case);
    return judge_events(findings, ledger, &events, why);
}
