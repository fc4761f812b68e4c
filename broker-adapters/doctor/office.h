/*
 * office - the doctor on an agency's machine. To add a check: a row of
 * `checks` in office.c, and its title in report.c.
 */
#ifndef YISONG_BROKER_ADAPTERS_OFFICE_H
#define YISONG_BROKER_ADAPTERS_OFFICE_H

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/doctor/report.h"

/* Runs all checks; failures are lines of the report. */
void office_examine(const struct adapter_settings *settings, instant now,
                    int wait_seconds, struct report *report);

#endif
