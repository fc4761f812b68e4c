/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL's digests behind two functions. The algorithms are fetched once:
 * looking them up by name costs more than hashing a letter. A context per
 * thread is kept for the same reason.
 */
#include "base/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "base/encode.h"

static EVP_MD *algorithms[2];
static once_flag fetched = ONCE_FLAG_INIT;
static tss_t context_key;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "yisong: OpenSSL has no %s\n", what);
    abort();
}

static void free_algorithms(void)
{
    EVP_MD_CTX_free(tss_get(context_key));
    tss_set(context_key, NULL);
    EVP_MD_free(algorithms[DIGEST_SHA256]);
    EVP_MD_free(algorithms[DIGEST_SM3]);
}

static void fetch_algorithms(void)
{
    algorithms[DIGEST_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    algorithms[DIGEST_SM3] = EVP_MD_fetch(NULL, "SM3", NULL);
    if (!algorithms[DIGEST_SHA256] || !algorithms[DIGEST_SM3])
        die("SHA-256 or SM3");
    if (tss_create(&context_key, free_context) != thrd_success)
        die("thread storage");
    atexit(free_algorithms);
}

static EVP_MD_CTX *context_start(enum digest_kind kind)
{
    call_once(&fetched, fetch_algorithms);
    EVP_MD_CTX *context = tss_get(context_key);
    if (!context) {
        context = EVP_MD_CTX_new();
        tss_set(context_key, context);
    }
    if (!context || EVP_DigestInit_ex2(context, algorithms[kind], NULL) != 1)
        die("digest context");
    return context;
}

struct digest digest_of(enum digest_kind kind, const void *bytes, size_t size)
{
    struct digest made;
    EVP_MD_CTX *context = context_start(kind);
    EVP_DigestUpdate(context, bytes, size);
    EVP_DigestFinal_ex(context, made.bytes, NULL);
    return made;
}

struct digest digest_of_pieces(unsigned char prefix, const void *first,
                               size_t first_size, const void *second,
                               size_t second_size)
{
    struct digest made;
    EVP_MD_CTX *context = context_start(DIGEST_SHA256);
    EVP_DigestUpdate(context, &prefix, 1);
    EVP_DigestUpdate(context, first, first_size);
    EVP_DigestUpdate(context, second, second_size);
    EVP_DigestFinal_ex(context, made.bytes, NULL);
    return made;
}

struct digest digest_hmac(const void *key, size_t key_size, const void *bytes,
                          size_t size)
{
    struct digest made;
    if (!HMAC(EVP_sha256(), key, (int)key_size, bytes, size, made.bytes, NULL))
        die("HMAC");
    return made;
}

enum reason digest_of_file(enum digest_kind kind, const char *path,
                           struct digest *out, struct fault *why)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fault_errno(why, R_NO_FILE, "%s", path);
    EVP_MD_CTX *context = context_start(kind);
    char piece[65536];
    size_t size;
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        EVP_DigestUpdate(context, piece, size);
    bool failed = ferror(file) != 0;
    fclose(file);
    EVP_DigestFinal_ex(context, out->bytes, NULL);
    return failed ? fault(why, R_DISK_FAILED, "reading %s", path) : R_OK;
}

/* It is OpenSSL's context under another name. */
static EVP_MD_CTX *context_of(struct digest_run *run)
{
    return (EVP_MD_CTX *)run;
}

struct digest_run *digest_run_new(enum digest_kind kind)
{
    call_once(&fetched, fetch_algorithms);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex2(context, algorithms[kind], NULL) != 1)
        die("digest context");
    return (struct digest_run *)context;
}

void digest_run_put(struct digest_run *run, const void *bytes, size_t size)
{
    EVP_DigestUpdate(context_of(run), bytes, size);
}

struct digest digest_run_end(struct digest_run *run)
{
    struct digest made;
    EVP_DigestFinal_ex(context_of(run), made.bytes, NULL);
    return made;
}

void digest_run_free(struct digest_run *run)
{
    EVP_MD_CTX_free(context_of(run));
}

bool digest_is_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

char *digest_format(const struct digest *digest, char text[DIGEST_TEXT_MAX])
{
    return hex_format(digest->bytes, DIGEST_SIZE, text);
}

bool digest_parse(const char *text, struct digest *out)
{
    return hex_parse(text, out->bytes, DIGEST_SIZE);
}

void random_fill(void *bytes, size_t size)
{
    if (RAND_bytes(bytes, (int)size) != 1)
        die("random bytes");
}

char *uuid_new(instant now, char text[UUID_TEXT_MAX])
{
    unsigned char raw[16];
    random_fill(raw + 6, 10);
    for (int i = 0; i < 6; i++)
        raw[i] = (unsigned char)((uint64_t)now >> (40 - 8 * i));
    raw[6] = (unsigned char)(0x70 | (raw[6] & 0x0F));
    raw[8] = (unsigned char)(0x80 | (raw[8] & 0x3F));
    char hex[33];
    hex_format(raw, sizeof raw, hex);
    snprintf(text, UUID_TEXT_MAX, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
             hex + 12, hex + 16, hex + 20);
    return text;
}

bool uuid_is_valid(const char *text)
{
    if (strlen(text) != UUID_TEXT_MAX - 1)
        return false;
    for (int i = 0; i < UUID_TEXT_MAX - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool fits = dash ? text[i] == '-'
                         : text[i] && strchr("0123456789abcdef", text[i]);
        if (!fits)
            return false;
    }
    return text[14] == '7' && strchr("89ab", text[19]);
}
