/*
 * letter_make - signed letters of any type from a few words. The body is the
 * example of the type (schemas/example.h) with some values replaced: what is
 * simulated is who says what and when, not the text of a file.
 */
#ifndef YISONG_SIMULATION_LETTER_MAKE_H
#define YISONG_SIMULATION_LETTER_MAKE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/instant.h"
#include "certs/key.h"

enum { WISH_ADDRESSEES_MAX = 20 };

/* What is to be written. Texts are borrowed. */
struct wish {
    const char *type, *case_id, *from;
    const char *parent; /* the case that it comes from; NULL: none */
    const char *to[WISH_ADDRESSEES_MAX];
    const char *copies[WISH_ADDRESSEES_MAX];
    const char *answers, *answers_digest; /* NULL: answers nothing */
    const char *set;  /* "acceptedAt=@now outcome=filed"; "" for nothing */
    const char *body; /* XML in place of the example; NULL: the example */
    const char *rest; /* the same from <body> to the end, attachments and all */
    bool critical, json;
    int64_t sequence; /* 0: none */
    instant sent_at, decided_at;
};

/* Cuts "a b c" into addressees; `words` is changed and must live on. */
void wish_split(char *words, const char *out[WISH_ADDRESSEES_MAX]);

/* A signed letter, ready for the broker. */
struct sealed {
    char id[UUID_TEXT_MAX];
    char digest[DIGEST_TEXT_MAX];
    struct buf bytes, jws; /* jws: beside JSON */
};
void sealed_done(struct sealed *sealed);
AUTO_VALUE(sealed, sealed_done)

/* Writes and signs. R_NOT_FOUND for an unknown type. Thread-safe. */
enum reason letter_make(const struct wish *wish, const struct signing_key *key,
                        struct sealed *out, struct fault *why) MUST_CHECK;

#endif
