/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rules are read in the order of the file. The last one must have no
 * condition, so that no letter is without a rule; a name that no catalogue
 * knows would silently match nothing, so it is a fault.
 */
#include "schemas/retention.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/catalogue.h"
#include "schemas/grammar.h"

#define HOME "routing/retention"

struct retention {
    struct document *document;
    struct retention_rule *rules;
    size_t count;
};

struct reading {
    const char *file;
    struct buf *report;
    size_t faults;
};

static void complain_at(struct reading *reading, int line, const char *what,
                        const char *subject)
{
    reading->faults++;
    buf_print(reading->report, "%s:%d: BAD_SETTINGS: %s: %s\n", reading->file,
              line, what, subject);
}

static void tell(void *context, int line, const char *text)
{
    complain_at(context, line, say("不符合格式", "does not keep to the form"),
                text);
}

/* Whether a word stands in a list of words; NULL lists hold everything. */
static bool has_word(const char *list, const char *word)
{
    if (!list)
        return true;
    size_t length = strlen(word);
    for (const char *at = list; *at;) {
        size_t size = strcspn(at, " \t\n");
        if (size == length && strncmp(at, word, size) == 0)
            return true;
        at += size;
        at += strspn(at, " \t\n");
    }
    return false;
}

static void check_types(const struct retention_rule *rule, int line,
                        struct reading *reading)
{
    for (const char *at = rule->types ? rule->types : ""; *at;) {
        size_t size = strcspn(at, " \t\n");
        AUTO(buf) struct buf word = {0};
        buf_put(&word, at, size);
        if (!catalogue_find(buf_text(&word)))
            complain_at(reading, line,
                        say("未知的文书类型", "unknown message type"),
                        buf_text(&word));
        at += size;
        at += strspn(at, " \t\n");
    }
}

static bool is_for_all(const struct retention_rule *rule)
{
    return !rule->side && !rule->roles && !rule->procedures && !rule->types;
}

static void check_order(const struct retention *retention,
                        const struct element *element, struct reading *reading)
{
    const struct retention_rule *rule = &retention->rules[retention->count - 1];
    bool last = !element_next(element, "rule");
    if (is_for_all(rule) != last)
        complain_at(reading, element_line(element),
                    last ? say("最后一条规则须适用于一切",
                               "the last rule must be for everything")
                         : say("其后的规则永远用不到",
                               "the rules behind it are never reached"),
                    rule->id);
    for (size_t i = 0; i + 1 < retention->count; i++)
        if (strcmp(retention->rules[i].id, rule->id) == 0)
            complain_at(reading, element_line(element),
                        say("重复的编号", "the same id again"), rule->id);
}

static void read_rules(struct retention *retention, struct reading *reading)
{
    const struct element *element =
        element_first(document_root(retention->document), "rule");
    for (; element; element = element_next(element, "rule")) {
        retention->rules = mem_resize(retention->rules, retention->count + 1,
                                      sizeof *retention->rules);
        struct retention_rule *rule = &retention->rules[retention->count++];
        *rule = (struct retention_rule){
            .id = element_attribute(element, "id"),
            .keep = element_attribute(element, "keep"),
            .force = element_attribute(element, "force"),
            .certainty = element_attribute(element, "certainty"),
            .chinese = element_child_text(element, "chinese"),
            .english = element_child_text(element, "english"),
            .basis = element_child_text(element, "basis"),
            .side = element_attribute(element, "side"),
            .roles = element_attribute(element, "roles"),
            .procedures = element_attribute(element, "procedures"),
            .types = element_attribute(element, "types"),
        };
        check_types(rule, element_line(element), reading);
        check_order(retention, element, reading);
    }
}

static enum reason parse(struct retention *retention, const char *path,
                         struct fault *why)
{
    const struct asset *asset = path ? NULL : asset_get(HOME ".xml");
    return asset ? document_parse(&retention->document, asset->bytes,
                                  asset->size, why)
                 : document_read(&retention->document, path, why);
}

enum reason retention_read(struct retention **out, const char *path,
                           struct buf *report, struct fault *why)
{
    AUTO(retention) struct retention *retention = mem_new(1, sizeof *retention);
    AUTO(grammar) struct grammar *grammar = grammar_new(HOME ".xsd");
    struct reading reading = {.file = path ? path : HOME ".xml",
                              .report = report};
    TRY(parse(retention, path, why));
    if (grammar_check(grammar, retention->document, tell, &reading) == 0)
        read_rules(retention, &reading);
    if (reading.faults)
        return fault(why, R_BAD_SETTINGS, "%s", reading.file);
    *out = TAKE(retention);
    return R_OK;
}

void retention_free(struct retention *retention)
{
    if (!retention)
        return;
    document_free(retention->document);
    free(retention->rules);
    free(retention);
}

const struct retention_rule *retention_find(const struct retention *retention,
                                            const struct kept_letter *letter)
{
    for (size_t i = 0; i + 1 < retention->count; i++) {
        const struct retention_rule *rule = &retention->rules[i];
        if (has_word(rule->side, letter->side) &&
            has_word(rule->roles, letter->role) &&
            has_word(rule->procedures, letter->procedure) &&
            has_word(rule->types, letter->type))
            return rule;
    }
    return &retention->rules[retention->count - 1];
}

const struct retention_rule *retention_rule(const struct retention *retention,
                                            const char *id)
{
    for (size_t i = 0; i < retention->count; i++)
        if (strcmp(retention->rules[i].id, id) == 0)
            return &retention->rules[i];
    return NULL;
}

/* 29 February plus a year is 28 February; 31 January plus a month its last. */
static struct civil_day add_months(struct civil_day day, long months)
{
    long all = day.year * 12L + (day.month - 1) + months;
    day.year = (int)(all / 12);
    day.month = (int)(all % 12) + 1;
    while (!civil_day_is_valid(day))
        day.day--;
    return day;
}

instant retention_ends(const struct retention_rule *rule, instant from)
{
    if (rule->keep[0] != 'P')
        return INT64_MAX;
    char *unit;
    long amount = strtol(rule->keep + 1, &unit, 10);
    if (amount == 0)
        return from;
    struct civil_day day = civil_day_of(from);
    if (*unit == 'D')
        day = civil_day_of_number(civil_day_number(day) + amount);
    else
        day = add_months(day, *unit == 'Y' ? amount * 12 : amount);
    /* the last day is kept whole */
    return civil_day_start(civil_day_of_number(civil_day_number(day) + 1));
}
