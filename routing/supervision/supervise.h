/*
 * supervise - what must be looked at in the ledger as it stands at one
 * instant: every duty that is overdue or was done late, every letter that
 * nothing followed, every case that stays where it is, and every unit whose
 * facts meet a crime threshold without a transfer. Which of these are looked
 * for, under which heading and on what ground, is data (rules.h).
 *
 * Letters and acts received after that instant are not counted; a clock that
 * an act made pointless meanwhile is not seen.
 */
#ifndef YISONG_ROUTING_SUPERVISION_SUPERVISE_H
#define YISONG_ROUTING_SUPERVISION_SUPERVISE_H

#include "routing/ledger/survey.h"
#include "routing/supervision/rules.h"
#include "routing/timeline.h"

/* Texts are owned, and "" where there is none; instants 0. */
struct finding {
    const struct rule *rule;
    const char *article;               /* borrowed; "" if none */
    char *case_id, *procedure, *state; /* state: as the ledger has it now */
    char *parties;                     /* of the case: "a b c" */
    char *agency;                      /* that must act, or acted late */
    char *limit;                       /* of a clock */
    char *subject;                     /* unit or person, of a threshold */
    uint64_t thresholds;               /* bit i: rules->thresholds[i] is met */
    int64_t position;                  /* of the letter that it stands on */
    char *letter_id, *letter_type;
    instant since; /* age is counted from here */
    instant due;
    instant done;     /* late acts: when */
    bool undelivered; /* that letter did not reach the agency */
};

struct findings {
    const struct rules *rules;
    const struct finding_request *request; /* while it is read */
    instant at;
    struct finding *items; /* by heading, rule, age */
    size_t count;
};

struct finding_request {
    instant at;
    /* Called now and then: letters looked at, of how many; may be NULL. */
    void (*progress)(int64_t done, int64_t all);
};
enum reason findings_read(struct findings **out, struct ledger *ledger,
                          const struct rules *rules,
                          const struct finding_request *request,
                          struct fault *why) MUST_CHECK;
void findings_free(struct findings *findings);
AUTO_POINTER(findings, findings_free)

/* Adds one; its texts are handed over. */
void findings_add(struct findings *findings, const struct finding *finding);
void finding_done(struct finding *finding);

/* The rules of the kind WATCH_UNANSWERED, after those of clocks. */
enum reason letters_watch(struct findings *findings, struct ledger *ledger,
                          struct fault *why) MUST_CHECK;

/* The rules of the kind WATCH_THRESHOLD; adds what they find. */
enum reason facts_watch(struct findings *findings, struct ledger *ledger,
                        struct fault *why) MUST_CHECK;

/* Only these reason ids, as they are shown; none: all. */
struct finding_style {
    bool colour, summary; /* summary: only how many of each */
};
void findings_put_text(const struct findings *findings,
                       const struct names *names, const struct words *only,
                       const struct finding_style *style, struct buf *out);
void findings_put_json(const struct findings *findings,
                       const struct words *only, struct buf *out);

/* What each rule watches, on what ground, and what it cannot see. */
void rules_put_text(const struct rules *rules, struct buf *out);
void rules_put_json(const struct rules *rules, struct buf *out);

#endif
