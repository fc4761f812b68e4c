/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Delivery receipts: one for all letters of one sender that came together.
 */
#include "simulation/confirm.h"

static void put_entry(struct buf *out, const struct arrived *letter, instant at)
{
    char text[INSTANT_TEXT_MAX];
    buf_put_text(out, "<entry>");
    buf_put_element(out, "id", letter->id);
    buf_put_element(out, "digest", letter->digest);
    buf_put_element(out, "type", letter->type);
    buf_put_element(out, "caseId", letter->case_id);
    buf_put_element(out, "at", instant_format(at, text));
    buf_put_text(out, "</entry>");
}

enum reason confirm_make(const struct arrivals *arrivals,
                         const struct signing_key *key, struct sealed *out,
                         struct fault *why)
{
    AUTO(buf) struct buf body = {0};
    buf_put_text(&body, "<receipts>");
    for (size_t i = 0; i < arrivals->count; i++)
        put_entry(&body, &arrivals->letters[i], arrivals->at);
    buf_put_text(&body, "</receipts>");
    struct wish wish = {.type = "delivery-receipt",
                        .case_id = "none",
                        .from = arrivals->recipient,
                        .to = {arrivals->sender},
                        .body = buf_text(&body),
                        .json = arrivals->json,
                        .sent_at = arrivals->at};
    return letter_make(&wish, key, out, why);
}
