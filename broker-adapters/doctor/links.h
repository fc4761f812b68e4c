/*
 * links - the checks of the way to RabbitMQ: the login with our certificate,
 * what our rights allow and what they must not, our queues.
 */
#ifndef YISONG_BROKER_ADAPTERS_LINKS_H
#define YISONG_BROKER_ADAPTERS_LINKS_H

#include "broker-adapters/doctor/identity.h"

/* Connects and logs in; whether it could. */
bool links_broker(const struct patient *patient, struct report *report);

/* What a right must not allow: tried, and refused by the broker. */
enum links_act { LINKS_WRITE, LINKS_READ };
struct links_forbidden {
    enum links_act act;
    const char *name; /* exchange or queue */
};
void links_rights(const struct patient *patient,
                  const struct links_forbidden *tries, size_t count,
                  struct report *report);

/*
 * A queue: how much waits in it and who reads it. `reader_zh/en` names who
 * should; a queue that nobody should read has none.
 */
struct links_queue {
    const char *name;
    const char *reader_zh, *reader_en; /* NULL: nobody */
    int64_t most;                      /* letters that may wait unremarked */
};
void links_queues(const struct patient *patient,
                  const struct links_queue *queues, size_t count,
                  struct report *report);

#endif
