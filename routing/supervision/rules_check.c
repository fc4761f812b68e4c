/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether everything exists that the files name, so that a rule with a slip of
 * the pen is refused and does not just stay silent.
 */
#include <string.h>

#include "routing/supervision/rules.h"
#include "schemas/catalogue.h"

static void check_article(const struct rules *rules, const char *article,
                          int line, struct complaints *complaints)
{
    if (article && !laws_find(rules->procedures->laws, article))
        complain(complaints, line, "没有这个条文", "no such article", article);
}

static void check_types(const struct words *types, int line,
                        struct complaints *complaints)
{
    for (size_t i = 0; i < types->count; i++)
        if (!catalogue_find(types->items[i]))
            complain(complaints, line, "没有这种文书", "no such message type",
                     types->items[i]);
}

/* What is judged, and against what. */
struct judging {
    const struct rules *rules;
    bool whole;
    struct complaints *complaints;
};

static void check_procedures(const struct judging *judging,
                             const struct words *procedures, int line)
{
    for (size_t i = 0; judging->whole && i < procedures->count; i++)
        if (!machine_find(judging->rules->procedures, procedures->items[i]))
            complain(judging->complaints, line, "没有这个程序",
                     "no such procedure", procedures->items[i]);
}

/* Some procedure among those wanted has it. */
static bool is_somewhere(const struct rules *rules,
                         const struct words *procedures, const char *id,
                         bool (*has)(const struct machine *machine,
                                     const char *id))
{
    for (size_t i = 0; i < rules->procedures->count; i++) {
        const struct machine *machine = rules->procedures->machines[i];
        if (rules_wants(procedures, machine->id) && has(machine, id))
            return true;
    }
    return false;
}

static bool has_limit(const struct machine *machine, const char *id)
{
    return machine_limit(machine, id) != NULL;
}

static bool has_state(const struct machine *machine, const char *id)
{
    return machine_state(machine, id) != NULL;
}

static void check_limits(const struct judging *judging,
                         const struct words *procedures,
                         const struct words *limits, int line)
{
    for (size_t i = 0; judging->whole && i < limits->count; i++)
        if (!is_somewhere(judging->rules, procedures, limits->items[i],
                          has_limit))
            complain(judging->complaints, line, "没有这个期限", "no such limit",
                     limits->items[i]);
}

static void check_rule(const struct judging *judging, size_t place)
{
    const struct rules *rules = judging->rules;
    struct complaints *complaints = judging->complaints;
    const struct rule *rule = &rules->rules[place];
    for (size_t i = 0; i < place; i++)
        if (strcmp(rules->rules[i].id, rule->id) == 0)
            complain(complaints, rule->line, "规则编号重复",
                     "the rule is there twice", rule->id);
    check_article(rules, rule->article, rule->line, complaints);
    check_types(&rule->types, rule->line, complaints);
    check_types(&rule->by, rule->line, complaints);
    check_procedures(judging, &rule->procedures, rule->line);
    check_limits(judging, &rule->procedures, &rule->limits, rule->line);
    for (size_t i = 0; judging->whole && i < rule->states.count; i++)
        if (!is_somewhere(rules, &rule->procedures, rule->states.items[i],
                          has_state))
            complain(complaints, rule->line, "没有这个状态", "no such state",
                     rule->states.items[i]);
}

static bool is_standing(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules->standing_count; i++)
        if (strcmp(rules->standings[i].id, id) == 0)
            return true;
    return strcmp(id, RULES_SILENT) == 0;
}

static void check_column(const struct judging *judging,
                         const struct column *column)
{
    struct complaints *complaints = judging->complaints;
    check_types(&column->types, column->line, complaints);
    check_types(&column->ends, column->line, complaints);
    check_procedures(judging, &column->procedures, column->line);
    check_limits(judging, &column->procedures, &column->limits, column->line);
    for (size_t i = 0; i < column->standings.count; i++)
        if (!is_standing(judging->rules, column->standings.items[i]))
            complain(complaints, column->line, "没有这种反馈情况",
                     "no such standing", column->standings.items[i]);
}

static void check_table(const struct judging *judging, size_t place)
{
    const struct rules *rules = judging->rules;
    struct complaints *complaints = judging->complaints;
    const struct table *table = &rules->tables[place];
    for (size_t i = 0; i < place; i++)
        if (strcmp(rules->tables[i].id, table->id) == 0)
            complain(complaints, table->line, "表编号重复",
                     "the table is there twice", table->id);
    for (size_t i = 0; i < table->column_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(table->columns[i].id, table->columns[k].id) == 0)
                complain(complaints, table->columns[i].line, "列编号重复",
                         "the column is there twice", table->columns[i].id);
    for (size_t i = 0; i < table->column_count; i++)
        check_column(judging, &table->columns[i]);
}

static void check_thresholds(const struct rules *rules,
                             struct complaints *complaints)
{
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct threshold *threshold = &rules->thresholds[i];
        check_article(rules, threshold->article, threshold->line, complaints);
        for (size_t k = 0; k < i; k++)
            if (strcmp(rules->thresholds[k].id, threshold->id) == 0)
                complain(complaints, threshold->line, "标准编号重复",
                         "the threshold is there twice", threshold->id);
    }
}

void rules_check(const struct rules *rules, bool whole,
                 struct complaints *complaints)
{
    const struct judging judging = {rules, whole, complaints};
    complaints->file = rules->paths[RULES_SUPERVISION];
    for (size_t i = 0; i < rules->rule_count; i++)
        check_rule(&judging, i);
    complaints->file = rules->paths[RULES_THRESHOLDS];
    check_thresholds(rules, complaints);
    complaints->file = rules->paths[RULES_STATISTICS];
    for (size_t i = 0; i < rules->table_count; i++)
        check_table(&judging, i);
    complaints->file = rules->paths[RULES_FEEDBACK];
    for (size_t i = 0; i < rules->notice_count; i++)
        if (!catalogue_find(rules->notices[i].type))
            complain(complaints, rules->notices[i].line, "没有这种文书",
                     "no such message type", rules->notices[i].type);
}
