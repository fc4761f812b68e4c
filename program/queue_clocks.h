/*
 * queue_clocks - the limits that queued letters are to meet, although nothing
 * can be sent: the law does not wait for the line.
 *
 * The centre alone knows the clocks of a case. Here they are counted again
 * from the letters of the case in the mailbox, by the procedures that the
 * program carries. A clock that starts when the centre receives somebody
 * else's letter is counted from when that letter was written, which is never
 * later; so no limit is shown longer than it is. Where letters are missing
 * here, the limits are not known, and that is what is said.
 */
#ifndef YISONG_PROGRAM_QUEUE_CLOCKS_H
#define YISONG_PROGRAM_QUEUE_CLOCKS_H

#include "program/desk_look.h"
#include "routing/procedure.h"

/* What one queued letter does to one limit of ours. */
struct queued_limit {
    char *letter; /* its id */
    char *limit;  /* id in the procedure file */
    struct limit_facts facts;
    instant due;
    bool decided; /* met by its decision: when it arrives changes nothing */
    bool late;    /* now, or when it was decided */
};

struct queue_clocks {
    struct procedures *procedures;
    struct registry *registry;
    instant now;
    struct queued_limit *limits; /* of one letter side by side */
    size_t count, room;
    char **unknown; /* ids of letters whose limits cannot be known */
    size_t unknown_count, unknown_room;
};

/* Of all letters that are queued at `now`. */
enum reason queue_clocks_read(struct queue_clocks *out,
                              const struct desk_look *look, instant now,
                              struct fault *why) MUST_CHECK;
void queue_clocks_done(struct queue_clocks *clocks);
AUTO_VALUE(queue_clocks, queue_clocks_done)

/* The limits of a letter; how many. False if they cannot be known. */
bool queue_clocks_find(const struct queue_clocks *clocks, const char *letter,
                       const struct queued_limit **out, size_t *count);

#endif
