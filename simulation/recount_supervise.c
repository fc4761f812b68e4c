/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What yisong supervise should list at the end of the year: from the book's
 * clocks, from letters that nobody answered, and from what the letters tell of
 * crimes. Each finding is one line; both lists must have the same lines.
 */
#include "simulation/recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/supervision/supervise.h"

void findings_list_add(struct findings_list *list, char *line)
{
    if (list->count % 256 == 0)
        list->lines =
            mem_resize(list->lines, list->count + 256, sizeof *list->lines);
    list->lines[list->count++] = line;
}

static void findings_list_done(struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->lines[i]);
    free(list->lines);
}
AUTO_VALUE(findings_list, findings_list_done)

static bool wants(const struct words *words, const char *word)
{
    return words->count == 0 || words_has(words, word);
}

/* --- clocks -----------------------------------------------------------------
 */

/* The first rule of the kind that watches the clock. */
static const struct rule *find_rule(const struct province *province,
                                    const struct rules *rules, enum watch watch,
                                    const struct book_case *one,
                                    const struct book_clock *clock)
{
    const char *type = province->book.letters[clock->letter].script->act->type;
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->watch == watch &&
            wants(&rule->procedures, one->machine->id) &&
            wants(&rule->types, type) && wants(&rule->limits, clock->limit->id))
            return rule;
    }
    return NULL;
}

static bool is_duty(const struct book_clock *clock)
{
    return clock->limit->duty && !clock->limit->earliest;
}

static bool is_overdue(const struct province *province,
                       const struct book_clock *clock)
{
    return is_duty(clock) && clock->state == CLOCK_RUNS &&
           clock_is_over(clock->due, province->end);
}

static char *line_of(const struct province *province, const struct rule *rule,
                     size_t place, size_t agency, const char *limit,
                     size_t letter)
{
    char name[CASE_TEXT_MAX];
    return mem_print(
        "%s %s %s %s %s", rule->id, case_name(place, name),
        agency == BOOK_NONE ? "" : province->agencies[agency].id, limit,
        letter == BOOK_NONE ? "" : province->book.letters[letter].id);
}

static void expect_clocks(const struct province *province,
                          const struct rules *rules,
                          struct findings_list *expected)
{
    for (size_t i = 0; i < province->book.case_count; i++) {
        const struct book_case *one = &province->book.cases[i];
        for (size_t k = 0; k < one->clock_count; k++) {
            const struct book_clock *clock = &one->clocks[k];
            bool late = is_duty(clock) && clock->late;
            if (!late && !is_overdue(province, clock))
                continue;
            const struct rule *rule = find_rule(
                province, rules, late ? WATCH_LATE : WATCH_OVERDUE, one, clock);
            if (rule)
                findings_list_add(expected,
                                  line_of(province, rule, i, clock->owner,
                                          clock->limit->id, clock->letter));
        }
    }
}

/* --- letters that nothing followed ------------------------------------------
 */

static bool is_followed(const struct book *book, const struct book_case *one,
                        size_t place, const struct rule *rule)
{
    for (size_t i = place; i < one->letter_count; i++) {
        const struct book_letter *letter = &book->letters[one->letters[i]];
        if (&book->cases[letter->place] == one &&
            words_has(&rule->by, letter->script->act->type))
            return true; /* also: it is an answer itself */
    }
    return false;
}

/* How long the rule waits, counted like any clock. */
static bool has_waited(const struct province *province, const struct rule *rule,
                       instant since)
{
    const struct limit wait = {
        .measure = {.period = rule->after, .shift = rule->shift}};
    const struct reckoning reckoning = {&province->book, &wait, 0, since};
    return !rule->has_after ||
           clock_is_over(clock_end(&reckoning, since, 0, 0), province->end);
}

/* Its addressee is told of already, for an overdue clock of that letter. */
static bool is_told(const struct province *province, const struct rules *rules,
                    const struct book_case *one, size_t letter, size_t agency)
{
    for (size_t i = 0; i < one->clock_count; i++) {
        const struct book_clock *clock = &one->clocks[i];
        if (clock->letter == letter && clock->owner == agency &&
            is_overdue(province, clock) &&
            find_rule(province, rules, WATCH_OVERDUE, one, clock))
            return true;
    }
    return false;
}

