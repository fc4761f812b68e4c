/*
 * cover - what a courier package says of itself: the signed page at its
 * beginning. An XML document under the signature of the packer (certs, the
 * profile of the letters), so that both suites can sign it.
 *
 *     <package xmlns="urn:yisong:courier:1">
 *       <number>3</number>            counted per packer and receiver, no gap
 *       <from>ecology-nanchang</from> <to>exchange</to>
 *       <madeAt>2026-11-22T09:12:00+08:00</madeAt>
 *       <certificate>SHA-256</certificate>   that signs this page
 *       <letters>214</letters>
 *       <sums>SHA-256</sums>          of the file SHA256SUMS
 *       <confirmed>1-4 6</confirmed>  packages of the receiver that are here
 *       <Signature/>
 *     </package>
 */
#ifndef YISONG_BROKER_ADAPTERS_COVER_H
#define YISONG_BROKER_ADAPTERS_COVER_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/instant.h"
#include "certs/registry.h"

/* Numbers of packages from the first to the last of each range, ascending. */
struct number_range {
    int64_t first, last;
};

enum {
    COVER_AGENCY_MAX = 64,
    COVER_RANGES_MAX = 256,
    COVER_LETTERS_MAX = 50000,
    COVER_CEILING = 64 * 1024
};

struct cover {
    int64_t number;
    char from[COVER_AGENCY_MAX], to[COVER_AGENCY_MAX];
    instant made_at;
    size_t letters;
    struct digest sums;
    struct number_range confirmed[COVER_RANGES_MAX];
    size_t confirmed_count;
};

/* "1-4 6" */
void number_ranges_put(struct buf *out, const struct number_range *ranges,
                       size_t count);

/*
 * The numbers between 1 and the last one that are not in the ranges; returns
 * how many ranges. `out` has room for one more than `count`.
 */
size_t number_ranges_missing(const struct number_range *ranges, size_t count,
                             struct number_range *out);

/* The signed page. */
enum reason cover_write(const struct cover *cover,
                        const struct signing_key *key, struct buf *out,
                        struct fault *why) MUST_CHECK;

/*
 * Reads a page and proves who signed it at `now`. R_NOT_WELL_FORMED,
 * R_NOT_VALID, and the reasons of registry_certificate and of
 * signature_verify_xml.
 */
enum reason cover_read(struct cover *out, const struct buf *page,
                       const struct registry *registry, instant now,
                       struct fault *why) MUST_CHECK;

#endif
