/*
 * spool_name - which names in a folder are letters, and how a strange name
 * becomes one that people and programs can work with.
 */
#ifndef YISONG_BROKER_ADAPTERS_SPOOL_NAME_H
#define YISONG_BROKER_ADAPTERS_SPOOL_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Not a letter: a draft of an editor or a copy program, or a .jws beside. */
bool spool_name_is_passed_over(const char *name);

/*
 * The name with what is no UTF-8 or a control character as %XX, at most
 * `room` - 1 bytes; a name that had to be cut ends in a digest of the whole,
 * before its extension.
 */
void spool_name_clean(const char *name, char *clean, size_t room);

/* Puts `mark` before the extension: "a.xml" -> "a-MARK.xml". */
void spool_name_mark(const char *name, const char *mark, char *marked,
                     size_t room);

#endif
