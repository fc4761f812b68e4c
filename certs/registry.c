/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a registry folder, and judging who may sign at a time.
 *
 * Invariant: after registry_read the rows do not change. A judgement is filled
 * in once, under the lock, and published by its flag; so a lookup that finds
 * it takes no lock.
 */
#include "certs/registry.h"

#include <string.h>

#include "base/io.h"
#include "certs/registry_rows.h"
#include "certs/signature.h"

/* Signed by any certificate of the authority: it has one per suite. */
static enum reason check_signature(const struct trust *trust,
                                   const struct document *document,
                                   struct fault *why)
{
    struct fault last = {0};
    for (size_t i = 0; i < trust_count(trust); i++)
        if (signature_verify_xml(trust_get(trust, i), document, &last) == R_OK)
            return R_OK;
    return fault(why, R_BAD_REGISTRY, "not signed by the authority: %s %s",
                 reason_code(last.reason), last.text);
}

static enum reason read_document(struct document **out, const char *folder,
                                 struct fault *why)
{
    AUTO(text) char *path = io_join(folder, "registry.xml");
    struct fault inner = {0};
    enum reason reason = document_read(out, path, &inner);
    if (reason == R_OK)
        return R_OK;
    return fault(why, reason == R_NO_FILE ? R_NO_FILE : R_BAD_REGISTRY, "%s",
                 inner.text);
}

enum reason registry_read(struct registry **out, const char *folder,
                          struct fault *why)
{
    struct trust *trust;
    TRY(trust_read(&trust, folder, why));
    AUTO(registry) struct registry *made = registry_new(trust);
    AUTO(document) struct document *document = NULL;
    TRY(read_document(&document, folder, why));
    TRY(check_signature(trust, document, why));
    AUTO(buf) struct buf faults = {.ceiling = FAULT_TEXT_MAX};
    registry_parse(made, document, &faults);
    if (faults.size)
        return fault(why, R_BAD_REGISTRY, "%s/registry.xml\n%s", folder,
                     buf_text(&faults));
    TRY(trust_read_lists(trust, folder, why));
    *out = TAKE(made);
    return R_OK;
}

const struct agency *registry_find(const struct registry *registry,
                                   const char *agency)
{
    const struct registration *row = registry_row(registry, agency);
    return row ? &row->agency : NULL;
}

size_t registry_count(const struct registry *registry)
{
    return registry->count;
}

const struct agency *registry_get(const struct registry *registry, size_t place)
{
    return &registry->rows[place]->agency;
}

int64_t registry_number(const struct registry *registry)
{
    return registry->number;
}

instant registry_issued_at(const struct registry *registry)
{
    return registry->issued_at;
}

const struct certificate *registry_issuer_at(const struct registry *registry,
                                             size_t place)
{
    return registry->trust ? trust_issuer(registry->trust, place) : NULL;
}

instant registry_certificate_ends(const struct registry *registry,
                                  const char *agency, size_t place)
{
    const struct registration *row = registry_row(registry, agency);
    if (!row || place >= row->signing.count)
        return 0;
    const struct enrolled *enrolled = row->signing.rows[place];
    instant own = certificate_valid_until(enrolled->certificate);
    return enrolled->until < own ? enrolled->until : own;
}

const struct certificate *registry_certificate_at(
    const struct registry *registry, const char *agency, size_t place)
{
    const struct registration *row = registry_row(registry, agency);
    return row && place < row->signing.count
               ? row->signing.rows[place]->certificate
               : NULL;
}

const struct certificate *registry_encryption_at(
    const struct registry *registry, const char *agency, size_t place)
{
    const struct registration *row = registry_row(registry, agency);
    return row && place < row->encryption.count
               ? row->encryption.rows[place]->certificate
               : NULL;
}

static struct enrolled *find_enrolled(const struct registration *row,
                                      const char *fingerprint)
{
    const struct enrolments *all = &row->signing;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(certificate_fingerprint(all->rows[i]->certificate),
                   fingerprint) == 0)
            return all->rows[i];
    return NULL;
}

static const struct standing *judge(const struct registry *registry,
                                    enum trust_use use,
                                    struct enrolled *enrolled)
{
    if (atomic_load_explicit(&enrolled->judged, memory_order_acquire))
        return &enrolled->standing;
    /* The lock is no part of what a reader of the registry sees. */
    mtx_t *lock = (mtx_t *)&registry->judging;
    mtx_lock(lock);
    if (!atomic_load_explicit(&enrolled->judged, memory_order_relaxed)) {
        enrolled->standing =
            trust_judge(registry->trust, use, enrolled->certificate);
        atomic_store_explicit(&enrolled->judged, true, memory_order_release);
    }
    mtx_unlock(lock);
    return &enrolled->standing;
}

static enum reason find_row(const struct registry *registry, const char *agency,
                            instant at, const struct registration **out,
                            struct fault *why)
{
    const struct registration *row = registry_row(registry, agency);
    if (!row)
        return fault(why, R_UNKNOWN_AGENCY, "'%s'", agency);
    if (at >= row->revoked_at)
        return fault(why, R_AGENCY_REVOKED, "'%s': %s", agency,
                     row->revoked_text);
    *out = row;
    return R_OK;
}

enum reason registry_certificate(const struct registry *registry,
                                 const char *agency, const char *fingerprint,
                                 instant at, const struct certificate **out,
                                 struct fault *why)
{
    const struct registration *row;
    TRY(find_row(registry, agency, at, &row, why));
    struct enrolled *enrolled = find_enrolled(row, fingerprint);
    if (!enrolled)
        return fault(why, R_CERTIFICATE_UNKNOWN, "'%s': '%s'", agency,
                     fingerprint);
    TRY(standing_check(judge(registry, TRUST_SIGNING, enrolled), at, agency,
                       why));
    if (at > enrolled->until) {
        char text[INSTANT_TEXT_MAX];
        return fault(why, R_CERTIFICATE_EXPIRED, "%s: replaced, until %s",
                     agency, instant_format(enrolled->until, text));
    }
    *out = enrolled->certificate;
    return R_OK;
}

enum reason registry_encryption(const struct registry *registry,
                                const char *agency, instant at,
                                const struct certificate **out,
                                struct fault *why)
{
    const struct registration *row;
    TRY(find_row(registry, agency, at, &row, why));
    enum reason reason = R_CERTIFICATE_UNKNOWN;
    for (size_t i = row->encryption.count; i-- > 0;) {
        struct enrolled *enrolled = row->encryption.rows[i];
        reason = standing_check(judge(registry, TRUST_ENCRYPTION, enrolled), at,
                                agency, why);
        *out = enrolled->certificate;
        if (reason == R_OK)
            return R_OK;
    }
    return row->encryption.count
               ? reason
               : fault(why, R_CERTIFICATE_UNKNOWN,
                       "'%s' has no encryption certificate", agency);
}
