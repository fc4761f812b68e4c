/*
 * agency - commands of an agency's side that need libraries which the others
 * do not: HTTP both ways, PostgreSQL. They are one program apart,
 * `yisong-agency`, so that neither the router nor a tool ever loads those;
 * `yisong` becomes that program when such a command is called (agency_exec.c),
 * and `yisong-agency` does the work (agency/).
 */
#ifndef YISONG_PROGRAM_AGENCY_H
#define YISONG_PROGRAM_AGENCY_H

#include "program/command.h"

enum reason agency_adapter(const struct arguments *arguments,
                           struct fault *why) MUST_CHECK;
enum reason agency_table_check(const struct arguments *arguments,
                               struct fault *why) MUST_CHECK;
enum reason agency_doctor(const struct arguments *arguments,
                          struct fault *why) MUST_CHECK;

#endif
