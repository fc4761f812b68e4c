/*
 * receipt - reading the receipts that the log and an export rest on: the head
 * of the log in a submission receipt, and the letters that a receipt lists.
 */
#ifndef YISONG_ROUTING_LEDGER_RECEIPT_H
#define YISONG_ROUTING_LEDGER_RECEIPT_H

#include "routing/ledger/ledger.h"
#include "schemas/message.h"

#define RECEIPT_SUBMISSION "submission-receipt"
#define RECEIPT_DELIVERY   "delivery-receipt"

/* The head in the receipt (logSize, logRoot); false if it carries none. */
bool receipt_head(const struct message *receipt, struct log_head *out);

/* The same for a letter of the ledger; false for every other letter. */
bool receipt_read_head(const struct letter *letter, struct log_head *out);

/* Whether the receipt lists a letter with this id and this digest. */
bool receipt_lists(const struct message *receipt, const char *id,
                   const struct digest *digest);

#endif
