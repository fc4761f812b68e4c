/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who should be found for facts of a crime without a transfer: the units of
 * the province, each with what the letters of all its cases tell. A letter that
 * names nobody speaks of the unit that its case names, else of the case.
 */
#include "simulation/recount.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "schemas/catalogue.h"

/* Of one unit, or of a case in which no letter names one. */
struct subject {
    size_t *letters; /* that tell something, in order */
    size_t count;
};

struct subjects {
    const struct province *province;
    const struct rules *rules;
    struct subject *units, *cases;
};

static bool names_unit(const struct book *book, const struct book_case *one)
{
    for (size_t i = 0; i < one->letter_count; i++) {
        const struct book_letter *letter = &book->letters[one->letters[i]];
        if (&book->cases[letter->place] == one && letter->script->unit)
            return true;
    }
    return false;
}

static bool is_transfer(const struct rule *rule,
                        const struct book_letter *letter)
{
    return words_has(&rule->types, letter->script->act->type);
}

static bool is_any_transfer(const struct rules *rules,
                            const struct book_letter *letter)
{
    for (size_t i = 0; i < rules->rule_count; i++)
        if (rules->rules[i].watch == WATCH_THRESHOLD &&
            is_transfer(&rules->rules[i], letter))
            return true;
    return false;
}

/* What it meets by the law of its day. */
static uint64_t met_by(const struct subjects *subjects,
                       const struct book_letter *letter)
{
    const struct rules *rules = subjects->rules;
    const struct book *book = &subjects->province->book;
    const struct seen *seen =
        recount_see(rules, (struct script *)(size_t)letter->script);
    uint64_t met = seen->met[book->cases[letter->place].figures];
    for (size_t i = 0; i < rules->threshold_count; i++)
        if (!clock_is_of_day(rules->thresholds[i].from,
                             rules->thresholds[i].until, letter->decided))
            met &= ~(UINT64_C(1) << i);
    return met;
}

static bool is_penalty(const struct subjects *subjects,
                       const struct book_letter *letter)
{
    const struct book *book = &subjects->province->book;
    return recount_see(subjects->rules, (struct script *)(size_t)letter->script)
        ->penalised[book->cases[letter->place].figures];
}

/* --- joining ----------------------------------------------------------------
 */

static struct subject *subject_of(struct subjects *subjects,
                                  const struct book_letter *letter)
{
    const struct book *book = &subjects->province->book;
    const struct book_case *one = &book->cases[letter->place];
    return letter->script->unit || names_unit(book, one)
               ? &subjects->units[one->unit]
               : &subjects->cases[letter->place];
}

static void join(struct subjects *subjects)
{
    const struct book *book = &subjects->province->book;
    for (size_t i = 0; i < book->letter_count; i++) {
        const struct book_letter *letter = &book->letters[i];
        const struct message_type *type =
            catalogue_find(letter->script->act->type);
        if (!words_has(&subjects->rules->forms, type->form) ||
            (!is_any_transfer(subjects->rules, letter) &&
             !met_by(subjects, letter) && !is_penalty(subjects, letter)))
            continue;
        struct subject *subject = subject_of(subjects, letter);
        subject->letters = mem_resize(subject->letters, subject->count + 1,
                                      sizeof *subject->letters);
        subject->letters[subject->count++] = i;
    }
}

/* A transfer of the same unit, or in the same case, soon before or after. */
static bool is_covered(const struct subjects *subjects,
                       const struct subject *subject, const struct rule *rule,
                       const struct book_letter *letter)
{
    const struct book *book = &subjects->province->book;
    const struct limit cover = {.measure = {.period = rule->after}};
    const struct book_case *one = &book->cases[letter->place];
    for (size_t pass = 0; pass < 2; pass++) {
        const size_t *letters = pass ? one->letters : subject->letters;
        const size_t count = pass ? one->letter_count : subject->count;
        for (size_t i = 0; i < count; i++) {
            const struct book_letter *transfer = &book->letters[letters[i]];
            const struct reckoning reckoning = {book, &cover, 0, transfer->at};
            if (is_transfer(rule, transfer) &&
                (transfer->at >= letter->at ||
                 !clock_is_over(clock_end(&reckoning, transfer->at, 0, 0),
                                letter->at)))
                return true;
        }
    }
    return false;
}

/* --- judging ----------------------------------------------------------------
 */

static void judge(const struct subjects *subjects,
                  const struct subject *subject, const struct rule *rule,
                  struct findings_list *expected)
{
    const struct province *province = subjects->province;
    const struct book_letter *first_met = NULL, *first_penalty = NULL;
    uint64_t met = 0;
    for (size_t i = 0; i < subject->count; i++) {
        const struct book_letter *letter =
            &province->book.letters[subject->letters[i]];
        if (is_any_transfer(subjects->rules, letter) ||
            is_covered(subjects, subject, rule, letter))
            continue;
        uint64_t these = met_by(subjects, letter);
        met |= these;
        if (these && !first_met)
            first_met = letter;
        if (is_penalty(subjects, letter) && !first_penalty)
            first_penalty = letter;
    }
    if (!met || rule->penalised != (first_penalty != NULL))
        return;
    const struct book_letter *told =
        rule->penalised ? first_penalty : first_met;
    char name[CASE_TEXT_MAX];
    findings_list_add(expected, mem_print("%s %s %s %s %s %llx", rule->id,
                                          case_name(told->place, name),
                                          province->agencies[told->from].id, "",
                                          told->id, (unsigned long long)met));
}

void recount_thresholds(const struct province *province,
                        const struct rules *rules,
                        struct findings_list *expected)
{
    const size_t count = province->book.case_count;
    struct subjects subjects = {
        .province = province,
        .rules = rules,
        .units = mem_new(count + 1, sizeof(struct subject)),
        .cases = mem_new(count + 1, sizeof(struct subject))};
    join(&subjects);
    for (size_t k = 0; k < rules->rule_count; k++)
        for (size_t i = 0;
             i < count && rules->rules[k].watch == WATCH_THRESHOLD; i++) {
            judge(&subjects, &subjects.units[i], &rules->rules[k], expected);
            judge(&subjects, &subjects.cases[i], &rules->rules[k], expected);
        }
    for (size_t i = 0; i < count; i++) {
        free(subjects.units[i].letters);
        free(subjects.cases[i].letters);
    }
    free(subjects.units);
    free(subjects.cases);
}
