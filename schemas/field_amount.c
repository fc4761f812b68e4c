/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sum in yuan with the words that decisions put around it: 罚款5.25万元,
 * 人民币壹万玖仟圆整（¥19000.00）. A second sum may stand behind the first one
 * only as its restatement, in brackets or named 大写 or 小写, and must be the
 * same; what is about or at least a sum is none.
 */
#include "schemas/field_rules.h"
#include "schemas/field_sum.h"

#include "base/language.h"

static const char *const before[] = {
    "罚款",   "罚金",         "罚没",     "罚没款",
    "罚",     "处罚",         "处罚款",   "处",
    "处以",   "处以罚款",     "并处",     "并处罚款",
    "并罚",   "按日连续处罚", "按日计罚", "没收违法所得",
    "没收",   "违法所得",     "金额",     "罚款金额",
    "数额",   "罚款数额",     "合计",     "共计",
    "总计",   "共",           "计",       "为",
    "人民币", "(人民币)",     "¥",        "RMB",
    "CNY",    "大写",         "(大写)",   "小写",
    "(小写)", "大写金额",     "小写金额", ":",
    NULL};
static const char *const after[] = {"人民币", "(人民币)", "RMB",  "CNY",
                                    "的罚款", "罚款",     "罚金", "的罚金",
                                    "整",     "正",       NULL};
static const char *const units[] = {"(元)", "(万元)", "(亿元)", NULL};
static const char *const restating[] = {
    "大写", "(大写)", "小写", "(小写)", "大写金额", "小写金额", NULL};
static const char *const approximate[] = {
    "余",   "多",     "约",     "近",     "超过", "逾",   "以上",
    "以下", "不低于", "不少于", "不超过", "至少", "至多", "左右",
    "上下", "几",     "若干",   "数十",   "数百", "数千", "数万",
    "数亿", "起",     "至",     "到",     "~",    "〜",   "≥",
    "≤",    ">",      "<",      "±",      "最高", "最低", NULL};
static const char *const foreign[] = {"美元", "美金", "USD",  "$",    "欧元",
                                      "EUR",  "€",    "港元", "港币", "HKD",
                                      "日元", "JPY",  "英镑", "GBP",  "£",
                                      "韩元", "澳元", "台币", NULL};
static const char *const negative[] = {"负", "-", NULL};
static const char *const hidden[] = {"某", "X", "x", "...", "--", NULL};
static const char *const opening[] = {"(", NULL};
static const char *const closing[] = {")", NULL};

static enum reason check_hidden(const struct field_text *text,
                                struct fault *why)
{
    bool masked = field_text_find(text, hidden, NULL) < text->count;
    for (size_t i = 0; i < text->count && !masked; i++)
        masked = field_is_mask(text->at[i]);
    return masked ? fault(why, R_AMBIGUOUS, "%s",
                          say("金额被遮盖或是模板", "masked, or a template"))
                  : R_OK;
}

/* Words that forbid to read the text as one sum in yuan. */
static enum reason check_words(const struct field_text *text, struct fault *why)
{
    const char *word = "";
    if (field_text_find(text, approximate, &word) < text->count)
        return fault(why, R_AMBIGUOUS,
                     say("“%s”：不是确定的金额", "'%s': not a definite sum"),
                     word);
    if (field_text_find(text, foreign, &word) < text->count)
        return fault(why, R_BAD_FIELD,
                     say("“%s”：不是人民币", "'%s': not in yuan"), word);
    if (field_text_match(text, 0, negative, NULL))
        return fault(why, R_BAD_FIELD, "%s",
                     say("金额不能为负", "a sum cannot be negative"));
    return check_hidden(text, why);
}

/* A letter between digits is mostly O for 0 or l for 1: never mended. */
static enum reason unexpected(const struct field_reader *reader,
                              struct fault *why)
{
    char shown[FIELD_SHOWN_MAX];
    uint32_t c = reader->text->at[reader->at];
    if (field_is_letter(c))
        return fault(why, R_BAD_FIELD, "%s %s",
                     say("金额中有字母", "a letter in the sum:"),
                     field_text_show(c, shown));
    return fault(why, R_BAD_FIELD, "%s %s",
                 say("金额后另有内容：", "the sum is followed by"),
                 field_text_show(c, shown));
}

static enum reason read_sum(struct field_reader *reader, int64_t *fen,
                            struct fault *why)
{
    while (field_reader_take(reader, before))
        continue;
    TRY(field_sum_read(reader, fen, why));
    while (field_reader_take(reader, after))
        continue;
    return R_OK;
}

/* （大写：壹万玖仟圆整） behind the sum, or （大写） alone, or nothing. */
static enum reason read_restatement(struct field_reader *reader, int64_t fen,
                                    struct fault *why)
{
    size_t name = field_text_match(reader->text, reader->at, restating, NULL);
    if (reader->at + name == reader->text->count)
        return R_OK;
    bool named = name > 0;
    bool open = !named && field_reader_take(reader, opening);
    if (!named && !open)
        return unexpected(reader, why);
    int64_t again;
    TRY(read_sum(reader, &again, why));
    if (open && !field_reader_take(reader, closing))
        return fault(why, R_AMBIGUOUS, "%s",
                     say("括号不成对", "a bracket is lost"));
    field_reader_take(reader, after);
    if (reader->at < reader->text->count)
        return unexpected(reader, why);
    if (again == fen)
        return R_OK;
    AUTO(buf) struct buf first = {0}, second = {0};
    field_sum_put(fen, &first);
    field_sum_put(again, &second);
    return fault(why, R_AMBIGUOUS,
                 say("两处金额不一致：%s 元与 %s 元",
                     "the two sums differ: %s and %s yuan"),
                 buf_text(&first), buf_text(&second));
}

/* 5.25（万元） */
static void unwrap_unit(struct field_text *text)
{
    size_t open = field_text_find(text, units, NULL);
    size_t length = field_text_match(text, open, units, NULL);
    if (length == 0)
        return;
    field_text_cut(text, open + length - 1, open + length);
    field_text_cut(text, open, open + 1);
}

/* Spaces stay only between digits, where they may part groups of three. */
static void tidy(struct field_text *text)
{
    field_text_unify_brackets(text, '(', ')');
    for (size_t i = text->count; i > 0; i--) {
        bool between = i > 1 && field_is_digit(text->at[i - 2]) &&
                       field_is_digit(text->at[i]);
        if (text->at[i - 1] == ' ' && !between)
            field_text_cut(text, i - 1, i);
    }
    field_text_strip_brackets(text, '(', ')');
    unwrap_unit(text);
}

enum reason field_amount(const struct field_text *text, struct buf *out,
                         struct fault *why)
{
    struct field_text tidied = *text;
    tidy(&tidied);
    TRY(check_words(&tidied, why));
    struct field_reader reader = {.text = &tidied};
    int64_t fen;
    TRY(read_sum(&reader, &fen, why));
    TRY(read_restatement(&reader, fen, why));
    field_sum_put(fen, out);
    return R_OK;
}
