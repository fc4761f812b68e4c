/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads a procedure file that keeps to procedure.xsd into a machine. What the
 * XSD promises (required attributes, forms of names) is not asked again; what
 * only a program can read - periods, XPath - is judged here.
 */
#include "routing/procedure_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Children with the name (NULL: all), counted; room for them all. */
static void *room_for(const struct element *parent, const char *name,
                      size_t size)
{
    size_t count = 0;
    const struct element *child = element_first(parent, name);
    for (; child; child = element_next(child, name))
        count++;
    return count ? mem_new(count, size) : NULL;
}

static bool is_yes(const struct element *element, const char *attribute)
{
    const char *text = element_attribute(element, attribute);
    return text && strcmp(text, "yes") == 0;
}

static struct label read_label(const struct element *element)
{
    return (struct label){.zh = element_attribute(element, "zh"),
                          .en = element_attribute(element, "en")};
}

static void read_when(struct when *when, const struct element *element,
                      struct complaints *complaints)
{
    *when = (struct when){
        .text = element_attribute(element, "when"),
        .name = {.zh = element_attribute(element, "when-zh"),
                 .en = element_attribute(element, "when-en")},
    };
    int line = element_line(element);
    if (!when->text != !when->name.zh || !when->text != !when->name.en)
        complain(complaints, line, "when、when-zh、when-en 须同时给出",
                 "when, when-zh and when-en go together",
                 when->text ? when->text : "when");
    struct fault why = {0};
    if (when->text && condition_new(&when->condition, when->text, &why) != R_OK)
        complain(complaints, line, "条件不是有效的 XPath",
                 "the condition is not XPath", why.text);
}

/* "05" or "12-15"; the XSD has judged the form. */
static struct due_on read_due_on(const struct element *element)
{
    const char *text = element_attribute(element, "due-on");
    struct due_on due_on = {.after = is_yes(element, "after-period")};
    if (!text)
        return due_on;
    const char *day = strchr(text, '-');
    if (day)
        due_on.month = (int)strtol(text, NULL, 10);
    due_on.day = (int)strtol(day ? day + 1 : text, NULL, 10);
    return due_on;
}

static void read_measure(struct measure *measure, const struct element *element,
                         struct complaints *complaints)
{
    *measure = (struct measure){
        .period_text = element_attribute(element, "period"),
        .due_on = read_due_on(element),
        .shift = is_yes(element, "shift"),
        .force = element_attribute(element, "force"),
        .article = element_attribute(element, "article"),
    };
    struct fault why = {0};
    if (period_parse(measure->period_text, &measure->period, &why) != R_OK)
        complain(complaints, element_line(element), "期限写法有误",
                 "not a period", measure->period_text);
}

static void read_role(struct role *role, const struct element *element)
{
    *role = (struct role){
        .id = element_attribute(element, "id"),
        .roles = words_parse(element_attribute(element, "roles")),
        .same_level = element_attribute(element, "same-level"),
        .name = read_label(element),
        .line = element_line(element),
    };
}

static void read_variants(struct limit *limit, const struct element *element,
                          struct complaints *complaints)
{
    limit->variants = room_for(element, "variant", sizeof *limit->variants);
    const struct element *row = element_first(element, "variant");
    for (; row; row = element_next(row, "variant")) {
        struct variant *variant = &limit->variants[limit->variant_count++];
        variant->regions = words_parse(element_attribute(row, "regions"));
        variant->from = element_attribute(row, "from");
        variant->until = element_attribute(row, "until");
        variant->line = element_line(row);
        read_measure(&variant->measure, row, complaints);
    }
}

static void read_expiry(struct expiry *expiry, const struct element *row)
{
    *expiry = (struct expiry){
        .tells = words_parse(element_attribute(row, "tells")),
        .offers = element_attribute(row, "offers"),
        .by = element_attribute(row, "by"),
        .article = element_attribute(row, "article"),
        .name = read_label(row),
    };
}

static enum counted read_counted(const char *text)
{
    static const char *const names[] = {[COUNTED_RECEIVED] = "received",
                                        [COUNTED_DECIDED] = "decided",
                                        [COUNTED_DELIVERED] = "delivered"};
    size_t i = 0;
    while (i + 1 < COUNT_OF(names) && strcmp(names[i], text) != 0)
        i++;
    return (enum counted)i;
}

