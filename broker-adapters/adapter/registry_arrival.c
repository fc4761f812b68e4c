/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only the exchange writes into the inbox queue; still it is the authority's
 * signature that counts, by the authority.pem that is there, and an older
 * registry is not laid down.
 */
#include "broker-adapters/adapter/registry_arrival.h"

#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "certs/joining/join.h"

bool registry_arrival_is(const struct amqp_letter *letter)
{
    return letter->type && strcmp(letter->type, REGISTRY_MESSAGE) == 0;
}

static enum reason lay(const struct desk *desk,
                       const struct amqp_letter *letter, int64_t *number,
                       struct fault *why)
{
    AUTO(package) struct package package = {0};
    TRY(package_parse(&package, letter->body, letter->size, REGISTRY_MESSAGE,
                      why));
    return join_registry(&package, desk->agencies, number, why);
}

/* Where the authority itself works nothing has to be laid down. */
static bool is_source(const char *agencies)
{
    AUTO(text) char *secrets = io_join(agencies, "authority");
    return io_exists(secrets);
}

enum reason registry_arrival_take(const struct desk *desk,
                                  const struct amqp_letter *letter,
                                  struct fault *why)
{
    int64_t number;
    struct fault found = {0};
    if (!desk->agencies || is_source(desk->agencies))
        return R_OK;
    enum reason reason = lay(desk, letter, &number, &found);
    if (reason == R_OK)
        log_event(LOG_INFO, "registry number %lld came", (long long)number);
    else if (reason_class(reason) == REASON_RETRY)
        return fault(why, reason, "%s", found.text);
    else
        log_fault(reason == R_REGISTRY_OLD ? LOG_INFO : LOG_ERROR,
                  "registry that came is not taken", &found);
    return R_OK;
}
