/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the elements of a document. `struct element` is libxml2's node under
 * another name: it is never made here, and never changed.
 */
#include <libxml/tree.h>
#include <string.h>

#include "schemas/document.h"

enum { NAME_SHOWN_MAX = 64 };

static const xmlNode *node_of(const struct element *element)
{
    return (const xmlNode *)(const void *)element;
}

static const struct element *element_of(const xmlNode *node)
{
    return (const struct element *)(const void *)node;
}

const char *element_name(const struct element *element)
{
    return (const char *)node_of(element)->name;
}

const char *element_namespace(const struct element *element)
{
    const xmlNs *namespace = node_of(element)->ns;
    return namespace && namespace->href ? (const char *)namespace->href : "";
}

int element_line(const struct element *element)
{
    return node_of(element)->line;
}

bool element_is(const struct element *element, const char *namespace,
                const char *name)
{
    return strcmp(element_name(element), name) == 0 &&
           strcmp(element_namespace(element), namespace) == 0;
}

/* This node or the first behind it that is an element with the name. */
static const struct element *element_from(const xmlNode *node, const char *name)
{
    for (; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE &&
            (!name || strcmp((const char *)node->name, name) == 0))
            return element_of(node);
    return NULL;
}

const struct element *element_first(const struct element *parent,
                                    const char *name)
{
    return element_from(node_of(parent)->children, name);
}

const struct element *element_next(const struct element *element,
                                   const char *name)
{
    return element_from(node_of(element)->next, name);
}

const struct element *element_parent(const struct element *element)
{
    const xmlNode *parent = node_of(element)->parent;
    return parent && parent->type == XML_ELEMENT_NODE ? element_of(parent)
                                                      : NULL;
}

const char *element_text(const struct element *element)
{
    const xmlNode *child = node_of(element)->children;
    while (child && child->type != XML_TEXT_NODE)
        child = child->next;
    return child && child->content ? (const char *)child->content : "";
}

const char *element_child_text(const struct element *parent, const char *name)
{
    const struct element *child = element_first(parent, name);
    return child ? element_text(child) : NULL;
}

bool element_has_loose_text(const struct element *element)
{
    for (const xmlNode *child = node_of(element)->children; child;
         child = child->next)
        if (child->type == XML_TEXT_NODE && child->content &&
            child->content[strspn((const char *)child->content, " \t\r\n")])
            return true;
    return false;
}

const char *element_attribute(const struct element *element, const char *name)
{
    const xmlAttr *attribute = node_of(element)->properties;
    for (; attribute; attribute = attribute->next)
        if (!attribute->ns && strcmp((const char *)attribute->name, name) == 0)
            return attribute->children && attribute->children->content
                       ? (const char *)attribute->children->content
                       : "";
    return NULL;
}

const char *element_any_attribute(const struct element *element)
{
    const xmlAttr *attribute = node_of(element)->properties;
    return attribute ? (const char *)attribute->name : NULL;
}

/* A name of a stranger may be as long as the letter. */
static void put_name(const char *name, struct buf *out)
{
    size_t size = strnlen(name, NAME_SHOWN_MAX);
    while (((unsigned char)name[size] & 0xC0) == 0x80)
        size--;
    buf_put(out, name, size);
}

void element_path(const struct element *element, struct buf *out)
{
    const struct element *parent = element_parent(element);
    if (parent)
        element_path(parent, out);
    const char *name = element_name(element);
    buf_put_char(out, '/');
    put_name(name, out);
    if (!parent)
        return;
    size_t place = 0, count = 0;
    const struct element *child = element_first(parent, name);
    for (; child; child = element_next(child, name)) {
        count++;
        if (child == element)
            place = count;
    }
    if (count > 1)
        buf_print(out, "[%zu]", place);
}
