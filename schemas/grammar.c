/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * XSD validation of our own data files by libxml2. The names that it prints
 * with their namespace in braces are shortened: a file has only one.
 */
#include "schemas/grammar.h"

#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "schemas/document_tree.h"

struct grammar {
    xmlSchema *schema;
};

/* Who is told of the faults of one document. */
struct listener {
    void (*tell)(void *context, int line, const char *text);
    void *context;
    size_t count;
};

static void silent(void *context, xmlError *error)
{
    (void)context, (void)error;
}

struct grammar *grammar_new(const char *asset)
{
    const struct asset *source = asset_get(asset);
    xmlSchemaParserCtxt *parser =
        xmlSchemaNewMemParserCtxt(source->bytes, (int)source->size);
    if (parser)
        xmlSchemaSetParserStructuredErrors(parser, silent, NULL);
    xmlSchema *schema = parser ? xmlSchemaParse(parser) : NULL;
    xmlSchemaFreeParserCtxt(parser);
    if (!schema) {
        fprintf(stderr, "%s: broken\n", asset);
        abort();
    }
    struct grammar *grammar = mem_new(1, sizeof *grammar);
    grammar->schema = schema;
    return grammar;
}

void grammar_free(struct grammar *grammar)
{
    if (!grammar)
        return;
    xmlSchemaFree(grammar->schema);
    free(grammar);
}

/* "{urn:x}state" becomes "state"; the line end goes. */
static void shorten(const char *from, struct buf *to)
{
    for (; *from && *from != '\n'; from++) {
        const char *end = *from == '{' ? strchr(from, '}') : NULL;
        if (end)
            from = end;
        else
            buf_put_char(to, *from);
    }
}

static void on_error(void *context, xmlError *error)
{
    struct listener *listener = context;
    AUTO(buf) struct buf text = {.ceiling = FAULT_TEXT_MAX};
    shorten(error->message ? error->message : "", &text);
    listener->tell(listener->context, error->line, buf_text(&text));
    listener->count++;
}

size_t grammar_check(const struct grammar *grammar,
                     const struct document *document,
                     void (*tell)(void *context, int line, const char *text),
                     void *context)
{
    struct listener listener = {.tell = tell, .context = context};
    xmlSchemaValidCtxt *judge = xmlSchemaNewValidCtxt(grammar->schema);
    if (!judge)
        abort();
    xmlSchemaSetValidStructuredErrors(judge, on_error, &listener);
    int verdict = xmlSchemaValidateDoc(judge, document_tree(document));
    xmlSchemaFreeValidCtxt(judge);
    if (verdict != 0 && listener.count == 0) {
        tell(context, 0, "not valid");
        listener.count = 1;
    }
    return listener.count;
}
