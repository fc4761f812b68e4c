/*
 * mistake - everything that is wrong with one message, all at once, told the
 * same way for XML and for JSON.
 */
#ifndef YISONG_SCHEMAS_MISTAKE_H
#define YISONG_SCHEMAS_MISTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct mistake {
    enum reason reason; /* R_NOT_VALID, R_BAD_FIELD, R_AMBIGUOUS, ... */
    int line;           /* of the source text; 0 if not known */
    char *path;         /* "/message/body/caseTransfer/suspects/suspect[2]" */
    char *found;        /* what stands there, shortened; "" if missing */
    char *chinese;      /* what is allowed, in a sentence */
    char *english;
};

struct mistakes {
    struct mistake *rows;
    size_t count;
    size_t dropped; /* beyond MISTAKES_MAX */
};

enum { MISTAKES_MAX = 200 };

/* Copies all texts; identity numbers in them are masked (base/mask.h). */
void mistakes_add(struct mistakes *mistakes, enum reason reason, int line,
                  const char *path, const char *found, const char *chinese,
                  const char *english);

/*
 * Whether the list is full; if so, one more is counted as dropped. Spares the
 * work of telling what would not be kept: a letter may have 100,000 mistakes.
 */
bool mistakes_drop(struct mistakes *mistakes);

/* One "WHERE:LINE: CODE: path: sentence" line each, in the reader's language.
 */
void mistakes_print(const struct mistakes *mistakes, const char *where,
                    struct buf *out);

/* A JSON array: [{"code","line","path","found","zh","en"}, ...]. */
void mistakes_print_json(const struct mistakes *mistakes, struct buf *out);

void mistakes_done(struct mistakes *mistakes);
AUTO_VALUE(mistakes, mistakes_done)

#endif
