/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * 以罚代刑, 有案不移: whose facts meet a crime threshold, who was penalised,
 * and for whom no transfer was made. Facts, penalty and transfer may stand in
 * different letters and cases; what joins them is the unit or the person.
 *
 * A unit is its credit code, else its name; a person is the citizen id, for a
 * name such as 陈某 says nothing. A letter that names nobody speaks of those
 * whom other letters of its case name, else of the case itself.
 */
#include "routing/supervision/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"

static int by_key(const void *a, const void *b)
{
    const struct fact *first = a, *second = b;
    int keys = strcmp(first->key, second->key);
    if (keys)
        return keys;
    return (first->position > second->position) -
           (first->position < second->position);
}

/* Gives a fact that names nobody the subject of its case, or the case. */
static void name_one(struct fact *fact, const struct facts *named)
{
    free(fact->key);
    if (named->count == 0) {
        fact->key = mem_print("case:%s", fact->case_id);
        return;
    }
    free(fact->other);
    free(fact->name);
    fact->key = mem_text(named->items[0].key);
    fact->other = mem_text(named->items[0].other);
    fact->name = mem_text(named->items[0].name);
}

static int by_case(const void *a, const void *b)
{
    const struct fact *const *first = a, *const *second = b;
    return strcmp((*first)->case_id, (*second)->case_id);
}

/* Those of one case stand together: it is read once. */
static enum reason name_all(const struct facts *facts, struct fact **unnamed,
                            size_t count, struct fault *why)
{
    for (size_t from = 0, until; from < count; from = until) {
        AUTO(facts) struct facts named = {0};
        TRY(facts_name(facts, unnamed[from]->case_id, &named, why));
        for (until = from; until < count && strcmp(unnamed[until]->case_id,
                                                   unnamed[from]->case_id) == 0;
             until++)
            name_one(unnamed[until], &named);
    }
    return R_OK;
}

static enum reason name_unnamed(struct facts *facts, struct fault *why)
{
    struct fact **unnamed = mem_new(facts->count + 1, sizeof(struct fact *));
    size_t count = 0;
    for (size_t i = 0; i < facts->count; i++)
        if (!*facts->items[i].key)
            unnamed[count++] = &facts->items[i];
    qsort(unnamed, count, sizeof *unnamed, by_case);
    enum reason reason = name_all(facts, unnamed, count, why);
    free(unnamed);
    return reason;
}

static int by_other(const void *a, const void *b)
{
    const struct fact *const *first = a, *const *second = b;
    int names = strcmp((*first)->other, (*second)->other);
    return names ? names : strcmp((*first)->key, (*second)->key);
}

