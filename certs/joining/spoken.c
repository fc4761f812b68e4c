/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Decimal digits, because they have one name each in every dialect; "幺" is
 * what a clerk says for one.
 */
#include "certs/joining/spoken.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS = 6, GROUP_BYTES = 4, DIGITS = 24 };

static const char *const numerals[] = {"〇", "一", "二", "三", "四",
                                       "五", "六", "七", "八", "九"};

static unsigned group_of(const struct digest *digest, size_t place)
{
    const unsigned char *at = digest->bytes + place * GROUP_BYTES;
    uint32_t number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                      (uint32_t)at[2] << 8 | at[3];
    return number % 10000;
}

char *spoken_format(const struct digest *digest, char text[SPOKEN_TEXT_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < GROUPS; i++)
        used += (size_t)snprintf(text + used, SPOKEN_TEXT_MAX - used, "%s%04u",
                                 i ? " " : "", group_of(digest, i));
    return text;
}

char *spoken_chinese(const struct digest *digest, char text[SPOKEN_CHINESE_MAX])
{
    char digits[SPOKEN_TEXT_MAX];
    size_t used = 0;
    for (const char *at = spoken_format(digest, digits); *at; at++)
        used += (size_t)snprintf(text + used, SPOKEN_CHINESE_MAX - used, "%s",
                                 *at == ' ' ? " " : numerals[*at - '0']);
    return text;
}

/* The digit that a text begins with and its length; 0: none. */
static size_t read_digit(const char *text, char *digit)
{
    static const struct {
        const char *text;
        char digit;
    } others[] = {{"零", '0'}, {"洞", '0'}, {"幺", '1'}, {"两", '2'}};
    *digit = *text;
    if (*text >= '0' && *text <= '9')
        return 1;
    for (size_t i = 0; i < COUNT_OF(numerals); i++) {
        *digit = (char)('0' + i);
        if (strncmp(text, numerals[i], strlen(numerals[i])) == 0)
            return strlen(numerals[i]);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        *digit = others[i].digit;
        if (strncmp(text, others[i].text, strlen(others[i].text)) == 0)
            return strlen(others[i].text);
    }
    return 0;
}

bool spoken_is(const char *heard, const struct digest *digest)
{
    char expected[SPOKEN_TEXT_MAX], digit;
    const char *left = spoken_format(digest, expected);
    for (size_t length; *heard; heard += length) {
        length = 1;
        if (*heard == ' ' || *heard == '-')
            continue;
        left += *left == ' ';
        length = read_digit(heard, &digit);
        if (length == 0 || *left != digit)
            return false;
        left++;
    }
    return *left == '\0';
}
