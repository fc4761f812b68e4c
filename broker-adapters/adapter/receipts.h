/*
 * receipts - the delivery receipts that this agency owes: one letter to each
 * sender for all that it sent and that is kept here now.
 */
#ifndef YISONG_BROKER_ADAPTERS_RECEIPTS_H
#define YISONG_BROKER_ADAPTERS_RECEIPTS_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"

enum { RECEIPTS_ENTRIES_MAX = 200 };

/*
 * Writes, signs and queues all receipts owed, in the caller's transaction;
 * *written counts the letters. A receipt names a letter only after the
 * transaction that kept it was committed.
 */
enum reason receipts_write(const struct desk *desk, instant now, int *written,
                           struct fault *why) MUST_CHECK;

#endif
