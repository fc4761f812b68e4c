/*
 * simulate_province - `yisong simulate --province`: reads the options, lives
 * through the time, prints both books.
 */
#ifndef YISONG_PROGRAM_SIMULATE_PROVINCE_H
#define YISONG_PROGRAM_SIMULATE_PROVINCE_H

#include "program/command.h"
#include "routing/procedure.h"

/* R_PROOF_FAILED if the books differ. */
enum reason simulate_province(const struct arguments *arguments,
                              const struct procedures *procedures,
                              struct fault *why) MUST_CHECK;

#endif
