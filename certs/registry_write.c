/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From rows to a signed registry.xml. The file is replaced whole: a reader
 * finds the old one or the new one.
 */
#include <inttypes.h>

#include "base/encode.h"
#include "base/io.h"
#include "certs/certificate.h"
#include "certs/registry_rows.h"
#include "certs/signature.h"

static void put_element(struct buf *out, const char *name, const char *text)
{
    buf_print(out, "<%s>", name);
    buf_put_xml(out, text);
    buf_print(out, "</%s>\n", name);
}

static void put_der(struct buf *out, const struct certificate *certificate)
{
    AUTO(buf) struct buf der = {0};
    certificate_put_der(certificate, &der);
    base64_put(out, der.bytes, der.size);
}

static void put_certificates(struct buf *out, const char *name,
                             const struct enrolments *enrolments)
{
    for (size_t i = 0; i < enrolments->count; i++) {
        const struct enrolled *enrolled = enrolments->rows[i];
        char until[INSTANT_TEXT_MAX];
        buf_print(out, "<%s", name);
        if (enrolled->until != INT64_MAX)
            buf_print(out, " until=\"%s\"",
                      instant_format(enrolled->until, until));
        buf_put_char(out, '>');
        put_der(out, enrolled->certificate);
        buf_print(out, "</%s>\n", name);
    }
}

static void put_issuers(struct buf *out, const struct registry *registry)
{
    const struct certificate *issuer;
    for (size_t i = 0; (issuer = registry_issuer_at(registry, i)); i++) {
        buf_put_text(out, "<issuer>");
        put_der(out, issuer);
        buf_put_text(out, "</issuer>\n");
    }
}

static void put_agency(struct buf *out, struct registration *row)
{
    buf_put_text(out, "<agency>\n");
    for (size_t i = 0; i < AGENCY_FIELDS; i++) {
        const char *text = *agency_text(&row->agency, &agency_fields[i]);
        if (*text)
            put_element(out, agency_fields[i].element, text);
    }
    put_certificates(out, "certificate", &row->signing);
    put_certificates(out, "encryption", &row->encryption);
    if (row->agency.revoked) {
        char at[INSTANT_TEXT_MAX];
        buf_put_text(out, "<revoked>");
        put_element(out, "at", instant_format(row->revoked_at, at));
        put_element(out, "text", row->revoked_text);
        buf_put_text(out, "</revoked>\n");
    }
    buf_put_text(out, "</agency>\n");
}

static void format(const struct registry *registry, struct buf *out)
{
    char at[INSTANT_TEXT_MAX];
    buf_put_text(out, "<registry xmlns=\"" REGISTRY_NAMESPACE "\">\n");
    buf_print(out, "<number>%" PRId64 "</number>\n", registry->number);
    put_element(out, "issuedAt", instant_format(registry->issued_at, at));
    put_issuers(out, registry);
    for (size_t i = 0; i < registry->count; i++)
        put_agency(out, registry->rows[i]);
    buf_put_text(out, "</registry>\n");
}

enum reason registry_write(struct registry *registry,
                           const struct signing_key *authority,
                           const char *folder, instant now, struct fault *why)
{
    registry->number++;
    registry->issued_at = now;
    AUTO(buf) struct buf text = {0};
    format(registry, &text);
    AUTO(document) struct document *document = NULL;
    TRY(document_parse(&document, text.bytes, text.size, why));
    AUTO(buf) struct buf done = {.ceiling = DOCUMENT_CEILING};
    TRY(signature_sign_xml(authority, document, &done, why));
    TRY(buf_check(&done, why));
    AUTO(text) char *path = io_join(folder, "registry.xml");
    return io_write(path, done.bytes, done.size, 0644, why);
}
