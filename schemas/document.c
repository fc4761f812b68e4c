/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The only door to libxml2's parser and tree. A parser of its own for every
 * call, with handlers in the place of those that would let a DOCTYPE, a
 * comment, a processing instruction or CDATA in: they stop the parser at once,
 * so nothing is ever expanded or fetched. The dictionary of a document is its
 * own as well, so a document may be parsed in one thread and read in another.
 *
 * Reading the tree is in element.c, making one by hand in document_make.c.
 */
#include "schemas/document.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "schemas/document_tree.h"

enum { ELEMENTS_MAX = 200000, TAG_BYTES_MAX = 4096 };

/* What one parse has met; hangs on the parser as _private. */
struct guard {
    struct fault *why;
    enum reason reason;
    size_t elements;
};

static void stop(xmlParserCtxt *parser, enum reason reason, const char *chinese,
                 const char *english)
{
    struct guard *guard = parser->_private;
    if (guard->reason == R_OK)
        guard->reason =
            fault(guard->why, reason, say("第 %d 行：%s", "line %d: %s"),
                  xmlSAX2GetLineNumber(parser), say(chinese, english));
    xmlStopParser(parser);
}

static void on_doctype(void *parser, const xmlChar *name, const xmlChar *public,
                       const xmlChar *system)
{
    (void)name, (void)public, (void)system;
    stop(parser, R_FORBIDDEN_CONSTRUCT, "DOCTYPE", "DOCTYPE");
}

static void on_comment(void *parser, const xmlChar *text)
{
    (void)text;
    stop(parser, R_FORBIDDEN_CONSTRUCT, "注释", "comment");
}

static void on_instruction(void *parser, const xmlChar *target,
                           const xmlChar *data)
{
    (void)target, (void)data;
    stop(parser, R_FORBIDDEN_CONSTRUCT, "处理指令", "processing instruction");
}

static void on_cdata(void *parser, const xmlChar *text, int size)
{
    (void)text, (void)size;
    stop(parser, R_FORBIDDEN_CONSTRUCT, "CDATA 段", "CDATA section");
}

static void on_reference(void *parser, const xmlChar *name)
{
    (void)name;
    stop(parser, R_FORBIDDEN_CONSTRUCT, "实体引用", "entity reference");
}

static void on_element(void *context, const xmlChar *name,
                       const xmlChar *prefix, const xmlChar *uri,
                       int namespace_count, const xmlChar **namespaces,
                       int attribute_count, int defaulted_count,
                       const xmlChar **attributes)
{
    xmlParserCtxt *parser = context;
    struct guard *guard = parser->_private;
    if (guard->reason != R_OK)
        return;
    if (parser->nodeNr >= DOCUMENT_DEPTH_MAX) {
        stop(parser, R_TOO_LARGE, "嵌套过深", "nested too deeply");
        return;
    }
    if (++guard->elements > ELEMENTS_MAX) {
        stop(parser, R_TOO_LARGE, "元素过多", "too many elements");
        return;
    }
    xmlSAX2StartElementNs(parser, name, prefix, uri, namespace_count,
                          namespaces, attribute_count, defaulted_count,
                          attributes);
}

static void on_error(void *context, xmlError *error)
{
    xmlParserCtxt *parser = context;
    struct guard *guard = parser->_private;
    if (guard->reason != R_OK || error->level == XML_ERR_WARNING)
        return;
    const char *text = error->message ? error->message : "";
    guard->reason = fault(guard->why, R_NOT_WELL_FORMED,
                          say("第 %d 行：%.*s", "line %d: %.*s"), error->line,
                          (int)strcspn(text, "\n"), text);
}

static xmlParserInput *refuse_to_load(const char *url, const char *id,
                                      xmlParserCtxt *parser)
{
    (void)url, (void)id, (void)parser;
    return NULL;
}

/* What libxml2 would print comes back as a reason instead. */
static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static void set_up_library(void)
{
    xmlInitParser();
    xmlThrDefSetGenericErrorFunc(NULL, say_nothing);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xmlSetExternalEntityLoader(refuse_to_load);
}

static xmlParserCtxt *parser_new(struct guard *guard)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_library);
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        abort();
    parser->_private = guard;
    parser->sax->internalSubset = on_doctype;
    parser->sax->comment = on_comment;
    parser->sax->processingInstruction = on_instruction;
    parser->sax->cdataBlock = on_cdata;
    parser->sax->reference = on_reference;
    parser->sax->startElementNs = on_element;
    parser->sax->serror = on_error;
    return parser;
}

