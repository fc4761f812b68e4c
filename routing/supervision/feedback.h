/*
 * feedback - for each joint-punishment notice of a case: who was told, when it
 * was there, who received it, who acted and with what measure, who refused and
 * why, who is silent and since when; and the proof that all of it is in the
 * log, led to a head that the centre has signed.
 *
 * Which letters are notices, and what an answer says, is data (feedback.xml).
 * An answer belongs to the notice that it names in inReplyTo. The newest answer
 * counts; the standing listed last ("received") only where there is no other.
 */
#ifndef YISONG_ROUTING_SUPERVISION_FEEDBACK_H
#define YISONG_ROUTING_SUPERVISION_FEEDBACK_H

#include "routing/supervision/rules.h"
#include "routing/timeline.h"

/* What an answer says of one measure; texts "" where there is none. */
struct measure_said {
    char *name, *status, *reason, *amount, *from;
};

struct answer {
    const struct timeline_letter *letter;
    const struct standing *standing; /* NULL: it says nothing that we know */
    struct measure_said *measures;
    size_t measure_count;
    char *effect, *remarks;
};

struct reminding {
    const struct timeline_letter *letter;
    char *limit;
};

/* One who was told. Places point into the timeline. */
struct addressee {
    const char *agency;
    const struct delivery *delivery;
    const struct standing *standing; /* NULL: silent */
    instant silent_since;            /* 0: not silent */
    struct answer *answers;
    size_t answer_count;
    struct reminding *remindings;
    size_t reminding_count;
};

struct told_notice {
    const struct timeline_letter *letter;
    struct addressee *addressees;
    size_t addressee_count;
};

struct feedback {
    const struct rules *rules;
    struct timeline *timeline;
    instant at;
    struct told_notice *notices;
    size_t notice_count;
};

/*
 * The case as its letters were at `at`. `only` is the id of one notice, or
 * NULL for all. R_NOT_FOUND if there is no such case.
 */
struct feedback_request {
    const char *case_id, *only;
    instant at;
    bool no_remindings; /* who only counts does without */
};
enum reason feedback_read(struct feedback **out, struct ledger *ledger,
                          const struct rules *rules,
                          const struct feedback_request *request,
                          struct fault *why) MUST_CHECK;
void feedback_free(struct feedback *feedback);
AUTO_POINTER(feedback, feedback_free)

/* "acted", "silent" */
const char *addressee_standing(const struct addressee *addressee);
const char *addressee_standing_name(const struct rules *rules,
                                    const struct addressee *addressee);

/* The next clock of the addressee that this notice started; NULL at the end. */
const struct deadline *addressee_clock(const struct feedback *feedback,
                                       const struct told_notice *notice,
                                       const struct addressee *addressee,
                                       const struct deadline *after);

/* --- the proof -------------------------------------------------------------
 */

struct evidence_line {
    int64_t position;
    char *id, *type;
    instant received_at;
    struct digest digest;
    char *entry;    /* what is hashed: ledger/README */
    bool is_proved; /* else it came after the signed head */
    struct log_proof proof;
};

struct evidence {
    struct evidence_line *lines; /* by position */
    size_t count;
    struct log_head head;
    int64_t receipt; /* the letter in which the centre signed it; 0: unsigned */
    char *receipt_id;
};

/* Every letter and receipt of the notices shown. */
enum reason evidence_read(struct evidence **out, struct ledger *ledger,
                          const struct feedback *feedback,
                          struct fault *why) MUST_CHECK;
void evidence_free(struct evidence *evidence);
AUTO_POINTER(evidence, evidence_free)

/* --- showing ---------------------------------------------------------------
 */

/* What the three ways of showing share. */
struct feedback_page {
    const struct feedback *feedback;
    const struct evidence *evidence;
    const struct names *names;
    bool colour;
    struct buf *out;
};
void feedback_put_text(const struct feedback_page *page);
void feedback_put_json(const struct feedback_page *page);
/* One page that prints on A4 and needs nothing else. */
void feedback_put_html(const struct feedback_page *page);

#endif
