/*
 * doctor_report - what `yisong doctor` does alike on both sides.
 */
#ifndef YISONG_PROGRAM_DOCTOR_REPORT_H
#define YISONG_PROGRAM_DOCTOR_REPORT_H

#include "broker-adapters/doctor/report.h"
#include "program/command.h"

/* How many seconds the probe may take. */
enum reason doctor_wait(const struct arguments *arguments, long *seconds,
                        struct fault *why) MUST_CHECK;

/* Prints the report and gives the outcome, which then has been told. */
enum reason doctor_tell(const struct report *report, const char *agency,
                        instant at, const struct arguments *arguments);

#endif
