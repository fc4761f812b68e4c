/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "yisong: out of memory (%zu bytes)\n", size);
    abort();
}

void *mem_new(size_t count, size_t size)
{
    void *made = calloc(count ? count : 1, size ? size : 1);
    if (!made)
        out_of_memory(count * size);
    return made;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    size_t bytes = count * size;
    void *made = realloc(old, bytes ? bytes : 1);
    if (!made)
        out_of_memory(bytes);
    return made;
}

void *mem_copy(const void *bytes, size_t size)
{
    char *made = mem_new(size + 1, 1);
    if (size)
        memcpy(made, bytes, size);
    return made;
}

char *mem_text(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

char *mem_print(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *made = NULL;
    int length = vasprintf(&made, format, values);
    va_end(values);
    if (length < 0)
        out_of_memory(0);
    return made;
}
