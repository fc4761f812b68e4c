/*
 * mapping_look - what the commands that work with mappings share.
 */
#ifndef YISONG_PROGRAM_MAPPING_LOOK_H
#define YISONG_PROGRAM_MAPPING_LOOK_H

#include "broker-adapters/mapping/mapping.h"

/*
 * Reads a mapping by file or by name. The faults of the file go to standard
 * error, one line each; `why` is empty then.
 */
enum reason mapping_look_read(struct mapping **out, const char *name,
                              struct fault *why) MUST_CHECK;

/*
 * Appends the rows of a letter (the heading and a byte order mark first, if
 * `out` is empty). R_WRONG_FORM if the mapping is for another type.
 */
enum reason mapping_look_put(const struct mapping *mapping, const void *bytes,
                             size_t size, struct buf *out,
                             struct fault *why) MUST_CHECK;

#endif
