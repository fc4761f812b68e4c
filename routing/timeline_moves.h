/*
 * timeline_moves - the limits of a case that a revised calendar moved.
 */
#ifndef YISONG_ROUTING_TIMELINE_MOVES_H
#define YISONG_ROUTING_TIMELINE_MOVES_H

#include "routing/timeline_page.h"

/* Reads them into the timeline; freed with moves_free. */
enum reason moves_read(struct timeline *timeline, struct ledger *ledger,
                       const char *case_id, struct fault *why) MUST_CHECK;
void moves_free(struct recount *moves, size_t count);

/* A block of lines, and a JSON member; nothing where nothing was moved. */
void moves_put_text(const struct page *page);
void moves_put_json(const struct timeline *timeline, struct buf *out);

#endif
