/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * XPath 1.0 conditions over documents. An expression is compiled once and
 * tried on an empty message when it is made, so that a function or prefix that
 * does not exist is found when a procedure is loaded, not when a case needs
 * it.
 */
#include "schemas/document.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "schemas/document_tree.h"
#include "schemas/message.h"

struct condition {
    xmlXPathCompExpr *compiled;
    xmlXPathContext *context; /* made once: its table of functions is dear */
};

static void keep_error(void *context, xmlError *error)
{
    char *text = context;
    if (text[0] == '\0' && error->message)
        snprintf(text, FAULT_TEXT_MAX, "%.*s",
                 (int)strcspn(error->message, "\n"), error->message);
}

static xmlXPathContext *context_new(const struct document *document, char *text)
{
    xmlXPathContext *context = xmlXPathNewContext(document->tree);
    if (!context)
        abort();
    context->error = keep_error;
    context->userData = text;
    (void)xmlXPathContextSetCache(context, 1, -1, 0);
    xmlXPathRegisterNs(context, (const xmlChar *)"m",
                       (const xmlChar *)MESSAGE_NAMESPACE);
    return context;
}

/* 1 true, 0 false, -1 it cannot be worked out. */
static int evaluate(xmlXPathCompExpr *compiled, xmlXPathContext *context,
                    const struct document *document, char *text)
{
    context->doc = document->tree;
    context->node = NULL;
    context->userData = text;
    int truth = xmlXPathCompiledEvalToBoolean(compiled, context);
    context->doc = NULL;
    context->node = NULL;
    context->userData = NULL;
    return truth;
}

enum reason condition_new(struct condition **out, const char *xpath,
                          struct fault *why)
{
    char text[FAULT_TEXT_MAX] = "";
    AUTO(document) struct document *empty =
        document_new(MESSAGE_NAMESPACE, "message");
    xmlXPathContext *context = context_new(empty, text);
    xmlXPathCompExpr *compiled =
        xmlXPathCtxtCompile(context, (const xmlChar *)xpath);
    if (!compiled || evaluate(compiled, context, empty, text) < 0 || text[0]) {
        xmlXPathFreeCompExpr(compiled);
        xmlXPathFreeContext(context);
        return fault(why, R_BAD_PROCEDURE, "XPath '%s': %s", xpath, text);
    }
    *out = mem_new(1, sizeof **out);
    (*out)->compiled = compiled;
    (*out)->context = context;
    return R_OK;
}

bool condition_holds(const struct condition *condition,
                     const struct document *document)
{
    char text[FAULT_TEXT_MAX] = "";
    return evaluate(condition->compiled, condition->context, document, text) ==
           1;
}

void condition_free(struct condition *condition)
{
    if (!condition)
        return;
    xmlXPathFreeCompExpr(condition->compiled);
    xmlXPathFreeContext(condition->context);
    free(condition);
}
