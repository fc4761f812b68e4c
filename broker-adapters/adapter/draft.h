/*
 * draft - a letter that this program writes itself (delivery receipts, answers
 * to cards, replies typed by a person): what it says, before intake completes
 * and signs it.
 */
#ifndef YISONG_BROKER_ADAPTERS_DRAFT_H
#define YISONG_BROKER_ADAPTERS_DRAFT_H

#include "schemas/message.h"

/* Texts may be NULL or "" where the element is to be left out. */
struct draft {
    const char *type, *case_id, *to;
    const char *const *copies;
    size_t copy_count;
    const char *answers, *answers_digest;
    const char *decided_at, *number, *urgency; /* urgency: NULL is "normal" */
    const char *body_xml;                      /* the body form */
    const char *media_type; /* of the peer's letters: answered in kind */
};

/* Appends the letter in XML or JSON. */
enum reason draft_write(const struct draft *draft, struct buf *out,
                        struct fault *why) MUST_CHECK;

#endif
