/*
 * listing_write - a row of the lists as JSON or CSV. The names are the same in
 * both and for every list; openapi.json says what each holds.
 */
#ifndef YISONG_BROKER_ADAPTERS_LISTING_WRITE_H
#define YISONG_BROKER_ADAPTERS_LISTING_WRITE_H

#include "base/buf.h"
#include "broker-adapters/mailbox/listing.h"

/* {"list":"cards","name":...}; what is empty is left out. */
void listing_put_json(struct buf *out, const struct listing *listing);

/* {"number":N,"change":"listed"|"ended","entry":{...}} */
void listing_put_change(struct buf *out, const struct listing_change *change);

/* The heading, with a byte order mark by which Excel knows UTF-8. */
void listing_put_heading(struct buf *out);

/* A row that Excel opens as it is: nothing becomes a formula, and no digit of a
 * long number is lost. */
void listing_put_csv(struct buf *out, const struct listing *listing);

/* Appends one cell in that form. */
void listing_put_cell(struct buf *out, const char *text);

#endif
