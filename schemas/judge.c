/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree against the tables, element by element. A mistake never hides the
 * next one: what is unknown is passed over, what is out of place is still
 * judged inside, and what is missing is told once its parent ends.
 */
#include "schemas/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "schemas/message.h"

enum { FOUND_CHARACTERS = 60, NAMES_SHOWN = 12 };

/* The children of one element, as they are counted. */
struct tally {
    const struct element *parent;
    const struct schema_type *type;
    size_t counts[SCHEMA_ELEMENTS_MAX];
    size_t slot; /* the furthest that was reached */
    bool is_signed;
    struct mistakes *mistakes;
};

/* Cut at a character, with dots behind it; identity numbers not shown. */
static void shorten(const char *text, struct buf *out)
{
    size_t characters = 0;
    for (; *text && characters <= FOUND_CHARACTERS; text++) {
        if (((unsigned char)*text & 0xC0) != 0x80 &&
            ++characters > FOUND_CHARACTERS)
            break;
        buf_put_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
    if (*text)
        buf_put_text(out, "…");
}

void judge_complain(struct mistakes *mistakes, enum reason reason,
                    const struct element *at, const char *chinese,
                    const char *english)
{
    if (mistakes_drop(mistakes))
        return;
    AUTO(buf) struct buf path = {0};
    AUTO(buf) struct buf found = {0};
    element_path(at, &path);
    if (strcmp(element_name(at), "citizenId") == 0)
        buf_put_text(&found, "***");
    else if (!element_first(at, NULL))
        shorten(element_text(at), &found);
    mistakes_add(mistakes, reason, element_line(at), buf_text(&path),
                 buf_text(&found), chinese, english);
}

void judge_miss(struct mistakes *mistakes, const struct element *parent,
                const char *name, const char *chinese, const char *english)
{
    if (mistakes_drop(mistakes))
        return;
    AUTO(buf) struct buf path = {0};
    element_path(parent, &path);
    buf_print(&path, "/%s", name);
    mistakes_add(mistakes, R_NOT_VALID, element_line(parent), buf_text(&path),
                 "", chinese, english);
}

/* Says it in both languages with one name in the place of %s. */
static void complain_of(struct mistakes *mistakes, const struct element *at,
                        const char *chinese, const char *english,
                        const char *name)
{
    AUTO(buf) struct buf zh = {0};
    AUTO(buf) struct buf en = {0};
    const char *hole = strstr(chinese, "%s");
    buf_put(&zh, chinese, (size_t)(hole - chinese));
    buf_put_text(&zh, name);
    buf_put_text(&zh, hole + 2);
    hole = strstr(english, "%s");
    buf_put(&en, english, (size_t)(hole - english));
    buf_put_text(&en, name);
    buf_put_text(&en, hole + 2);
    judge_complain(mistakes, R_NOT_VALID, at, buf_text(&zh), buf_text(&en));
}

static void put_names(const struct schema_type *type, struct buf *out)
{
    for (size_t i = 0; i < type->element_count; i++) {
        if (i == NAMES_SHOWN) {
            buf_put_text(out, ", ...");
            return;
        }
        buf_print(out, "%s%s", i ? ", " : "", type->elements[i].name);
    }
}

static void complain_unknown(const struct tally *tally,
                             const struct element *child)
{
    AUTO(buf) struct buf names = {0};
    put_names(tally->type, &names);
    complain_of(tally->mistakes, child, "此处不允许该元素；允许的元素：%s",
                "this element is not allowed here; allowed are: %s",
                buf_text(&names));
}

/* Looks from the furthest slot on first: children mostly stand in order. */
static const struct schema_element *find_rule(const struct tally *tally,
                                              const char *name)
{
    const struct schema_type *type = tally->type;
    size_t start =
        tally->slot < type->slot_count ? type->slots[tally->slot].first : 0;
    for (size_t i = start; i < type->element_count; i++)
        if (strcmp(type->elements[i].name, name) == 0)
            return &type->elements[i];
    return schema_find(type, name);
}

static void judge_signature(struct tally *tally, const struct element *child)
{
    if (!tally->type->is_signed)
        complain_unknown(tally, child);
    else if (tally->is_signed)
        judge_complain(tally->mistakes, R_NOT_VALID, child, "签名只能有一个",
                       "there can be only one signature");
    tally->is_signed = true;
}

static void judge_place(struct tally *tally, const struct element *child,
                        const struct schema_element *rule)
{
    size_t place = (size_t)(rule - tally->type->elements);
    if (++tally->counts[place] == rule->most + 1) {
        char most[24];
        snprintf(most, sizeof most, "%zu", rule->most);
        complain_of(tally->mistakes, child, "最多允许 %s 个",
                    "at most %s of these are allowed", most);
    }
    if (tally->is_signed)
        judge_complain(tally->mistakes, R_NOT_VALID, child,
                       "签名必须是最后一个元素",
                       "the signature must be the last element");
    else if (rule->slot < tally->slot)
        complain_of(
            tally->mistakes, child, "顺序不对，应在 %s 之前",
            "out of order, it belongs before %s",
            tally->type->elements[tally->type->slots[tally->slot].first].name);
    else
        tally->slot = rule->slot;
}

static void judge_child(struct tally *tally, const struct element *child)
{
    const char *namespace = element_namespace(child);
    if (strcmp(namespace, SIGNATURE_NAMESPACE) == 0) {
        judge_signature(tally, child);
        return;
    }
    const struct schema_element *rule =
        strcmp(namespace, MESSAGE_NAMESPACE) == 0
            ? find_rule(tally, element_name(child))
            : NULL;
    if (!rule) {
        complain_unknown(tally, child);
        return;
    }
    judge_place(tally, child, rule);
    judge_element(child, rule, tally->mistakes);
}

static void miss_one(const struct tally *tally,
                     const struct schema_element *rule)
{
    char zh[FAULT_TEXT_MAX], en[FAULT_TEXT_MAX];
    if (rule->least > 1) {
        snprintf(zh, sizeof zh, "缺少%s，至少 %zu 个", rule->label.chinese,
                 rule->least);
        snprintf(en, sizeof en, "missing: %s, at least %zu",
                 rule->label.english, rule->least);
    } else {
        snprintf(zh, sizeof zh, "缺少%s", rule->label.chinese);
        snprintf(en, sizeof en, "missing: %s", rule->label.english);
    }
    judge_miss(tally->mistakes, tally->parent, rule->name, zh, en);
}

static void judge_choice(const struct tally *tally,
                         const struct schema_slot *slot)
{
    AUTO(buf) struct buf names = {0};
    size_t used = 0;
    for (size_t i = slot->first; i < slot->first + slot->count; i++) {
        used += tally->counts[i] > 0;
        buf_print(&names, "%s%s", i > slot->first ? "|" : "",
                  tally->type->elements[i].name);
    }
    if (used < slot->least)
        judge_miss(tally->mistakes, tally->parent, buf_text(&names),
                   "缺少：须从中选一", "missing: one of these");
    else if (used > 1)
        judge_miss(tally->mistakes, tally->parent, buf_text(&names),
                   "只能从中选一", "only one of these is allowed");
}

static void judge_counts(const struct tally *tally)
{
    for (size_t i = 0; i < tally->type->slot_count; i++) {
        const struct schema_slot *slot = &tally->type->slots[i];
        const struct schema_element *rule = &tally->type->elements[slot->first];
        if (slot->count > 1)
            judge_choice(tally, slot);
        else if (tally->counts[slot->first] < slot->least)
            miss_one(tally, rule);
    }
}

static void judge_children(const struct element *element,
                           const struct schema_type *type,
                           struct mistakes *mistakes)
{
    struct tally tally = {
        .parent = element, .type = type, .mistakes = mistakes};
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL))
        judge_child(&tally, child);
    judge_counts(&tally);
    if (element_has_loose_text(element))
        judge_complain(mistakes, R_NOT_VALID, element,
                       "此处只能是元素，不能有文字",
                       "only elements belong here, no text");
}

void judge_element(const struct element *element,
                   const struct schema_element *rule, struct mistakes *mistakes)
{
    const char *attribute = element_any_attribute(element);
    if (attribute)
        complain_of(mistakes, element, "不允许属性：%s",
                    "attributes are not allowed: %s", attribute);
    if (!rule->type->is_simple)
        judge_children(element, rule->type, mistakes);
    else if (element_first(element, NULL))
        judge_complain(mistakes, R_NOT_VALID, element,
                       "此处应为文字，不能有子元素",
                       "text belongs here, no elements");
    else
        judge_text(element, rule->type, mistakes);
}
