/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the small parts of the XSD: labels, attributes, and simple types
 * with their facets.
 */
#include "schemas/schema_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define XSD_NAMESPACE "http://www.w3.org/2001/XMLSchema"

struct facet {
    const char *name;
    enum reason (*read)(struct schema_type *type, const struct element *facet,
                        struct fault *why);
};

enum reason schema_outside(const struct element *element, const char *what,
                           struct fault *why)
{
    return fault(why, R_BAD_SETTINGS, "line %d: %s: %s", element_line(element),
                 element_name(element), what);
}

enum reason schema_attribute(const struct element *element, const char *name,
                             const char **value, struct fault *why)
{
    *value = element_attribute(element, name);
    return *value ? R_OK : schema_outside(element, name, why);
}

enum reason schema_label_of(const struct element *element,
                            struct schema_label *label, struct fault *why)
{
    const struct element *note = element_first(element, "annotation");
    const struct element *zh = note ? element_first(note, NULL) : NULL;
    const struct element *en = zh ? element_next(zh, NULL) : NULL;
    if (!en || element_next(en, NULL))
        return schema_outside(element, "needs a Chinese and an English label",
                              why);
    label->chinese = element_text(zh);
    label->english = element_text(en);
    return R_OK;
}

/* The next child that is not an annotation; `after` NULL: the first. */
const struct element *schema_next_part(const struct element *parent,
                                       const struct element *after)
{
    const struct element *child =
        after ? element_next(after, NULL) : element_first(parent, NULL);
    while (child && strcmp(element_name(child), "annotation") == 0)
        child = element_next(child, NULL);
    return child;
}

bool schema_is_part(const struct element *element, const char *name)
{
    return element && element_is(element, XSD_NAMESPACE, name);
}

/* Types whose values field.h judges further. */
static enum field_kind field_of(const char *type_name)
{
    static const struct {
        const char *type;
        enum field_kind field;
    } rows[] = {
        {"CreditCode", FIELD_CREDIT_CODE},
        {"CitizenId", FIELD_CITIZEN_ID},
        {"DocumentNumber", FIELD_DOCUMENT_NUMBER},
        {"RegionCode", FIELD_REGION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].type, type_name) == 0)
            return rows[i].field;
    return FIELD_KIND_COUNT;
}

static enum reason read_size(const struct element *element, size_t *size,
                             struct fault *why)
{
    const char *text;
    char *end;
    TRY(schema_attribute(element, "value", &text, why));
    *size = strtoul(text, &end, 10);
    return *end || !*text ? schema_outside(element, text, why) : R_OK;
}

static enum reason read_integer(const struct element *element, int64_t *number,
                                struct fault *why)
{
    const char *text;
    char *end;
    TRY(schema_attribute(element, "value", &text, why));
    *number = strtoll(text, &end, 10);
    return *end || !*text ? schema_outside(element, text, why) : R_OK;
}

static enum reason read_min_length(struct schema_type *type,
                                   const struct element *facet,
                                   struct fault *why)
{
    return read_size(facet, &type->least_length, why);
}

static enum reason read_max_length(struct schema_type *type,
                                   const struct element *facet,
                                   struct fault *why)
{
    return read_size(facet, &type->most_length, why);
}

static enum reason read_min(struct schema_type *type,
                            const struct element *facet, struct fault *why)
{
    return read_integer(facet, &type->least, why);
}

static enum reason read_max(struct schema_type *type,
                            const struct element *facet, struct fault *why)
{
    return read_integer(facet, &type->most, why);
}

static enum reason read_pattern(struct schema_type *type,
                                const struct element *facet, struct fault *why)
{
    if (type->pattern)
        return schema_outside(facet, "a second pattern", why);
    TRY(schema_attribute(facet, "value", &type->pattern_text, why));
    return pattern_new(&type->pattern, type->pattern_text, why);
}

static enum reason read_value(struct schema_type *type,
                              const struct element *facet, struct fault *why)
{
    struct schema_value value;
    TRY(schema_attribute(facet, "value", &value.text, why));
    TRY(schema_label_of(facet, &value.label, why));
    type->values =
        mem_resize(type->values, type->value_count + 1, sizeof *type->values);
    type->values[type->value_count++] = value;
    return R_OK;
}

static const struct facet facets[] = {
    {"minLength", read_min_length}, {"maxLength", read_max_length},
    {"minInclusive", read_min},     {"maxInclusive", read_max},
    {"pattern", read_pattern},      {"enumeration", read_value},
};

static enum reason read_facet(struct schema_type *type,
                              const struct element *element, struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(facets); i++)
        if (schema_is_part(element, facets[i].name))
            return facets[i].read(type, element, why);
    return schema_outside(element, "outside the profile", why);
}

static enum reason read_base(struct schema_type *type,
                             const struct element *restriction,
                             struct fault *why)
{
    static const char *const bases[] = {
        [SCHEMA_STRING] = "xs:string",   [SCHEMA_DECIMAL] = "xs:decimal",
        [SCHEMA_DATE] = "xs:date",       [SCHEMA_TIME] = "xs:dateTime",
        [SCHEMA_INTEGER] = "xs:integer", [SCHEMA_BOOLEAN] = "xs:boolean"};
    const char *name;
    TRY(schema_attribute(restriction, "base", &name, why));
    for (size_t i = 0; i < COUNT_OF(bases); i++)
        if (strcmp(bases[i], name) == 0) {
            type->base = (enum schema_base)i;
            return R_OK;
        }
    return schema_outside(restriction, name, why);
}

/* XSD lets blanks stand around such values unless a pattern holds them. */
static enum reason check_simple(const struct schema_type *type,
                                const struct element *element,
                                struct fault *why)
{
    if (type->base != SCHEMA_STRING && !type->pattern)
        return schema_outside(element, "needs a pattern", why);
    if (type->base != SCHEMA_INTEGER && (type->least || type->most))
        return schema_outside(element, "bounds are for xs:integer", why);
    return R_OK;
}

enum reason schema_read_simple(struct schema_type *type,
                               const struct element *element, struct fault *why)
{
    const struct element *restriction = schema_next_part(element, NULL);
    if (!schema_is_part(restriction, "restriction") ||
        schema_next_part(element, restriction))
        return schema_outside(element, "must be one restriction", why);
    type->most_length = SIZE_MAX;
    type->field = field_of(type->name);
    TRY(read_base(type, restriction, why));
    const struct element *part = schema_next_part(restriction, NULL);
    for (; part; part = schema_next_part(restriction, part))
        TRY(read_facet(type, part, why));
    return check_simple(type, element, why);
}
