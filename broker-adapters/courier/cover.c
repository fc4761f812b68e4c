/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing and reading the signed page. Nothing of it is believed before its
 * signature held; and nothing unknown in it is read over, because a newer
 * packer may mean more than this program understands.
 */
#include "broker-adapters/courier/cover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certs/signature.h"

#define PACKAGE_NAMESPACE "urn:yisong:courier:1"

void number_ranges_put(struct buf *out, const struct number_range *ranges,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_print(out, "%s%" PRId64, i ? " " : "", ranges[i].first);
        if (ranges[i].last > ranges[i].first)
            buf_print(out, "-%" PRId64, ranges[i].last);
    }
}

size_t number_ranges_missing(const struct number_range *ranges, size_t count,
                             struct number_range *out)
{
    size_t missing = 0;
    int64_t next = 1;
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].first > next)
            out[missing++] = (struct number_range){next, ranges[i].first - 1};
        next = ranges[i].last + 1;
    }
    return missing;
}

enum reason cover_write(const struct cover *cover,
                        const struct signing_key *key, struct buf *out,
                        struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    AUTO(document) struct document *document = NULL;
    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    buf_put_text(&text, "<package xmlns=\"" PACKAGE_NAMESPACE "\">\n");
    buf_print(&text, "<number>%" PRId64 "</number>\n", cover->number);
    buf_put_element(&text, "from", cover->from);
    buf_put_element(&text, "to", cover->to);
    buf_put_element(&text, "madeAt", instant_format(cover->made_at, at));
    buf_put_element(&text, "certificate",
                    certificate_fingerprint(signing_key_certificate(key)));
    buf_print(&text, "\n<letters>%zu</letters>\n", cover->letters);
    buf_put_element(&text, "sums", digest_format(&cover->sums, digest));
    buf_put_text(&text, "\n<confirmed>");
    number_ranges_put(&text, cover->confirmed, cover->confirmed_count);
    buf_put_text(&text, "</confirmed>\n</package>\n");
    TRY(document_parse(&document, text.bytes, text.size, why));
    return signature_sign_xml(key, document, out, why);
}

/* --- reading ----------------------------------------------------------------
 */

/* Digits without a leading zero, 1 ... 10^15. */
static const char *read_number(const char *text, int64_t *out)
{
    enum { DIGITS_MAX = 15 };
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > DIGITS_MAX || text[0] == '0')
        return NULL;
    *out = strtoll(text, NULL, 10);
    return text + length;
}

static bool read_whole_number(const char *text, int64_t *out)
{
    const char *end = read_number(text, out);
    return end && *end == '\0';
}

static bool read_ranges(struct cover *out, const char *text)
{
    int64_t before = 0;
    while (*text) {
        struct number_range range;
        if (out->confirmed_count == COVER_RANGES_MAX ||
            !(text = read_number(text, &range.first)))
            return false;
        range.last = range.first;
        if (*text == '-' && !(text = read_number(text + 1, &range.last)))
            return false;
        if (range.first <= before || range.last < range.first)
            return false;
        before = range.last;
        out->confirmed[out->confirmed_count++] = range;
        text += *text == ' ' && text[1];
    }
    return true;
}

static bool read_agency(char *into, const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length >= COVER_AGENCY_MAX ||
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return false;
    memcpy(into, text, length + 1);
    return true;
}

static bool read_count(struct cover *out, const char *text)
{
    int64_t count = 0;
    if (strcmp(text, "0") != 0 &&
        (!read_whole_number(text, &count) || count > COVER_LETTERS_MAX))
        return false;
    out->letters = (size_t)count;
    return true;
}

static const char *text_of(const struct element *root, const char *name)
{
    const char *text = element_child_text(root, name);
    return text ? text : "";
}

static const char *const members[] = {"number", "from",        "to",
                                      "madeAt", "certificate", "letters",
                                      "sums",   "confirmed",   "Signature"};

/* Exactly these, in this order. */
static bool has_its_members(const struct element *root)
{
    const struct element *child = element_first(root, NULL);
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        if (!child || strcmp(element_name(child), members[i]) != 0)
            return false;
        child = element_next(child, NULL);
    }
    return !child;
}

static enum reason read_members(struct cover *out, const struct element *root,
                                struct fault *why)
{
    if (!read_whole_number(text_of(root, "number"), &out->number) ||
        !read_agency(out->from, text_of(root, "from")) ||
        !read_agency(out->to, text_of(root, "to")) ||
        instant_parse(text_of(root, "madeAt"), &out->made_at, NULL) != R_OK ||
        !read_count(out, text_of(root, "letters")) ||
        !digest_parse(text_of(root, "sums"), &out->sums) ||
        !read_ranges(out, text_of(root, "confirmed")))
        return fault(why, R_NOT_VALID, "the cover of the package");
    return R_OK;
}

enum reason cover_read(struct cover *out, const struct buf *page,
                       const struct registry *registry, instant now,
                       struct fault *why)
{
    AUTO(document) struct document *document = NULL;
    TRY(document_parse(&document, buf_text(page), page->size, why));
    const struct element *root = document_root(document);
    if (!element_is(root, PACKAGE_NAMESPACE, "package") ||
        !has_its_members(root))
        return fault(why, R_NOT_VALID, "not the cover of a package");
    const struct certificate *certificate = NULL;
    TRY(registry_certificate(registry, text_of(root, "from"),
                             text_of(root, "certificate"), now, &certificate,
                             why));
    TRY(signature_verify_xml(certificate, document, why));
    *out = (struct cover){0};
    return read_members(out, root, why);
}
