/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What callers write, brought into the form in which the index looks. Nothing
 * is guessed: a code with a wrong check symbol is a fault, not another code.
 */
#include "broker-adapters/projections/listing_index.h"

#include <string.h>

#include "base/encode.h"
#include "base/language.h"
#include "schemas/field.h"

enum { ORGANISATION = 9, REGISTRATION = 15, NAME_MAX_BYTES = 1000 };

void listing_key_done(struct listing_key *key)
{
    buf_done(&key->text);
}

/* Full-width ASCII as ASCII, letters upper-case, brackets ( ); 0: a blank. */
static uint32_t plain(uint32_t character)
{
    static const uint32_t opens[] = {0x3010, 0x3014, 0xFF3B, '[', 0xFE59};
    static const uint32_t closes[] = {0x3011, 0x3015, 0xFF3D, ']', 0xFE5A};
    for (size_t i = 0; i < COUNT_OF(opens); i++)
        if (character == opens[i] || character == closes[i])
            return character == opens[i] ? '(' : ')';
    if (character >= 0xFF01 && character <= 0xFF5E)
        character -= 0xFEE0;
    if (character >= 'a' && character <= 'z')
        character -= 'a' - 'A';
    bool blank = character <= ' ' || character == 0x3000 || character == 0xA0 ||
                 character == 0xFEFF ||
                 (character >= 0x2000 && character <= 0x200D);
    return blank ? 0 : character;
}

static void put_plain(const char *text, struct buf *out)
{
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t character;
        char bytes[UTF8_TEXT_MAX];
        size_t length = utf8_read(text, left, &character);
        if (length == 0)
            return;
        character = plain(character);
        if (character)
            buf_put(out, bytes, utf8_write(character, bytes));
        text += length;
        left -= length;
    }
}

static void drop_hyphens(struct buf *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->size; i++)
        if (text->bytes[i] != '-')
            text->bytes[kept++] = text->bytes[i];
    if (text->bytes)
        text->bytes[kept] = '\0';
    text->size = kept;
}

static bool all_of(const struct buf *text, size_t size, const char *symbols)
{
    return text->size == size && strspn(buf_text(text), symbols) == size;
}

enum reason listing_key_code(struct listing_key *out, const char *text,
                             struct fault *why)
{
    put_plain(text, &out->text);
    drop_hyphens(&out->text);
    out->kind = LISTING_KEY_ORGANISATION;
    if (all_of(&out->text, ORGANISATION,
               "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        return R_OK;
    out->kind = LISTING_KEY_OTHER;
    if (all_of(&out->text, REGISTRATION, "0123456789"))
        return R_OK;
    out->kind = LISTING_KEY_CODE;
    buf_clear(&out->text);
    return field_check(FIELD_CREDIT_CODE, text, &out->text, why);
}

enum reason listing_key_name(struct listing_key *out, const char *text,
                             struct fault *why)
{
    out->kind = LISTING_KEY_NAME;
    put_plain(text, &out->text);
    return out->text.size > 0 && out->text.size <= NAME_MAX_BYTES
               ? R_OK
               : fault(why, R_BAD_FIELD, "%s", say("名称", "name"));
}
