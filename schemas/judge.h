/*
 * judge - holds a tree against the schema and names every mistake.
 *
 * It judges as an XSD validator does, and is stricter in four things: no
 * attributes at all (not even xsi:), no blanks around values, nothing between
 * child elements but blanks, no control or direction characters in texts. The
 * tests hold it against libxml2's validator and against ajv.
 */
#ifndef YISONG_SCHEMAS_JUDGE_H
#define YISONG_SCHEMAS_JUDGE_H

#include "schemas/document.h"
#include "schemas/mistake.h"
#include "schemas/schema.h"

#define SIGNATURE_NAMESPACE "http://www.w3.org/2000/09/xmldsig#"

/* Adds what is wrong with the element and all that is in it. Pure. */
void judge_element(const struct element *element,
                   const struct schema_element *rule,
                   struct mistakes *mistakes);

/* Adds a mistake at an element, its path, line and text filled in. */
void judge_complain(struct mistakes *mistakes, enum reason reason,
                    const struct element *at, const char *chinese,
                    const char *english);

/* The same at a child that is not there: its path is PARENT/NAME. */
void judge_miss(struct mistakes *mistakes, const struct element *parent,
                const char *name, const char *chinese, const char *english);

/* judge_text.c: the text of an element of a simple type. */
void judge_text(const struct element *element, const struct schema_type *type,
                struct mistakes *mistakes);

#endif
