/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Twice over the letters: once for their sums, which the cover signs and
 * which stand before them, and once for their bytes, straight into the
 * envelope. So neither memory nor the disk holds the package unsealed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker-adapters/courier/package_parts.h"

void package_letter_done(struct package_letter *letter)
{
    free(letter->jws);
    free(letter->bytes);
}

char *courier_package_name(size_t place, const struct package_letter *letter,
                           const char *end, char text[TAR_NAME_MAX])
{
    snprintf(text, TAR_NAME_MAX, "letters/%06zu-%" PRId64 ".%s%s", place + 1,
             letter->place, letter->is_json ? "json" : "xml", end);
    return text;
}

static void put_sum(struct buf *out, const char *name, const void *bytes,
                    size_t size)
{
    char text[DIGEST_TEXT_MAX];
    struct digest digest = digest_of(DIGEST_SHA256, bytes, size);
    buf_print(out, "%s  %s\n", digest_format(&digest, text), name);
}

static enum reason put_sums(const struct package_source *source,
                            struct buf *out, struct fault *why)
{
    for (size_t i = 0; i < source->count; i++) {
        AUTO(package_letter) struct package_letter letter = {0};
        char name[TAR_NAME_MAX];
        TRY(source->get(source->self, i, &letter, why));
        put_sum(out, courier_package_name(i, &letter, "", name), letter.bytes,
                letter.size);
        if (letter.is_json)
            put_sum(out, courier_package_name(i, &letter, ".jws", name),
                    letter.jws, strlen(letter.jws));
    }
    return buf_check(out, why);
}

struct archive {
    struct envelope *envelope;
    instant made_at;
};

static enum reason put_file(const struct archive *archive, const char *name,
                            const void *bytes, size_t size, struct fault *why)
{
    static const char zeros[TAR_BLOCK];
    unsigned char head[TAR_BLOCK];
    tar_head(head, name, size, archive->made_at);
    TRY(envelope_put(archive->envelope, head, sizeof head, why));
    TRY(envelope_put(archive->envelope, bytes, size, why));
    return envelope_put(archive->envelope, zeros, tar_padding(size), why);
}

static enum reason put_letters(const struct archive *archive,
                               const struct package_source *source,
                               struct fault *why)
{
    for (size_t i = 0; i < source->count; i++) {
        AUTO(package_letter) struct package_letter letter = {0};
        char name[TAR_NAME_MAX];
        TRY(source->get(source->self, i, &letter, why));
        TRY(put_file(archive, courier_package_name(i, &letter, "", name),
                     letter.bytes, letter.size, why));
        if (letter.is_json)
            TRY(put_file(archive,
                         courier_package_name(i, &letter, ".jws", name),
                         letter.jws, strlen(letter.jws), why));
    }
    return R_OK;
}

enum reason courier_package_write(struct cover *cover,
                                  const struct signing_key *key,
                                  const struct certificate *receiver,
                                  const struct package_source *source,
                                  int descriptor, struct fault *why)
{
    static const char end[TAR_END];
    AUTO(buf) struct buf sums = {.ceiling = PACKAGE_SUMS_CEILING};
    AUTO(buf) struct buf page = {.ceiling = COVER_CEILING};
    AUTO(envelope) struct envelope *envelope = NULL;
    cover->letters = source->count;
    TRY(put_sums(source, &sums, why));
    cover->sums = digest_of(DIGEST_SHA256, buf_text(&sums), sums.size);
    TRY(cover_write(cover, key, &page, why));
    TRY(envelope_begin(&envelope, descriptor, &receiver, 1, why));
    struct archive archive = {envelope, cover->made_at};
    TRY(put_file(&archive, PACKAGE_COVER, page.bytes, page.size, why));
    TRY(put_file(&archive, PACKAGE_SUMS, buf_text(&sums), sums.size, why));
    TRY(put_letters(&archive, source, why));
    TRY(envelope_put(envelope, end, sizeof end, why));
    return envelope_end(envelope, why);
}