static void read_warn(struct limit *limit, const struct element *element,
                      struct complaints *complaints)
{
    struct fault why = {0};
    limit->warn_text = element_attribute(element, "warn");
    if (limit->warn_text &&
        period_parse(limit->warn_text, &limit->warn, &why) != R_OK)
        complain(complaints, limit->line, "期限写法有误", "not a period",
                 limit->warn_text);
}

static void read_limit(struct limit *limit, const struct element *element,
                       struct complaints *complaints)
{
    const char *met = element_attribute(element, "met-when");
    const char *duty = element_attribute(element, "duty");
    *limit = (struct limit){
        .id = element_attribute(element, "id"),
        .name = read_label(element),
        .counted = read_counted(element_attribute(element, "counted-from")),
        .start_in = element_attribute(element, "start-in"),
        .due_in = element_attribute(element, "due-in"),
        .met_when_decided = met && strcmp(met, "decided") == 0,
        .owners = words_parse(element_attribute(element, "owner")),
        .duty = !duty || strcmp(duty, "no") != 0,
        .earliest = is_yes(element, "earliest"),
        .line = element_line(element),
    };
    read_measure(&limit->measure, element, complaints);
    read_warn(limit, element, complaints);
    read_variants(limit, element, complaints);
    const struct element *expiry = element_first(element, "expiry");
    if (expiry)
        read_expiry(&limit->expiry, expiry);
}

static enum need read_need(const char *text)
{
    static const char *const names[] = {
        [NEED_MUST] = "must", [NEED_MAY] = "may", [NEED_RULE] = "rule"};
    size_t i = 0;
    while (i + 1 < COUNT_OF(names) && strcmp(names[i], text) != 0)
        i++;
    return (enum need)i;
}

static void read_copies(struct accept *accept, const struct element *element,
                        struct complaints *complaints)
{
    accept->copies = room_for(element, "copy", sizeof *accept->copies);
    const struct element *row = element_first(element, "copy");
    for (; row; row = element_next(row, "copy")) {
        struct copy *copy = &accept->copies[accept->copy_count++];
        copy->party = element_attribute(row, "party");
        copy->need = read_need(element_attribute(row, "need"));
        copy->regions = words_parse(element_attribute(row, "regions"));
        copy->line = element_line(row);
        read_when(&copy->when, row, complaints);
    }
}

static void read_extends(struct accept *accept, const struct element *element)
{
    accept->extends = room_for(element, "extend", sizeof *accept->extends);
    const struct element *row = element_first(element, "extend");
    for (; row; row = element_next(row, "extend"))
        accept->extends[accept->extend_count++] =
            (struct extend){.limit = element_attribute(row, "limit"),
                            .to = element_attribute(row, "to"),
                            .line = element_line(row)};
}

static void read_parents(struct accept *accept, const struct element *element)
{
    accept->parents = room_for(element, "parent", sizeof *accept->parents);
    const struct element *row = element_first(element, "parent");
    for (; row; row = element_next(row, "parent"))
        accept->parents[accept->parent_count++] = (struct parent){
            .procedure = element_attribute(row, "procedure"),
            .states = words_parse(element_attribute(row, "states")),
            .must = strcmp(element_attribute(row, "need"), "must") == 0,
            .line = element_line(row)};
}

