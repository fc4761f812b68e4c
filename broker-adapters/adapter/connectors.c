/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of connectors, and what the adapter's loop does with it.
 */
#include "broker-adapters/adapter/connectors.h"

#include "base/log.h"

enum { PAUSE_MS = 2000 };

extern const struct connector connector_evidence;
extern const struct connector connector_http;
extern const struct connector connector_webhook;
extern const struct connector connector_table;

static const struct connector *const kinds[] = {
    &connector_evidence,
    &connector_http,
    &connector_webhook,
    &connector_table,
};
_Static_assert(COUNT_OF(kinds) <= CONNECTORS_MAX, "more room for connectors");

enum reason connectors_open(struct connectors *connectors,
                            const struct connector_place *place,
                            struct fault *why)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i]->is_wanted(place->settings))
            TRY(kinds[i]->open(&connectors->states[i], place, why));
    return R_OK;
}

static bool has_turn(const struct connectors *connectors, size_t i,
                     int64_t monotonic)
{
    return connectors->states[i] && kinds[i]->turn &&
           monotonic >= connectors->paused_until[i];
}

void connectors_turn(struct connectors *connectors, struct connector_turn *turn)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct fault why = {0};
        if (!has_turn(connectors, i, turn->monotonic) ||
            kinds[i]->turn(connectors->states[i], turn, &why) == R_OK)
            continue;
        log_fault(LOG_WARN, kinds[i]->name, &why);
        connectors->paused_until[i] = turn->monotonic + PAUSE_MS;
    }
}

nfds_t connectors_sources(const struct connectors *connectors,
                          struct pollfd sources[CONNECTORS_MAX])
{
    nfds_t count = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!connectors->states[i] || !kinds[i]->descriptor)
            continue;
        int descriptor = kinds[i]->descriptor(connectors->states[i]);
        if (descriptor >= 0)
            sources[count++] =
                (struct pollfd){.fd = descriptor, .events = POLLIN};
    }
    return count;
}

void connectors_ring(struct connectors *connectors)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (connectors->states[i] && kinds[i]->ring)
            kinds[i]->ring(connectors->states[i]);
}

/* In the other order: what was opened last may lean on what was first. */
void connectors_close(struct connectors *connectors)
{
    for (size_t i = COUNT_OF(kinds); i-- > 0;)
        if (connectors->states[i])
            kinds[i]->close(connectors->states[i]);
}
