/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/letter_view.h"

#include <string.h>

#include "base/language.h"
#include "base/mask.h"
#include "base/width.h"
#include "schemas/catalogue.h"
#include "schemas/schema.h"

static const char *label_of(struct schema_label label)
{
    return say(label.chinese, label.english);
}

/* The label of a value of an enumeration, the text itself otherwise. */
static const char *shown(const struct schema_type *type, const char *text)
{
    for (size_t i = 0; i < type->value_count; i++)
        if (strcmp(type->values[i].text, text) == 0)
            return label_of(type->values[i].label);
    return text;
}

/* What is a person's number whatever its form, a passport's for instance. */
static bool is_personal(const char *name)
{
    static const char *const names[] = {"citizenId", "otherId", "phone"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void put_masked(const struct element *element,
                       const struct schema_type *type, struct buf *out)
{
    AUTO(buf) struct buf masked = {0};
    const char *text = shown(type, element_text(element));
    mask_put(&masked, text);
    bool plain = strcmp(buf_text(&masked), text) == 0;
    if (plain && is_personal(element_name(element)))
        buf_put_text(out, "***");
    else
        width_put(out, text);
}

struct page {
    struct buf *out;
    bool whole;
};

static void put_element(const struct element *element,
                        const struct schema_element *rule, int depth,
                        const struct page *page)
{
    struct buf *out = page->out;
    for (int i = 0; i < depth; i++)
        buf_put_text(out, "  ");
    width_put(out, label_of(rule->label));
    if (rule->type->is_simple) {
        buf_put_text(out, ": ");
        if (page->whole)
            width_put_whole(out, shown(rule->type, element_text(element)));
        else
            put_masked(element, rule->type, out);
    }
    buf_put_char(out, '\n');
    if (rule->type->is_simple)
        return;
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL)) {
        const struct schema_element *next =
            schema_find(rule->type, element_name(child));
        if (next)
            put_element(child, next, depth + 1, page);
    }
}

void letter_view_put(const struct message *message, bool whole, struct buf *out)
{
    const struct page page = {out, whole};
    const struct message_type *type = catalogue_find(message_type(message));
    const struct schema_element *rule = schema_root(schema_of_messages());
    const struct element *part =
        element_first(document_root(message_document(message)), NULL);
    buf_print(out, "%s\n\n",
              type ? say(type->chinese, type->english) : message_type(message));
    for (; part; part = element_next(part, NULL)) {
        const struct schema_element *next =
            schema_find(rule->type, element_name(part));
        if (next)
            put_element(part, next, 0, &page);
    }
}
