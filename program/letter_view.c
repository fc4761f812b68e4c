/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/letter_view.h"

#include <string.h>

#include "base/language.h"
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

static void put_element(const struct element *element,
                        const struct schema_element *rule, int depth,
                        struct buf *out)
{
    for (int i = 0; i < depth; i++)
        buf_put_text(out, "  ");
    width_put(out, label_of(rule->label));
    if (rule->type->is_simple) {
        buf_put_text(out, ": ");
        width_put(out, shown(rule->type, element_text(element)));
    }
    buf_put_char(out, '\n');
    if (rule->type->is_simple)
        return;
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL)) {
        const struct schema_element *next =
            schema_find(rule->type, element_name(child));
        if (next)
            put_element(child, next, depth + 1, out);
    }
}

void letter_view_put(const struct message *message, struct buf *out)
{
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
            put_element(part, next, 0, out);
    }
}
