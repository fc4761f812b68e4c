/*
 * press - the work on evidence that needs a processor and a disk and no line:
 * files that go are sealed, files that came whole are opened and laid where
 * they belong. It has a thread of its own, because a file of some gigabytes
 * takes longer than the broker waits for a heartbeat.
 */
#ifndef YISONG_BROKER_ADAPTERS_PRESS_H
#define YISONG_BROKER_ADAPTERS_PRESS_H

#include "base/side.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/adapter/registry_watch.h"
#include "certs/envelope.h"

struct press {
    const struct adapter_settings *settings;
    struct sql *mailbox; /* a connection of this thread's own */
    struct registry_watch registry;
    struct envelope_key *key; /* NULL: nothing can be opened */
    char *root;               /* place_root */
    struct side side;
    struct side *link; /* rung when there is something to send */
};

/* Begin with {0}. The link is borrowed. Starts the thread. */
enum reason press_open(struct press *press,
                       const struct adapter_settings *settings,
                       struct side *link, struct fault *why) MUST_CHECK;
void press_close(struct press *press);

#endif
