/*
 * answers - what the exchange and the addressees say of letters of ours:
 * submission receipts, delivery receipts, refusals. They change how far a
 * letter has come, nothing else.
 */
#ifndef YISONG_BROKER_ADAPTERS_ANSWERS_H
#define YISONG_BROKER_ADAPTERS_ANSWERS_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "schemas/message.h"

/*
 * Only the exchange may give submission receipts, refusals and reminders:
 * R_NOT_PERMITTED for anybody else. Letters of other types are R_OK.
 */
enum reason answers_check_sender(const struct desk *desk,
                                 const struct message *message,
                                 struct fault *why) MUST_CHECK;

/*
 * Applies a verified answer, in the caller's transaction; letters of other
 * types do nothing. Entries about letters that are not ours are logged and
 * passed over. Only RETRY reasons come out.
 */
enum reason answers_apply(const struct desk *desk,
                          const struct message *message, instant now,
                          struct fault *why) MUST_CHECK;

#endif
