/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Delivery receipts, one per letter: an adapter with little to do sends them
 * so.
 */
#include "simulation/confirm.h"

enum reason confirm_make(const struct arrived *letter,
                         const struct signing_key *key, struct sealed *out,
                         struct fault *why)
{
    char at[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf body = {0};
    buf_put_text(&body, "<receipts><entry>");
    buf_put_element(&body, "id", letter->id);
    buf_put_element(&body, "digest", letter->digest);
    buf_put_element(&body, "type", letter->type);
    buf_put_element(&body, "caseId", letter->case_id);
    buf_put_element(&body, "at", instant_format(letter->at, at));
    buf_put_text(&body, "</entry></receipts>");
    struct wish wish = {.type = "delivery-receipt",
                        .case_id = "none",
                        .from = letter->recipient,
                        .to = {letter->sender},
                        .body = buf_text(&body),
                        .sent_at = letter->at};
    return letter_make(&wish, key, out, why);
}
