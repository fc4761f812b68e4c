/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From elements that keep to the grammar to rows in memory. What the grammar
 * cannot judge, XPath and periods, is judged here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "routing/supervision/rules.h"

/* What is read, and where its faults go. */
struct reading {
    struct rules *rules;
    struct complaints *complaints;
};

static struct label read_label(const struct element *row)
{
    return (struct label){element_attribute(row, "zh"),
                          element_attribute(row, "en")};
}

static struct condition *read_condition(const struct reading *reading,
                                        const struct element *row,
                                        const char *xpath)
{
    struct condition *condition = NULL;
    struct fault why = {0};
    if (xpath && condition_new(&condition, xpath, &why) != R_OK)
        complain(reading->complaints, element_line(row), "XPath 有误",
                 "not XPath", why.text);
    return condition;
}

static struct any_of read_any(const struct reading *reading,
                              const struct element *row)
{
    struct any_of any = {0};
    const struct element *when = element_first(row, "when");
    for (; when; when = element_next(when, "when")) {
        struct condition *condition =
            read_condition(reading, when, element_text(when));
        if (!condition)
            continue;
        any.items = mem_resize(any.items, any.count + 1, sizeof *any.items);
        any.screens =
            mem_resize(any.screens, any.count + 1, sizeof *any.screens);
        any.screens[any.count] = screen_of(element_text(when));
        any.items[any.count++] = condition;
    }
    return any;
}

static struct words read_words(const struct element *row, const char *name)
{
    return words_parse(element_attribute(row, name));
}

static bool read_flag(const struct element *row, const char *name)
{
    const char *text = element_attribute(row, name);
    return text && strcmp(text, "yes") == 0;
}

static void read_period(const struct reading *reading,
                        const struct element *row, const char *name,
                        struct rule *rule)
{
    struct fault why = {0};
    const char *text = element_attribute(row, name);
    if (!text)
        return;
    rule->has_after = true;
    if (period_parse(text, &rule->after, &why) != R_OK)
        complain(reading->complaints, element_line(row), "期间有误",
                 "not a period", text);
}

/* --- supervision -----------------------------------------------------------
 */

static void read_heading(const struct reading *reading,
                         const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->headings = mem_resize(rules->headings, rules->heading_count + 1,
                                 sizeof *rules->headings);
    rules->headings[rules->heading_count++] =
        (struct heading){element_attribute(row, "id"), read_label(row)};
}

static const struct heading *find_heading(const struct rules *rules,
                                          const char *id)
{
    for (size_t i = 0; i < rules->heading_count; i++)
        if (strcmp(rules->headings[i].id, id) == 0)
            return &rules->headings[i];
    return NULL;
}

static void read_watch(const struct reading *reading, const struct element *row,
                       struct rule *rule)
{
    static const char *const names[WATCH_COUNT] = {
        [WATCH_OVERDUE] = "overdue",
        [WATCH_LATE] = "late",
        [WATCH_UNANSWERED] = "unanswered",
        [WATCH_STAYS] = "stays",
        [WATCH_THRESHOLD] = "threshold"};
    while (rule->watch < WATCH_THRESHOLD &&
           strcmp(element_name(row), names[rule->watch]) != 0)
        rule->watch++;
    rule->procedures = read_words(row, "procedures");
    rule->limits = read_words(row, "limits");
    rule->states = read_words(row, "states");
    rule->by = read_words(row, "by");
    rule->shift = read_flag(row, "shift");
    rule->penalised = read_flag(row, "penalised");
    bool facts = rule->watch == WATCH_THRESHOLD;
    rule->types = read_words(row, facts ? "transfers" : "types");
    read_period(reading, row, facts ? "within" : "after", rule);
}

static void read_rule(const struct reading *reading, const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->rules =
        mem_resize(rules->rules, rules->rule_count + 1, sizeof *rules->rules);
    struct rule *rule = &rules->rules[rules->rule_count++];
    const struct element *blind = element_first(row, "blind");
    *rule = (struct rule){
        .id = element_attribute(row, "id"),
        .heading = find_heading(rules, element_attribute(row, "heading")),
        .article = element_attribute(row, "article"),
        .name = read_label(row),
        .blind = blind ? read_label(blind) : (struct label){"", ""},
        .line = element_line(row)};
    if (!rule->heading)
        complain(reading->complaints, rule->line, "没有这个标题",
                 "no such heading", element_attribute(row, "heading"));
    read_watch(reading, element_first(row, NULL), rule);
}

/* --- thresholds ------------------------------------------------------------
 */

static void read_penalised(const struct reading *reading,
                           const struct element *row)
{
    reading->rules->penalised = read_any(reading, row);
}

