/*
 * mappings - the mappings that an adapter knows: the one of its settings, or
 * all of a folder, and those that the program carries.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAPPINGS_H
#define YISONG_BROKER_ADAPTERS_MAPPINGS_H

#include "broker-adapters/mapping/mapping.h"

struct mappings;

/*
 * `setting` is a mapping file, a folder of them, the name of one that is
 * carried, or "". `send_to` is borrowed (mapping_send_to). R_BAD_SETTINGS if
 * any of them is wrong; `report` as for mapping_read.
 */
enum reason mappings_open(struct mappings **out, const char *setting,
                          const char *send_to, struct buf *report,
                          struct fault *why) MUST_CHECK;
void mappings_close(struct mappings *mappings);
AUTO_POINTER(mappings, mappings_close)

/*
 * The mapping for a file: the first whose patterns fit its name, the agency's
 * own first; else the one of the settings, if they name just one. Or NULL.
 */
const struct mapping *mappings_find(const struct mappings *mappings,
                                    const char *file_name);

/* The mapping with this id, the agency's own first; or NULL. */
const struct mapping *mappings_get(const struct mappings *mappings,
                                   const char *id);

#endif
