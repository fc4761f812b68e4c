/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mapping/mappings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/asset.h"
#include "base/io.h"
#include "base/mem.h"

#define MAPPINGS "broker-adapters/mappings/"

struct mappings {
    struct mapping **rows;
    size_t count;
    const struct mapping *named; /* the one of the settings */
    const char *send_to;
};

void mappings_close(struct mappings *mappings)
{
    if (!mappings)
        return;
    for (size_t i = 0; i < mappings->count; i++)
        mapping_free(mappings->rows[i]);
    free(mappings->rows);
    free(mappings);
}

static bool is_xml(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && name[0] != '.' &&
           strcmp(name + length - 4, ".xml") == 0;
}

static enum reason add(struct mappings *mappings, const char *name,
                       struct buf *report, struct fault *why)
{
    AUTO(mapping) struct mapping *mapping = NULL;
    TRY(mapping_read(&mapping, name, report, why));
    mapping_send_to(mapping, mappings->send_to);
    mappings->rows = mem_resize(mappings->rows, mappings->count + 1,
                                sizeof(struct mapping *));
    mappings->rows[mappings->count++] = TAKE(mapping);
    return R_OK;
}

static enum reason add_folder(struct mappings *mappings, const char *folder,
                              struct buf *report, struct fault *why)
{
    AUTO(io_names) struct io_names names = {0};
    TRY(io_list(folder, &names, why));
    for (size_t i = 0; i < names.count; i++) {
        AUTO(text) char *path = io_join(folder, names.names[i]);
        if (is_xml(names.names[i]))
            TRY(add(mappings, path, report, why));
    }
    return R_OK;
}

static enum reason add_own(struct mappings *mappings, const char *setting,
                           struct buf *report, struct fault *why)
{
    struct stat status;
    if (!*setting)
        return R_OK;
    if (stat(setting, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folder(mappings, setting, report, why);
    TRY(add(mappings, setting, report, why));
    mappings->named = mappings->rows[0];
    return R_OK;
}

static enum reason add_carried(struct mappings *mappings, struct buf *report,
                               struct fault *why)
{
    const struct asset *asset = NULL;
    while ((asset = asset_next(MAPPINGS, asset))) {
        const char *name = asset->name + sizeof MAPPINGS - 1;
        if (!is_xml(name))
            continue;
        AUTO(text) char *id = mem_copy(name, strlen(name) - 4);
        TRY(add(mappings, id, report, why));
    }
    return R_OK;
}

enum reason mappings_open(struct mappings **out, const char *setting,
                          const char *send_to, struct buf *report,
                          struct fault *why)
{
    AUTO(mappings) struct mappings *mappings = mem_new(1, sizeof *mappings);
    mappings->send_to = send_to;
    TRY(add_own(mappings, setting, report, why));
    TRY(add_carried(mappings, report, why));
    *out = TAKE(mappings);
    return R_OK;
}

const struct mapping *mappings_find(const struct mappings *mappings,
                                    const char *file_name)
{
    for (size_t i = 0; i < mappings->count; i++)
        if (mapping_fits(mappings->rows[i], file_name))
            return mappings->rows[i];
    return mappings->named;
}

const struct mapping *mappings_get(const struct mappings *mappings,
                                   const char *id)
{
    for (size_t i = 0; i < mappings->count; i++)
        if (strcmp(mapping_id(mappings->rows[i]), id) == 0)
            return mappings->rows[i];
    return NULL;
}
