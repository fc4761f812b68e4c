/*
 * timeline - the story of one case, for whoever works on it: every letter with
 * what it did, where it went and when it was there, and the clocks.
 */
#ifndef YISONG_ROUTING_TIMELINE_H
#define YISONG_ROUTING_TIMELINE_H

#include "certs/registry.h"
#include "routing/ledger/deletions.h"
#include "routing/ledger/history.h"
#include "routing/procedure.h"

struct timeline_letter {
    int64_t position;
    enum letter_outcome outcome;
    bool authenticated;
    char *id, *type, *sender, *code, *number, *media_type;
    char *linked;  /* the case that it was said in, "" if it is this one */
    char *answers; /* id of the letter that it answers, "" if none */
    struct digest digest;
    int64_t sequence;
    instant received_at;
    struct step_row step; /* states are NULL if it changed nothing */
    int64_t answer;       /* position of our receipt or refusal; 0: none */
    instant answered_at;
    struct delivery *deliveries;
    size_t delivery_count;
    struct deletion deletion; /* of its body; position 0: it is there */
};

struct timeline {
    struct casefile *casefile; /* with every deadline, met ones too */
    struct timeline_letter *letters;
    size_t count;
    char **children; /* ids of the cases that came from this one */
    size_t child_count;
    struct recount *moves; /* limits that a revised calendar moved */
    size_t move_count;
};

/* R_NOT_FOUND if there is no such case. Free with timeline_free. */
enum reason timeline_read(struct timeline **out, struct ledger *ledger,
                          const char *case_id, struct fault *why) MUST_CHECK;
void timeline_free(struct timeline *timeline);
AUTO_POINTER(timeline, timeline_free)

/* Where names come from; both may be NULL: ids are shown then. */
struct names {
    const struct registry *registry;
    const struct procedures *procedures;
};
const char *names_agency(const struct names *names, const char *agency);
const char *names_type(const char *type);
const char *names_state(const struct names *names, const char *procedure,
                        const char *state);
const char *names_role(const struct names *names, const char *procedure,
                       const char *role);
const char *names_limit(const struct names *names, const char *procedure,
                        const char *limit);

/*
 * For a terminal, in the reader's language. `now` says what is late; `colour`
 * marks it.
 */
void timeline_put_text(const struct timeline *timeline,
                       const struct names *names, instant now, bool colour,
                       struct buf *out);

/* One JSON object, with codes and ids. */
void timeline_put_json(const struct timeline *timeline, struct buf *out);

#endif
