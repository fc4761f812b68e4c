/*
 * visibility - what a receiver may ever see: for some roles the body forms
 * that may be sent or copied to them (visibility.xml), each with its basis. A
 * role that no rule names may get whatever a procedure says. A bank sees no
 * case file, whatever a procedure or a sender says.
 *
 * Judged twice: over the procedures when they are loaded, over the addressees
 * of each letter when it comes.
 */
#ifndef YISONG_ROUTING_VISIBILITY_H
#define YISONG_ROUTING_VISIBILITY_H

#include "routing/procedure_model.h"

/* Whether an agency of this role may get a letter of this type. */
bool visibility_allows(const char *role, const char *type);

/* A procedure that sends or copies what a role may never see is a fault. */
void visibility_check(const struct procedures *procedures,
                      struct complaints *complaints);

/* R_WRONG_ADDRESSEE with the basis; `ground` gets what would be lawful. */
enum reason visibility_authorise(const struct registry *registry,
                                 const struct message *message,
                                 struct ground *ground,
                                 struct fault *why) MUST_CHECK;

/* The rules that concern the parties of a procedure, for a person. */
void visibility_show(const struct machine *machine, struct buf *out);

#endif
