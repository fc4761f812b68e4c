/*
 * members - the members of a JSON object, as the answers of the connector
 * write them: begin with '{', put members, end with '}'.
 */
#ifndef YISONG_BROKER_ADAPTERS_MEMBERS_H
#define YISONG_BROKER_ADAPTERS_MEMBERS_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/sql.h"

/* A comma comes before it unless it is the first. */
void member_text(struct buf *out, const char *name, const char *text);
void member_int(struct buf *out, const char *name, int64_t value);
void member_flag(struct buf *out, const char *name, bool value);
/* Nothing for 0. */
void member_time(struct buf *out, const char *name, instant at);
/* The name alone, for what is written behind it. */
void member_name(struct buf *out, const char *name);

/* Columns of a row: nothing for NULL. */
void member_column(struct buf *out, const char *name,
                   const struct sql_rows *rows, int column);
void member_digest(struct buf *out, const char *name,
                   const struct sql_rows *rows, int column);

#endif
