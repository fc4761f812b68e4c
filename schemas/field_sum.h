/*
 * field_sum - reads one sum of money out of a text, exactly: 19000.00元,
 * 5.25万元, 1亿2000万, 壹万玖仟圆整, 三十万元, 3元5角.
 */
#ifndef YISONG_SCHEMAS_FIELD_SUM_H
#define YISONG_SCHEMAS_FIELD_SUM_H

#include "schemas/field_text.h"

/* 10^15 yuan: more than there is. */
#define FIELD_SUM_MOST INT64_C(100000000000000000)

/*
 * Reads the sum that begins at *place and moves *place behind it. `fen` is
 * 1/100 yuan. Spaces in `text` may stand only between two digits. R_BAD_FIELD
 * if no sum begins there or it is too large, R_AMBIGUOUS for broken grouping,
 * colloquial forms (三万五) and parts of a fen.
 */
enum reason field_sum_read(const struct field_text *text, size_t *place,
                           int64_t *fen, struct fault *why) MUST_CHECK;

/* Yuan as a plain decimal without trailing zeros: 52500, 0.5. */
void field_sum_put(int64_t fen, struct buf *out);

#endif
