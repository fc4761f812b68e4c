/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/evidence/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "broker-adapters/spool/spool_name.h"

static bool is_carried(const struct element *row)
{
    const char *carried = element_child_text(row, "carried");
    return carried && strcmp(carried, "true") == 0;
}

bool manifest_next(const struct message *message, const struct element **place,
                   struct manifest_entry *out)
{
    const struct element *root = document_root(message_document(message));
    const struct element *list = element_first(root, "attachments");
    const struct element *row = *place ? element_next(*place, "attachment")
                                : list ? element_first(list, "attachment")
                                       : NULL;
    while (row && !is_carried(row))
        row = element_next(row, "attachment");
    *place = row;
    if (!row)
        return false;
    *out = (struct manifest_entry){
        .name = element_child_text(row, "name"),
        .media_type = element_child_text(row, "mediaType"),
        .sha256 = element_child_text(row, "sha256"),
        .sm3 = element_child_text(row, "sm3"),
        .size = strtoll(element_child_text(row, "size"), NULL, 10),
    };
    return true;
}

bool manifest_is_for(const struct message *message, const char *agency)
{
    for (size_t i = 0; i < message_to_count(message); i++)
        if (strcmp(message_to(message, i), agency) == 0)
            return true;
    for (size_t i = 0; i < message_copy_count(message); i++)
        if (strcmp(message_copy(message, i), agency) == 0)
            return true;
    return false;
}

/* Marks and overrides of direction, and what has no width at all. */
static bool misleads(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x061C, 0x061C},
                  {0x200B, 0x200F},
                  {0x2028, 0x202E},
                  {0x2060, 0x206F},
                  {0xFEFF, 0xFEFF}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/* Its bytes become something that spool_name_clean escapes: no UTF-8. */
static void break_misleading(char *name)
{
    size_t left = strlen(name), size;
    for (char *at = name; left > 0; at += size, left -= size) {
        uint32_t character = 0;
        size = utf8_read(at, left, &character);
        if (size == 0)
            size = 1;
        else if (misleads(character))
            *at = (char)(0xF8 | (*at & 0x07));
    }
}

void manifest_file_name(const char *name, char out[MANIFEST_NAME_MAX])
{
    AUTO(buf) struct buf whole = {0};
    /* The schema allows neither; a path must not depend on it. */
    bool is_bad = *name == '.' || *name == '\0' || strchr(name, '/');
    buf_put_text(&whole, is_bad ? "\xFF" : ""); /* no letter holds it */
    buf_put_text(&whole, name);
    for (char *at = whole.bytes; at && *at; at++)
        if (*at == '/')
            *at = (char)0xFF;
    if (whole.bytes)
        break_misleading(whole.bytes);
    spool_name_clean(buf_text(&whole), out, MANIFEST_NAME_MAX);
}
