/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One piece of long work at a time, as a command has.
 */
#include "program/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/language.h"

/* Milliseconds before the first word, and between two. */
enum { SILENT = 1000, ON_TERMINAL = 200, ON_PAPER = 10000 };

static int64_t next; /* 0: nothing was asked yet */
static bool is_shown;

void progress_tell(int64_t done, int64_t all)
{
    int64_t now = instant_monotonic();
    bool terminal = isatty(STDERR_FILENO) != 0;
    if (!next)
        next = now + (terminal ? SILENT : ON_PAPER);
    if (now < next || all <= 0)
        return;
    next = now + (terminal ? ON_TERMINAL : ON_PAPER);
    fprintf(stderr, say("%s已完成 %d%%%s", "%s%d%% done%s"),
            terminal ? "\r" : "", (int)(done * 100 / all),
            terminal ? "" : "\n");
    is_shown = is_shown || terminal;
}

void progress_end(void)
{
    if (is_shown)
        fputs("\r\033[K", stderr);
    is_shown = false;
    next = 0;
}
