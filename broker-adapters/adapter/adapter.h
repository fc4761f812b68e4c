/*
 * adapter - the process on an agency's machine. It takes letters from the
 * folder and from the mailbox to the exchange, and letters of the exchange to
 * the agency; it goes on for days without the broker.
 *
 *     adapter_open -> adapter_run (until told to stop) -> adapter_close
 */
#ifndef YISONG_BROKER_ADAPTERS_ADAPTER_H
#define YISONG_BROKER_ADAPTERS_ADAPTER_H

#include <signal.h>

#include "broker-adapters/adapter/adapter_settings.h"

struct adapter;

/*
 * Opens mailbox, registry, key and folder, and completes what a crash left
 * half done. The settings are borrowed and must outlive the adapter. Whatever
 * is wrong with them is found here: R_BAD_KEY, R_BAD_REGISTRY,
 * R_UNKNOWN_AGENCY, R_STORE_BUSY (another adapter runs).
 */
enum reason adapter_open(struct adapter **out,
                         const struct adapter_settings *settings,
                         struct fault *why) MUST_CHECK;

/* Works until *stop is set. Failures are logged and tried again. */
void adapter_run(struct adapter *adapter, volatile sig_atomic_t *stop);

void adapter_close(struct adapter *adapter);
AUTO_POINTER(adapter, adapter_close)

#endif
