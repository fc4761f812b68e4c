/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening. OpenSSL reads a CMS file whole before it decrypts it; so it is
 * given the short frame without the content, which CMS calls detached, and
 * reads the content itself through the BIO below: pieces out of the file, as
 * they are needed.
 */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "certs/certificate.h"
#include "certs/envelope.h"
#include "certs/envelope_frame.h"
#include "certs/prepared.h"

AUTO_POINTER(bio_st, BIO_free_all)
AUTO_POINTER(bio_method_st, BIO_meth_free)
AUTO_POINTER(CMS_ContentInfo_st, CMS_ContentInfo_free)

enum { READ_SIZE = 64 * 1024, PIECE_SIZE = 64 * 1024 };

struct envelope_key {
    struct certificate *certificate;
    EVP_PKEY *key;
};

enum reason envelope_key_read(struct envelope_key **out, const char *key_path,
                              const char *certificate_path, struct fault *why)
{
    AUTO(envelope_key) struct envelope_key *made = mem_new(1, sizeof *made);
    TRY(private_key_read(&made->key, key_path, why));
    TRY(certificate_read(&made->certificate, certificate_path, why));
    bool fits = X509_check_private_key(certificate_x509(made->certificate),
                                       made->key) == 1;
    ERR_clear_error();
    if (!fits || certificate_suite(made->certificate) != SUITE_P256)
        return fault(why, R_BAD_KEY, "%s does not belong to %s", key_path,
                     certificate_path);
    *out = TAKE(made);
    return R_OK;
}

void envelope_key_free(struct envelope_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
    certificate_free(key->certificate);
    free(key);
}

/* --- the content as OpenSSL reads it ---------------------------------------
 */

struct content {
    int file;
    int64_t at, end; /* in the file: what was not read into `bytes` */
    bool is_chunked;
    int64_t piece; /* of the present piece, not handed out */
    bool broken;
    unsigned char bytes[READ_SIZE];
    size_t first, size; /* of `bytes`, not handed out */
};

static bool refill(struct content *content)
{
    memmove(content->bytes, content->bytes + content->first,
            content->size - content->first);
    content->size -= content->first;
    content->first = 0;
    int64_t left = content->end - content->at;
    size_t room = sizeof content->bytes - content->size;
    if (left < (int64_t)room)
        room = (size_t)left;
    if (room == 0)
        return true;
    ssize_t got = pread(content->file, content->bytes + content->size, room,
                        (off_t)content->at);
    if (got <= 0)
        return false;
    content->size += (size_t)got;
    content->at += got;
    return true;
}

/* Steps over the heads of pieces; false where the row is broken. */
static bool begin_piece(struct content *content)
{
    enum { OCTETS = 0x04 };
    while (content->piece == 0 && content->first < content->size) {
        unsigned char tag;
        size_t head =
            ber_head(content->bytes + content->first,
                     content->size - content->first, &tag, &content->piece);
        if (!content->is_chunked || head == 0 || tag != OCTETS ||
            content->piece < 0)
            return false;
        content->first += head;
    }
    return true;
}

static int content_read(BIO *bio, char *out, int most)
{
    enum { HEAD_ROOM = 16 };
    struct content *content = BIO_get_data(bio);
    if (content->size - content->first < HEAD_ROOM && !refill(content))
        content->broken = true;
    if (!content->broken && !begin_piece(content))
        content->broken = true;
    size_t count = content->size - content->first;
    if ((int64_t)count > content->piece)
        count = (size_t)content->piece;
    if (content->broken || (count == 0 && content->piece > 0)) {
        content->broken = true;
        return -1;
    }
    if (count > (size_t)most)
        count = (size_t)most;
    memcpy(out, content->bytes + content->first, count);
    content->first += count;
    content->piece -= (int64_t)count;
    return (int)count;
}

static long content_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    const struct content *content = BIO_get_data(bio);
    return command == BIO_CTRL_EOF && content->at == content->end &&
           content->first == content->size;
}

static BIO_METHOD *content_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "envelope");
    if (method && BIO_meth_set_read(method, content_read) == 1 &&
        BIO_meth_set_ctrl(method, content_control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* --- opening ----------------------------------------------------------------
 */

static enum reason set_key(CMS_ContentInfo *cms, const struct envelope_key *key,
                           struct fault *why)
{
    X509 *x509 = certificate_x509(key->certificate);
    if (CMS_decrypt_set1_pkey(cms, key->key, x509) == 1)
        return R_OK;
    ERR_clear_error();
    return fault(why, R_NOT_FOR_US,
                 "not sealed to certificate %.16s... of '%s'",
                 certificate_fingerprint(key->certificate),
                 certificate_name(key->certificate));
}

static enum reason write_all(int descriptor, const unsigned char *bytes,
                             size_t size, struct fault *why)
{
    while (size > 0) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno != EINTR)
            return fault_errno(why, R_DISK_FAILED, "writing what was sealed");
        if (written < 0)
            continue;
        bytes += written;
        size -= (size_t)written;
    }
    return R_OK;
}

/* CMS_decrypt would keep all of it in memory until the tag is known. */
static enum reason decrypt(BIO *cipher, int into, struct fault *why)
{
    unsigned char bytes[PIECE_SIZE];
    int got;
    while ((got = BIO_read(cipher, bytes, sizeof bytes)) > 0)
        TRY(write_all(into, bytes, (size_t)got, why));
    bool good = got == 0 && BIO_get_cipher_status(cipher) == 1;
    ERR_clear_error();
    return good ? R_OK : fault(why, R_SEAL_BROKEN, "the tag does not fit");
}

static enum reason decrypt_content(CMS_ContentInfo *cms,
                                   struct content *content, int into,
                                   struct fault *why)
{
    AUTO(bio_method_st) BIO_METHOD *method = content_method();
    AUTO(bio_st) BIO *source = method ? BIO_new(method) : NULL;
    if (!source)
        return fault(why, R_CRYPTO_FAILED, "opening an envelope");
    BIO_set_data(source, content);
    BIO_set_init(source, 1);
    AUTO(bio_st) BIO *cipher = CMS_dataInit(cms, source);
    ERR_clear_error();
    if (!cipher)
        return fault(why, R_NOT_WELL_FORMED, "its algorithm is not known");
    (void)TAKE(source); /* freed with the layers above it */
    return decrypt(cipher, into, why);
}

enum reason envelope_open(const struct envelope_key *key, int from, int into,
                          struct fault *why)
{
    AUTO(envelope_frame) struct envelope_frame frame = {0};
    TRY(envelope_frame_read(&frame, from, why));
    AUTO(buf) struct buf head = {0};
    envelope_frame_put(&frame, &head);
    AUTO(bio_st) BIO *bytes = BIO_new_mem_buf(head.bytes, (int)head.size);
    AUTO(CMS_ContentInfo_st)
    CMS_ContentInfo *cms = d2i_CMS_bio(bytes, NULL);
    ERR_clear_error();
    if (!cms)
        return fault(why, R_NOT_WELL_FORMED, "not a sealed envelope");
    TRY(set_key(cms, key, why));
    struct content *content = mem_new(1, sizeof *content);
    *content = (struct content){
        .file = from,
        .at = frame.content,
        .end = frame.end,
        .is_chunked = frame.is_chunked,
        .piece = frame.is_chunked ? 0 : frame.end - frame.content};
    enum reason reason = decrypt_content(cms, content, into, why);
    free(content);
    return reason;
}
