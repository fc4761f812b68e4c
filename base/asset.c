/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/asset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct asset *asset_get(const char *name)
{
    for (size_t i = 0; i < asset_count; i++)
        if (strcmp(assets[i].name, name) == 0)
            return &assets[i];
    fprintf(stderr, "yisong: built without %s\n", name);
    abort();
}

const struct asset *asset_next(const char *prefix, const struct asset *after)
{
    size_t length = strlen(prefix);
    for (size_t i = after ? (size_t)(after - assets) + 1 : 0; i < asset_count;
         i++)
        if (strncmp(assets[i].name, prefix, length) == 0)
            return &assets[i];
    return NULL;
}
