/*
 * field_sum - reads one sum of money out of a text, exactly: 19000.00元,
 * 5.25万元, 1亿2000万, 壹万玖仟圆整, 三十万元, 3元5角.
 */
#ifndef YISONG_SCHEMAS_FIELD_SUM_H
#define YISONG_SCHEMAS_FIELD_SUM_H

#include "schemas/field_text.h"

/*
 * Reads the sum that begins here and moves behind it. `fen` is 1/100 yuan.
 * Spaces may stand only between two digits. R_BAD_FIELD if no sum begins here
 * or it is larger than 10^15 yuan, R_AMBIGUOUS for broken grouping, colloquial
 * forms (三万五) and parts of a fen.
 */
enum reason field_sum_read(struct field_reader *reader, int64_t *fen,
                           struct fault *why) MUST_CHECK;

/* Yuan as a plain decimal without trailing zeros: 52500, 0.5. */
void field_sum_put(int64_t fen, struct buf *out);

#endif
