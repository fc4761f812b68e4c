/*
 * field_number - one number inside a text, exactly: 1,234.5 or 壹佰贰拾叁 or
 * 三点五 or 二〇〇〇, without the 万 or 亿 behind it.
 */
#ifndef YISONG_SCHEMAS_FIELD_NUMBER_H
#define YISONG_SCHEMAS_FIELD_NUMBER_H

#include "schemas/field_text.h"

/* 10^17: a digit more would still fit into 64 bits. */
#define FIELD_NUMBER_MOST INT64_C(100000000000000000)

struct field_number {
    int64_t digits; /* without the point */
    int decimals;
    bool after_zero; /* 零 stood before it or in it: its place is clear */
};

/* 1 for 十, 2 for 百, 3 for 千; 0 for none. */
int field_small_power(uint32_t character);

bool field_number_begins(const struct field_reader *reader);

/*
 * Reads the number that begins here and moves behind it. R_BAD_FIELD if none
 * begins or it is too large, R_AMBIGUOUS for broken grouping and colloquial
 * forms (一百五, 三五百).
 */
enum reason field_number_read(struct field_reader *reader,
                              struct field_number *number,
                              struct fault *why) MUST_CHECK;

#endif
