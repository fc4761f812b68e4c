/*
 * io - whole files in and out, safely: what is read has a ceiling, what is
 * written is there whole or not at all.
 */
#ifndef YISONG_BASE_IO_H
#define YISONG_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Appends a whole file to `out` ("-" reads standard input). R_NO_FILE if it
 * cannot be opened, R_TOO_LARGE past the buffer's ceiling, R_DISK_FAILED.
 */
enum reason io_read(const char *path, struct buf *out,
                    struct fault *why) MUST_CHECK;

/*
 * The same for files that are open already: reads to the end; writes all and
 * makes it durable. `path` is only for the fault.
 */
enum reason io_read_open(int descriptor, const char *path, struct buf *out,
                         struct fault *why) MUST_CHECK;
enum reason io_write_open(int descriptor, const char *path, const void *bytes,
                          size_t size, struct fault *why) MUST_CHECK;

/*
 * Writes a file so that after a crash either the old or the new content is
 * there: a temporary file beside it, fsync, rename, fsync of the folder.
 * `mode` as for open(2). R_DISK_FAILED.
 */
enum reason io_write(const char *path, const void *bytes, size_t size,
                     unsigned mode, struct fault *why) MUST_CHECK;

/* Makes the folder and those above it that are missing, mode 0700. */
enum reason io_make_folder(const char *path, struct fault *why) MUST_CHECK;

/* Moves a file within one file system; durable on return. */
enum reason io_move(const char *from, const char *to,
                    struct fault *why) MUST_CHECK;

/* Makes the entries of a folder durable. */
enum reason io_sync_folder(const char *path, struct fault *why) MUST_CHECK;

bool io_exists(const char *path);

/* "folder/name"; an absolute name stays as it is. Free it. */
char *io_join(const char *folder, const char *name);

/* The folder part of a path ("." if there is none). Free it. */
char *io_folder_of(const char *path);

/* The part behind the last '/'; borrowed from `path`. */
const char *io_name_of(const char *path);

/* The names in a folder, sorted by bytes, without "." and "..". */
struct io_names {
    char **names;
    size_t count;
};

enum reason io_list(const char *folder, struct io_names *out,
                    struct fault *why) MUST_CHECK;
void io_names_done(struct io_names *names);

AUTO_VALUE(io_names, io_names_done)

/* For AUTO(text) char *t: frees it at the end of the scope. */
void text_auto(char **text);

#endif
