/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing and reading packages. Whoever reads one verifies it before anything
 * of it is laid into place.
 */
#include "certs/joining/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/mem.h"
#include "certs/signature.h"

#define PACKAGE_NAMESPACE "urn:yisong:package:1"

enum { PACKAGE_FILES_MAX = 256, FILE_NAME_MAX = 100 };

void package_put(struct package *package, const char *name, const void *bytes,
                 size_t size)
{
    package->files =
        mem_resize(package->files, package->count + 1, sizeof *package->files);
    struct package_file *file = &package->files[package->count++];
    *file = (struct package_file){.name = mem_text(name)};
    buf_put(&file->bytes, bytes, size);
}

const struct package_file *package_find(const struct package *package,
                                        const char *name)
{
    for (size_t i = 0; i < package->count; i++)
        if (strcmp(package->files[i].name, name) == 0)
            return &package->files[i];
    return NULL;
}

void package_done(struct package *package)
{
    for (size_t i = 0; i < package->count; i++) {
        free(package->files[i].name);
        buf_done(&package->files[i].bytes);
    }
    free(package->files);
    free(package->agency);
    document_free(package->document);
    *package = (struct package){0};
}

static void put_file(struct buf *out, const struct package_file *file)
{
    buf_put_text(out, "<file>");
    buf_put_element(out, "name", file->name);
    buf_put_text(out, "<content>");
    base64_put(out, file->bytes.bytes, file->bytes.size);
    buf_put_text(out, "</content></file>\n");
}

enum reason package_write(const struct package *package,
                          const struct signing_key *authority, struct buf *out,
                          struct fault *why)
{
    char at[INSTANT_TEXT_MAX];
    AUTO(buf) struct buf text = {0};
    buf_put_text(&text, "<package xmlns=\"" PACKAGE_NAMESPACE "\">\n");
    buf_put_element(&text, "agency", package->agency ? package->agency : "");
    buf_put_element(&text, "issuedAt", instant_format(package->issued_at, at));
    for (size_t i = 0; i < package->count; i++)
        put_file(&text, &package->files[i]);
    buf_put_text(&text, "</package>\n");
    AUTO(document) struct document *document = NULL;
    TRY(document_parse(&document, text.bytes, text.size, why));
    TRY(signature_sign_xml(authority, document, out, why));
    return buf_check(out, why);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

static bool name_is_allowed(const char *name)
{
    static const struct {
        const char *folder, *end;
    } shapes[] = {
        {"keys/", ".pem"},
        {"agencies/revoked/", ".crl"},
        {"agencies/", ".xml"},
        {"agencies/", ".pem"},
    };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    if (strcmp(name, "adapter.conf") == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        size_t length = strlen(shapes[i].folder);
        const char *rest = name + length;
        if (strncmp(name, shapes[i].folder, length) == 0 && rest[0] != '.' &&
            strlen(name) < FILE_NAME_MAX &&
            rest[strspn(rest, letters)] == '\0' &&
            ends_with(rest, shapes[i].end))
            return true;
    }
    return false;
}

static enum reason read_file(struct package *out, const struct element *file,
                             struct fault *why)
{
    const char *name = element_child_text(file, "name");
    const char *content = element_child_text(file, "content");
    AUTO(buf) struct buf bytes = {.ceiling = DOCUMENT_CEILING};
    if (!name || !name_is_allowed(name) || package_find(out, name) ||
        out->count == PACKAGE_FILES_MAX)
        return fault(why, R_NOT_VALID, "line %d: name '%s'", element_line(file),
                     name ? name : "");
    if (!content || !base64_get(content, strlen(content), &bytes))
        return fault(why, R_NOT_VALID, "%s: not base64", name);
    package_put(out, name, buf_text(&bytes), bytes.size);
    return R_OK;
}

static enum reason read_parts(struct package *out, const char *name,
                              struct fault *why)
{
    const struct element *root = document_root(out->document);
    const char *agency = element_child_text(root, "agency");
    const char *at = element_child_text(root, "issuedAt");
    if (!element_is(root, PACKAGE_NAMESPACE, "package") || !agency || !at)
        return fault(why, R_NOT_VALID, "%s: not a package", name);
    out->agency = mem_text(agency);
    TRY(instant_parse(at, &out->issued_at, why));
    for (const struct element *file = element_first(root, "file"); file;
         file = element_next(file, "file"))
        TRY(read_file(out, file, why));
    return R_OK;
}

enum reason package_read(struct package *out, const char *path,
                         struct fault *why)
{
    TRY(document_read(&out->document, path, why));
    return read_parts(out, path, why);
}

enum reason package_parse(struct package *out, const void *bytes, size_t size,
                          const char *name, struct fault *why)
{
    TRY(document_parse(&out->document, bytes, size, why));
    return read_parts(out, name, why);
}

enum reason package_verify(const struct package *package,
                           const struct certificates *authorities,
                           struct fault *why)
{
    struct fault told = {0};
    for (size_t i = 0; i < authorities->count; i++) {
        struct fault found = {0};
        if (signature_verify_xml(authorities->rows[i], package->document,
                                 &found) == R_OK)
            return R_OK;
        /* That a certificate is of the other suite says nothing. */
        if (told.reason == R_OK || found.reason == R_BAD_SIGNATURE)
            told = found;
    }
    return fault(why, told.reason ? told.reason : R_NOT_SIGNED, "%s",
                 told.text);
}
