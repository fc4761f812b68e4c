/*
 * procedure - the lawful orders of letters, read from procedures/NAME.xml, and
 * the two pure steps that need them: may this be said (authorise), and what
 * does it change (advance).
 *
 * A procedure file is for a reader who is no programmer: states, what each
 * accepts and from whom, what follows, who gets copies, limits with their
 * article. The set is loaded whole, with law.xml and the calendars; all faults
 * at once, with file and line.
 */
#ifndef YISONG_ROUTING_PROCEDURE_H
#define YISONG_ROUTING_PROCEDURE_H

#include "certs/registry.h"
#include "routing/casefile.h"
#include "schemas/message.h"

struct procedures;

/*
 * Loads a folder: *.xml procedures, law.xml, calendars/. R_BAD_PROCEDURE;
 * `report` then has one "FILE:LINE: CODE: text" line per fault.
 */
enum reason procedures_load(struct procedures **out, const char *folder,
                            struct buf *report, struct fault *why) MUST_CHECK;
void procedures_free(struct procedures *procedures);
AUTO_POINTER(procedures, procedures_free)

/* What a refusal tells beside the reason. Texts are borrowed or static. */
struct ground {
    const char *rule;    /* "case-transfer/UNDER_REVIEW", "" if none */
    const char *article; /* "W17-9", "" if none */
    struct buf lawful_zh, lawful_en; /* what would have been lawful */
};
void ground_done(struct ground *ground);
AUTO_VALUE(ground, ground_done)

/* What an accepted letter did, for the record and the timeline. */
struct effect {
    char *state_before, *state_after; /* "" before the first letter */
    bool opened;                      /* the case is new */
    bool late;                        /* it met a limit after its due time */
    bool followed;                    /* linked cases may follow */
    char **recipients;                /* to, copyTo and copies of the rule */
    size_t recipient_count;
    struct buf warning_zh, warning_en; /* lawful, but worth a look; or empty */
};
void effect_done(struct effect *effect);
AUTO_VALUE(effect, effect_done)

/*
 * Step 4. May the sender say this, to these addressees, about this case?
 * `casefile` is NULL if the case does not exist. Deny by default:
 * R_UNKNOWN_TYPE, R_NOT_PERMITTED, R_UNKNOWN_CASE, R_CASE_EXISTS,
 * R_NOT_A_PARTY, R_UNKNOWN_ADDRESSEE, R_WRONG_ADDRESSEE, R_OUT_OF_TURN.
 * Pure; fills `ground` when it refuses.
 */
enum reason procedure_authorise(const struct procedures *procedures,
                                const struct registry *registry,
                                const struct casefile *casefile,
                                const struct message *message,
                                struct ground *ground,
                                struct fault *why) MUST_CHECK;

/*
 * The rest of step 4, once the letter that `message` answers (inReplyTo) was
 * found: is it of the type that this act answers? R_UNKNOWN_MESSAGE. Only
 * after procedure_authorise said R_OK to the same casefile and message.
 */
enum reason procedure_check_answer(const struct procedures *procedures,
                                   const struct casefile *casefile,
                                   const struct message *message,
                                   const char *answered_type,
                                   struct fault *why) MUST_CHECK;

/*
 * The rest of step 4 for a letter that names a parent case (parentCase);
 * `parent` is that case, NULL if there is none. An opening letter may come from
 * the cases that its act allows, of which the sender is a party; a later letter
 * may only repeat the parent that the case has. R_UNKNOWN_CASE, R_NOT_PERMITTED
 * (no case of that procedure), R_OUT_OF_TURN (not in that state). Only after
 * procedure_authorise said R_OK to the same casefile and message.
 */
enum reason procedure_check_parent(const struct procedures *procedures,
                                   const struct registry *registry,
                                   const struct casefile *casefile,
                                   const struct casefile *parent,
                                   const struct message *message,
                                   struct fault *why) MUST_CHECK;

/*
 * Step 5. Applies an authorised letter, recorded at `position`, received at
 * `received`: state, parties, clocks met, started and cancelled. *casefile is
 * changed in place; for an opening letter it is NULL before and new after.
 * Late acts are accepted and marked. Pure.
 */
