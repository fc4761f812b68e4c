/*
 * line - what the adapter last knew of its line to the exchange, so that a
 * command can say how long nobody has been reached. One row of the mailbox.
 */
#ifndef YISONG_BROKER_ADAPTERS_LINE_H
#define YISONG_BROKER_ADAPTERS_LINE_H

#include "base/instant.h"
#include "base/sql.h"

struct line {
    bool up;      /* as the adapter last said */
    instant seen; /* when the broker was last known to answer; 0: never */
    instant told; /* when the adapter last said anything; 0: never */
};

/* How often a line that is up is noted again. */
enum { LINE_NOTE_MS = INSTANT_MINUTE };

/* Notes what is so now. Begins and ends no transaction. */
enum reason line_note(struct sql *mailbox, bool up, instant now,
                      struct fault *why) MUST_CHECK;

/* Also from a mailbox that was opened to read, or has never had a line. */
enum reason line_read(struct sql *mailbox, struct line *out,
                      struct fault *why) MUST_CHECK;

/* Up, and said so recently: the adapter may have ended since. */
bool line_is_up(const struct line *line, instant now);

#endif
