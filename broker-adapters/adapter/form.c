/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/schema.h"

/* One element that the body will have. */
struct node {
    const struct schema_element *element;
    size_t index; /* from 1, among elements of its name */
    char *value;  /* of a simple element */
    struct node *children;
    size_t count;
};

struct form {
    const struct message_type *type;
    struct node root;
};

static void node_done(struct node *node)
{
    for (size_t i = 0; i < node->count; i++)
        node_done(&node->children[i]);
    free(node->children);
    free(node->value);
}

struct form *form_new(const struct message_type *type)
{
    const struct schema_element *message = schema_root(schema_of_messages());
    const struct schema_element *body = schema_find(message->type, "body");
    struct form *form = mem_new(1, sizeof *form);
    form->type = type;
    form->root = (struct node){.element = schema_find(body->type, type->form),
                               .index = 1};
    return form;
}

void form_free(struct form *form)
{
    if (!form)
        return;
    node_done(&form->root);
    free(form);
}

/* Borrowed until the next child is added. */
static struct node *child_of(struct node *parent,
                             const struct schema_element *element, size_t index)
{
    for (size_t i = 0; i < parent->count; i++)
        if (parent->children[i].element == element &&
            parent->children[i].index == index)
            return &parent->children[i];
    parent->children = mem_resize(parent->children, parent->count + 1,
                                  sizeof *parent->children);
    struct node *child = &parent->children[parent->count++];
    *child = (struct node){.element = element, .index = index};
    return child;
}

static enum reason no_field(const struct schema_type *type, const char *name,
                            struct fault *why)
{
    AUTO(buf) struct buf names = {0};
    for (size_t i = 0; i < type->element_count; i++)
        buf_print(&names, "%s%s", i ? ", " : "", type->elements[i].name);
    return fault(why, R_USAGE, "%s '%s' (%s)",
                 say("没有此字段", "there is no field"), name,
                 buf_text(&names));
}

/* One step of a path: "officers", "officers[2]". */
struct step {
    char name[64];
    size_t index;
};

static bool read_step(const char **path, struct step *step)
{
    size_t length = strcspn(*path, ".[");
    if (length == 0 || length >= sizeof step->name)
        return false;
    memcpy(step->name, *path, length);
    step->name[length] = '\0';
    *path += length;
    step->index = 1;
    if (**path == '[') {
        char *end;
        step->index = strtoul(*path + 1, &end, 10);
        if (end == *path + 1 || *end != ']')
            return false;
        *path = end + 1;
    }
    if (**path == '.')
        return *++*path != '\0';
    return **path == '\0';
}

/* Into the item of a list, if the step does not name it itself. */
static struct node *enter_list(struct node *node, const char *name)
{
    const struct schema_type *type = node->element->type;
    if (!schema_is_list(type) || strcmp(type->elements[0].name, name) == 0)
        return node;
    return child_of(node, &type->elements[0], 1);
}

static enum reason take_step(struct node **node, const struct step *step,
                             struct fault *why)
{
    *node = enter_list(*node, step->name);
    const struct schema_element *element =
        schema_find((*node)->element->type, step->name);
    if (!element)
        return no_field((*node)->element->type, step->name, why);
    bool counts_items = schema_is_list(element->type) && step->index > 1;
    size_t most =
        counts_items ? element->type->elements[0].most : element->most;
    if (step->index < 1 || step->index > most)
        return fault(why, R_USAGE, "%s[%zu]: 1 ... %zu", step->name,
                     step->index, most);
    *node = child_of(*node, element, counts_items ? 1 : step->index);
    if (counts_items)
        *node = child_of(*node, &element->type->elements[0], step->index);
    return R_OK;
}

static enum reason find_node(struct form *form, const char *path,
                             struct node **out, struct fault *why)
{
    const char *rest = path;
    *out = &form->root;
    while (*rest) {
        struct step step;
        if (!read_step(&rest, &step))
            return fault(why, R_USAGE, "%s", path);
        TRY(take_step(out, &step, why));
    }
    while (!(*out)->element->type->is_simple)
        *out = child_of(*out, &(*out)->element->type->elements[0], 1);
    return R_OK;
}

