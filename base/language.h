/*
 * language - Chinese or English for what people read. What programs read is
 * the same in both.
 */
#ifndef YISONG_BASE_LANGUAGE_H
#define YISONG_BASE_LANGUAGE_H

#include <stdbool.h>

/*
 * Whether the reader's locale (LC_ALL, else LC_MESSAGES, else LANG) begins
 * with "zh".
 */
bool language_is_chinese(void);

/*
 * For what carries both languages, such as a refusal: what this thread says
 * from now on, until LANGUAGE_OF_READER is set again.
 */
enum language { LANGUAGE_OF_READER, LANGUAGE_CHINESE, LANGUAGE_ENGLISH };
void language_speak(enum language language);

/*
 * Both texts may be formats of printf. Clang checks them; gcc is not asked to,
 * because it holds %1$s, which one of two languages often needs, for an error.
 */
#ifdef __clang__
#define SAYS_A_FORMAT __attribute__((format_arg(1), format_arg(2)))
#else
#define SAYS_A_FORMAT
#endif

/* The text in the reader's language. */
const char *say(const char *chinese, const char *english) SAYS_A_FORMAT;

#endif
