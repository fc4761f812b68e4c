/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of field, one row each.
 */
#include "schemas/field.h"

#include <assert.h>
#include <string.h>

#include "schemas/field_rules.h"

static const struct {
    const char *name;
    enum reason (*rule)(const struct field_text *text, struct buf *out,
                        struct fault *why);
} kinds[FIELD_KIND_COUNT] = {
    [FIELD_CREDIT_CODE] = {"credit-code", field_credit_code},
    [FIELD_CITIZEN_ID] = {"citizen-id", field_citizen_id},
    [FIELD_DOCUMENT_NUMBER] = {"document-number", field_document_number},
    [FIELD_DATE] = {"date", field_date},
    [FIELD_AMOUNT] = {"amount", field_amount},
    [FIELD_REGION] = {"region", field_region},
};

const char *field_name(enum field_kind kind)
{
    assert(kind < FIELD_KIND_COUNT);
    return kinds[kind].name;
}

enum field_kind field_find(const char *name)
{
    enum field_kind kind = 0;
    while (kind < FIELD_KIND_COUNT && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

enum reason field_check(enum field_kind kind, const char *text,
                        struct buf *normalised, struct fault *why)
{
    assert(kind < FIELD_KIND_COUNT);
    struct field_text read;
    TRY(field_text_read(text, &read, why));
    AUTO(buf) struct buf result = {0};
    TRY(kinds[kind].rule(&read, &result, why));
    if (normalised)
        buf_put(normalised, buf_text(&result), result.size);
    return R_OK;
}
