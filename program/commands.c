/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands, in the order in which the help shows them.
 */
#include "program/command.h"

extern const struct command command_check;
extern const struct command command_due;
extern const struct command command_version;

const struct command *const commands[] = {
    &command_check,
    &command_due,
    &command_version,
};

const size_t command_count = sizeof commands / sizeof commands[0];