/* The one unit that letters give this name and a code; NULL if none or two. */
static const struct fact *find_code(const struct fact *const *coded,
                                    size_t count, const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(coded[middle]->other, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct fact *found = NULL;
    for (; low < count && strcmp(coded[low]->other, name) == 0; low++) {
        if (found && strcmp(found->key, coded[low]->key) != 0)
            return NULL;
        found = coded[low];
    }
    return found;
}

/* A unit that one letter names and another one codes is one unit. */
static void join_names(struct facts *facts)
{
    const struct fact **coded =
        mem_new(facts->count + 1, sizeof(struct fact *));
    size_t count = 0;
    for (size_t i = 0; i < facts->count; i++)
        if (*facts->items[i].other && !facts->items[i].transfer)
            coded[count++] = &facts->items[i];
    qsort(coded, count, sizeof *coded, by_other);
    for (size_t i = 0; i < facts->count; i++) {
        struct fact *fact = &facts->items[i];
        bool named = strncmp(fact->key, "name:", 5) == 0 && !fact->transfer;
        const struct fact *found =
            named ? find_code(coded, count, fact->key) : NULL;
        if (!found)
            continue;
        free(fact->other);
        fact->other = fact->key;
        fact->key = mem_text(found->key);
    }
    free(coded);
}

static enum reason name_subjects(struct facts *facts, struct fault *why)
{
    TRY(name_unnamed(facts, why));
    join_names(facts);
    if (facts->count > 0)
        qsort(facts->items, facts->count, sizeof *facts->items, by_key);
    return R_OK;
}

/* Where the facts with this key begin; the count if there are none. */
static size_t find_key(const struct facts *facts, const char *key)
{
    size_t low = 0, high = facts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(facts->items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a transfer under this key covers what was done at `at`. */
static bool is_covered_by(const struct facts *facts, const char *key,
                          const struct rule *rule, instant at)
{
    size_t i = *key ? find_key(facts, key) : facts->count;
    for (; i < facts->count && strcmp(facts->items[i].key, key) == 0; i++) {
        const struct fact *fact = &facts->items[i];
        instant until;
        if (!fact->transfer || !words_has(&rule->types, fact->letter_type))
            continue;
        if (fact->at >= at ||
            (period_due(&rule->after, fact->at, false,
                        facts->findings->rules->procedures->calendar, &until,
                        NULL, NULL) == R_OK &&
             !period_has_passed(until, at)))
            return true;
    }
    return false;
}

static bool is_covered(const struct facts *facts, const struct fact *fact,
                       const struct rule *rule)
{
    AUTO(text) char *by_case_id = mem_print("case:%s", fact->case_id);
    return is_covered_by(facts, fact->key, rule, fact->at) ||
           is_covered_by(facts, fact->other, rule, fact->at) ||
           is_covered_by(facts, by_case_id, rule, fact->at);
}

/* --- what is found ---------------------------------------------------------
 */

/* The facts of one subject that no transfer covers. */
struct subject {
    uint64_t met;
    const struct fact *first_met, *first_penalty;
};

static struct subject read_subject(const struct facts *facts, size_t from,
                                   size_t until, const struct rule *rule)
{
    struct subject subject = {0};
    for (size_t i = from; i < until; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->transfer || is_covered(facts, fact, rule))
            continue;
        subject.met |= fact->met;
        if (fact->met && !subject.first_met)
            subject.first_met = fact;
        if (fact->penalised && !subject.first_penalty)
            subject.first_penalty = fact;
    }
    return subject;
}

static const char *first_article(const struct rules *rules, uint64_t met)
{
    for (size_t i = 0; i < rules->threshold_count; i++)
        if (met & (UINT64_C(1) << i))
            return rules->thresholds[i].article;
    return "";
}

static enum reason tell(struct facts *facts, const struct rule *rule,
                        const struct subject *subject, struct fault *why)
{
    const struct fact *fact =
        rule->penalised ? subject->first_penalty : subject->first_met;
    AUTO(casefile) struct casefile *casefile = NULL;
    TRY(cases_find(facts->ledger, fact->case_id, &casefile, why));
    findings_add(facts->findings,
                 &(struct finding){
                     .rule = rule,
                     .article = rule->article
                                    ? rule->article
                                    : first_article(facts->findings->rules,
                                                    subject->met),
                     .case_id = mem_text(fact->case_id),
                     .procedure = mem_text(fact->procedure),
                     .state = mem_text(casefile ? casefile->state : ""),
                     .agency = mem_text(fact->sender),
                     .limit = mem_text(""),
                     .subject = mem_text(fact->name),
                     .thresholds = subject->met,
                     .position = fact->position,
                     .letter_id = mem_text(fact->letter_id),
                     .letter_type = mem_text(fact->letter_type),
                     .since = fact->at,
                 });
    return R_OK;
}

static enum reason judge_group(struct facts *facts, size_t from, size_t until,
                               struct fault *why)
{
    const struct rules *rules = facts->findings->rules;
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->watch != WATCH_THRESHOLD)
            continue;
        const struct subject subject = read_subject(facts, from, until, rule);
        if (subject.met && rule->penalised == (subject.first_penalty != NULL))
            TRY(tell(facts, rule, &subject, why));
    }
    return R_OK;
}

enum reason facts_watch(struct findings *findings, struct ledger *ledger,
                        struct fault *why)
{
    AUTO(facts) struct facts facts = {.findings = findings, .ledger = ledger};
    TRY(facts_read(&facts, why));
    TRY(name_subjects(&facts, why));
    for (size_t from = 0, until; from < facts.count; from = until) {
        for (until = from + 1;
             until < facts.count &&
             strcmp(facts.items[from].key, facts.items[until].key) == 0;)
            until++;
        TRY(judge_group(&facts, from, until, why));
    }
    return R_OK;
}
