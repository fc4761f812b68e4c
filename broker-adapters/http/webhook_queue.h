/*
 * webhook_queue - which letter is posted next: the first one not taken whose
 * case does not wait.
 */
#ifndef YISONG_BROKER_ADAPTERS_WEBHOOK_QUEUE_H
#define YISONG_BROKER_ADAPTERS_WEBHOOK_QUEUE_H

#include "base/instant.h"
#include "base/sql.h"

/* Start with {0}. Everything before `turn` is taken: it is not looked at. */
struct webhook_queue {
    int64_t turn;
};

/* The row of the letter, 0 if there is none now. */
enum reason webhook_queue_next(struct webhook_queue *queue, struct sql *mailbox,
                               instant now, int64_t *row,
                               struct fault *why) MUST_CHECK;

/* The receiver did not accept: the case waits, longer each time. */
enum reason webhook_queue_hold(struct sql *mailbox, const char *case_id,
                               const char *text, instant now,
                               struct fault *why) MUST_CHECK;
/* It did: the next one of the case may go at once. */
enum reason webhook_queue_release(struct sql *mailbox, const char *case_id,
                                  struct fault *why) MUST_CHECK;

/* Milliseconds until a case that waits is due, if that is less than *wait. */
enum reason webhook_queue_patience(struct sql *mailbox, instant now,
                                   int64_t *wait, struct fault *why) MUST_CHECK;

#endif
