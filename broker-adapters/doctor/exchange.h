/*
 * exchange - a probe letter through the running adapter, the broker and the
 * router, and its signed receipt back: the whole way that a letter goes. The
 * receipt tells the centre's clock.
 */
#ifndef YISONG_BROKER_ADAPTERS_EXCHANGE_H
#define YISONG_BROKER_ADAPTERS_EXCHANGE_H

#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/doctor/identity.h"

/* Puts a link-probe into the mailbox and waits for what becomes of it. */
void exchange_probe(const struct patient *patient, const struct desk *desk,
                    int wait_seconds, struct report *report);

#endif
