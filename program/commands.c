/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The commands, in the order in which the help shows them.
 */
#include "program/command.h"

extern const struct command command_check;
extern const struct command command_due;
extern const struct command command_log_head;
extern const struct command command_log_prove;
extern const struct command command_log_verify;
extern const struct command command_log_check;
extern const struct command command_version;

const struct command *const commands[] = {
    &command_check,
    &command_due,
    &command_log_head,
    &command_log_prove,
    &command_log_verify,
    &command_log_check,
    &command_version,
};

const size_t command_count = sizeof commands / sizeof commands[0];
