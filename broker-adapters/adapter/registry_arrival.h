/*
 * registry_arrival - the registry as the centre sends it to everybody (`yisong
 * agencies publish`): a message of type "registry" in the inbox queue, whose
 * body is a package signed by the authority. It is laid into the folder of the
 * registry; the watch over that folder does the rest.
 */
#ifndef YISONG_BROKER_ADAPTERS_REGISTRY_ARRIVAL_H
#define YISONG_BROKER_ADAPTERS_REGISTRY_ARRIVAL_H

#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/amqp.h"

#define REGISTRY_MESSAGE "registry"

bool registry_arrival_is(const struct amqp_letter *letter);

/* Fails only for what may be mended (class RETRY): then it comes again. */
enum reason registry_arrival_take(const struct desk *desk,
                                  const struct amqp_letter *letter,
                                  struct fault *why) MUST_CHECK;

#endif
