/*
 * example - a valid, realistic letter of any type, for those who build the
 * system of an agency. Nothing is written by hand for a type: the body is the
 * specimen of its form in samples.xml, with what the catalogue says the type
 * needs.
 */
#ifndef YISONG_SCHEMAS_EXAMPLE_H
#define YISONG_SCHEMAS_EXAMPLE_H

#include "schemas/message.h"

/*
 * Appends the example of a type, indented for reading. The same type gives the
 * same bytes. R_NOT_FOUND if there is no such type.
 */
enum reason message_example(const char *type, enum message_encoding encoding,
                            struct buf *out, struct fault *why) MUST_CHECK;

#endif