enum reason procedure_advance(const struct procedures *procedures,
                              const struct registry *registry,
                              struct casefile **casefile,
                              const struct message *message, instant received,
                              int64_t position, struct effect *effect,
                              struct fault *why) MUST_CHECK;

/* A letter that changed one case, as a linked case sees it; borrowed. */
struct followed {
    const struct casefile *casefile; /* of the letter */
    const struct message *message;
    instant received;
    int64_t position;
};

/* What a case did that followed; the words are for those who are told. */
struct following {
    struct effect effect; /* state_after NULL: the letter means nothing here */
    const char *article;  /* "JP1580-update" */
    struct buf told_zh, told_en;
};
void following_done(struct following *following);
AUTO_VALUE(following, following_done)

/*
 * What a letter of one case does to a case linked with it (its parent, or one
 * that came from it), as the <follow> of that one's procedure says: state,
 * clocks, who is told. Never refuses: what no file says changes nothing. Pure.
 */
enum reason procedure_follow(const struct procedures *procedures,
                             const struct registry *registry,
                             struct casefile *casefile,
                             const struct followed *followed,
                             struct following *out,
                             struct fault *why) MUST_CHECK;

/*
 * The letter at `position` reached `agency` at `received` (its delivery
 * receipt): starts the clocks that wait for it. Returns how many.
 */
size_t procedure_delivered(const struct procedures *procedures,
                           const struct registry *registry,
                           struct casefile *casefile, int64_t position,
                           const char *agency, instant received);

/* Over which days are working days: the same for calendars that count alike. */
struct digest procedures_calendar(const struct procedures *procedures);

/*
 * Counts a running clock of the case by the calendar there is now. Whether its
 * due time moved.
 */
bool procedure_recount(const struct procedures *procedures,
                       const struct registry *registry,
                       const struct casefile *casefile,
                       struct deadline *deadline);

/* What is known of a limit, for reminders and timelines; borrowed. */
struct limit_facts {
    const char *chinese, *english;   /* "立案审查期限" */
    const char *period;              /* "P3D", "PT24H", "P3WD", "P1M" */
    const char *article;             /* "W17-9" */
    const char *basis_zh, *basis_en; /* the name of the law, the article */
    const char *force;               /* "statutory", "local", "none" */
    bool statutory;                  /* false: "no statutory limit" */
    bool by_decision; /* met by the instant of the decision, if one is named */
    bool duty; /* false: a right that lapses, or an earliest day; no reminder */
    const char *offers;    /* message type that an expiry opens, "" */
    const char *offers_to; /* role that may send it, "" */
};
bool procedure_limit(const struct procedures *procedures, const char *procedure,
                     const char *limit, struct limit_facts *out);

/*
 * The same of one clock of a case: period, article and force are those of the
 * owner's region and of the law on the day the case was opened.
 */
bool procedure_clock(const struct procedures *procedures,
                     const struct registry *registry,
                     const struct casefile *casefile,
                     const struct deadline *deadline, struct limit_facts *out);

/*
 * Whether this party of the case is told when the limit expires (as the file
 * says), beside the owner, who is reminded.
 */
bool procedure_limit_tells(const struct procedures *procedures,
                           const char *procedure, const char *limit,
                           const struct party *party);

/* The procedures of the set, sorted by id. */
size_t procedures_count(const struct procedures *procedures);
const char *procedures_id(const struct procedures *procedures, size_t place);

/*
 * A procedure as readable text, in the reader's language, and as an SVG
 * drawing with Chinese labels. R_NOT_FOUND.
 */
enum reason procedure_show(const struct procedures *procedures,
                           const char *procedure, struct buf *out,
                           struct fault *why) MUST_CHECK;
enum reason procedure_draw(const struct procedures *procedures,
                           const char *procedure, struct buf *out,
                           struct fault *why) MUST_CHECK;

/* Names for people; the id itself where it is not known. */
const char *procedure_state_name(const struct procedures *procedures,
                                 const char *procedure, const char *state);
const char *procedure_role_name(const struct procedures *procedures,
                                const char *procedure, const char *role);
const char *procedure_name(const struct procedures *procedures,
                           const char *procedure);

#endif
