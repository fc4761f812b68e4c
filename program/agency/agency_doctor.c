/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong doctor on an agency's machine.
 */
#include <stdio.h>

#include "broker-adapters/doctor/office.h"
#include "program/agency.h"
#include "program/doctor_report.h"

enum reason agency_doctor(const struct arguments *arguments, struct fault *why)
{
    const char *path;
    long wait;
    AUTO(adapter_settings) struct adapter_settings settings = {0};
    AUTO(report) struct report report = {0};
    TRY(arguments_require(arguments, "-c", &path, why));
    TRY(doctor_wait(arguments, &wait, why));
    TRY(adapter_settings_read(path, &settings, why));
    instant now = instant_now();
    office_examine(&settings, now, (int)wait, &report);
    return doctor_tell(&report, settings.agency, now, arguments);
}
