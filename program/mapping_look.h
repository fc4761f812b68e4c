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

/* Appends a byte order mark, by which Excel knows UTF-8, and the heading. */
void mapping_look_begin(const struct mapping *mapping, struct buf *out);

/*
 * Appends the rows of a letter (mapping_look_begin first, if `out` is empty).
 * R_WRONG_FORM if the mapping is for another type.
 */
enum reason mapping_look_put(const struct mapping *mapping, const void *bytes,
                             size_t size, struct buf *out,
                             struct fault *why) MUST_CHECK;

#endif
