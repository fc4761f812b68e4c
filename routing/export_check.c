/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checking an export: read it, apply every rule, count.
 */
#include <stdlib.h>
#include <string.h>

#include "routing/export_audit.h"

void export_findings_done(struct export_findings *findings)
{
    free(findings->case_id);
    buf_done(&findings->faults);
    buf_done(&findings->notes);
}

static void count(struct audit *audit)
{
    struct export_findings *findings = audit->findings;
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if (strncmp(item->file, EXPORT_RECEIPTS, strlen(EXPORT_RECEIPTS)) == 0)
            findings->receipts++;
        else if (item_is(item, LETTER_ACCEPTED))
            findings->accepted++;
        else if (item_is(item, LETTER_REFUSED))
            findings->refused++;
        else if (item_is(item, LETTER_OWN))
            findings->own++;
    }
}

enum reason export_check(const char *folder, const char *authority,
                         struct export_findings *out, struct fault *why)
{
    AUTO(audit) struct audit audit = {
        .folder = folder, .authority = authority, .findings = out};
    TRY(audit_read(&audit, why));
    for (size_t i = 0; i < audit_rule_count; i++)
        audit_rules[i].apply(&audit);
    count(&audit);
    if (out->fault_count)
        return fault(why, audit.first.reason, "%s", audit.first.text);
    return R_OK;
}
