/*
 * json - a strict reader for RFC 8259 JSON in the I-JSON profile (RFC 7493),
 * made for signed messages: one text, one tree, no leniency that a second
 * reader might not share.
 *
 * Refused: names given twice (after unescaping), NaN and Infinity, single
 * quotes, comments, trailing commas, leading zeros, -0, overlong or other bad
 * UTF-8, lone surrogates, raw control characters, U+0000 and every other
 * character that XML cannot carry, a byte order mark, anything behind the
 * value, and more than the ceilings allow.
 */
#ifndef YISONG_SCHEMAS_JSON_H
#define YISONG_SCHEMAS_JSON_H

#include <stddef.h>

#include "base/fault.h"

enum json_kind {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_INTEGER, /* without fraction and exponent, within +-(2^53 - 1) */
    JSON_FRACTION,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

enum {
    JSON_DEPTH_MAX = 32,
    JSON_VALUES_MAX = 200000,
    JSON_MEMBERS_MAX = 256 /* of one object */
};

struct json {
    enum json_kind kind;
    int line;
    const char *name; /* of a member, else NULL */
    const char *text; /* string without escapes; number or word as written */
    struct json *first, *next;
    size_t count; /* members or items */
};

struct json_text;

/*
 * Reads one value. R_TOO_LARGE, R_NOT_WELL_FORMED ("line N: ..."). Everything
 * reached from json_root is borrowed until json_free. Thread-safe.
 */
enum reason json_parse(struct json_text **out, const char *bytes, size_t size,
                       struct fault *why) MUST_CHECK;
const struct json *json_root(const struct json_text *text);
void json_free(struct json_text *text);

AUTO_POINTER(json_text, json_free)

/* The member with this name, or NULL. */
const struct json *json_find(const struct json *object, const char *name);

#endif
