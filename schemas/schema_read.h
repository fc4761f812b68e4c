/*
 * schema_read - what schema.c and schema_simple.c share while they read an
 * XSD. A failure names the line: R_BAD_SETTINGS.
 */
#ifndef YISONG_SCHEMAS_SCHEMA_READ_H
#define YISONG_SCHEMAS_SCHEMA_READ_H

#include "schemas/schema.h"

/* The only way to fail: "line N: ELEMENT: what". */
enum reason schema_outside(const struct element *element, const char *what,
                           struct fault *why) MUST_CHECK;

/* An attribute that must be there. */
enum reason schema_attribute(const struct element *element, const char *name,
                             const char **value, struct fault *why) MUST_CHECK;

/* The Chinese and the English documentation, both and no more. */
enum reason schema_label_of(const struct element *element,
                            struct schema_label *label,
                            struct fault *why) MUST_CHECK;

/* The next child that is no annotation; `after` NULL: the first. */
const struct element *schema_next_part(const struct element *parent,
                                       const struct element *after);

/* Whether it is this element of XSD; NULL is not. */
bool schema_is_part(const struct element *element, const char *name);

/* Fills a simple type; the base is not xs:string only with a pattern. */
enum reason schema_read_simple(struct schema_type *type,
                               const struct element *element,
                               struct fault *why) MUST_CHECK;

#endif