static void read_threshold(const struct reading *reading,
                           const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->thresholds =
        mem_resize(rules->thresholds, rules->threshold_count + 1,
                   sizeof *rules->thresholds);
    rules->thresholds[rules->threshold_count++] = (struct threshold){
        .id = element_attribute(row, "id"),
        .article = element_attribute(row, "article"),
        .grave = read_flag(row, "grave"),
        .words = strcmp(element_attribute(row, "reads"), "words") == 0,
        .from = element_attribute(row, "from"),
        .until = element_attribute(row, "until"),
        .name = read_label(row),
        .when = read_any(reading, row),
        .line = element_line(row)};
}

/* What a letter must be read for before any of them is asked. */
static void read_screened_names(struct rules *rules)
{
    AUTO(buf) struct buf names = {0};
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct any_of *when = &rules->thresholds[i].when;
        for (size_t k = 0; k < when->count; k++)
            for (size_t n = 0; n < when->screens[k].names.count; n++) {
                AUTO(text)
                char *name = mem_print(" %s ", when->screens[k].names.items[n]);
                if (!strstr(buf_text(&names), name))
                    buf_put_text(&names, name);
            }
    }
    rules->screened_names = words_parse(buf_text(&names));
}

/* --- statistics ------------------------------------------------------------
 */

static void read_column(const struct reading *reading,
                        const struct element *row, struct column *column)
{
    static const char *const names[COUNT_KINDS] = {[COUNT_LETTERS] = "letters",
                                                   [COUNT_IN_FORCE] =
                                                       "in-force",
                                                   [COUNT_EXPIRED] = "expired",
                                                   [COUNT_TOLD] = "told"};
    const struct element *what = element_first(row, NULL);
    enum count count = COUNT_LETTERS;
    while (count < COUNT_TOLD && strcmp(element_name(what), names[count]) != 0)
        count++;
    bool opens = count == COUNT_IN_FORCE;
    *column = (struct column){
        .id = element_attribute(row, "id"),
        .name = read_label(row),
        .count = count,
        .types = read_words(what, opens ? "opens" : "types"),
        .procedures = read_words(what, "procedures"),
        .limits = read_words(what, "limits"),
        .standings = read_words(what, "standings"),
        .ends = read_words(what, "ends"),
        .late = read_flag(what, "late"),
        .when = read_condition(
            reading, what,
            element_attribute(what, opens ? "opens-when" : "when")),
        .ends_when =
            read_condition(reading, what, element_attribute(what, "ends-when")),
        .line = element_line(row)};
}

static void read_table(const struct reading *reading, const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->tables = mem_resize(rules->tables, rules->table_count + 1,
                               sizeof *rules->tables);
    struct table *table = &rules->tables[rules->table_count++];
    *table = (struct table){
        .id = element_attribute(row, "id"),
        .name = read_label(row),
        .source = element_attribute(row, "source"),
        .of_actor = strcmp(element_attribute(row, "of"), "actor") == 0,
        .line = element_line(row)};
    const struct element *column = element_first(row, "column");
    for (; column; column = element_next(column, "column")) {
        table->columns = mem_resize(table->columns, table->column_count + 1,
                                    sizeof *table->columns);
        read_column(reading, column, &table->columns[table->column_count++]);
    }
}

/* --- feedback --------------------------------------------------------------
 */

static void read_notice(const struct reading *reading,
                        const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->notices = mem_resize(rules->notices, rules->notice_count + 1,
                                sizeof *rules->notices);
    rules->notices[rules->notice_count++] = (struct notice){
        .type = element_attribute(row, "type"),
        .when = read_condition(reading, row, element_attribute(row, "when")),
        .line = element_line(row)};
}

static void read_standing(const struct reading *reading,
                          const struct element *row)
{
    struct rules *rules = reading->rules;
    rules->standings = mem_resize(rules->standings, rules->standing_count + 1,
                                  sizeof *rules->standings);
    rules->standings[rules->standing_count++] =
        (struct standing){.id = element_attribute(row, "id"),
                          .name = read_label(row),
                          .when = read_any(reading, row)};
}

static const struct {
    const char *name;
    void (*read)(const struct reading *reading, const struct element *row);
} readers[] = {
    {"heading", read_heading},     {"rule", read_rule},
    {"penalised", read_penalised}, {"threshold", read_threshold},
    {"table", read_table},         {"notice", read_notice},
    {"standing", read_standing},
};

void rules_read(struct rules *rules, const struct element *root,
                struct complaints *complaints)
{
    const struct reading reading = {rules, complaints};
    if (strcmp(element_name(root), "feedback") == 0)
        rules->silent = (struct label){element_attribute(root, "silent-zh"),
                                       element_attribute(root, "silent-en")};
    const struct element *row = element_first(root, NULL);
    for (; row; row = element_next(row, NULL))
        for (size_t i = 0; i < COUNT_OF(readers); i++)
            if (strcmp(element_name(row), readers[i].name) == 0)
                readers[i].read(&reading, row);
    if (strcmp(element_name(root), "thresholds") == 0) {
        rules->forms = read_words(root, "forms");
        read_screened_names(rules);
    }
}
