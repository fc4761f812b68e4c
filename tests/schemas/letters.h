/*
 * letters - examples, read and rewritten: those of tests/data/messages, which
 * were written by hand, and of all other types those that the program makes.
 */
#ifndef YISONG_TESTS_SCHEMAS_LETTERS_H
#define YISONG_TESTS_SCHEMAS_LETTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "schemas/example.h"

static inline struct message *parsed(const struct buf *text)
{
    struct message *message = NULL;
    struct fault why = {0};
    if (message_parse(&message, buf_text(text), text->size, &why) != R_OK)
        fail_msg("%s\n%s", why.text, buf_text(text));
    return message;
}

static inline void read_example(const char *type, const char *ending,
                                struct buf *out)
{
    char path[256];
    snprintf(path, sizeof path, "data/messages/%s.%s", type, ending);
    if (io_read(path, out, NULL) == R_OK)
        return;
    struct fault why = {0};
    const enum message_encoding encoding =
        strcmp(ending, "xml") == 0 ? MESSAGE_XML : MESSAGE_JSON;
    if (message_example(type, encoding, out, &why) != R_OK)
        fail_msg("%s: %s", type, why.text);
}

static inline void rewrite(const struct buf *text,
                           enum message_encoding encoding, struct buf *out)
{
    AUTO(message) struct message *message = parsed(text);
    assert_int_equal(message_write(message, encoding, out, NULL), R_OK);
}

#endif
