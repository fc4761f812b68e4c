/*
 * sweep - files beside the mailbox that nobody needs any more: sealed files
 * that the centre has, attachments whose letters are through, what a crash
 * left behind.
 */
#ifndef YISONG_BROKER_ADAPTERS_SWEEP_H
#define YISONG_BROKER_ADAPTERS_SWEEP_H

#include "broker-adapters/adapter/adapter_settings.h"
#include "broker-adapters/evidence/evidence_rows.h"

/* This file has no further way to go: its state was marked. */
enum reason sweep_gone(struct sql *mailbox,
                       const struct adapter_settings *settings,
                       const struct transfer *transfer,
                       struct fault *why) MUST_CHECK;

/* The attachment with this digest, unless a letter needs it. */
enum reason sweep_attachment(struct sql *mailbox, const char *mailbox_path,
                             const struct digest *sha256,
                             struct fault *why) MUST_CHECK;

/* Files of letters that the exchange refused. */
enum reason sweep_refused(struct sql *mailbox,
                          const struct adapter_settings *settings,
                          struct fault *why) MUST_CHECK;

/* At the start: whatever lies there without a row that needs it. */
enum reason sweep_leftovers(struct sql *mailbox,
                            const struct adapter_settings *settings,
                            struct fault *why) MUST_CHECK;

#endif
