/*
 * field - the small texts that Chinese papers are full of: credit codes,
 * citizen ids, document numbers, dates, sums and regions, as people and
 * mirrors really publish them.
 *
 * One rule for all: what a person reads without guessing is brought into one
 * normal form, for comparison; what would need a guess (masked codes,
 * templates, lost brackets, lost characters, broken separators) is a fault.
 * What was written stays as it is in the letter.
 *
 * To add a kind: a row in field.c and a file field_KIND.c.
 */
#ifndef YISONG_SCHEMAS_FIELD_H
#define YISONG_SCHEMAS_FIELD_H

#include "base/buf.h"

enum field_kind {
    FIELD_CREDIT_CODE, /* 统一社会信用代码, GB 32100-2015: 18 symbols */
    FIELD_CITIZEN_ID,  /* 公民身份号码, GB 11643-1999: 18 symbols */
    FIELD_DOCUMENT_NUMBER, /* 文号: 环环监〔2017〕17号 */
    FIELD_DATE,            /* 2021-09-07 */
    FIELD_AMOUNT,          /* yuan, plain decimal: 52500, 0.5 */
    FIELD_REGION,          /* GB/T 2260: six digits of a present region */
    FIELD_KIND_COUNT
};

/* "credit-code", "citizen-id", ... */
const char *field_name(enum field_kind kind);

/* The kind with this name, or FIELD_KIND_COUNT. */
enum field_kind field_find(const char *name);

/*
 * Appends the normal form of `text` to `normalised` (NULL: only judges). The
 * normal form of a normal form is itself. R_BAD_FIELD for what is wrong,
 * R_AMBIGUOUS for what has no reading, or several; the detail says, in the
 * reader's language, what was found and what would be right, and never
 * repeats a citizen id. Pure, and safe from several threads.
 */
enum reason field_check(enum field_kind kind, const char *text,
                        struct buf *normalised, struct fault *why) MUST_CHECK;

#endif
