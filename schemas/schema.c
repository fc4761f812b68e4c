/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads message.xsd into tables, in two passes: first the types by name, then
 * what is in them, so that a type may be used before it stands in the file.
 * Whatever is outside the profile is a fault with its line, never skipped.
 */
#include "schemas/schema.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "schemas/schema_read.h"

struct schema {
    struct schema_type *types;
    size_t count;
    struct schema_element root;
};

static const struct schema_type *find_type(const struct schema *schema,
                                           const char *name)
{
    if (strncmp(name, "m:", 2) == 0)
        for (size_t i = 0; i < schema->count; i++)
            if (strcmp(schema->types[i].name, name + 2) == 0)
                return &schema->types[i];
    return NULL;
}

static enum reason read_occurs(const struct element *element, const char *name,
                               size_t *number, struct fault *why)
{
    const char *text = element_attribute(element, name);
    char *end = NULL;
    *number = text ? strtoul(text, &end, 10) : 1;
    return text && (*end || !*text) ? schema_outside(element, text, why) : R_OK;
}

static enum reason read_element(const struct schema *schema,
                                const struct element *element,
                                struct schema_element *out, struct fault *why)
{
    const char *type;
    TRY(schema_attribute(element, "name", &out->name, why));
    TRY(schema_attribute(element, "type", &type, why));
    TRY(read_occurs(element, "minOccurs", &out->least, why));
    TRY(read_occurs(element, "maxOccurs", &out->most, why));
    TRY(schema_label_of(element, &out->label, why));
    out->type = find_type(schema, type);
    if (!out->type)
        return schema_outside(element, type, why);
    if (out->most == 0 || out->least > out->most)
        return schema_outside(element, "bad bounds", why);
    return R_OK;
}

static enum reason add_element(const struct schema *schema,
                               struct schema_type *type,
                               const struct element *element, struct fault *why)
{
    struct schema_element added = {.slot = type->slot_count};
    TRY(read_element(schema, element, &added, why));
    if (schema_find(type, added.name))
        return schema_outside(element, "the name is there already", why);
    if (type->element_count == SCHEMA_ELEMENTS_MAX)
        return schema_outside(element, "too many elements in one type", why);
    type->elements = mem_resize(type->elements, type->element_count + 1,
                                sizeof *type->elements);
    type->elements[type->element_count++] = added;
    return R_OK;
}

static void close_slot(struct schema_type *type, size_t first, size_t least)
{
    type->slots =
        mem_resize(type->slots, type->slot_count + 1, sizeof *type->slots);
    type->slots[type->slot_count++] = (struct schema_slot){
        .first = first, .count = type->element_count - first, .least = least};
}

static enum reason read_choice(const struct schema *schema,
                               struct schema_type *type,
                               const struct element *choice, struct fault *why)
{
    size_t first = type->element_count, least;
    TRY(read_occurs(choice, "minOccurs", &least, why));
    const struct element *part = schema_next_part(choice, NULL);
    for (; part; part = schema_next_part(choice, part)) {
        if (!schema_is_part(part, "element"))
            return schema_outside(part, "a choice is between single elements",
                                  why);
        TRY(add_element(schema, type, part, why));
        const struct schema_element *added =
            &type->elements[type->element_count - 1];
        if (added->least != 1 || added->most != 1)
            return schema_outside(part, "a choice is between single elements",
                                  why);
    }
    if (element_attribute(choice, "maxOccurs"))
        return schema_outside(choice, "a choice does not repeat", why);
    close_slot(type, first, least);
    return R_OK;
}

static enum reason read_part(const struct schema *schema,
                             struct schema_type *type,
                             const struct element *part, struct fault *why)
{
    if (type->is_signed)
        return schema_outside(part, "nothing may follow the signature", why);
    if (schema_is_part(part, "choice"))
        return read_choice(schema, type, part, why);
    if (schema_is_part(part, "any")) {
        type->is_signed = true;
        return R_OK;
    }
    if (!schema_is_part(part, "element"))
        return schema_outside(part, "outside the profile", why);
    size_t first = type->element_count;
    TRY(add_element(schema, type, part, why));
    close_slot(type, first, type->elements[first].least);
    return R_OK;
}

