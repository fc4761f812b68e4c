/*
 * json - one more member of a JSON object that is being written: a comma, the
 * name, the value; nothing at all where there is no value. The object begins
 * with a member that is always there.
 */
#ifndef YISONG_BASE_JSON_H
#define YISONG_BASE_JSON_H

#include "base/buf.h"
#include "base/instant.h"

/* Nothing for NULL and "". Identity numbers are masked (mask.h). */
void json_put_text(struct buf *out, const char *name, const char *text);
/* RFC 3339 with zone; nothing for 0. */
void json_put_instant(struct buf *out, const char *name, instant at);
/* Nothing for 0. */
void json_put_number(struct buf *out, const char *name, int64_t number);

#endif
