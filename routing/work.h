/*
 * work - one letter on its way through the six steps, and what the files of
 * the router share. Private to routing/.
 */
#ifndef YISONG_ROUTING_WORK_H
#define YISONG_ROUTING_WORK_H

#include "routing/deliver.h"
#include "routing/router.h"

struct work {
    struct arrival arrival;
    instant received;

    /* examined, in parallel */
    struct message *message; /* NULL: not well formed */
    bool authenticated;      /* its signature held */
    struct mistakes mistakes;
    enum reason reason; /* R_OK, or why the letter is refused */
    struct fault why;

    /* decided, one after the other */
    struct casefile *casefile;
    struct ground ground;
    struct effect effect;
    struct follower *followers; /* other cases that this letter changes */
    size_t follower_count;
    bool repeated; /* recorded before: only its answer is sent again */
    int64_t position;
};

void work_done(struct work *work);

struct router {
    struct router_parts parts;
    struct deliver *deliver;
    struct work *works;
    size_t work_count;
    struct own_receipt *receipts; /* of this batch, one per sender */
    size_t receipt_count;
    int64_t next_position;
    instant now;        /* of this turn */
    bool has_recounted; /* by the calendar of the procedures */
    instant next_due;
    struct router_counts counts;
};

/* Steps 1 to 3: pure, in parallel. */
void steps_examine(struct router *router, struct work *work);

/* Steps 4 to 6: in the ledger's transaction. Only RETRY reasons come out. */
enum reason steps_decide(struct router *router, struct work *work,
                         struct fault *why) MUST_CHECK;

/* A cross-cutting letter that an agency may send (receipts.c). */
enum reason receipts_decide(struct router *router, struct work *work,
                            struct fault *why) MUST_CHECK;

/* --- the cases that follow (follow.c) ---------------------------------------
 */

enum { FOLLOW_CHILDREN_MAX = 500 };

/* What the letter changes in linked cases; pure but for reading them. */
enum reason follow_advance(struct router *router, struct work *work,
                           struct fault *why) MUST_CHECK;

/* Writes it, and tells. Only after record_letter. */
enum reason follow_record(struct router *router, struct work *work,
                          struct fault *why) MUST_CHECK;

/* Whether one more case may come from this one. R_TOO_LARGE. */
enum reason follow_check_room(struct router *router, const char *parent,
                              struct fault *why) MUST_CHECK;

void followers_free(struct follower *followers, size_t count);

/* --- what the centre itself writes (own.c, answers.c) ----------------------
 */

/* One letter of the centre: recorded, put into the outbox of each recipient. */
struct own_letter {
    const char *type, *case_id;
    const char *parent; /* id of a linked case, or NULL */
    const char *to;
    char *const *copies;
    size_t copy_count;
    const char *answers, *answers_digest;
    const char *body_xml; /* the body form */
    enum message_encoding encoding;
    bool kept; /* recorded in the log and sent to nobody */
};
enum reason own_send(struct router *router, const struct own_letter *letter,
                     int64_t *position, struct fault *why) MUST_CHECK;

/* Adds an accepted letter to its sender's submission receipt. */
void answers_receipt(struct router *router, const struct work *work);

/* Writes the submission receipts of the batch. */
enum reason answers_send_receipts(struct router *router,
                                  struct fault *why) MUST_CHECK;
void answers_forget(struct router *router);

/* Writes the refusal of a letter to the agency it came from. */
enum reason answers_refuse(struct router *router, struct work *work,
                           struct fault *why) MUST_CHECK;

/* --- writing into the open transaction (record.c) ---------------------------
 */

/* Keeps the letter, whatever became of it; gives it its position. */
enum reason record_letter(struct router *router, struct work *work,
                          enum letter_outcome outcome,
                          struct fault *why) MUST_CHECK;

/* Puts a recorded letter into the outbox of a recipient. */
enum reason record_outbox(struct router *router, struct original *original,
                          const char *recipient, struct fault *why) MUST_CHECK;
enum reason record_recipients(struct router *router, const struct work *work,
                              char *const *recipients, size_t count,
                              struct fault *why) MUST_CHECK;

/* --- clocks (expiry.c) ------------------------------------------------------
 */

/* Acts once on every deadline that has expired: reminds, offers. */
enum reason expiry_act(struct router *router, struct fault *why) MUST_CHECK;

/* Counts every running clock anew if the calendar is another (recount.c). */
enum reason recount_deadlines(struct router *router,
                              struct fault *why) MUST_CHECK;

#endif
