/*
 * visibility - what a receiver may ever see: for some roles the body forms
 * that may be sent or copied to them, and those of them that files may go with
 * (visibility.xml), each with its article or the mark that no law draws the
 * line. A role that no rule names may get whatever a procedure says. A bank
 * sees no case file, whatever a procedure or a sender says.
 *
 * Judged twice: over the procedures when they are loaded, over the addressees
 * of each letter when it comes. Files are sealed to the addressees that a
 * letter names and to nobody else, so they are judged there only.
 */
#ifndef YISONG_ROUTING_VISIBILITY_H
#define YISONG_ROUTING_VISIBILITY_H

#include "routing/procedure_model.h"

struct visibility;

/* What the rules stand on: both outlive them. */
struct visibility_ground {
    const struct laws *laws;
    const struct words *roles; /* of the registry */
};

/* Takes the document; faults go to `complaints`. Never NULL. */
struct visibility *visibility_read(struct document *document,
                                   const struct visibility_ground *ground,
                                   struct complaints *complaints);
void visibility_free(struct visibility *visibility);

/* Whether an agency of this role may get a letter of this type. */
bool visibility_allows(const struct visibility *visibility, const char *role,
                       const char *type);

/* A procedure that sends or copies what a role may never see is a fault. */
void visibility_check(const struct procedures *procedures,
                      struct complaints *complaints);

/* R_WRONG_ADDRESSEE; `ground` gets the rule and what would be lawful. */
enum reason visibility_authorise(const struct procedures *procedures,
                                 const struct registry *registry,
                                 const struct message *message,
                                 struct ground *ground,
                                 struct fault *why) MUST_CHECK;

/* The rules that concern the parties of a procedure, for a person. */
void visibility_show(const struct procedures *procedures,
                     const struct machine *machine, struct buf *out);

#endif
