/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of numbers, asked in order. To hide too much harms less than to
 * hide too little: a number of 18 digits that begins with a province is hidden
 * although its check digit is wrong, for those are the numbers that refusals
 * quote.
 */
#include "base/mask_number.h"

#include <string.h>

#include "base/idiom.h"
#include "base/instant.h"

enum {
    OLD_SIZE = 15,
    CARD_MIN = 16,
    /*
     * Region, day and serial: so agencies number their cases too. From this
     * year on only the check digit tells a child from a case.
     */
    CASE_NUMBERS_FROM = 2016
};

static bool is_province(const char *digits)
{
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 "
                                "41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 "
                                "65 71 81 82 83 91 ";
    const char wanted[] = {digits[0], digits[1], ' ', '\0'};
    return strstr(known, wanted) != NULL;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

/* A province and a day of birth; `year` digits of the year stand there. */
static bool is_birth(const char *digits, size_t year)
{
    struct civil_day birth = {.year = (year == 2 ? 1900 : 0) +
                                      number_of(digits + 6, year),
                              .month = number_of(digits + 6 + year, 2),
                              .day = number_of(digits + 8 + year, 2)};
    return is_province(digits) && civil_day_is_valid(birth) &&
           birth.year >= 1850 && birth.year <= 2100;
}

/* GB 11643: weights are powers of two modulo 11. */
static bool is_citizen(const char *digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < CITIZEN_ID_SIZE - 1; i++)
        sum = (sum + (unsigned)(digits[i] - '0')) * 2 % 11;
    return is_birth(digits, 4) &&
           digits[CITIZEN_ID_SIZE - 1] == "10X98765432"[sum];
}

/* GB 32100: a credit code of digits alone, or with X as its last sign. */
static bool is_credit_code(const char *digits)
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    unsigned weight = 1, sum = 0;
    for (size_t i = 0; i < CITIZEN_ID_SIZE - 1; i++) {
        sum += (unsigned)(digits[i] - '0') * weight;
        weight = weight * 3 % 31;
    }
    return digits[CITIZEN_ID_SIZE - 1] == signs[(31 - sum % 31) % 31];
}

/* A number that its own check digit proves: inside other signs too. */
static bool is_proved(const struct place *place)
{
    return place->count == CITIZEN_ID_SIZE && is_citizen(place->digits);
}

/* In one piece: mistyped numbers, old ones, bank cards (62 is a province). */
static bool is_number(const struct place *place)
{
    if (!place->alone || place->joined || place->count < OLD_SIZE ||
        place->count > NUMBER_LONGEST || !is_province(place->digits))
        return false;
    if (place->count != CITIZEN_ID_SIZE)
        return true;
    bool born = is_birth(place->digits, 4);
    return born ? number_of(place->digits + 6, 4) < CASE_NUMBERS_FROM
                : !is_credit_code(place->digits);
}

/* With separators: numbers beside each other are no number. */
static bool is_written_apart(const struct place *place)
{
    if (!place->alone || !place->joined)
        return false;
    if (place->count == CITIZEN_ID_SIZE)
        return is_birth(place->digits, 4);
    if (place->count == OLD_SIZE)
        return is_birth(place->digits, 2);
    return place->count >= CARD_MIN && place->count <= NUMBER_LONGEST &&
           memcmp(place->digits, "62", 2) == 0;
}

static bool is_mobile(const struct place *place)
{
    static const char *const prefixes[] = {"", "86", "0086"};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t size = strlen(prefixes[i]);
        const char *digits = place->digits + size;
        if (place->alone && place->count == size + 11 &&
            memcmp(place->digits, prefixes[i], size) == 0 && digits[0] == '1' &&
            digits[1] >= '3' && digits[10] != 'X')
            return true;
    }
    return false;
}

/* 0791-86221234: three digits of an area are 010 and 02x. */
static bool is_landline(const struct place *place)
{
    const char *digits = place->digits;
    size_t area = digits[1] <= '2' ? 3 : 4;
    return place->alone && place->joined && digits[0] == '0' &&
           digits[1] != '0' &&
           (place->count == area + 7 || place->count == area + 8) &&
           digits[place->count - 1] != 'X';
}

static const struct number_kind kinds[] = {
    {is_proved, 3, 4}, {is_number, 3, 4},   {is_written_apart, 3, 4},
    {is_mobile, 3, 4}, {is_landline, 4, 2},
};

const struct number_kind *number_kind_of(const struct place *place)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].is(place))
            return &kinds[i];
    return NULL;
}
