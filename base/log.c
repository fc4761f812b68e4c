/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/instant.h"
#include "base/language.h"
#include "base/mask.h"

static const char *part = "yisong";
static enum log_level least = LOG_INFO;

void log_open(const char *name, enum log_level from)
{
    part = name;
    least = from;
}

/* What a letter says may be quoted; it must not forge a second line. */
static void keep_to_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
}

void log_event(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < least)
        return;
    char line[2 * FAULT_TEXT_MAX], at[INSTANT_TEXT_MAX];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    keep_to_one_line(mask_text(line));
    fprintf(stderr, "%s %s %s: %s\n", instant_format(instant_now(), at),
            names[level], part, line);
}

void log_fault(enum log_level level, const char *doing, const struct fault *why)
{
    log_event(level, "%s: %s: %s%s%s", doing, reason_code(why->reason),
              say(reason_chinese(why->reason), reason_english(why->reason)),
              why->text[0] ? ": " : "", why->text);
}
