/*
 * width - text on a terminal: how many columns it takes (Chinese characters
 * take two), and writing it into columns. Characters that would steer the
 * terminal or turn the reading direction become '?'; identity numbers are
 * masked (mask.h).
 */
#ifndef YISONG_BASE_WIDTH_H
#define YISONG_BASE_WIDTH_H

#include "base/buf.h"

/* Columns of a UTF-8 text, as width_put would show it. */
size_t width_of(const char *text);

/* The text, cleaned, however long it is. */
void width_put(struct buf *out, const char *text);

/* The same with nothing masked, for who asked to read a letter whole. */
void width_put_whole(struct buf *out, const char *text);

/* The text in exactly so many columns: filled with spaces, or cut with "…". */
void width_put_in(struct buf *out, const char *text, size_t columns);

#endif
