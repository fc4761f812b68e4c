/*
 * supply - files that a person brings by hand: one that a letter of ours lists
 * and that is missing, or one that a letter that came waits for, on a disk in
 * the envelope because there is no line.
 */
#ifndef YISONG_BROKER_ADAPTERS_SUPPLY_H
#define YISONG_BROKER_ADAPTERS_SUPPLY_H

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/evidence/evidence_rows.h"

/*
 * Takes the file for whatever needs exactly these bytes; it stays where it is.
 * *going and *coming count. R_NOT_FOUND if nothing does.
 */
enum reason supply_file(struct sql *mailbox,
                        const struct adapter_settings *settings,
                        const char *path, instant now, int *going, int *coming,
                        struct fault *why) MUST_CHECK;

#endif
