/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A letter of an export without its body: the centre must have signed a record
 * that lists its id and its digest, and the record must be in evidence.
 */
#include <stdlib.h>

#include "base/language.h"
#include "routing/export_audit.h"

static bool is_recorded(const struct audit *audit, const struct item *deleted)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (item->message && item->entry.line && item->is_signed &&
            item->entry.position == deleted->deleted_by &&
            item_is(item, LETTER_OWN) &&
            entry_says(&item->entry, ENTRY_TYPE, RECORD_DELETION) &&
            receipt_lists(item->message, deleted->entry.words[ENTRY_ID],
                          &deleted->digest))
            return true;
    }
    return false;
}

void audit_check_deletions(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (!item->deleted_by)
            continue;
        if (!is_recorded(audit, item))
            audit_say(audit, item->file, R_PROOF_FAILED, "%s: %s",
                      item->entry.words[ENTRY_ID],
                      say("没有中心签名的销毁记录",
                          "no record of deletion that the centre signed"));
        else
            buf_print(&audit->findings->notes,
                      say("%s：正文已依法删除，记录为第 %lld 条\n",
                          "%s: its body was deleted lawfully, on record at "
                          "%lld\n"),
                      item->entry.words[ENTRY_ID], (long long)item->deleted_by);
    }
}
