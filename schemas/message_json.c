/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The JSON encoding, both ways, by the schema: an element is a member of its
 * name; one that may repeat is an array; a list type is an array of its items;
 * integers and booleans are JSON's own, every other text is a string.
 *
 * Reading never drops anything: members that the schema does not know become
 * elements behind the known ones and are judged there like unknown elements of
 * XML; values of a wrong JSON kind are noted as misfits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/judge.h"
#include "schemas/message_parts.h"

struct builder {
    struct document *document;
    struct misfits *misfits;
};

static void note(struct builder *builder, const struct element *at,
                 const char *chinese, const char *english, const char *name)
{
    struct misfits *misfits = builder->misfits;
    if (misfits->count == MISTAKES_MAX)
        return;
    misfits->rows =
        mem_resize(misfits->rows, misfits->count + 1, sizeof *misfits->rows);
    misfits->rows[misfits->count++] =
        (struct misfit){.at = at,
                        .chinese = mem_print("%s%s", chinese, name),
                        .english = mem_print("%s%s", english, name)};
}

void misfits_done(struct misfits *misfits)
{
    for (size_t i = 0; i < misfits->count; i++) {
        free(misfits->rows[i].chinese);
        free(misfits->rows[i].english);
    }
    free(misfits->rows);
    *misfits = (struct misfits){0};
}

/* Whether XML can use it as the name of an element. */
static bool is_element_name(const char *name)
{
    static const char start[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char more[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";
    return *name && strchr(start, *name) && name[strspn(name, more)] == '\0';
}

static void build_unknown(struct builder *builder, struct element *parent,
                          const struct json *value, const char *name);

/* Members of an object, items of an array: elements side by side. */
static void build_unknowns(struct builder *builder, struct element *parent,
                           const struct json *value, const char *name)
{
    const struct json *part = value->first;
    for (; part; part = part->next)
        build_unknown(builder, parent, part, part->name ? part->name : name);
}

static void build_unknown(struct builder *builder, struct element *parent,
                          const struct json *value, const char *name)
{
    bool is_array = value->kind == JSON_ARRAY;
    if (!is_element_name(name) || (is_array && value->count == 0)) {
        note(builder, parent, "不允许成员：", "no such member: ", name);
        return;
    }
    if (!is_array)
        parent = document_add(builder->document, parent, name, value->text,
                              value->line);
    build_unknowns(builder, parent, value, name);
}

static void build_value(struct builder *builder, struct element *parent,
                        const struct schema_element *rule,
                        const struct json *value);

static bool kind_fits(enum schema_base base, enum json_kind kind)
{
    if (base == SCHEMA_INTEGER)
        return kind == JSON_INTEGER;
    if (base == SCHEMA_BOOLEAN)
        return kind == JSON_TRUE || kind == JSON_FALSE;
    return kind == JSON_STRING;
}

static void build_simple(struct builder *builder, struct element *made,
                         const struct schema_type *type,
                         const struct json *value)
{
    static const struct schema_label wanted[] = {
        [SCHEMA_STRING] = {"须为 JSON 字符串", "must be a JSON string"},
        [SCHEMA_DECIMAL] = {"须为 JSON 字符串", "must be a JSON string"},
        [SCHEMA_DATE] = {"须为 JSON 字符串", "must be a JSON string"},
        [SCHEMA_TIME] = {"须为 JSON 字符串", "must be a JSON string"},
        [SCHEMA_INTEGER] = {"须为 JSON 整数", "must be a JSON integer"},
        [SCHEMA_BOOLEAN] = {"须为 true 或 false", "must be true or false"}};
    if (value->kind == JSON_OBJECT)
        build_unknowns(builder, made, value, NULL);
    if (!kind_fits(type->base, value->kind))
        note(builder, made, wanted[type->base].chinese,
             wanted[type->base].english, "");
}

static void build_list(struct builder *builder, struct element *made,
                       const struct schema_type *type, const struct json *value)
{
    if (value->kind != JSON_ARRAY)
        note(builder, made, "须为 JSON 数组", "must be a JSON array", "");
    const struct json *item = value->first;
    for (; item; item = item->next) {
        if (item->name)
            build_unknown(builder, made, item, item->name);
        else
            build_value(builder, made, &type->elements[0], item);
    }
}

/* One element that may repeat: an array, which is left out when empty. */
static void build_repeated(struct builder *builder, struct element *parent,
                           const struct schema_element *rule,
                           const struct json *value)
{
    if (value->kind != JSON_ARRAY) {
        note(builder, parent, "须为 JSON 数组：",
             "must be a JSON array: ", rule->name);
        build_value(builder, parent, rule, value);
        return;
    }
    if (value->count == 0)
        note(builder, parent, "空数组应省略：",
             "an empty array is left out: ", rule->name);
    for (const struct json *item = value->first; item; item = item->next)
        build_value(builder, parent, rule, item);
}

static void build_object(struct builder *builder, struct element *made,
                         const struct schema_type *type,
                         const struct json *value)
{
    if (value->kind != JSON_OBJECT) {
        note(builder, made, "须为 JSON 对象", "must be a JSON object", "");
        return;
    }
    size_t known = 0;
    for (size_t i = 0; i < type->element_count; i++) {
        const struct schema_element *rule = &type->elements[i];
        const struct json *member = json_find(value, rule->name);
        if (!member)
            continue;
        known++;
        if (rule->most > 1)
            build_repeated(builder, made, rule, member);
        else
            build_value(builder, made, rule, member);
    }
    if (known == value->count)
        return;
    for (const struct json *m = value->first; m; m = m->next)
        if (!schema_find(type, m->name))
            build_unknown(builder, made, m, m->name);
}

static void build_value(struct builder *builder, struct element *parent,
                        const struct schema_element *rule,
                        const struct json *value)
{
    const struct schema_type *type = rule->type;
    struct element *made =
        document_add(builder->document, parent, rule->name,
                     type->is_simple ? value->text : NULL, value->line);
    if (type->is_simple)
        build_simple(builder, made, type, value);
    else if (schema_is_list(type))
        build_list(builder, made, type, value);
    else
        build_object(builder, made, type, value);
}

enum reason message_tree_of_json(const struct json *root, struct document **out,
                                 struct misfits *misfits, struct fault *why)
{
    if (root->kind != JSON_OBJECT)
        return fault(why, R_NOT_VALID,
                     say("须为 JSON 对象", "must be a JSON object"));
    const struct schema_element *rule = schema_root(schema_of_messages());
    *out = document_new(MESSAGE_NAMESPACE, rule->name);
    struct builder builder = {*out, misfits};
    build_object(&builder, document_top(*out), rule->type, root);
    return R_OK;
}

static void put_element(const struct element *element,
                        const struct schema_type *type, struct buf *out);

static void put_string(const char *text, struct buf *out)
{
    buf_put_char(out, '"');
    buf_put_json(out, text);
    buf_put_char(out, '"');
}

/* A value that is no integer or boolean stays a string, and a mistake. */
static void put_simple(const struct element *element,
                       const struct schema_type *type, struct buf *out)
{
    const char *text = element_text(element);
    bool is_bare =
        (type->base == SCHEMA_INTEGER || type->base == SCHEMA_BOOLEAN) &&
        strlen(text) <= 16 && pattern_matches(type->pattern, text);
    if (is_bare)
        buf_put_text(out, text);
    else
        put_string(text, out);
}

/* All children of a name: an array, or the only one by itself. */
static void put_member(const struct element *first,
                       const struct schema_element *rule, struct buf *out)
{
    const char *name = element_name(first);
    const struct schema_type *type = rule ? rule->type : NULL;
    const struct element *second = element_next(first, name);
    put_string(name, out);
    buf_put_char(out, ':');
    if (!second && (!rule || rule->most == 1)) {
        put_element(first, type, out);
        return;
    }
    buf_put_char(out, '[');
    for (const struct element *e = first; e; e = element_next(e, name)) {
        if (e != first)
            buf_put_char(out, ',');
        put_element(e, type, out);
    }
    buf_put_char(out, ']');
}

static void put_known(const struct element *element,
                      const struct schema_type *type, struct buf *out,
                      bool *is_first)
{
    for (size_t i = 0; i < type->element_count; i++) {
        const struct element *child =
            element_first(element, type->elements[i].name);
        if (!child)
            continue;
        buf_put_text(out, *is_first ? "" : ",");
        *is_first = false;
        put_member(child, &type->elements[i], out);
    }
}

static void put_object(const struct element *element,
                       const struct schema_type *type, struct buf *out)
{
    bool is_first = true;
    buf_put_char(out, '{');
    if (type)
        put_known(element, type, out, &is_first);
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL)) {
        const char *name = element_name(child);
        bool is_signature =
            strcmp(element_namespace(child), SIGNATURE_NAMESPACE) == 0;
        if (is_signature || (type && schema_find(type, name)) ||
            element_first(element, name) != child)
            continue;
        buf_put_text(out, is_first ? "" : ",");
        is_first = false;
        put_member(child, NULL, out);
    }
    buf_put_char(out, '}');
}

