/*
 * deletion_run - deletes what is due of one case in an agency's mailbox, and
 * tells the centre: a signed record goes out like any letter, and is in the
 * centre's log from then on.
 */
#ifndef YISONG_BROKER_ADAPTERS_DELETION_RUN_H
#define YISONG_BROKER_ADAPTERS_DELETION_RUN_H

#include "broker-adapters/adapter/desk.h"
#include "schemas/retention.h"

/* One transaction; *count letters went. R_UNKNOWN_AGENCY if no centre is in
 * the registry. */
enum reason deletion_run_case(const struct desk *desk,
                              const struct retention *retention,
                              const char *case_id, instant now, size_t *count,
                              struct fault *why) MUST_CHECK;

#endif
