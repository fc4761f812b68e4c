/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * In `yisong`: the commands of agency.h are those of the program beside it.
 * The process stays the same one, so that whoever started it can stop it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "program/agency.h"

enum { PATH_ROOM = 4096 };

static const char name[] = "yisong-agency";

static enum reason become_agency(const struct arguments *arguments,
                                 struct fault *why)
{
    char path[PATH_ROOM];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - sizeof name);
    if (size <= 0)
        return fault(why, R_SYSTEM_FAILED, "/proc/self/exe: %s",
                     strerror(errno));
    path[size] = '\0';
    memcpy(strrchr(path, '/') + 1, name, sizeof name);
    execv(path, arguments->line);
    return fault(why, R_SYSTEM_FAILED, "%s: %s (%s)", path, strerror(errno),
                 say("应与 yisong 装在同一目录",
                     "must be installed in the same folder as yisong"));
}

enum reason agency_adapter(const struct arguments *arguments, struct fault *why)
{
    return become_agency(arguments, why);
}

enum reason agency_table_check(const struct arguments *arguments,
                               struct fault *why)
{
    return become_agency(arguments, why);
}

enum reason agency_doctor(const struct arguments *arguments, struct fault *why)
{
    return become_agency(arguments, why);
}
