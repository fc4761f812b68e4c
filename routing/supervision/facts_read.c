/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading facts out of letters: which thresholds their figures and words meet,
 * whether they tell of a penalty or are a transfer, and of whom they speak.
 */
#include "routing/supervision/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/history.h"
#include "schemas/catalogue.h"
#include "schemas/field.h"

void facts_done(struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        struct fact *fact = &facts->items[i];
        char *const texts[] = {
            fact->key,       fact->other,     fact->name,        fact->case_id,
            fact->procedure, fact->letter_id, fact->letter_type, fact->sender};
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            free(texts[k]);
    }
    free(facts->items);
}
static uint64_t judge_thresholds(const struct rules *rules,
                                 const struct message *message, instant at)
{
    char day[INSTANT_TEXT_MAX];
    uint64_t met = 0;
    AUTO(screened) struct screened screened = {0};
    screened_read(&screened, message_body(message), &rules->screened_names);
    instant_format(at, day);
    day[strcspn(day, "T")] = '\0';
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        bool valid = (!threshold->from || strcmp(day, threshold->from) >= 0) &&
                     (!threshold->until || strcmp(day, threshold->until) < 0);
        if (valid && any_of_screened(&threshold->when, message, &screened))
            met |= UINT64_C(1) << i;
    }
    return met;
}

/* The facts of a letter as told of this subject. Takes the texts. */
static void add_fact(struct facts *facts, const struct fact *about, char *key,
                     char *other, const char *name)
{
    facts->items =
        mem_resize(facts->items, facts->count + 1, sizeof *facts->items);
    struct fact *fact = &facts->items[facts->count++];
    *fact = *about;
    fact->key = key;
    fact->other = other;
    fact->name = mem_text(name);
    fact->case_id = mem_text(about->case_id);
    fact->procedure = mem_text(about->procedure);
    fact->letter_id = mem_text(about->letter_id);
    fact->letter_type = mem_text(about->letter_type);
    fact->sender = mem_text(about->sender);
}

static char *make_key(const char *kind, enum field_kind field, const char *code)
{
    AUTO(buf) struct buf normal = {0};
    if (field_check(field, code, &normal, NULL) == R_OK)
        return mem_print("%s:%s", kind, buf_text(&normal));
    return mem_print("%s:%s", kind, code);
}

static void add_unit(struct facts *facts, const struct fact *about,
                     const struct element *unit)
{
    const char *code = element_child_text(unit, "creditCode");
    const char *name = element_child_text(unit, "name");
    name = name ? name : "";
    char *by_name = mem_print("name:%s", name);
    if (code)
        add_fact(facts, about, make_key("unit", FIELD_CREDIT_CODE, code),
                 mem_text(by_name), name);
    /* A transfer is found under either. */
    if (!code || about->transfer)
        add_fact(facts, about, mem_text(by_name), mem_text(""), name);
    free(by_name);
}

static void add_person(struct facts *facts, const struct fact *about,
                       const struct element *person)
{
    const char *code = element_child_text(person, "citizenId");
    const char *name = element_child_text(person, "name");
    if (code)
        add_fact(facts, about, make_key("person", FIELD_CITIZEN_ID, code),
                 mem_text(""), name ? name : "");
}

/* Units and persons anywhere below. */
static void add_subjects(struct facts *facts, const struct fact *about,
                         const struct element *parent)
{
    const struct element *child = element_first(parent, NULL);
    for (; child; child = element_next(child, NULL)) {
        if (strcmp(element_name(child), "unit") == 0 &&
            element_first(child, NULL))
            add_unit(facts, about, child);
        else if (strcmp(element_name(child), "person") == 0)
            add_person(facts, about, child);
        else
            add_subjects(facts, about, child);
    }
}

/* A transfer covers its own case and those that it names as related. */
static void add_cases(struct facts *facts, const struct fact *about,
                      const struct element *body)
{
    add_fact(facts, about, mem_print("case:%s", about->case_id), mem_text(""),
             "");
    const struct element *list = element_first(body, "relatedCases");
    const struct element *row =
        list ? element_first(list, "relatedCase") : NULL;
    for (; row; row = element_next(row, "relatedCase"))
        add_fact(facts, about,
                 mem_print("case:%s", element_child_text(row, "caseId")),
                 mem_text(""), "");
}

