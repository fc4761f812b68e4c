/*
 * mailbox_list - the letters of a mailbox as a person looks through them,
 * newest last.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAILBOX_LIST_H
#define YISONG_BROKER_ADAPTERS_MAILBOX_LIST_H

#include "base/digest.h"
#include "base/instant.h"
#include "base/sql.h"

/* Texts are borrowed until the next line, never NULL. */
struct incoming_line {
    const char *id, *sender, *case_id, *type, *state;
    struct digest digest;
    int64_t place;
    instant received_at;
    bool answered; /* a letter of ours names it in inReplyTo */
};

/* At most `most`, the newest; receipts only if `receipts`. */
enum reason mailbox_each_incoming(struct sql *mailbox, int64_t most,
                                  bool receipts,
                                  void (*use)(void *context,
                                              const struct incoming_line *line),
                                  void *context, struct fault *why) MUST_CHECK;

struct outgoing_line {
    const char *id, *case_id, *type, *state, *source, *code;
    const char *text_zh, *text_en; /* of a refusal */
    const char *to; /* addressees; '+' before whose receipt came */
    struct digest digest;
    instant queued_at, sent_at, submitted_at, delivered_at; /* 0: not yet */
    int64_t position;
};

/* The same for letters that went. */
enum reason mailbox_each_outgoing(struct sql *mailbox, int64_t most,
                                  bool receipts,
                                  void (*use)(void *context,
                                              const struct outgoing_line *line),
                                  void *context, struct fault *why) MUST_CHECK;

/* What waits to be sent, receipts left out. */
struct waiting_letters {
    int64_t count;
    instant oldest; /* since when it waits; 0: none does */
};
enum reason mailbox_count_waiting(struct sql *mailbox,
                                  struct waiting_letters *out,
                                  struct fault *why) MUST_CHECK;

#endif
