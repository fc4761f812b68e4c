/*
 * entry - a letter as the log has it: one line of words, of which the leaf is
 * the hash. What a stranger's program must be able to make and read stands
 * here and in README.md.
 *
 *     yisong-letter-1 POSITION RECEIVED OUTCOME CODE SENDER ID TYPE CASE
 *     DIGEST JWS
 *
 * (one line, one space between words, no line end).
 */
#ifndef YISONG_ROUTING_LEDGER_ENTRY_H
#define YISONG_ROUTING_LEDGER_ENTRY_H

#include "routing/ledger/ledger.h"

#define ENTRY_MARK "yisong-letter-1"

enum entry_word {
    ENTRY_FORMAT,
    ENTRY_POSITION,
    ENTRY_RECEIVED, /* milliseconds since 1970-01-01T00:00:00Z */
    ENTRY_OUTCOME,
    ENTRY_CODE,
    ENTRY_SENDER,
    ENTRY_ID,
    ENTRY_TYPE,
    ENTRY_CASE,
    ENTRY_DIGEST, /* SHA-256 of the letter's bytes */
    ENTRY_JWS,    /* SHA-256 of the detached signature, "-" if there is none */
    ENTRY_WORDS
};

struct entry {
    char *line; /* cut into words */
    const char *words[ENTRY_WORDS];
    int64_t position;
    instant received_at;
    struct digest leaf; /* of the whole line */
};

/* Reads a line. R_PROOF_FAILED if it is not in this form. */
enum reason entry_parse(struct entry *out, const char *line,
                        struct fault *why) MUST_CHECK;
void entry_done(struct entry *entry);
AUTO_VALUE(entry, entry_done)

/* Whether that word of the entry stands for this text. */
bool entry_says(const struct entry *entry, enum entry_word word,
                const char *text);

/*
 * A text as one word: bytes that are not printable ASCII, the space, '%', and
 * a text that is "-" are written as %XX (upper case); no text is "-".
 */
void entry_put_word(struct buf *out, const char *text);

#endif
