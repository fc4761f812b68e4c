/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/encode.h"

#include <string.h>

char *hex_format(const void *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[from[i] >> 4];
        text[2 * i + 1] = digits[from[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool hex_parse(const char *text, void *bytes, size_t size)
{
    unsigned char *to = bytes;
    if (strlen(text) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static const char standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put(struct buf *out, const unsigned char *from, size_t size,
                const char *alphabet, bool padded)
{
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned word = (unsigned)from[i] << 16 |
                        (left > 1 ? (unsigned)from[i + 1] << 8 : 0) |
                        (left > 2 ? from[i + 2] : 0);
        char four[4] = {alphabet[word >> 18], alphabet[word >> 12 & 63],
                        alphabet[word >> 6 & 63], alphabet[word & 63]};
        if (left < 3)
            memset(four + left + 1, '=', 3 - left);
        buf_put(out, four, padded || left >= 3 ? 4 : left + 1);
    }
}

void base64_put(struct buf *out, const void *bytes, size_t size)
{
    put(out, bytes, size, standard, true);
}

void base64url_put(struct buf *out, const void *bytes, size_t size)
{
    put(out, bytes, size, url_safe, false);
}

/* Fills `values` with the six-bit value of each letter, or -1. */
static void read_alphabet(const char *alphabet, signed char values[256])
{
    memset(values, -1, 256);
    for (int i = 0; i < 64; i++)
        values[(unsigned char)alphabet[i]] = (signed char)i;
}

/* The bytes of one group of two, three or four letters; 0 if not canonical. */
static size_t get_group(const char *text, size_t letters,
                        const signed char values[256], unsigned char bytes[3])
{
    uint32_t word = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < letters ? values[(unsigned char)text[i]] : 0;
        if (value < 0)
            return 0;
        word = word << 6 | (uint32_t)value;
    }
    uint32_t spare = letters == 2 ? 0xFFFF : letters == 3 ? 0xFF : 0;
    if (letters < 2 || (word & spare) != 0)
        return 0;
    bytes[0] = (unsigned char)(word >> 16);
    bytes[1] = (unsigned char)(word >> 8);
    bytes[2] = (unsigned char)word;
    return letters - 1;
}

static bool get(const char *text, size_t length, const char *alphabet,
                struct buf *out)
{
    signed char values[256];
    read_alphabet(alphabet, values);
    struct buf made = {.ceiling = out->ceiling};
    bool good = true;
    for (size_t i = 0; good && i < length; i += 4) {
        unsigned char bytes[3];
        size_t letters = length - i < 4 ? length - i : 4;
        size_t count = get_group(text + i, letters, values, bytes);
        good = count > 0;
        buf_put(&made, bytes, count);
    }
    if (good && !made.full)
        buf_put(out, made.bytes, made.size);
    out->full |= made.full;
    buf_done(&made);
    return good && !out->full;
}

bool base64_get(const char *text, size_t length, struct buf *out)
{
    if (length % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    return get(text, length - padding, standard, out);
}

bool base64url_get(const char *text, size_t length, struct buf *out)
{
    return get(text, length, url_safe, out);
}

/* How many bytes the first byte announces, and its bits; 0 if none may. */
static size_t first_byte(unsigned char byte, uint32_t *bits)
{
    if (byte < 0x80) {
        *bits = byte;
        return 1;
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        *bits = byte & 0x1F;
        return 2;
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        *bits = byte & 0x0F;
        return 3;
    }
    *bits = byte & 0x07;
    return byte >= 0xF0 && byte <= 0xF4 ? 4 : 0;
}

size_t utf8_read(const char *text, size_t size, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value;
    size_t length = size ? first_byte((unsigned char)text[0], &value) : 0;
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | ((unsigned char)text[i] & 0x3F);
    }
    if (value < smallest[length] || value > 0x10FFFF ||
        (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *character = value;
    return length;
}

size_t utf8_write(uint32_t character, char text[UTF8_TEXT_MAX])
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = character < 0x80      ? 1
                  : character < 0x800   ? 2
                  : character < 0x10000 ? 3
                                        : 4;
    for (size_t i = size - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    text[0] = (char)(marks[size] | character);
    text[size] = '\0';
    return size;
}

bool utf8_is_valid(const char *text, size_t size)
{
    uint32_t character;
    while (size > 0) {
        size_t length = utf8_read(text, size, &character);
        if (length == 0)
            return false;
        text += length;
        size -= length;
    }
    return true;
}
