/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * 统一社会信用代码, GB 32100-2015: one registration department, one category,
 * six digits of a region, nine symbols of the organisation, one check symbol.
 *
 * What published registers show, and what is therefore not judged here: the
 * organisation part may carry a wrong check symbol of its own (GB 11714), and
 * the region part may be no present region.
 */
#include "schemas/field_rules.h"

#include <string.h>

#include "base/language.h"

enum { CODE_SIZE = 18, REGION_FROM = 2, REGION_TO = 8, HIDING_RUN = 5 };

/* Without I, O, S, V and Z. The place of a symbol is its value. */
static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const int weights[CODE_SIZE - 1] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                           29, 25, 13, 8,  24, 10, 30, 28};

static const char *const labels[] = {"统一社会信用代码", "社会信用代码",
                                     "信用代码", "组织机构代码", NULL};
static const char *const nothings[] = {"无",   "没有", "不详", "未知", "暂无",
                                       "NULL", "NONE", "N/A",  "-",    NULL};

static void make_upper(struct field_text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->at[i] >= 'a' && text->at[i] <= 'z')
            text->at[i] -= 'a' - 'A';
}

/* XXXXX: a letter of the alphabet, but here it hides something. */
static bool is_hidden(const struct field_text *code)
{
    size_t run = 0;
    for (size_t i = 0; i < code->count; i++) {
        run = code->at[i] == 'X' ? run + 1 : 0;
        if (field_is_mask(code->at[i]) || run == HIDING_RUN)
            return true;
    }
    return false;
}

static bool all_digits(const struct field_text *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!field_is_digit(text->at[i]))
            return false;
    return true;
}

/* What a code of another length is likely to be. */
static const char *name_of_length(const struct field_text *code)
{
    bool digits = all_digits(code, 0, code->count);
    if (code->count == 15 && digits)
        return say("，是旧工商注册号", ": an old 15-digit registration number");
    if (code->count == 13 && digits)
        return say("，是旧工商注册号", ": an old 13-digit registration number");
    if (code->count == 9 || (code->count == 10 && code->at[8] == '-'))
        return say("，是组织机构代码", ": an organisation code (GB 11714)");
    return "";
}

static enum reason check_length(const struct field_text *code,
                                struct fault *why)
{
    if (code->count == 0 ||
        field_text_match(code, 0, nothings, NULL) == code->count)
        return fault(why, R_BAD_FIELD, "%s",
                     say("没有代码", "says that there is no code"));
    if (code->count == CODE_SIZE)
        return R_OK;
    return fault(why, R_BAD_FIELD,
                 say("有 %zu 个字符，应为 18 个%s", "%zu characters, not 18%s"),
                 code->count, name_of_length(code));
}

static enum reason check_symbol(uint32_t symbol, size_t place,
                                struct fault *why)
{
    char shown[FIELD_SHOWN_MAX];
    bool known = symbol < 0x7F && strchr(alphabet, (char)symbol);
    if (!known)
        return fault(why, R_BAD_FIELD,
                     say("第 %zu 位是 %s：%s", "position %zu is %s: %s"),
                     place + 1, field_text_show(symbol, shown),
                     say("只用数字和除 I、O、S、V、Z 以外的大写字母",
                         "only digits and letters without I, O, S, V, Z"));
    return R_OK;
}

/* Only that they are digits: many belong to no present region. */
static enum reason check_region(const struct field_text *code,
                                struct fault *why)
{
    if (all_digits(code, REGION_FROM, REGION_TO))
        return R_OK;
    return fault(why, R_BAD_FIELD, "%s",
                 say("第 3 至 8 位应为行政区划数字",
                     "positions 3 to 8 must be the digits of a region"));
}

static enum reason check_sum(const struct field_text *code, struct fault *why)
{
    int sum = 0;
    for (size_t i = 0; i < CODE_SIZE - 1; i++)
        sum +=
            weights[i] * (int)(strchr(alphabet, (char)code->at[i]) - alphabet);
    char expected = alphabet[(31 - sum % 31) % 31];
    char given = (char)code->at[CODE_SIZE - 1];
    if (given == expected)
        return R_OK;
    const char *hint = given == alphabet[sum % 31]
                           ? say("（所写的是余数，未从 31 中减去）",
                                 " (it is the remainder, not taken from 31)")
                           : "";
    return fault(why, R_BAD_FIELD,
                 say("校验码是 %c，应为 %c%s",
                     "the check character is %c, expected %c%s"),
                 given, expected, hint);
}

enum reason field_credit_code(const struct field_text *text, struct buf *out,
                              struct fault *why)
{
    struct field_text code = *text;
    field_text_skip_label(&code, labels);
    field_text_drop_spaces(&code);
    make_upper(&code);
    if (is_hidden(&code))
        return fault(why, R_AMBIGUOUS, "%s",
                     say("代码被遮盖，不完整", "part of the code is masked"));
    TRY(check_length(&code, why));
    for (size_t i = 0; i < CODE_SIZE; i++)
        TRY(check_symbol(code.at[i], i, why));
    if (code.at[0] == '0')
        return fault(why, R_BAD_FIELD, "%s",
                     say("第 1 位是 0：没有这样的登记管理部门",
                         "position 1 is 0: no registration department"));
    TRY(check_sum(&code, why));
    TRY(check_region(&code, why));
    field_text_put(&code, 0, code.count, out);
    return R_OK;
}
