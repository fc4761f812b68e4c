/*
 * digest - SHA-256 (FIPS 180-4) and SM3 (GB/T 32905), both 32 bytes, and
 * random identifiers.
 */
#ifndef YISONG_BASE_DIGEST_H
#define YISONG_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/instant.h"

enum { DIGEST_SIZE = 32, DIGEST_TEXT_MAX = 2 * DIGEST_SIZE + 1 };

enum digest_kind { DIGEST_SHA256, DIGEST_SM3 };

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

/* The digest of some bytes. Ends the process if OpenSSL lacks the algorithm. */
struct digest digest_of(enum digest_kind kind, const void *bytes, size_t size);

/* SHA-256 of two pieces after one prefix byte (RFC 9162 section 2.1.1). */
struct digest digest_of_pieces(unsigned char prefix, const void *first,
                               size_t first_size, const void *second,
                               size_t second_size);

/* HMAC-SHA256 (RFC 2104). */
struct digest digest_hmac(const void *key, size_t key_size, const void *bytes,
                          size_t size);

/* The digest of a whole file, read in pieces: memory stays flat. */
enum reason digest_of_file(enum digest_kind kind, const char *path,
                           struct digest *out, struct fault *why) MUST_CHECK;

/* A digest of bytes that come in pieces, over any length of time. */
struct digest_run;
struct digest_run *digest_run_new(enum digest_kind kind);
void digest_run_put(struct digest_run *run, const void *bytes, size_t size);
/* The digest of all of them; nothing can be put afterwards. */
struct digest digest_run_end(struct digest_run *run);
void digest_run_free(struct digest_run *run);
AUTO_POINTER(digest_run, digest_run_free)

bool digest_is_equal(const struct digest *a, const struct digest *b);

/* Lower-case hex; `text` is returned. digest_parse is false for other texts. */
char *digest_format(const struct digest *digest, char text[DIGEST_TEXT_MAX]);
bool digest_parse(const char *text, struct digest *out);

enum { UUID_TEXT_MAX = 37 };

/*
 * A version 7 UUID (RFC 9562): 48 bits of `now`, then random bits. Sorts by
 * time of making across processes, to the millisecond.
 */
char *uuid_new(instant now, char text[UUID_TEXT_MAX]);

/* Whether the text is a lower-case UUID of version 7. */
bool uuid_is_valid(const char *text);

/* Random bytes from OpenSSL. Ends the process if there are none. */
void random_fill(void *bytes, size_t size);

#endif
