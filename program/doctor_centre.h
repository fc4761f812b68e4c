/*
 * doctor_centre - the doctor at the exchange centre.
 */
#ifndef YISONG_PROGRAM_DOCTOR_CENTRE_H
#define YISONG_PROGRAM_DOCTOR_CENTRE_H

#include "program/command.h"

enum reason doctor_centre(const struct arguments *arguments, const char *path,
                          struct fault *why) MUST_CHECK;

#endif
