/*
 * grammar - an XSD that the program carries, and whether a file of ours keeps
 * to it. For procedures, laws and the like: who wrote the file is told every
 * fault with its line. Messages have their own reader of message.xsd.
 */
#ifndef YISONG_SCHEMAS_GRAMMAR_H
#define YISONG_SCHEMAS_GRAMMAR_H

#include "schemas/document.h"

struct grammar;

/* From an asset ("routing/procedure.xsd"); ends the process if it is broken. */
struct grammar *grammar_new(const char *asset);
void grammar_free(struct grammar *grammar);
AUTO_POINTER(grammar, grammar_free)

/*
 * Calls `tell` once per fault, with the line and one sentence (English, as the
 * library says it). Returns how many there were.
 */
size_t grammar_check(const struct grammar *grammar,
                     const struct document *document,
                     void (*tell)(void *context, int line, const char *text),
                     void *context);

#endif