static enum reason read_complex(const struct schema *schema,
                                struct schema_type *type,
                                const struct element *element,
                                struct fault *why)
{
    const struct element *content = schema_next_part(element, NULL);
    if (!content || schema_next_part(element, content))
        return schema_outside(element, "must be one sequence or choice", why);
    if (schema_is_part(content, "choice"))
        return read_choice(schema, type, content, why);
    if (!schema_is_part(content, "sequence"))
        return schema_outside(content, "outside the profile", why);
    const struct element *part = schema_next_part(content, NULL);
    for (; part; part = schema_next_part(content, part))
        TRY(read_part(schema, type, part, why));
    return R_OK;
}

static enum reason name_types(struct schema *schema, const struct element *root,
                              struct fault *why)
{
    const struct element *part = schema_next_part(root, NULL);
    for (; part; part = schema_next_part(root, part)) {
        if (schema_is_part(part, "element"))
            continue;
        bool is_simple = schema_is_part(part, "simpleType");
        if (!is_simple && !schema_is_part(part, "complexType"))
            return schema_outside(part, "outside the profile", why);
        struct schema_type type = {.is_simple = is_simple};
        TRY(schema_attribute(part, "name", &type.name, why));
        TRY(schema_label_of(part, &type.label, why));
        schema->types =
            mem_resize(schema->types, schema->count + 1, sizeof *schema->types);
        schema->types[schema->count++] = type;
    }
    return R_OK;
}

static enum reason fill_types(struct schema *schema, const struct element *root,
                              struct fault *why)
{
    struct schema_type *type = schema->types;
    const struct element *part = schema_next_part(root, NULL);
    for (; part; part = schema_next_part(root, part)) {
        if (schema_is_part(part, "element")) {
            if (schema->root.name)
                return schema_outside(part, "a second global element", why);
            TRY(read_element(schema, part, &schema->root, why));
        } else if (type->is_simple) {
            TRY(schema_read_simple(type++, part, why));
        } else {
            TRY(read_complex(schema, type++, part, why));
        }
    }
    return schema->root.name ? R_OK
                             : schema_outside(root, "no global element", why);
}

enum reason schema_new(struct schema **out, const struct document *xsd,
                       struct fault *why)
{
    AUTO(schema) struct schema *schema = mem_new(1, sizeof *schema);
    const struct element *root = document_root(xsd);
    TRY(name_types(schema, root, why));
    TRY(fill_types(schema, root, why));
    *out = TAKE(schema);
    return R_OK;
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    for (size_t i = 0; i < schema->count; i++) {
        struct schema_type *type = &schema->types[i];
        pattern_free(type->pattern);
        free(type->values);
        free(type->elements);
        free(type->slots);
    }
    free(schema->types);
    free(schema);
}

static struct schema *schema_carried;

static void load(void)
{
    static struct document *xsd;
    const struct asset *asset = asset_get("schemas/message.xsd");
    struct fault why = {0};
    if (document_parse(&xsd, asset->bytes, asset->size, &why) == R_OK &&
        schema_new(&schema_carried, xsd, &why) == R_OK)
        return;
    fprintf(stderr, "schemas/message.xsd: %s\n", why.text);
    abort();
}

const struct schema *schema_of_messages(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return schema_carried;
}

const struct schema_element *schema_root(const struct schema *schema)
{
    return &schema->root;
}

size_t schema_type_count(const struct schema *schema)
{
    return schema->count;
}

const struct schema_type *schema_type_get(const struct schema *schema,
                                          size_t place)
{
    return &schema->types[place];
}

const struct schema_element *schema_find(const struct schema_type *type,
                                         const char *name)
{
    for (size_t i = 0; i < type->element_count; i++)
        if (strcmp(type->elements[i].name, name) == 0)
            return &type->elements[i];
    return NULL;
}

bool schema_is_list(const struct schema_type *type)
{
    return !type->is_simple && type->element_count == 1 &&
           type->elements[0].most > 1 && !type->is_signed;
}