static void expect_answer(const struct province *province,
                          const struct rules *rules, const struct rule *rule,
                          size_t place, struct findings_list *expected)
{
    const struct book *book = &province->book;
    const struct book_case *one = &book->cases[place];
    for (size_t i = 0; i < one->letter_count; i++) {
        const struct book_letter *letter = &book->letters[one->letters[i]];
        if (letter->place != place ||
            !words_has(&rule->types, letter->script->act->type) ||
            is_followed(book, one, i, rule) ||
            !has_waited(province, rule, letter->at))
            continue;
        size_t agency =
            letter->delivery_count ? letter->deliveries[0].agency : BOOK_NONE;
        if (agency == BOOK_NONE ||
            !is_told(province, rules, one, one->letters[i], agency))
            findings_list_add(expected, line_of(province, rule, place, agency,
                                                "", one->letters[i]));
    }
}

static void expect_answers(const struct province *province,
                           const struct rules *rules,
                           struct findings_list *expected)
{
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->watch != WATCH_UNANSWERED)
            continue;
        for (size_t k = 0; k < province->book.case_count; k++)
            if (province->book.cases[k].machine &&
                wants(&rule->procedures, province->book.cases[k].machine->id))
                expect_answer(province, rules, rule, k, expected);
    }
}

/* --- cases that stay --------------------------------------------------------
 */

static void expect_states(const struct province *province,
                          const struct rules *rules,
                          struct findings_list *expected)
{
    const struct book *book = &province->book;
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        for (size_t k = 0; k < book->case_count; k++) {
            const struct book_case *one = &book->cases[k];
            if (rule->watch == WATCH_STAYS && one->machine &&
                wants(&rule->procedures, one->machine->id) &&
                words_has(&rule->states, one->state) &&
                has_waited(province, rule, one->entered_at))
                findings_list_add(expected, line_of(province, rule, k,
                                                    BOOK_NONE, "", BOOK_NONE));
        }
    }
}

/* --- the comparison ---------------------------------------------------------
 */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_found(const struct findings *findings,
                       struct findings_list *found)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *item = &findings->items[i];
        char *line = mem_print("%s %s %s %s %s", item->rule->id, item->case_id,
                               item->agency, item->limit, item->letter_id);
        if (item->thresholds) {
            char *more = mem_print("%s %llx", line,
                                   (unsigned long long)item->thresholds);
            free(line);
            line = more;
        }
        findings_list_add(found, line);
    }
}

static void compare(struct findings_list *expected, struct findings_list *found,
                    struct audit *audit)
{
    int64_t equal = 0;
    size_t left = 0, right = 0;
    qsort(expected->lines, expected->count, sizeof(char *), by_text);
    qsort(found->lines, found->count, sizeof(char *), by_text);
    while (left < expected->count || right < found->count) {
        int order = left == expected->count ? 1
                    : right == found->count
                        ? -1
                        : strcmp(expected->lines[left], found->lines[right]);
        equal += order == 0;
        if (order < 0)
            audit_tell(audit, "not found", expected->lines[left]);
        if (order > 0)
            audit_tell(audit, "not expected", found->lines[right]);
        left += order <= 0;
        right += order >= 0;
    }
    audit_put(audit,
              (struct audit_row){"应当监督的事项", "findings of supervision",
                                 "findings", (int64_t)expected->count,
                                 (int64_t)found->count});
    audit_put(audit,
              (struct audit_row){"逐条相符的事项", "findings that are equal",
                                 "equal", (int64_t)expected->count, equal});
}

enum reason recount_supervision(struct province *province,
                                const struct rules *rules, struct audit *audit,
                                struct fault *why)
{
    AUTO(findings_list) struct findings_list expected = {0}, found = {0};
    AUTO(findings) struct findings *findings = NULL;
    expect_clocks(province, rules, &expected);
    expect_answers(province, rules, &expected);
    expect_states(province, rules, &expected);
    recount_thresholds(province, rules, &expected);
    const struct finding_request request = {.at = province->end};
    TRY(findings_read(&findings, world_ledger(province->world), rules, &request,
                      why));
    list_found(findings, &found);
    compare(&expected, &found, audit);
    return R_OK;
}
