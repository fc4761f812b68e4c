/*
 * systems - the checks of the ways to the agency's own system: its tables,
 * HTTP that we serve, HTTP that we call.
 */
#ifndef YISONG_BROKER_ADAPTERS_SYSTEMS_H
#define YISONG_BROKER_ADAPTERS_SYSTEMS_H

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/doctor/report.h"

/* The database tables of the agency, as `yisong table check` does. */
void systems_tables(const struct adapter_settings *settings,
                    struct report *report);
void systems_http(const struct adapter_settings *settings,
                  struct report *report);
void systems_webhook(const struct adapter_settings *settings,
                     struct report *report);

#endif
