/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of commands.def.
 */
#include "program/command.h"

#define CHAPTER(zh, en)
#define COMMAND(name) extern const struct command command_##name;
#include "program/commands.def"
#undef CHAPTER
#undef COMMAND

#define CHAPTER(zh, en) {.chinese = (zh), .english = (en)},
#define COMMAND(name)   {.command = &command_##name},
const struct listed commands[] = {
#include "program/commands.def"
};
const size_t command_count = COUNT_OF(commands);
