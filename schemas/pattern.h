/*
 * pattern - the small language of patterns that message.xsd keeps to, with one
 * meaning in XSD, in JSON Schema (ECMA-262 with the u flag) and here:
 *
 *     characters, \x for a special one, \t \n \r, [a-z] and [^a-z] classes,
 *     ( | ) groups, ? * + {n} {n,m} behind an atom
 *
 * A pattern always matches the whole text. Texts are UTF-8.
 */
#ifndef YISONG_SCHEMAS_PATTERN_H
#define YISONG_SCHEMAS_PATTERN_H

#include <stdbool.h>

#include "base/fault.h"

struct pattern;

/* R_BAD_SETTINGS for what is outside the language. Read-only afterwards. */
enum reason pattern_new(struct pattern **out, const char *text,
                        struct fault *why) MUST_CHECK;
bool pattern_matches(const struct pattern *pattern, const char *text);
void pattern_free(struct pattern *pattern);

AUTO_POINTER(pattern, pattern_free)

#endif
