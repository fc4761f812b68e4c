/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/desk.h"

#include "base/log.h"

enum reason desk_survive(enum reason reason, const char *doing,
                         const struct fault *found, struct fault *why)
{
    if (reason == R_OK)
        return R_OK;
    if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found->text);
    log_fault(LOG_WARN, doing, found);
    return R_OK;
}
