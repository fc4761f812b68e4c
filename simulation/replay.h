/*
 * replay - a published case run through the real exchange: each step that is a
 * letter is sent at noon of its day, and what the exchange said to it is kept.
 *
 * Nothing is added: a letter that was not published is not sent, so that what
 * should have followed it is refused as it would be. What the exchange's own
 * parts do (delivery receipts of the adapters) happens at once.
 */
#ifndef YISONG_SIMULATION_REPLAY_H
#define YISONG_SIMULATION_REPLAY_H

#include "routing/procedure.h"
#include "simulation/record.h"

enum step_outcome {
    STEP_LAWFUL,
    STEP_LATE, /* accepted and marked */
    STEP_REFUSED,
    STEP_NO_LETTER, /* corresponds to no letter of the notices */
    STEP_NO_DATE,   /* the day was not published */
    STEP_OUTCOMES
};

/* "lawful", "late", ... and for people. */
const char *step_outcome_name(enum step_outcome outcome);
const char *step_outcome_words(enum step_outcome outcome);

/* What became of a step; texts are owned, "" where there is nothing. */
struct step_result {
    enum step_outcome outcome;
    const struct record_step *step;
    struct step_letter letter; /* type "" if there is none */
    char *code, *rule, *article, *lawful_zh, *lawful_en;
    char *limit, *limit_article; /* that it met late */
    instant due;
    int64_t late_seconds;
};

/* A clock that ran out, and nothing published ended it. */
struct expired_clock {
    char *limit, *owner, *article;
    instant due;
};

struct replay {
    const struct record *record;
    char *procedure, *state;   /* "" if no case came to be */
    struct step_result *steps; /* one per step of the record */
    struct expired_clock *expired;
    size_t expired_count;
};

enum reason replay_run(struct replay *out, const struct record *record,
                       const struct procedures *procedures,
                       const struct step_letters *letters,
                       struct fault *why) MUST_CHECK;
void replay_done(struct replay *replay);
AUTO_VALUE(replay, replay_done)

/* A table for people, and one JSON object. */
void replay_print(const struct replay *replay);
void replay_put_json(const struct replay *replay, struct buf *out);

#endif
