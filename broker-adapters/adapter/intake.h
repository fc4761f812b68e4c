/*
 * intake - one letter on its way out: completed, judged, signed and kept.
 *
 * What the agency's own system leaves out is filled in: id, from, caseId (of
 * the letter that is answered, else the id of this one, which then opens a
 * case), the digest of what is answered, sequence, sentAt, certificate. A
 * letter that the agency's own system has signed already is verified and goes
 * as it is.
 */
#ifndef YISONG_BROKER_ADAPTERS_INTAKE_H
#define YISONG_BROKER_ADAPTERS_INTAKE_H

#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/mailbox/outgoing.h"
#include "schemas/mistake.h"

struct intake_letter {
    const void *bytes;
    size_t size;
    const char *jws;    /* detached signature beside JSON, or "" */
    const char *source; /* name in sent/, "" if given by a command */
};

struct intake {
    char id[UUID_TEXT_MAX];
    char case_id[OUTGOING_CASE_MAX];
    struct digest digest;
    bool repeat; /* the same source was kept before: nothing was done */
    struct mistakes mistakes;
};
void intake_done(struct intake *intake);
AUTO_VALUE(intake, intake_done)

/*
 * Works in the caller's transaction. Any reason of class REFUSE is this
 * letter's alone and nothing was written; all mistakes are in `out`.
 */
enum reason intake_put(const struct desk *desk,
                       const struct intake_letter *letter, instant now,
                       struct intake *out, struct fault *why) MUST_CHECK;

#endif
