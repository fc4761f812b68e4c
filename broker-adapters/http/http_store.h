/*
 * http_store - what the HTTP connector keeps in the mailbox beside the letters:
 *
 *     http_key      which Idempotency-Key of which client made which letter
 *     inbox_taken   which incoming letters the agency's own system has
 *     http_file     the files that callers gave for their letters
 *     webhook_case  the cases whose letters a webhook did not accept
 *
 * The tables are made when the connector runs for the first time on a mailbox.
 */
#ifndef YISONG_BROKER_ADAPTERS_HTTP_STORE_H
#define YISONG_BROKER_ADAPTERS_HTTP_STORE_H

#include "base/digest.h"
#include "base/sql.h"
#include "broker-adapters/adapter/attachment_draft.h"

enum reason http_store_open(struct sql *mailbox, struct fault *why) MUST_CHECK;

/* What one client meant by one key. Kept for ever, as letters are. */
struct http_key {
    const char *client, *key;
    struct digest request; /* of everything that was sent with it */
};

/*
 * The letter that was made under this key, "" if none was. R_ID_REUSED if the
 * key came with another request.
 */
enum reason http_key_find(struct sql *mailbox, const struct http_key *key,
                          char letter[UUID_TEXT_MAX],
                          struct fault *why) MUST_CHECK;

/* In the transaction that keeps the letter. */
enum reason http_key_put(struct sql *mailbox, const struct http_key *key,
                         const char *letter, instant now,
                         struct fault *why) MUST_CHECK;

/* Incoming letter `row` is with the agency's own system; again: nothing. */
enum reason inbox_mark_taken(struct sql *mailbox, int64_t row,
                             const char *client, instant now,
                             struct fault *why) MUST_CHECK;

/* A file was kept; again: only the time is new. */
enum reason http_file_mark(struct sql *mailbox,
                           const struct attachment_known *file,
                           const char *client, instant now,
                           struct fault *why) MUST_CHECK;
/* R_NOT_FOUND for one that nobody gave. */
enum reason http_file_find(struct sql *mailbox, const struct digest *sha256,
                           struct attachment_known *out, instant *at,
                           struct fault *why) MUST_CHECK;
/* One that was given before `before` and that no letter has named since. */
enum reason http_file_old(struct sql *mailbox, instant before,
                          struct digest *sha256, bool *found,
                          struct fault *why) MUST_CHECK;
enum reason http_file_forget(struct sql *mailbox, const struct digest *sha256,
                             struct fault *why) MUST_CHECK;

#endif
