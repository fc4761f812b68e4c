/*
 * buf - bytes that grow up to a ceiling given at birth.
 *
 * Between appends `bytes` is always ended by a NUL that is not counted, so a
 * buffer of text can be read as a C string. `struct buf b = {0}` is an empty
 * buffer with the default ceiling (BUF_CEILING).
 *
 * An append past the ceiling is dropped whole and sets `full`; who reads from
 * outside checks it with buf_check. Appends themselves return nothing, so
 * that a writer is a straight line.
 */
#ifndef YISONG_BASE_BUF_H
#define YISONG_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum { BUF_CEILING = 64 * 1024 * 1024 };

struct buf {
    char *bytes;
    size_t size;
    size_t room;
    size_t ceiling; /* 0: BUF_CEILING */
    bool full;      /* an append was dropped */
};

void buf_put(struct buf *buf, const void *bytes, size_t size);
void buf_put_text(struct buf *buf, const char *text);
void buf_put_char(struct buf *buf, char c);
void buf_print(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Text as XML character data or attribute value: & < > " become entities. */
void buf_put_xml(struct buf *buf, const char *text);

/* <name>text</name>, the text as XML. */
void buf_put_element(struct buf *buf, const char *name, const char *text);

/* Text as the inside of a JSON string. The text must be UTF-8. */
void buf_put_json(struct buf *buf, const char *text);

/* R_TOO_LARGE if an append was dropped. */
enum reason buf_check(const struct buf *buf, struct fault *why) MUST_CHECK;

/* The text, never NULL, owned by the buffer. */
const char *buf_text(const struct buf *buf);

/* Hands over the bytes; the caller frees them and the buffer is empty. */
char *buf_take(struct buf *buf);

/* Empties it and keeps the memory; done gives the memory back. */
void buf_clear(struct buf *buf);
void buf_done(struct buf *buf);

AUTO_VALUE(buf, buf_done)

#endif
