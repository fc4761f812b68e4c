/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sealing. OpenSSL's stream of CMS does the work: what is put goes through
 * AES-256-GCM into a row of OCTET STRINGs, and the tag follows at the end.
 */
#include "certs/envelope.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "certs/certificate.h"
#include "certs/prepared.h"

enum { WRITE_SIZE = 64 * 1024 };

struct envelope {
    CMS_ContentInfo *cms;
    BIO *file;   /* the descriptor, through a buffer */
    BIO *stream; /* CMS on top of it */
    bool is_empty;
};

static enum reason failed(const char *doing, struct fault *why)
{
    char text[256];
    return fault(why, R_CRYPTO_FAILED, "%s: %s", doing,
                 prepared_error(text, sizeof text));
}

/* The standard of OpenSSL would derive the wrapping key with SHA-1. */
static bool use_sha256(CMS_RecipientInfo *receiver)
{
    EVP_PKEY_CTX *agreement = CMS_RecipientInfo_get0_pkey_ctx(receiver);
    return agreement &&
           EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, EVP_sha256()) > 0;
}

static enum reason add_receiver(CMS_ContentInfo *cms,
                                const struct certificate *certificate,
                                struct fault *why)
{
    X509 *x509 = certificate_x509(certificate);
    if (certificate_suite(certificate) != SUITE_P256 ||
        !(X509_get_key_usage(x509) & KU_KEY_AGREEMENT))
        return fault(why, R_BAD_KEY,
                     "certificate %.16s... of '%s' is not for sealing",
                     certificate_fingerprint(certificate),
                     certificate_name(certificate));
    CMS_RecipientInfo *added =
        CMS_add1_recipient_cert(cms, x509, CMS_KEY_PARAM | CMS_USE_KEYID);
    return added && use_sha256(added) ? R_OK : failed("a receiver", why);
}

/* The layers from the caller's bytes down to the descriptor. */
static enum reason open_stream(struct envelope *envelope, int descriptor,
                               struct fault *why)
{
    BIO *buffer = BIO_new(BIO_f_buffer());
    envelope->file = BIO_new_fd(descriptor, BIO_NOCLOSE);
    if (buffer && envelope->file)
        envelope->file = BIO_push(buffer, envelope->file);
    else
        BIO_free(buffer);
    if (!buffer || BIO_set_write_buffer_size(envelope->file, WRITE_SIZE) <= 0)
        return failed("an envelope", why);
    envelope->stream = BIO_new_CMS(envelope->file, envelope->cms);
    return envelope->stream ? R_OK : failed("an envelope", why);
}

enum reason envelope_begin(struct envelope **out, int descriptor,
                           const struct certificate *const *receivers,
                           size_t count, struct fault *why)
{
    AUTO(envelope) struct envelope *made = mem_new(1, sizeof *made);
    if (count < 1 || count > ENVELOPE_RECEIVERS_MAX)
        return fault(why, R_BAD_KEY, "%zu receivers (1 ... %d)", count,
                     ENVELOPE_RECEIVERS_MAX);
    made->cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
    if (!made->cms)
        return failed("an envelope", why);
    for (size_t i = 0; i < count; i++)
        TRY(add_receiver(made->cms, receivers[i], why));
    made->is_empty = true;
    TRY(open_stream(made, descriptor, why));
    *out = TAKE(made);
    return R_OK;
}

static enum reason not_written(struct fault *why)
{
    ERR_clear_error();
    return fault_errno(why, R_DISK_FAILED, "writing an envelope");
}

enum reason envelope_put(struct envelope *envelope, const void *bytes,
                         size_t size, struct fault *why)
{
    enum { PIECE = 1024 * 1024 };
    const char *from = bytes;
    envelope->is_empty &= size == 0;
    while (size > 0) {
        int piece = size < PIECE ? (int)size : PIECE;
        int written = BIO_write(envelope->stream, from, piece);
        if (written <= 0)
            return not_written(why);
        from += written;
        size -= (size_t)written;
    }
    return R_OK;
}

enum reason envelope_end(struct envelope *envelope, struct fault *why)
{
    if (envelope->is_empty)
        return fault(why, R_NOT_VALID, "there is nothing to seal");
    return BIO_flush(envelope->stream) == 1 ? R_OK : not_written(why);
}

/* BIO_new_CMS put its own layers on top of `file`. */
void envelope_free(struct envelope *envelope)
{
    if (!envelope)
        return;
    if (envelope->stream)
        BIO_free_all(envelope->stream);
    else
        BIO_free_all(envelope->file);
    CMS_ContentInfo_free(envelope->cms);
    ERR_clear_error();
    free(envelope);
}
