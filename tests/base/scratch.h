/*
 * scratch - a folder of its own for each test that touches the disk:
 *
 *     cmocka_unit_test_setup_teardown(test_x, scratch_make, scratch_remove)
 *
 * makes it before the test, gives its path in *state, and removes it after.
 */
#ifndef YISONG_TESTS_BASE_SCRATCH_H
#define YISONG_TESTS_BASE_SCRATCH_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/idiom.h"
#include "base/mem.h"

static inline int scratch_make(void **state)
{
    char path[] = "/tmp/yisong-test.XXXXXX";
    *state = mkdtemp(path) ? strdup(path) : NULL;
    return *state ? 0 : -1;
}

/* "FOLDER/name"; borrowed until the eighth call after this one. */
static inline const char *scratch_path(void **state, const char *name)
{
    static char paths[8][512];
    static unsigned next = 0;
    char *path = paths[next++ % COUNT_OF(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
    return path;
}

/* Writes a text there and returns its path. */
static inline const char *scratch_write(void **state, const char *name,
                                        const char *text)
{
    const char *path = scratch_path(state, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
    return path;
}

static inline void scratch_remove_folder(const char *folder)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    while (stream && (entry = readdir(stream))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        char *path = mem_print("%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR)
            scratch_remove_folder(path);
        else
            unlink(path);
        free(path);
    }
    if (stream)
        closedir(stream);
    rmdir(folder);
}

static inline int scratch_remove(void **state)
{
    scratch_remove_folder(*state);
    free(*state);
    return 0;
}

#endif
