/*
 * language - Chinese or English for what people read. What programs read is
 * the same in both.
 */
#ifndef YISONG_BASE_LANGUAGE_H
#define YISONG_BASE_LANGUAGE_H

#include <stdbool.h>

/*
 * Whether the reader's locale (LC_ALL, else LC_MESSAGES, else LANG) begins
 * with "zh"..
 */
bool language_is_chinese(void);

/* The text in the reader's language; both may be formats of printf. */
const char *say(const char *chinese, const char *english)
    __attribute__((format_arg(1), format_arg(2)));

#endif
