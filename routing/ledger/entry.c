/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing and reading the line that is hashed. For every letter there is one
 * line, and no two letters share one.
 */
#include "routing/ledger/entry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/ledger/tree.h"

void entry_put_word(struct buf *out, const char *text)
{
    if (!text[0])
        buf_put_char(out, '-');
    else if (strcmp(text, "-") == 0)
        buf_put_text(out, "%2D");
    else
        for (const char *c = text; *c; c++)
            if (*c > ' ' && *c < 0x7F && *c != '%')
                buf_put_char(out, *c);
            else
                buf_print(out, "%%%02X", (unsigned)(unsigned char)*c);
}

static void put_digest(struct buf *out, const struct digest *digest)
{
    char hex[DIGEST_TEXT_MAX];
    buf_put_char(out, ' ');
    buf_put_text(out, digest_format(digest, hex));
}

void log_leaf(const struct letter *letter, struct buf *out)
{
    const char *const texts[] = {letter->code, letter->sender, letter->id,
                                 letter->type, letter->case_id};
    buf_print(out, ENTRY_MARK " %" PRId64 " %" PRId64 " %s", letter->position,
              letter->received_at, letter_outcome_name(letter->outcome));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        buf_put_char(out, ' ');
        entry_put_word(out, texts[i]);
    }
    put_digest(out, &letter->digest);
    if (!letter->jws[0]) {
        buf_put_text(out, " -");
        return;
    }
    struct digest jws =
        digest_of(DIGEST_SHA256, letter->jws, strlen(letter->jws));
    put_digest(out, &jws);
}

static bool read_number(const char *word, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(word, &end, 10);
    return !errno && end != word && !*end;
}

/* Cuts the line at its spaces; false if it has not as many words as it must. */
static bool cut(struct entry *entry)
{
    char *rest = entry->line;
    for (int i = 0; i < ENTRY_WORDS; i++) {
        size_t length = strcspn(rest, " ");
        bool last = i == ENTRY_WORDS - 1;
        if (!length || last != !rest[length])
            return false;
        entry->words[i] = rest;
        rest[length] = '\0';
        rest += length + !last;
    }
    return true;
}

enum reason entry_parse(struct entry *out, const char *line, struct fault *why)
{
    AUTO(entry) struct entry entry = {.line = mem_text(line)};
    struct digest digest;
    entry.leaf = tree_leaf(line, strlen(line));
    if (!cut(&entry) || strcmp(entry.words[ENTRY_FORMAT], ENTRY_MARK) != 0 ||
        !read_number(entry.words[ENTRY_POSITION], &entry.position) ||
        !read_number(entry.words[ENTRY_RECEIVED], &entry.received_at) ||
        !digest_parse(entry.words[ENTRY_DIGEST], &digest))
        return fault(why, R_PROOF_FAILED, "not an entry of the log: %.200s",
                     line);
    *out = entry;
    entry.line = NULL;
    return R_OK;
}

void entry_done(struct entry *entry)
{
    free(entry->line);
    *entry = (struct entry){0};
}

bool entry_says(const struct entry *entry, enum entry_word word,
                const char *text)
{
    AUTO(buf) struct buf expected = {0};
    entry_put_word(&expected, text);
    return strcmp(entry->words[word], buf_text(&expected)) == 0;
}