static enum reason check_encoding(const xmlDoc *tree, struct fault *why)
{
    const char *encoding = (const char *)tree->encoding;
    if (encoding && strcasecmp(encoding, "UTF-8") != 0)
        return fault(why, R_NOT_WELL_FORMED,
                     say("编码必须是 UTF-8，不能是 %s",
                         "the encoding must be UTF-8, not %s"),
                     encoding);
    if (tree->version && strcmp((const char *)tree->version, "1.0") != 0)
        return fault(why, R_NOT_WELL_FORMED,
                     say("XML 版本必须是 1.0", "the XML version must be 1.0"));
    return R_OK;
}

/* Other encodings of Unicode would pass libxml2 by their first bytes. */
static enum reason check_bytes(const char *bytes, size_t size,
                               struct fault *why)
{
    if (size > DOCUMENT_CEILING)
        return fault(why, R_TOO_LARGE,
                     say("%zu 字节，最多 %d", "%zu bytes, at most %d"), size,
                     DOCUMENT_CEILING);
    if (size == 0)
        return fault(why, R_NOT_WELL_FORMED, "%s", say("没有内容", "empty"));
    bool marked = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    if ((!marked && ((unsigned char)bytes[0] & 0x80)) ||
        memchr(bytes, '\0', size))
        return fault(why, R_NOT_WELL_FORMED,
                     say("编码必须是 UTF-8", "the encoding must be UTF-8"));
    return R_OK;
}

/* How many bytes a tag has, from its '<': '>' may stand within quotes. */
static size_t tag_size(const char *tag, const char *end)
{
    char quote = '\0';
    const char *at = tag;
    for (; at < end; at++) {
        if (quote)
            quote = *at == quote ? '\0' : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '>')
            break;
    }
    return (size_t)(at - tag);
}

/*
 * libxml2 compares every attribute of a tag with every other, and so does
 * c14n: a letter of attributes would take a minute. Long tags are rare, so
 * only where two '<' are far apart is there something to look at.
 */
static enum reason check_tags(const char *bytes, size_t size, struct fault *why)
{
    const char *end = bytes + size;
    const char *tag = memchr(bytes, '<', size);
    while (tag) {
        const char *next = memchr(tag + 1, '<', (size_t)(end - tag - 1));
        const char *stop = next ? next : end;
        if (stop - tag > TAG_BYTES_MAX && tag_size(tag, stop) > TAG_BYTES_MAX)
            return fault(why, R_TOO_LARGE,
                         say("标记超过 %d 字节", "a tag of more than %d bytes"),
                         TAG_BYTES_MAX);
        tag = next;
    }
    return R_OK;
}

enum reason document_parse(struct document **out, const void *bytes,
                           size_t size, struct fault *why)
{
    TRY(check_bytes(bytes, size, why));
    TRY(check_tags(bytes, size, why));
    struct guard guard = {.why = why};
    xmlParserCtxt *parser = parser_new(&guard);
    xmlDoc *tree =
        xmlCtxtReadMemory(parser, bytes, (int)size, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_COMPACT |
                              XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    bool sound = tree && parser->wellFormed && parser->nsWellFormed;
    if (!tree)
        xmlFreeDoc(parser->myDoc);
    xmlFreeParserCtxt(parser);
    enum reason reason = guard.reason;
    if (reason == R_OK && !sound)
        reason = fault(why, R_NOT_WELL_FORMED, "XML");
    if (reason == R_OK)
        reason = check_encoding(tree, why);
    if (reason != R_OK) {
        xmlFreeDoc(tree);
        return reason;
    }
    *out = mem_new(1, sizeof **out);
    (*out)->tree = tree;
    return R_OK;
}

enum reason document_read(struct document **out, const char *path,
                          struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = DOCUMENT_CEILING};
    TRY(io_read(path, &bytes, why));
    return document_parse(out, bytes.bytes, bytes.size, why);
}

void document_free(struct document *document)
{
    if (!document)
        return;
    xmlFreeDoc(document->tree);
    free(document);
}

const struct element *document_root(const struct document *document)
{
    return (const struct element *)(const void *)xmlDocGetRootElement(
        document->tree);
}
