/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/command.h"

#include <stdio.h>

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    (void)arguments;
    (void)why;
    puts("yisong " YISONG_VERSION);
    return R_OK;
}

const struct command command_version = {
    .name = "version",
    .operands = "",
    .chinese = "显示版本",
    .english = "print the version",
    .example = "yisong version",
    .run = run,
};
