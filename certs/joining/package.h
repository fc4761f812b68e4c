/*
 * package - what the centre gives an agency to carry home, as one file: its
 * certificates, the authority, the registry, settings that are ready. Nothing
 * in it is secret; it is signed by the authority.
 *
 *     <package xmlns="urn:yisong:package:1">
 *       <agency>ecology-nanchang</agency>        empty: for everybody
 *       <issuedAt>...</issuedAt>
 *       <file><name>keys/signing.pem</name><content>BASE64</content></file>
 *       ...
 *     </package>
 *
 * Names are of a fixed few shapes (keys/X.pem, agencies/X, agencies/revoked/X,
 * adapter.conf), so that a package can neither reach outside of the folder
 * that it is laid into nor bring a private key.
 */
#ifndef YISONG_CERTS_PACKAGE_H
#define YISONG_CERTS_PACKAGE_H

#include "certs/certificate.h"

struct document;

struct package_file {
    char *name;
    struct buf bytes;
};

struct package {
    char *agency; /* "": for everybody */
    instant issued_at;
    struct package_file *files;
    size_t count;
    struct document *document; /* of one that was read */
};

void package_put(struct package *package, const char *name, const void *bytes,
                 size_t size);

/* NULL if there is none. */
const struct package_file *package_find(const struct package *package,
                                        const char *name);

enum reason package_write(const struct package *package,
                          const struct signing_key *authority, struct buf *out,
                          struct fault *why) MUST_CHECK;

/* R_NO_FILE, R_NOT_WELL_FORMED, R_NOT_VALID. Nothing is verified yet. */
enum reason package_read(struct package *out, const char *path,
                         struct fault *why) MUST_CHECK;

/* The same from memory; `name` stands in the fault. */
enum reason package_parse(struct package *out, const void *bytes, size_t size,
                          const char *name, struct fault *why) MUST_CHECK;

/* Whether one of these signed it: R_BAD_SIGNATURE and its kin. */
enum reason package_verify(const struct package *package,
                           const struct certificates *authorities,
                           struct fault *why) MUST_CHECK;

void package_done(struct package *package);
AUTO_VALUE(package, package_done)

#endif
