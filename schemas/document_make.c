/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Documents that do not come from a parser, and the canonical form of any.
 */
#include <libxml/c14n.h>
#include <libxml/tree.h>
#include <libxml/xmlIO.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/mem.h"
#include "schemas/document.h"
#include "schemas/document_tree.h"

struct document *document_new(const char *namespace, const char *root)
{
    struct document *document = mem_new(1, sizeof *document);
    document->tree = xmlNewDoc((const xmlChar *)"1.0");
    if (!document->tree)
        abort();
    document->tree->dict = xmlDictCreate();
    xmlNode *node =
        xmlNewDocNode(document->tree, NULL, (const xmlChar *)root, NULL);
    xmlDocSetRootElement(document->tree, node);
    xmlSetNs(node, xmlNewNs(node, (const xmlChar *)namespace, NULL));
    return document;
}

struct element *document_top(struct document *document)
{
    return (struct element *)(void *)xmlDocGetRootElement(document->tree);
}

struct element *document_add(struct document *document, struct element *parent,
                             const char *name, const char *text, int line)
{
    xmlNode *around = (xmlNode *)(void *)parent;
    const xmlChar *kept =
        xmlDictLookup(document->tree->dict, (const xmlChar *)name, -1);
    xmlNode *node = xmlNewDocNodeEatName(document->tree, around->ns,
                                         (xmlChar *)(uintptr_t)kept, NULL);
    if (!node)
        abort();
    node->line = (unsigned short)(line > UINT16_MAX ? UINT16_MAX : line);
    if (text && *text)
        xmlAddChild(node, xmlNewDocText(document->tree, (const xmlChar *)text));
    xmlAddChild(around, node);
    return (struct element *)(void *)node;
}

static int write_to_buf(void *context, const char *bytes, int size)
{
    buf_put(context, bytes, (size_t)size);
    return size;
}

/* Whether c14n shows a node: everything but one element and what is in it. */
static int is_shown(void *hidden, xmlNode *node, xmlNode *parent)
{
    const xmlNode *place =
        node->type == XML_NAMESPACE_DECL || !node->parent ? parent : node;
    for (; place; place = place->parent)
        if (place == hidden)
            return 0;
    return 1;
}

enum reason document_canonical(const struct document *document,
                               const struct element *without, struct buf *out,
                               struct fault *why)
{
    xmlOutputBuffer *output =
        xmlOutputBufferCreateIO(write_to_buf, NULL, out, NULL);
    if (!output)
        abort();
    int written = xmlC14NExecute(document->tree, without ? is_shown : NULL,
                                 (void *)(uintptr_t)without,
                                 XML_C14N_EXCLUSIVE_1_0, NULL, 0, output);
    int closed = xmlOutputBufferClose(output);
    if (written < 0 || closed < 0)
        return fault(why, R_NOT_WELL_FORMED,
                     say("无法规范化", "cannot be canonicalised"));
    return buf_check(out, why);
}
