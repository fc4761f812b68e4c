/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The JSON Schema (2020-12) of the same tables: what a partner validates JSON
 * with before it comes to us. Patterns are of the language that pattern.h
 * names, so they mean the same there. Field checks (check digits, real days)
 * stay with us: neither schema can say them.
 */
#include <string.h>

#include "schemas/message.h"
#include "schemas/schema.h"

static void put_text(struct buf *out, const char *name, const char *text)
{
    buf_print(out, "\"%s\":\"", name);
    buf_put_json(out, text);
    buf_put_char(out, '"');
}

static void put_label(struct buf *out, const char *name,
                      const struct schema_label *label)
{
    buf_print(out, "\"%s\":\"", name);
    buf_put_json(out, label->chinese);
    buf_put_text(out, " / ");
    buf_put_json(out, label->english);
    buf_put_char(out, '"');
}

static void put_reference(struct buf *out, const struct schema_type *type)
{
    buf_print(out, "\"$ref\":\"#/$defs/%s\"", type->name);
}

static void put_values(struct buf *out, const struct schema_type *type)
{
    buf_put_text(out, ",\"enum\":[");
    for (size_t i = 0; i < type->value_count; i++) {
        buf_print(out, "%s\"", i ? "," : "");
        buf_put_json(out, type->values[i].text);
        buf_put_char(out, '"');
    }
    buf_put_char(out, ']');
}

static void put_string_type(struct buf *out, const struct schema_type *type)
{
    buf_put_text(out, ",\"type\":\"string\"");
    if (type->least_length > 0)
        buf_print(out, ",\"minLength\":%zu", type->least_length);
    if (type->most_length < SIZE_MAX)
        buf_print(out, ",\"maxLength\":%zu", type->most_length);
    if (type->pattern) {
        buf_put_text(out, ",\"pattern\":\"^(?:");
        buf_put_json(out, type->pattern_text);
        buf_put_text(out, ")$\"");
    }
    if (type->value_count)
        put_values(out, type);
}

static void put_simple(struct buf *out, const struct schema_type *type)
{
    if (type->base == SCHEMA_INTEGER)
        buf_print(out,
                  ",\"type\":\"integer\",\"minimum\":%lld,\"maximum\":%lld",
                  (long long)type->least, (long long)type->most);
    else if (type->base == SCHEMA_BOOLEAN)
        buf_put_text(out, ",\"type\":\"boolean\"");
    else
        put_string_type(out, type);
}

static void put_array(struct buf *out, const struct schema_element *element,
                      size_t least)
{
    buf_print(out,
              "\"type\":\"array\",\"minItems\":%zu,\"maxItems\":%zu,"
              "\"items\":{",
              least, element->most);
    put_reference(out, element->type);
    buf_put_char(out, '}');
}

static void put_property(struct buf *out, const struct schema_element *element)
{
    buf_print(out, "\"%s\":{", element->name);
    put_label(out, "title", &element->label);
    buf_put_char(out, ',');
    if (element->most > 1)
        put_array(out, element, element->least ? element->least : 1);
    else
        put_reference(out, element->type);
    buf_put_char(out, '}');
}

static void put_required(struct buf *out, const struct schema_type *type)
{
    bool is_first = true;
    buf_put_text(out, ",\"required\":[");
    for (size_t i = 0; i < type->slot_count; i++) {
        const struct schema_slot *slot = &type->slots[i];
        if (slot->count > 1 || slot->least == 0)
            continue;
        buf_print(out, "%s\"%s\"", is_first ? "" : ",",
                  type->elements[slot->first].name);
        is_first = false;
    }
    buf_put_char(out, ']');
}

/* {"required":["a"]} for each alternative, joined by commas. */
static void put_alternatives(struct buf *out, const struct schema_type *type,
                             const struct schema_slot *slot)
{
    for (size_t i = 0; i < slot->count; i++)
        buf_print(out, "%s{\"required\":[\"%s\"]}", i ? "," : "",
                  type->elements[slot->first + i].name);
}

static void put_choice(struct buf *out, const struct schema_type *type,
                       const struct schema_slot *slot)
{
    buf_put_text(out, "{\"oneOf\":[");
    put_alternatives(out, type, slot);
    if (slot->least == 0) {
        buf_put_text(out, ",{\"not\":{\"anyOf\":[");
        put_alternatives(out, type, slot);
        buf_put_text(out, "]}}");
    }
    buf_put_text(out, "]}");
}

static void put_choices(struct buf *out, const struct schema_type *type)
{
    bool is_first = true;
    for (size_t i = 0; i < type->slot_count; i++) {
        if (type->slots[i].count < 2)
            continue;
        buf_put_text(out, is_first ? ",\"allOf\":[" : ",");
        is_first = false;
        put_choice(out, type, &type->slots[i]);
    }
    if (!is_first)
        buf_put_char(out, ']');
}

static void put_object(struct buf *out, const struct schema_type *type)
{
    buf_put_text(out, ",\"type\":\"object\",\"additionalProperties\":false,"
                      "\"properties\":{");
    for (size_t i = 0; i < type->element_count; i++) {
        buf_put_text(out, i ? ",\n" : "\n");
        put_property(out, &type->elements[i]);
    }
    buf_put_char(out, '}');
    put_required(out, type);
    put_choices(out, type);
}

static void put_type(struct buf *out, const struct schema_type *type)
{
    buf_print(out, "\"%s\":{", type->name);
    put_label(out, "description", &type->label);
    if (type->is_simple) {
        put_simple(out, type);
    } else if (schema_is_list(type)) {
        buf_put_char(out, ',');
        put_array(out, &type->elements[0], type->elements[0].least);
    } else {
        put_object(out, type);
    }
    buf_put_char(out, '}');
}

enum reason message_json_schema(struct buf *out, struct fault *why)
{
    const struct schema *schema = schema_of_messages();
    buf_put_text(out, "{");
    put_text(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    buf_put_text(out, ",\n");
    put_text(out, "$id", MESSAGE_NAMESPACE);
    buf_put_text(out, ",\n");
    put_reference(out, schema_root(schema)->type);
    buf_put_text(out, ",\n\"$defs\":{");
    for (size_t i = 0; i < schema_type_count(schema); i++) {
        buf_put_text(out, i ? ",\n" : "\n");
        put_type(out, schema_type_get(schema, i));
    }
    buf_put_text(out, "\n}}\n");
    return buf_check(out, why);
}
