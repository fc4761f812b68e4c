/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Recording and printing one failure. No allocation: a fault can be recorded
 * when memory is what is missing. What is quoted of a letter is masked here, so
 * that no refusal, reason sheet or log line shows whose number it was.
 */
#include "base/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/language.h"
#include "base/mask.h"

/* A byte of a character that was cut must not stay at the end. */
static void cut_at_character(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && ((unsigned char)text[start - 1] & 0x80) != 0)
        text[start - 1] = '\0';
}

static void write_text(struct fault *why, const char *format, va_list values)
{
    int length = vsnprintf(why->text, sizeof why->text, format, values);
    if (length >= (int)sizeof why->text)
        cut_at_character(why->text, sizeof why->text - 1);
    mask_text(why->text);
}

void fault_record(struct fault *why, enum reason reason, const char *format,
                  ...)
{
    if (!why)
        return;
    why->reason = reason;
    va_list values;
    va_start(values, format);
    write_text(why, format, values);
    va_end(values);
}

enum reason fault_errno(struct fault *why, enum reason reason,
                        const char *format, ...)
{
    int error = errno;
    if (!why)
        return reason;
    why->reason = reason;
    va_list values;
    va_start(values, format);
    write_text(why, format, values);
    va_end(values);
    size_t length = strlen(why->text);
    int added = snprintf(why->text + length, sizeof why->text - length, ": %s",
                         strerror(error));
    if (added >= (int)(sizeof why->text - length))
        cut_at_character(why->text, sizeof why->text - 1);
    return reason;
}

void fault_clear(struct fault *why)
{
    why->reason = R_OK;
    why->text[0] = '\0';
}

void fault_print(FILE *out, const char *where, const struct fault *why)
{
    const char *sentence =
        say(reason_chinese(why->reason), reason_english(why->reason));
    fprintf(out, "%s: %s: %s", where, reason_code(why->reason), sentence);
    if (why->text[0])
        fprintf(out, ": %s", why->text);
    fputc('\n', out);
}
