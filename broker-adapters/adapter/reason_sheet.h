/*
 * reason_sheet - why a letter was not sent or not accepted, for the folder
 * refused/: NAME.reason.txt for people, in Chinese and English whatever the
 * machine's language, and NAME.reason.json for programs.
 */
#ifndef YISONG_BROKER_ADAPTERS_REASON_SHEET_H
#define YISONG_BROKER_ADAPTERS_REASON_SHEET_H

#include <stdbool.h>

#include "base/buf.h"
#include "schemas/mistake.h"

/* Texts may be NULL or "" where nothing is known; `code` may not. */
struct reason_sheet {
    const char *code, *chinese, *english;
    const char *detail;
    const char *letter; /* id of the letter */
    const char *rule, *article;
    const char *lawful_zh, *lawful_en; /* what would have been lawful */
    bool by_exchange;                  /* else found here, before sending */
    const struct mistakes *mistakes;   /* may be NULL */
};

/* The sheet of a failure of ours. Borrows from both. */
struct reason_sheet reason_sheet_of(const struct fault *found,
                                    const struct mistakes *mistakes);

void reason_sheet_print(const struct reason_sheet *sheet, struct buf *out);
void reason_sheet_print_json(const struct reason_sheet *sheet, struct buf *out);

#endif
