/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * 公民身份号码, GB 11643-1999: six digits of a region, the date of birth, a
 * serial of three, one check symbol (ISO 7064 MOD 11-2). The region may long
 * be withdrawn: people keep the number that they were born with; only its
 * province never changed. No fault repeats the number or a part of it.
 */
#include "schemas/field_rules.h"

#include <string.h>

#include "base/instant.h"
#include "base/language.h"

enum { ID_SIZE = 18, OLD_ID_SIZE = 15, BIRTH_FROM = 6 };
enum { BIRTH_YEAR_LEAST = 1800, BIRTH_YEAR_MOST = 2100 };

static const char *const labels[] = {
    "公民身份号码", "居民身份证号码", "居民身份证号", "居民身份证",
    "身份证号码",   "身份证号",       "身份证",       NULL};

/* Provinces by region digits 1-2; 9 begins the id of a foreign resident. */
static bool is_province(int number)
{
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 "
                                "41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 "
                                "65 71 81 82 83 ";
    char wanted[] = {(char)('0' + number / 10), (char)('0' + number % 10), ' ',
                     '\0'};
    return number >= 90 || strstr(known, wanted);
}

static int number_at(const struct field_text *id, size_t from, size_t digits)
{
    int number = 0;
    for (size_t i = from; i < from + digits; i++)
        number = number * 10 + (int)(id->at[i] - '0');
    return number;
}

static enum reason check_form(const struct field_text *id, struct fault *why)
{
    size_t digits = 0;
    for (size_t i = 0; i < id->count; i++) {
        if (field_is_mask(id->at[i]))
            return fault(
                why, R_AMBIGUOUS, "%s",
                say("号码被遮盖，不完整", "part of the number is masked"));
        digits += field_is_digit(id->at[i]) ? 1 : 0;
    }
    if (id->count == OLD_ID_SIZE && digits == OLD_ID_SIZE)
        return fault(why, R_BAD_FIELD, "%s",
                     say("是旧的 15 位号码，应改用 18 位号码",
                         "an old 15-digit id; the 18-digit one is needed"));
    if (id->count != ID_SIZE)
        return fault(why, R_BAD_FIELD,
                     say("有 %zu 个字符，应为 18 个", "%zu characters, not 18"),
                     id->count);
    for (size_t i = 0; i < ID_SIZE; i++)
        if (!field_is_digit(id->at[i]) && !(i == 17 && id->at[i] == 'X'))
            return fault(why, R_BAD_FIELD,
                         say("第 %zu 位不是数字", "position %zu is no digit"),
                         i + 1);
    return R_OK;
}

static enum reason check_birth(const struct field_text *id, struct fault *why)
{
    struct civil_day birth = {.year = number_at(id, BIRTH_FROM, 4),
                              .month = number_at(id, BIRTH_FROM + 4, 2),
                              .day = number_at(id, BIRTH_FROM + 6, 2)};
    if (civil_day_is_valid(birth) && birth.year >= BIRTH_YEAR_LEAST &&
        birth.year <= BIRTH_YEAR_MOST)
        return R_OK;
    return fault(why, R_BAD_FIELD, "%s",
                 say("第 7 至 14 位不是出生日期",
                     "positions 7 to 14 are no date of birth"));
}

/* The weights are powers of two modulo 11, so the sum is a running double. */
static enum reason check_sum(const struct field_text *id, struct fault *why)
{
    unsigned sum = 0;
    for (size_t i = 0; i < ID_SIZE - 1; i++)
        sum = (sum + (id->at[i] - '0')) * 2 % 11;
    uint32_t expected = (uint32_t) "10X98765432"[sum];
    if (id->at[ID_SIZE - 1] == expected)
        return R_OK;
    return fault(why, R_BAD_FIELD, "%s",
                 say("校验码不符，号码有误",
                     "the check character does not fit the number"));
}

enum reason field_citizen_id(const struct field_text *text, struct buf *out,
                             struct fault *why)
{
    struct field_text id = *text;
    field_text_skip_label(&id, labels);
    field_text_drop_spaces(&id);
    if (id.count > 0 && id.at[id.count - 1] == 'x')
        id.at[id.count - 1] = 'X';
    TRY(check_form(&id, why));
    if (!is_province(number_at(&id, 0, 2)))
        return fault(
            why, R_BAD_FIELD, "%s",
            say("第 1、2 位不是省级区划", "positions 1 and 2 are no province"));
    TRY(check_birth(&id, why));
    TRY(check_sum(&id, why));
    field_text_put(&id, 0, id.count, out);
    return R_OK;
}
