/*
 * envelope - bytes of any size, sealed to receivers so that they alone can
 * read them and any change shows: standard CMS in BER, one file.
 *
 *     AuthEnvelopedData (RFC 5083), AES-256-GCM (RFC 5084); to each receiver
 *     by ephemeral ECDH on P-256 with SHA-256 and AES-256 key wrap (RFC 5753)
 *
 *     openssl cms -decrypt -inform DER -in FILE -recip encryption.pem
 *             -inkey encryption.key
 *
 * A seal says nothing of who made it: anybody can seal to a certificate. Sign
 * what is inside. Everything goes through in pieces: memory stays flat
 * however large it is (RFC 5084 allows 64 GiB).
 *
 *     registry_encryption -> envelope_begin -> envelope_put ... -> envelope_end
 *     envelope_key_read -> envelope_open
 */
#ifndef YISONG_CERTS_ENVELOPE_H
#define YISONG_CERTS_ENVELOPE_H

#include "certs/key.h"

enum { ENVELOPE_RECEIVERS_MAX = 64 };

struct envelope; /* one that is being written */

/*
 * Begins an envelope in `descriptor`, which may be a pipe and stays the
 * caller's. Receivers: P-256 certificates with key agreement. R_BAD_KEY for
 * one that cannot be sealed to, R_CRYPTO_FAILED.
 */
enum reason envelope_begin(struct envelope **out, int descriptor,
                           const struct certificate *const *receivers,
                           size_t count, struct fault *why) MUST_CHECK;

/* R_DISK_FAILED; nothing can be put after a failure. */
enum reason envelope_put(struct envelope *envelope, const void *bytes,
                         size_t size, struct fault *why) MUST_CHECK;

/*
 * Writes what is left: only now is it an envelope. Not synced to the disk.
 * R_NOT_VALID if nothing was put: OpenSSL 3.0 cannot seal nothing.
 */
enum reason envelope_end(struct envelope *envelope,
                         struct fault *why) MUST_CHECK;
void envelope_free(struct envelope *envelope);
AUTO_POINTER(envelope, envelope_free)

struct envelope_key; /* a receiver's private key and its certificate */

/* R_BAD_KEY if they cannot be read, do not belong together, are not P-256. */
enum reason envelope_key_read(struct envelope_key **out, const char *key_path,
                              const char *certificate_path,
                              struct fault *why) MUST_CHECK;
void envelope_key_free(struct envelope_key *key);
AUTO_POINTER(envelope_key, envelope_key_free)

/*
 * Opens the envelope that the file `from` is, from its first byte to its last,
 * and writes what was sealed to `into`. What was written is worth nothing
 * before R_OK came back: the seal is judged at the end. R_NOT_WELL_FORMED (not
 * an envelope in this form), R_NOT_FOR_US (not sealed to this key),
 * R_SEAL_BROKEN (cut or altered), R_DISK_FAILED.
 */
enum reason envelope_open(const struct envelope_key *key, int from, int into,
                          struct fault *why) MUST_CHECK;

#endif
