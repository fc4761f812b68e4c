/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A refused letter is 422 whatever the reason, so that a caller needs one
 * branch for it; only what is no judgement of a letter has a status of its own.
 */
#include "broker-adapters/http/connector_state.h"

#include <string.h>

#include "broker-adapters/adapter/reason_sheet.h"

static const struct {
    enum reason reason;
    int status;
} statuses[] = {
    {R_BAD_REQUEST, 400}, {R_NO_CREDENTIALS, 401}, {R_NOT_FOUND, 404},
    {R_AMBIGUOUS, 422},   {R_TOO_LARGE, 413},      {R_UNKNOWN_MEDIA_TYPE, 415},
    {R_NOT_FOR_US, 403},  {R_NOT_HERE_YET, 409},   {R_DISK_FULL, 507},
};

static int status_of(enum reason reason)
{
    static const int by_class[] = {[REASON_DONE] = 500,
                                   [REASON_REFUSE] = 422,
                                   [REASON_RETRY] = 503,
                                   [REASON_MISUSE] = 500};
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].reason == reason)
            return statuses[i].status;
    return by_class[reason_class(reason)];
}

void http_refuse(struct http_request *request, const struct fault *found,
                 const struct mistakes *mistakes)
{
    AUTO(buf) struct buf sheet = {0};
    AUTO(buf) struct buf body = {0};
    int status = status_of(found->reason);
    struct reason_sheet reasons = reason_sheet_of(found, mistakes);
    reason_sheet_print_json(&reasons, &sheet);
    buf_print(&body,
              "{\"type\":\"urn:yisong:reason:%s\",\"title\":\"%s\","
              "\"status\":%d,%s",
              reasons.code, reasons.english, status, buf_text(&sheet) + 1);
    if (reason_class(found->reason) == REASON_RETRY)
        http_answer_header(request, "Retry-After", "2");
    http_answer(request, status, "application/problem+json", &body);
}

void http_give(struct http_request *request, enum reason reason,
               struct buf *json, const struct fault *found)
{
    if (reason == R_OK)
        http_answer(request, 200, "application/json", json);
    else
        http_refuse(request, found, NULL);
}
