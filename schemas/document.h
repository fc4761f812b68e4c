/*
 * document - an XML document that was parsed safely, and reading it.
 *
 * The only door to libxml2: DOCTYPE, comments, processing instructions and
 * entities are refused, nothing is fetched, depth and size have ceilings. The
 * same door serves messages, the registry, procedures and law files.
 *
 * Because comments and CDATA cannot stand between, the text of an element is
 * one piece, and what the getters return is borrowed from the document.
 */
#ifndef YISONG_SCHEMAS_DOCUMENT_H
#define YISONG_SCHEMAS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct document;
struct element;

enum { DOCUMENT_CEILING = 4 * 1024 * 1024, DOCUMENT_DEPTH_MAX = 32 };

/*
 * R_TOO_LARGE, R_NOT_WELL_FORMED (with "line N: ..."), R_FORBIDDEN_CONSTRUCT.
 * Safe to call from several threads. Free with document_free.
 */
enum reason document_parse(struct document **out, const void *bytes,
                           size_t size, struct fault *why) MUST_CHECK;

/* The same for a file of ours; also R_NO_FILE. */
enum reason document_read(struct document **out, const char *path,
                          struct fault *why) MUST_CHECK;
void document_free(struct document *document);
AUTO_POINTER(document, document_free)

const struct element *document_root(const struct document *document);

/* Local name; namespace URI ("" if none); line of the start tag. */
const char *element_name(const struct element *element);
const char *element_namespace(const struct element *element);
int element_line(const struct element *element);

/* Whether it has this local name in this namespace. */
bool element_is(const struct element *element, const char *namespace,
                const char *name);

/* First child element / next sibling element with this name (NULL: any). */
const struct element *element_first(const struct element *parent,
                                    const char *name);
const struct element *element_next(const struct element *element,
                                   const char *name);

/* The text inside, "" if there is none. For elements without child elements. */
const char *element_text(const struct element *element);

/* The text of the first child with this name, or NULL. */
const char *element_child_text(const struct element *parent, const char *name);

/* The element around this one, or NULL for the root. */
const struct element *element_parent(const struct element *element);

/* Whether something other than blanks stands between the child elements. */
bool element_has_loose_text(const struct element *element);

/* The name of the first attribute of any namespace, or NULL. */
const char *element_any_attribute(const struct element *element);

/*
 * Appends the place of an element, "/message/body/card/measures/measure[2]".
 * The number stands only where a neighbour has the same name.
 */
void element_path(const struct element *element, struct buf *out);

/* An attribute without namespace, or NULL. */
const char *element_attribute(const struct element *element, const char *name);

/*
 * Appends the exclusive canonical form (xml-exc-c14n, without comments) of
 * the whole document, leaving out `without` (a child of the root, or NULL).
 * A seam: a faster writer for the message profile may take its place.
 */
enum reason document_canonical(const struct document *document,
                               const struct element *without, struct buf *out,
                               struct fault *why) MUST_CHECK;

/*
 * Making a tree by hand: a document with an empty root, and elements at the
 * end of a parent, in the root's namespace. `text` is UTF-8, copied; NULL for
 * an element without text. What is made lives as long as the document.
 */
struct document *document_new(const char *namespace, const char *root);
struct element *document_add(struct document *document, struct element *parent,
                             const char *name, const char *text, int line);
struct element *document_top(struct document *document);

/*
 * An XPath 1.0 condition over a document, compiled once, read-only afterwards
 * and usable from one thread at a time. The prefix `m` is bound to the message
 * namespace. R_BAD_PROCEDURE if the text is not XPath.
 */
struct condition;
enum reason condition_new(struct condition **out, const char *xpath,
                          struct fault *why) MUST_CHECK;
bool condition_holds(const struct condition *condition,
                     const struct document *document);
void condition_free(struct condition *condition);
AUTO_POINTER(condition, condition_free)

#endif
