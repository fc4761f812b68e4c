/*
 * asset - data files that the program carries in itself, so that one binary
 * works alone on a machine with nothing else: schemas, tables, procedures,
 * calendars. Their names are paths in the source tree. Which files these are
 * stands in CMakeLists.txt.
 */
#ifndef YISONG_BASE_ASSET_H
#define YISONG_BASE_ASSET_H

#include <stddef.h>

struct asset {
    const char *name;  /* "schemas/message.xsd" */
    const char *bytes; /* ended by a NUL that is not counted */
    size_t size;
};

/* Sorted by name. */
extern const struct asset assets[];
extern const size_t asset_count;

/* The asset with this name; ends the process if the build forgot it. */
const struct asset *asset_get(const char *name);

/*
 * The next asset behind `after` (NULL: the first) whose name begins with
 * `prefix`, or NULL.
 */
const struct asset *asset_next(const char *prefix, const struct asset *after);

#endif