static void read_letter(struct facts *facts, struct fact *about,
                        const struct message *message)
{
    const struct rules *rules = facts->findings->rules;
    const struct element *body = message_body(message);
    if (!body)
        return;
    instant decided;
    if (!about->transfer) {
        about->met = judge_thresholds(
            rules, message,
            message_has_decided_at(message, &decided) ? decided : about->at);
        about->penalised = any_of_holds(&rules->penalised, message);
    }
    if (!about->met && !about->penalised && !about->transfer)
        return;
    size_t before = facts->count;
    add_subjects(facts, about, body);
    if (about->transfer)
        add_cases(facts, about, body);
    if (facts->count == before)
        add_fact(facts, about, mem_text(""), mem_text(""), "");
}

static bool is_transfer(const struct rules *rules, const char *type)
{
    for (size_t i = 0; i < rules->rule_count; i++)
        if (rules->rules[i].watch == WATCH_THRESHOLD &&
            words_has(&rules->rules[i].types, type))
            return true;
    return false;
}

static void tell(const struct facts *facts, int64_t position)
{
    enum { LETTERS_PER_WORD = 1000 };
    const struct finding_request *request = facts->findings->request;
    if (request->progress && position % LETTERS_PER_WORD == 0)
        request->progress(position, facts->size);
}

static enum reason see_letter(void *context, const struct letter_line *line,
                              struct fault *why)
{
    struct facts *facts = context;
    tell(facts, line->position);
    const struct rules *rules = facts->findings->rules;
    const struct message_type *type = catalogue_find(line->type);
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(message) struct message *message = NULL;
    if (!type || !words_has(&rules->forms, type->form))
        return R_OK;
    TRY(letters_get(facts->ledger, line->position, &row, why));
    if (message_parse(&message, row.letter.bytes, row.letter.size, NULL) !=
        R_OK)
        return R_OK; /* accepted once, under a schema of another day */
    struct fact about = {
        .case_id = (char *)(size_t)line->case_id,
        .procedure = (char *)(size_t)line->procedure,
        .letter_id = (char *)(size_t)line->id,
        .letter_type = (char *)(size_t)line->type,
        .sender = (char *)(size_t)line->sender,
        .position = line->position,
        .at = line->received_at,
        .transfer = is_transfer(rules, line->type),
    };
    read_letter(facts, &about, message);
    return R_OK;
}

/* Adds the subjects of one letter, whatever it says, to `named`. */
static enum reason read_subjects(struct facts *named, int64_t position,
                                 struct fault *why)
{
    AUTO(letter_row) struct letter_row row = {0};
    AUTO(message) struct message *message = NULL;
    TRY(letters_get(named->ledger, position, &row, why));
    const struct fact about = {.case_id = ""};
    if (row.letter.outcome == LETTER_ACCEPTED &&
        message_parse(&message, row.letter.bytes, row.letter.size, NULL) ==
            R_OK &&
        message_body(message))
        add_subjects(named, &about, message_body(message));
    return R_OK;
}

enum reason facts_name(const struct facts *facts, const char *case_id,
                       struct facts *named, struct fault *why)
{
    int64_t *positions = NULL;
    size_t count = 0;
    enum reason reason = R_OK;
    named->ledger = facts->ledger;
    TRY(history_positions(facts->ledger, case_id, &positions, &count, why));
    for (size_t i = 0; reason == R_OK && named->count == 0 && i < count; i++)
        reason = read_subjects(named, positions[i], why);
    free(positions);
    return reason;
}

enum reason facts_read(struct facts *facts, struct fault *why)
{
    struct log_head head;
    TRY(log_head(facts->ledger, &head, why));
    facts->size = head.size;
    const struct span span = {0, facts->findings->at + 1, INT64_MAX};
    return survey_letters(facts->ledger, &span, see_letter, facts, why);
}
