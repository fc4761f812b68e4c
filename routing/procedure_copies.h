/*
 * procedure_copies - who gets a letter: those it names, and those whom the
 * rule names.
 */
#ifndef YISONG_ROUTING_PROCEDURE_COPIES_H
#define YISONG_ROUTING_PROCEDURE_COPIES_H

#include "routing/procedure_clock.h"

/*
 * Adds the parties of the letter to the case, and all who get it to
 * effect->recipients: to, copyTo, copies of the rule, each once. Warns of
 * addressees of another level.
 */
void copies_take(struct act *act);

#endif
