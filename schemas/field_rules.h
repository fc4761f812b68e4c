/*
 * field_rules - the rule of each kind of field, for the table in field.c.
 * Each appends the normal form to an empty `out`, or fails as field_check.
 */
#ifndef YISONG_SCHEMAS_FIELD_RULES_H
#define YISONG_SCHEMAS_FIELD_RULES_H

#include "schemas/field_text.h"

enum reason field_credit_code(const struct field_text *text, struct buf *out,
                              struct fault *why) MUST_CHECK;
enum reason field_citizen_id(const struct field_text *text, struct buf *out,
                             struct fault *why) MUST_CHECK;
enum reason field_document_number(const struct field_text *text,
                                  struct buf *out,
                                  struct fault *why) MUST_CHECK;
enum reason field_date(const struct field_text *text, struct buf *out,
                       struct fault *why) MUST_CHECK;
enum reason field_amount(const struct field_text *text, struct buf *out,
                         struct fault *why) MUST_CHECK;
enum reason field_region(const struct field_text *text, struct buf *out,
                         struct fault *why) MUST_CHECK;

#endif
