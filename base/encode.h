/*
 * encode - hexadecimal, base64 and UTF-8, in their strict forms: for every
 * value there is exactly one text, and every other text is refused.
 */
#ifndef YISONG_BASE_ENCODE_H
#define YISONG_BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Lower-case hex and a NUL: `text` has room for 2 * size + 1 bytes. */
char *hex_format(const void *bytes, size_t size, char *text);

/* Reads exactly `size` bytes from lower-case hex; false for anything else. */
bool hex_parse(const char *text, void *bytes, size_t size);

/* RFC 4648 base64 with padding, and base64url without. */
void base64_put(struct buf *out, const void *bytes, size_t size);
void base64url_put(struct buf *out, const void *bytes, size_t size);

/*
 * Reads canonical base64 (padding present, spare bits zero, no white space)
 * and appends the bytes to `out`. False, and nothing appended, otherwise and
 * where they pass the ceiling of `out` (buf_check).
 */
bool base64_get(const char *text, size_t length, struct buf *out);
bool base64url_get(const char *text, size_t length, struct buf *out);

/*
 * Reads one character. Returns its length in bytes, or 0 for what is not
 * UTF-8 (overlong forms, surrogates, above U+10FFFF, a cut character).
 */
size_t utf8_read(const char *text, size_t size, uint32_t *character);

enum { UTF8_TEXT_MAX = 5 };

/* Writes one character and a NUL; returns its length in bytes, 1 to 4. */
size_t utf8_write(uint32_t character, char text[UTF8_TEXT_MAX]);

/* Whether all of it is UTF-8. */
bool utf8_is_valid(const char *text, size_t size);

#endif
