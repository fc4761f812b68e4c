/*
 * customers - a file of customers checked against the blacklist: a CSV file
 * (UTF-8 or GB18030, as Excel saves it) or a JSON array of flat objects. Each
 * row is answered, in the order of the file:
 *
 *     listed      by credit code, organisation code or registration number
 *     name-only   only the name is the same: a person has to look
 *     clear       nothing in force
 *     bad-code    the code cannot be one; the name was looked up all the same
 *
 * The columns are known by their headings (统一社会信用代码, creditCode, 名称,
 * name, ...); a file of one column without a heading holds codes.
 */
#ifndef YISONG_BROKER_ADAPTERS_CUSTOMERS_H
#define YISONG_BROKER_ADAPTERS_CUSTOMERS_H

#include "broker-adapters/projections/listing_index.h"

enum { CUSTOMERS_MAX = 5000000 };

enum customer_result {
    CUSTOMER_LISTED,
    CUSTOMER_NAME_ONLY,
    CUSTOMER_CLEAR,
    CUSTOMER_BAD_CODE,
    CUSTOMER_RESULTS
};

/* "listed", "name-only", "clear", "bad-code". */
extern const char *const customer_results[CUSTOMER_RESULTS];

struct customers_check {
    const struct listing_index *index;
    int64_t day;  /* civil_day_number */
    bool as_json; /* the answer; else CSV */
    size_t counts[CUSTOMER_RESULTS];
};

/*
 * Appends the answer. R_NOT_WELL_FORMED (encoding, quotes, JSON, with the
 * line), R_NOT_VALID where no column can hold codes or names, R_TOO_LARGE.
 */
enum reason customers_check(struct customers_check *check, const void *bytes,
                            size_t size, struct buf *out,
                            struct fault *why) MUST_CHECK;

#endif
