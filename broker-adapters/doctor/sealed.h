/*
 * sealed - the checks of evidence: the key that it is sealed to, files that
 * wait, and whether the centre's store is there to take them.
 */
#ifndef YISONG_BROKER_ADAPTERS_SEALED_H
#define YISONG_BROKER_ADAPTERS_SEALED_H

#include "base/sql.h"
#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/doctor/identity.h"

void sealed_key(const struct adapter_settings *settings,
                const struct patient *patient, struct report *report);

/* Needs a connection; the mailbox may be NULL. */
void sealed_files(struct sql *mailbox, const struct patient *patient,
                  struct report *report);

#endif
