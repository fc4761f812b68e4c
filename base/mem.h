/*
 * mem - allocation that does not fail. Out of memory in a small allocation
 * ends the process with one message: the supervisor starts it again and the
 * stores keep the work. Large, unbounded sizes never come here: whoever reads
 * from outside sets a ceiling first (see buf.h).
 */
#ifndef YISONG_BASE_MEM_H
#define YISONG_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for `count` things of `size`. Never NULL; free() it. */
void *mem_new(size_t count, size_t size);

/* Grows or shrinks; what is new is not zeroed. Never NULL. */
void *mem_resize(void *old, size_t count, size_t size);

/* A copy of `size` bytes, ended by a NUL that is not counted. */
void *mem_copy(const void *bytes, size_t size);

/* A copy of a text; NULL stays NULL. */
char *mem_text(const char *text);

/* A new text made by printf rules. */
char *mem_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