enum reason form_set(struct form *form, const char *field, struct fault *why)
{
    const char *equals = strchr(field, '=');
    if (!equals || equals == field)
        return fault(why, R_USAGE, "%s: name=value", field);
    AUTO(text) char *path = mem_copy(field, (size_t)(equals - field));
    struct node *node;
    TRY(find_node(form, path, &node, why));
    free(node->value);
    node->value = mem_text(equals + 1);
    return R_OK;
}

static bool has_child(const struct node *node,
                      const struct schema_element *element)
{
    for (size_t i = 0; i < node->count; i++)
        if (node->children[i].element == element)
            return true;
    return false;
}

static void fill(struct form *form, const struct schema_element *element,
                 const char *value)
{
    if (element && !has_child(&form->root, element))
        child_of(&form->root, element, 1)->value = mem_text(value);
}

void form_fill(struct form *form, instant now)
{
    char text[INSTANT_TEXT_MAX];
    const struct schema_type *type = form->root.element->type;
    size_t prefix = strlen("body/") + strlen(form->type->form) + 1;
    for (size_t i = 0; i < form->type->need_count; i++) {
        const struct message_need *need = &form->type->needs[i];
        if (need->value && strlen(need->path) > prefix)
            fill(form, schema_find(type, need->path + prefix), need->value);
    }
    for (size_t i = 0; i < type->element_count; i++) {
        const struct schema_element *element = &type->elements[i];
        if (element->least > 0 && element->type->is_simple &&
            element->type->base == SCHEMA_TIME)
            fill(form, element, instant_format(now, text));
    }
}

static void write_node(const struct node *node, struct buf *out);

static const struct node *find_child(const struct node *node,
                                     const struct schema_element *element,
                                     size_t after)
{
    const struct node *best = NULL;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *child = &node->children[i];
        if (child->element == element && child->index > after &&
            (!best || child->index < best->index))
            best = child;
    }
    return best;
}

static void write_children(const struct node *node, struct buf *out)
{
    const struct schema_type *type = node->element->type;
    for (size_t i = 0; i < type->element_count; i++) {
        const struct node *child = NULL;
        while ((child = find_child(node, &type->elements[i],
                                   child ? child->index : 0)))
            write_node(child, out);
    }
}

static void write_node(const struct node *node, struct buf *out)
{
    if (node->element->type->is_simple) {
        buf_put_element(out, node->element->name,
                        node->value ? node->value : "");
        return;
    }
    buf_print(out, "<%s>", node->element->name);
    write_children(node, out);
    buf_print(out, "</%s>", node->element->name);
}

void form_write(const struct form *form, struct buf *out)
{
    write_node(&form->root, out);
}

static bool is_required(const struct schema_type *type,
                        const struct schema_element *element)
{
    const struct schema_slot *slot = &type->slots[element->slot];
    return slot->count == 1 ? element->least > 0 : slot->least > 0;
}

/* What stands behind a field: its values, or the fields of its group. */
static void describe_inside(const struct schema_type *type, struct buf *out)
{
    const char *between = " (";
    if (schema_is_list(type) && !type->elements[0].type->is_simple)
        type = type->elements[0].type;
    for (size_t i = 0; type->is_simple && i < type->value_count; i++) {
        buf_print(out, "%s%s", between, type->values[i].text);
        between = " | ";
    }
    for (size_t i = 0; !type->is_simple && i < type->element_count; i++) {
        const struct schema_element *element = &type->elements[i];
        buf_print(out, "%s.%s%s", between, element->name,
                  is_required(type, element) ? "*" : "");
        between = " ";
    }
    if (strcmp(between, " (") != 0)
        buf_put_char(out, ')');
}

void form_describe(const struct form *form, struct buf *out)
{
    const struct schema_type *type = form->root.element->type;
    for (size_t i = 0; i < type->element_count; i++) {
        const struct schema_element *element = &type->elements[i];
        buf_print(out, "  %s%s  %s", element->name,
                  is_required(type, element) ? "*" : "",
                  say(element->label.chinese, element->label.english));
        describe_inside(element->type, out);
        buf_put_char(out, '\n');
    }
}