static void read_accept(struct accept *accept, const struct element *element,
                        const char *in, struct complaints *complaints)
{
    const char *early = element_attribute(element, "early");
    *accept = (struct accept){
        .type = element_attribute(element, "type"),
        .in = words_parse(in),
        .from = words_parse(element_attribute(element, "from")),
        .to = words_parse(element_attribute(element, "to")),
        .next = element_attribute(element, "next"),
        .once_settled = element_attribute(element, "once-settled"),
        .while_open = element_attribute(element, "while-open"),
        .article = element_attribute(element, "article"),
        .answers = words_parse(element_attribute(element, "answers")),
        .meets = words_parse(element_attribute(element, "meets")),
        .cancels = words_parse(element_attribute(element, "cancels")),
        .starts = words_parse(element_attribute(element, "starts")),
        .within = element_attribute(element, "within"),
        .pauses = words_parse(element_attribute(element, "pauses")),
        .resumes = words_parse(element_attribute(element, "resumes")),
        .not_before = words_parse(element_attribute(element, "not-before")),
        .early_warns = early && strcmp(early, "warn") == 0,
        .since = element_attribute(element, "since"),
        .until = element_attribute(element, "until"),
        .internal = is_yes(element, "internal"),
        .joins = is_yes(element, "joins"),
        .becomes = element_attribute(element, "becomes"),
        .line = element_line(element),
    };
    read_when(&accept->when, element, complaints);
    read_copies(accept, element, complaints);
    read_extends(accept, element);
    read_parents(accept, element);
}

static void read_follow(struct accept *accept, const struct element *element,
                        const char *in, struct complaints *complaints)
{
    *accept = (struct accept){
        .type = element_attribute(element, "type"),
        .follows = element_attribute(element, "in"),
        .in = words_parse(in),
        .to = words_parse(element_attribute(element, "tells")),
        .next = element_attribute(element, "next"),
        .article = element_attribute(element, "article"),
        .meets = words_parse(element_attribute(element, "meets")),
        .cancels = words_parse(element_attribute(element, "cancels")),
        .starts = words_parse(element_attribute(element, "starts")),
        .pauses = words_parse(element_attribute(element, "pauses")),
        .resumes = words_parse(element_attribute(element, "resumes")),
        .line = element_line(element),
    };
    read_when(&accept->when, element, complaints);
}

static void read_acts(struct machine *machine, const struct element *block,
                      const char *in, struct complaints *complaints)
{
    const struct element *row = element_first(block, NULL);
    for (; row; row = element_next(row, NULL)) {
        machine->accepts =
            mem_resize(machine->accepts, machine->accept_count + 1,
                       sizeof *machine->accepts);
        bool follows = strcmp(element_name(row), "follow") == 0;
        (follows ? read_follow : read_accept)(
            &machine->accepts[machine->accept_count++], row, in, complaints);
    }
}

static void add_state(struct machine *machine, const struct state *state)
{
    machine->states = mem_resize(machine->states, machine->state_count + 1,
                                 sizeof *machine->states);
    struct state *added = &machine->states[machine->state_count++];
    *added = *state;
    added->rule = mem_print("%s/%s", machine->id, state->id);
}

/* A block is <start>, <state> or <in>; what it accepts comes in file order. */
static void read_block(struct machine *machine, const struct element *block,
                       struct complaints *complaints)
{
    const char *in = element_attribute(block, "states");
    if (element_attribute(block, "id")) {
        in = element_attribute(block, "id");
        add_state(machine, &(struct state){.id = in,
                                           .name = read_label(block),
                                           .final = is_yes(block, "final"),
                                           .line = element_line(block)});
    }
    read_acts(machine, block, in, complaints);
}

static void read_blocks(struct machine *machine, const struct element *start,
                        struct complaints *complaints)
{
    add_state(machine,
              &(struct state){.id = PROCEDURE_START,
                              .name = {.zh = "尚未开启", .en = "not opened"},
                              .line = element_line(start)});
    read_acts(machine, start, PROCEDURE_START, complaints);
    const struct element *block = element_next(start, NULL);
    for (; block; block = element_next(block, NULL))
        read_block(machine, block, complaints);
}

void machine_read(struct machine *machine, struct complaints *complaints)
{
    const struct element *root = document_root(machine->document);
    machine->id = element_attribute(root, "id");
    machine->name = read_label(root);
    machine->summary = read_label(element_first(root, "summary"));

    machine->roles = room_for(root, "party", sizeof *machine->roles);
    const struct element *row = element_first(root, "party");
    for (; row; row = element_next(row, "party"))
        read_role(&machine->roles[machine->role_count++], row);

    machine->limits = room_for(root, "limit", sizeof *machine->limits);
    row = element_first(root, "limit");
    for (; row; row = element_next(row, "limit"))
        read_limit(&machine->limits[machine->limit_count++], row, complaints);

    read_blocks(machine, element_first(root, "start"), complaints);
}
