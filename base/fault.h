/*
 * fault - a reason with the detail that only the place of failure knows.
 *
 * `return fault(why, R_X, "detail")` is the only way to fail. The lowest layer
 * that knows writes the text and nobody overwrites it.
 */
#ifndef YISONG_BASE_FAULT_H
#define YISONG_BASE_FAULT_H

#include <stdio.h>

#include "base/idiom.h"
#include "base/reason.h"

enum { FAULT_TEXT_MAX = 1024 };

struct fault {
    enum reason reason;
    char text[FAULT_TEXT_MAX]; /* detail, UTF-8, without the sentence */
};

/*
 * Records the reason and the detail, and returns the reason. `why` may be
 * NULL: then only the reason goes up. A text too long is cut at a character.
 *
 *     enum reason fault(struct fault *why, enum reason reason,
 *                       const char *format, ...);
 *
 * A macro, so that the compiler sees that what comes back is not R_OK, and
 * does not take what a failed call left unset for used.
 */
#define fault(why, row, ...)                                                   \
    (fault_record((why), (row), __VA_ARGS__), (enum reason)(row))

void fault_record(struct fault *why, enum reason reason, const char *format,
                  ...) PRINTF_LIKE(3, 4);

/* The same, with the text of errno ("open /x: Permission denied"). */
enum reason fault_errno(struct fault *why, enum reason reason,
                        const char *format, ...) PRINTF_LIKE(3, 4);

/* Forgets what was recorded. */
void fault_clear(struct fault *why);

/*
 * Writes "WHERE: CODE: sentence: detail\n" in the reader's language. `where`
 * is "FILE:LINE", "FILE" or the program's name.
 */
void fault_print(FILE *out, const char *where, const struct fault *why);

#endif
