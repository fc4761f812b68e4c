/*
 * papers - the checks of what lies on an agency's machine: the mailbox, the
 * folder, letters that nobody answers.
 */
#ifndef YISONG_BROKER_ADAPTERS_PAPERS_H
#define YISONG_BROKER_ADAPTERS_PAPERS_H

#include "base/sql.h"
#include "broker-adapters/doctor/report.h"

void papers_mailbox(struct sql *mailbox, const char *path, instant now,
                    struct report *report);
void papers_spool(const char *folder, instant now, struct report *report);

/* Addressees that have not said for a day that they have a letter. */
void papers_partners(struct sql *mailbox, instant now, struct report *report);

/*
 * SQLite's own check of a store, as a line of `check`; whether it is whole. A
 * store that is too large to be read in passing is not: then a line SKIPPED.
 */
bool papers_integrity(struct sql *store, const char *path, const char *check,
                      struct report *report);

#endif
