/*
 * identity - the checks that both sides share: who this is to the others, its
 * keys and certificates, the disk.
 */
#ifndef YISONG_BROKER_ADAPTERS_IDENTITY_H
#define YISONG_BROKER_ADAPTERS_IDENTITY_H

#include "broker-adapters/amqp.h"
#include "broker-adapters/doctor/report.h"
#include "certs/registry.h"

/* Whom the doctor looks at; texts are borrowed from its settings. */
struct patient {
    const char *agency, *agencies;
    const char *key, *certificate;
    struct amqp_settings broker;
    const char *store; /* mailbox or ledger */
    instant now;
    struct registry *registry; /* NULL until it was read */
};

/* The registry holds, is no older than one used before, and knows us. */
void identity_registry(struct patient *patient, struct report *report);

/* Key and certificate fit, are registered, hold now, and for how long. */
void identity_certificate(const struct patient *patient, struct report *report);
void identity_tls(const struct patient *patient, struct report *report);

/* Days left: a line that warns at 30, 7 and 1, or OK. */
void identity_term(struct report *report, const char *check, const char *whose,
                   instant ends, instant now);

/* A file that others may read or change: FAIL. */
void identity_mode(struct report *report, const char *check, const char *path);

/* Free space of the folder of the store, and a file written and synced. */
void identity_disk(const struct patient *patient, const char *folder,
                   struct report *report);

#endif
