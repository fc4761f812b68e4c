/*
 * topology - the exchanges, queues, users and permissions that RabbitMQ needs
 * for a set of agencies, as one definitions file (rabbitmqctl
 * import_definitions, or `load_definitions`). Nobody declares anything at run
 * time: agencies and router may only write and read what stands here.
 *
 *     out.<agency> --> submit --> submit.0 ... submit.<n-1>  --> router
 *      (fanout)     (hash of the   (quorum, single active
 *                    case id)        consumer)
 *
 *     router --> deliver --> in.<agency>                     --> adapter
 *               (direct)\--> unroutable (no such agency)
 *
 *     evidence.out.<agency> --> evidence.out.<agency> --> evidence-store
 *          (fanout)                (classic, bounded)
 *     evidence-store --> evidence.in --> evidence.in.<agency> --> adapter
 *                         (direct)        (classic, bounded)
 *
 *     any queue of letters, past its delivery limit --> dead
 *
 * Works on RabbitMQ 3.10 and stays within what 4.x keeps.
 */
#ifndef YISONG_BROKER_ADAPTERS_TOPOLOGY_H
#define YISONG_BROKER_ADAPTERS_TOPOLOGY_H

#include "base/buf.h"

enum { TOPOLOGY_SHARDS_MAX = 64 };

struct topology_agency {
    const char *id;
    bool revoked; /* keeps its queue and what is in it; loses every right */
};

struct topology {
    const char *vhost;    /* "yisong" */
    const char *exchange; /* the centre's own id: the router's user */
    const struct topology_agency *agencies; /* all others */
    size_t count;
    int shards; /* submit queues, 1 to TOPOLOGY_SHARDS_MAX */
};

/*
 * Writes the definitions as JSON. R_BAD_SETTINGS for an id that is not
 * [a-z][a-z0-9-]{1,62} or stands there twice, and for a number of shards out
 * of range. Changing the number of shards moves cases to other queues: stop
 * the senders and let the old queues run empty first.
 */
enum reason topology_write(const struct topology *topology, struct buf *out,
                           struct fault *why) MUST_CHECK;

#endif
