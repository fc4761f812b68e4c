/*
 * schema - message.xsd as tables.
 *
 * libxml2 has no public way to walk a compiled schema, so the XSD is read as a
 * document, in a restricted profile that this reader enforces: a sequence of
 * elements and of choices between single elements (or one choice alone), named
 * types, restrictions of simple types, one xs:any for the signature. From
 * these tables come the judging of both encodings, the JSON mapping, and the
 * published JSON Schema.
 *
 * A complex type whose only content is one repeated element is a list: in JSON
 * it is an array.
 */
#ifndef YISONG_SCHEMAS_SCHEMA_H
#define YISONG_SCHEMAS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/document.h"
#include "schemas/field.h"
#include "schemas/pattern.h"

enum { SCHEMA_ELEMENTS_MAX = 64 }; /* in one complex type */

enum schema_base {
    SCHEMA_STRING,
    SCHEMA_DECIMAL, /* a string in JSON */
    SCHEMA_DATE,
    SCHEMA_TIME,
    SCHEMA_INTEGER, /* an integer in JSON */
    SCHEMA_BOOLEAN  /* true or false in JSON */
};

/* The labels of an element, a type or a value; borrowed from the XSD. */
struct schema_label {
    const char *chinese, *english;
};

struct schema_value {
    const char *text;
    struct schema_label label;
};

struct schema_element {
    const char *name;
    struct schema_label label;
    const struct schema_type *type;
    size_t least, most;
    size_t slot; /* alternatives of a choice share one */
};

/* A place in a sequence: one element, or a choice between several. */
struct schema_slot {
    size_t first, count; /* of the type's elements */
    size_t least;        /* of a choice: 0 or 1 */
};

struct schema_type {
    const char *name;
    struct schema_label label; /* of a simple type: what is allowed */
    bool is_simple;

    /* simple */
    enum schema_base base;
    const char *pattern_text; /* NULL: none */
    struct pattern *pattern;
    struct schema_value *values; /* enumeration */
    size_t value_count;
    size_t least_length, most_length; /* characters; 0, SIZE_MAX: none */
    int64_t least, most;              /* SCHEMA_INTEGER */
    enum field_kind field; /* what an XSD cannot say; FIELD_KIND_COUNT: none */

    /* complex */
    struct schema_element *elements;
    size_t element_count;
    struct schema_slot *slots;
    size_t slot_count;
    bool is_signed; /* a signature may follow */
};

struct schema;

/*
 * Reads an XSD. R_BAD_SETTINGS ("line N: ...") for what is outside the
 * profile. The document is borrowed and must outlive the schema.
 */
enum reason schema_new(struct schema **out, const struct document *xsd,
                       struct fault *why) MUST_CHECK;
void schema_free(struct schema *schema);
AUTO_POINTER(schema, schema_free)

/*
 * The schema of messages, read from message.xsd at the first call in the
 * process. A schema that cannot be read is a broken build: the process ends.
 */
const struct schema *schema_of_messages(void);

/* The one global element. */
const struct schema_element *schema_root(const struct schema *schema);

size_t schema_type_count(const struct schema *schema);
const struct schema_type *schema_type_get(const struct schema *schema,
                                          size_t place);

/* The element with this name in a complex type, or NULL. */
const struct schema_element *schema_find(const struct schema_type *type,
                                         const char *name);

/* Whether it is a list: complex, with one repeated element and no more. */
bool schema_is_list(const struct schema_type *type);

#endif
