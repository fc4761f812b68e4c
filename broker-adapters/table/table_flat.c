/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * {"header.id": "...", "unit.name": "...", "officers.name": "...",
 *  "officers[2].name": "..."}: the paths that `yisong reply` and mappings use.
 * The item's own name is left out in a list; the first of several has no
 * number. All values are texts, as they stand in the letter.
 */
#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/table/table_state.h"
#include "schemas/schema.h"

static void put_member(struct buf *out, const char *path, const char *text)
{
    buf_put_text(out, out->bytes[out->size - 1] == '{' ? "\"" : ",\n\"");
    buf_put_json(out, path);
    buf_put_text(out, "\":\"");
    buf_put_json(out, text);
    buf_put_char(out, '"');
}

/* How many siblings of its name stand up to this one. */
static size_t number_of(const struct element *element)
{
    size_t number = 0;
    const struct element *one =
        element_first(element_parent(element), element_name(element));
    for (; one; one = element_next(one, element_name(element))) {
        number++;
        if (one == element)
            break;
    }
    return number;
}

static char *path_of(const char *above, bool in_list,
                     const struct element *element)
{
    size_t number = number_of(element);
    const char *dot = *above && !in_list ? "." : "";
    const char *name = in_list ? "" : element_name(element);
    return number > 1 ? mem_print("%s%s%s[%zu]", above, dot, name, number)
                      : mem_print("%s%s%s", above, dot, name);
}

static void put_element(struct buf *out, const char *path,
                        const struct element *element,
                        const struct schema_type *type)
{
    const struct element *child = element_first(element, NULL);
    if (!child) {
        put_member(out, path, element_text(element));
        return;
    }
    for (; child; child = element_next(child, NULL)) {
        const struct schema_element *rule =
            schema_find(type, element_name(child));
        if (!rule)
            continue; /* the signature */
        AUTO(text) char *below = path_of(path, schema_is_list(type), child);
        put_element(out, below, child, rule->type);
    }
}

void table_flat_put(const struct message *message, struct buf *out)
{
    const struct schema_type *root = schema_root(schema_of_messages())->type;
    const struct element *top = document_root(message_document(message));
    const struct element *part = element_first(top, NULL);
    buf_put_char(out, '{');
    for (; part; part = element_next(part, NULL)) {
        const struct schema_element *rule =
            schema_find(root, element_name(part));
        if (!rule)
            continue;
        const struct element *form = message_body(message);
        bool is_body = form && element_parent(form) == part;
        if (is_body)
            put_element(out, "", form,
                        schema_find(rule->type, element_name(form))->type);
        else
            put_element(out, element_name(part), part, rule->type);
    }
    buf_put_char(out, '}');
}
