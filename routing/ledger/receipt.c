/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "routing/ledger/receipt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool receipt_head(const struct message *receipt, struct log_head *out)
{
    const struct element *body = message_body(receipt);
    const char *size = body ? element_child_text(body, "logSize") : NULL;
    const char *root = body ? element_child_text(body, "logRoot") : NULL;
    if (!size || !root)
        return false;
    char *end;
    errno = 0;
    out->size = strtoll(size, &end, 10);
    return !errno && end != size && !*end && digest_parse(root, &out->root);
}

bool receipt_read_head(const struct letter *letter, struct log_head *out)
{
    if (letter->outcome != LETTER_OWN ||
        strcmp(letter->type, RECEIPT_SUBMISSION) != 0)
        return false;
    AUTO(message) struct message *message = NULL;
    return message_parse(&message, letter->bytes, letter->size, NULL) == R_OK &&
           receipt_head(message, out);
}

bool receipt_lists(const struct message *receipt, const char *id,
                   const struct digest *digest)
{
    const struct element *body = message_body(receipt);
    const struct element *entry = body ? element_first(body, "entry") : NULL;
    for (; entry; entry = element_next(entry, "entry")) {
        const char *listed = element_child_text(entry, "id");
        const char *text = element_child_text(entry, "digest");
        struct digest found;
        if (listed && text && strcmp(listed, id) == 0 &&
            digest_parse(text, &found) && digest_is_equal(&found, digest))
            return true;
    }
    return false;
}
