/*
 * log - one line per event on standard error, for the journal of the machine:
 *
 *     2026-11-22T09:00:00.123+08:00 warn router: text
 *
 * Never a message body, never a whole identity number: digests and ids.
 */
#ifndef YISONG_BASE_LOG_H
#define YISONG_BASE_LOG_H

#include "base/fault.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Which part of the program speaks ("router"), and from which level on. */
void log_open(const char *part, enum log_level least);

void log_event(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/* A fault as one line: code, sentence in the reader's language, detail. */
void log_fault(enum log_level level, const char *doing,
               const struct fault *why);

#endif
