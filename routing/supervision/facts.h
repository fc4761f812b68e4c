/*
 * facts - what letters say of one unit or person, for the rules that look for
 * crime thresholds. Private to facts*.c.
 */
#ifndef YISONG_ROUTING_SUPERVISION_FACTS_H
#define YISONG_ROUTING_SUPERVISION_FACTS_H

#include "routing/supervision/supervise.h"

/* What one letter says of one subject. */
struct fact {
    char *key;   /* "unit:9136...", "person:...", "case:NC-1", "" not yet */
    char *other; /* another key of the same subject, "" if none */
    char *name;  /* for people */
    char *case_id, *procedure, *letter_id, *letter_type, *sender;
    int64_t position;
    instant at;
    uint64_t met;
    bool penalised, transfer;
};

struct facts {
    struct findings *findings;
    struct ledger *ledger;
    struct fact *items;
    size_t count;
    int64_t size; /* of the log */
};

void facts_done(struct facts *facts);
AUTO_VALUE(facts, facts_done)

/*
 * The subjects of the first letter of the case that names any, into `named`,
 * which may stay empty.
 */
enum reason facts_name(const struct facts *facts, const char *case_id,
                       struct facts *named, struct fault *why) MUST_CHECK;

/* Reads all letters up to the instant of the findings. */
enum reason facts_read(struct facts *facts, struct fault *why) MUST_CHECK;

#endif
