/*
 * mask - identity numbers, bank cards and telephone numbers in what people
 * read: lists, log lines, views, refusals, reason sheets. The only place that
 * knows what is hidden and what stays.
 *
 *     360102198001011234  ->  360***********1234
 *     138 0013 8000       ->  138 ****8000
 *     0791-86221234       ->  0791-******34
 *
 * A signed letter is never changed: who may read it whole opens the letter.
 *
 * Hidden are also old numbers of 15 digits, numbers that were mistyped, a lower
 * x, full-width digits, and spaces or hyphens in between. Credit codes
 * (GB 32100) stay: they are public.
 */
#ifndef YISONG_BASE_MASK_H
#define YISONG_BASE_MASK_H

#include "base/buf.h"

/* In place: what is hidden never takes more bytes. The text is returned. */
char *mask_text(char *text);

void mask_put(struct buf *out, const char *text);

/* As the inside of a JSON string. */
void mask_put_json(struct buf *out, const char *text);

/* A natural person's name: the family name stays ("张**", "欧阳**"). */
void mask_put_name(struct buf *out, const char *name);

#endif
