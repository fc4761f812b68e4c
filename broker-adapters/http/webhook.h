/*
 * webhook - letters that came are posted to the agency's own system, each
 * until it is accepted (status 2xx); then it is marked taken, as POST
 * /inbox/{id}/taken does.
 *
 * A letter that is not accepted holds back the later ones of its case, and no
 * others. It is tried again after 0.5 s, 1 s, 2 s ... 5 minutes; when nobody
 * answers at all, the others wait as well, for up to 30 s. What waits lies in
 * the mailbox and outlives the process. A receiver may get a letter twice and
 * knows it by webhook-id.
 *
 * Signed as Standard Webhooks say: HMAC-SHA256 over "ID.TIMESTAMP.BODY" with
 * the secret of the settings, in
 *
 *     webhook-id: FROM_ID   webhook-timestamp: SECONDS   webhook-signature:
 *     v1,BASE64
 *
 * The body is the letter as it was signed; a JSON letter's own signature comes
 * in Yisong-JWS.
 */
#ifndef YISONG_BROKER_ADAPTERS_WEBHOOK_H
#define YISONG_BROKER_ADAPTERS_WEBHOOK_H

#include "broker-adapters/adapter/adapter_settings.h"

struct webhook;

/* Starts a thread. The settings are borrowed. R_BAD_SETTINGS for a secret
 * that is not "whsec_" and base64 of 24 to 64 bytes. */
enum reason webhook_open(struct webhook **out,
                         const struct adapter_settings *settings,
                         struct fault *why) MUST_CHECK;
void webhook_close(struct webhook *webhook);
AUTO_POINTER(webhook, webhook_close)

/* Letters were handed over. NULL: nothing. */
void webhook_ring(struct webhook *webhook);

#endif