/* A list is an array only while nothing else stands in it. */
static bool is_pure_list(const struct element *element,
                         const struct schema_type *type)
{
    if (!schema_is_list(type))
        return false;
    const struct element *child = element_first(element, NULL);
    for (; child; child = element_next(child, NULL))
        if (strcmp(element_name(child), type->elements[0].name) != 0)
            return false;
    return true;
}

static void put_list(const struct element *element,
                     const struct schema_type *type, struct buf *out)
{
    buf_put_char(out, '[');
    const struct element *item = element_first(element, NULL);
    for (bool is_first = true; item; item = element_next(item, NULL)) {
        buf_put_text(out, is_first ? "" : ",");
        is_first = false;
        put_element(item, type->elements[0].type, out);
    }
    buf_put_char(out, ']');
}

static void put_element(const struct element *element,
                        const struct schema_type *type, struct buf *out)
{
    bool has_children = element_first(element, NULL) != NULL;
    if (type && !type->is_simple && is_pure_list(element, type))
        put_list(element, type, out);
    else if (has_children || (type && !type->is_simple))
        put_object(element, type, out);
    else if (type)
        put_simple(element, type, out);
    else
        put_string(element_text(element), out);
}

void message_put_json(const struct element *root, struct buf *out)
{
    put_object(root, schema_root(schema_of_messages())->type, out);
}
