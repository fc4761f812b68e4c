/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sum is a row of items, each a number with a power of ten behind it
 * (1亿 2000万, 3千 5百), then 元, then 角 and 分. Numbers are kept as integers
 * with a count of decimals; no binary fraction takes part. An item must stay
 * below the power of the item before it.
 */
#include "schemas/field_sum.h"

#include "base/language.h"
#include "schemas/field_number.h"

enum { ITEMS_MAX = 8, POWER_MOST = 16 };
enum { WAN_POWER = 4, YI_POWER = 8 };

/* 10^15 yuan: more than there is. */
#define FEN_MOST FIELD_NUMBER_MOST

struct item {
    struct field_number number;
    int power; /* of ten */
};

struct items {
    struct item at[ITEMS_MAX];
    size_t count;
};

static const char *const yuan_words[] = {"元", "圆", "圓", NULL};
static const char *const jiao_words[] = {"角", "毛", NULL};
static const char *const fen_words[] = {"分", NULL};
static const char *const whole_words[] = {"整", "正", NULL};

static enum reason ambiguous(struct fault *why, const char *chinese,
                             const char *english)
{
    return fault(why, R_AMBIGUOUS, "%s", say(chinese, english));
}

static enum reason too_large(struct fault *why)
{
    return fault(why, R_BAD_FIELD, "%s", say("数额过大", "too large a sum"));
}

static uint32_t here(const struct field_reader *reader)
{
    return reader->text->at[reader->at];
}

/* 4 for 万, 8 for 亿; 0 for none. */
static int large_power(uint32_t c)
{
    if (c == 0x4E07 || c == 0x842C)
        return WAN_POWER;
    return c == 0x4EBF || c == 0x5104 ? YI_POWER : 0;
}

/* 千, 万, 亿, 千万, 万亿 behind a number. */
static int read_power(struct field_reader *reader)
{
    int power = field_small_power(here(reader));
    reader->at += power ? 1 : 0;
    for (int large; (large = large_power(here(reader))) > 0; reader->at++)
        power += large;
    return power;
}

/* 一万二千亿: what came before 亿 in units of 万 is meant in 亿 too. */
static void lift_items(struct items *items, int power)
{
    if (power < YI_POWER)
        return;
    for (size_t i = items->count; i > 0; i--) {
        if (items->at[i - 1].power >= YI_POWER)
            return;
        items->at[i - 1].power += YI_POWER;
    }
}

static enum reason read_items(struct field_reader *reader, struct items *items,
                              struct fault *why)
{
    struct item item;
    do {
        if (items->count == ITEMS_MAX)
            return fault(why, R_BAD_FIELD, "%s",
                         say("不是一个金额", "not one sum"));
        TRY(field_number_read(reader, &item.number, why));
        item.power = read_power(reader);
        lift_items(items, item.power);
        items->at[items->count++] = item;
    } while (item.power > 0 && field_number_begins(reader));
    return R_OK;
}

static enum reason item_in_fen(const struct item *item, int64_t *fen,
                               struct fault *why)
{
    int shift = item->power + 2 - item->number.decimals;
    *fen = item->number.digits;
    if (item->power > POWER_MOST)
        return too_large(why);
    for (; shift > 0; shift--) {
        if (*fen > FEN_MOST / 10)
            return too_large(why);
        *fen *= 10;
    }
    for (; shift < 0; shift++) {
        if (*fen % 10)
            return ambiguous(why, "不足一分的尾数须取舍",
                             "parts of a fen would have to be rounded");
        *fen /= 10;
    }
    return R_OK;
}

/* Whether `fen` is below ten to this power in yuan. */
static bool fits_below(int64_t fen, int power)
{
    for (fen /= 100; power > 0; power--)
        fen /= 10;
    return fen == 0;
}

/* 三万五: meant are 35000, said are 30005. */
static bool is_colloquial(const struct item *item, const struct item *before)
{
    return item->power == 0 && item->number.digits > 0 &&
           item->number.digits < 10 && !item->number.after_zero &&
           before->power > 1;
}

static enum reason add_items(const struct items *items, int64_t *fen,
                             struct fault *why)
{
    TRY(item_in_fen(&items->at[0], fen, why));
    for (size_t i = 1; i < items->count; i++) {
        const struct item *item = &items->at[i], *before = item - 1;
        int64_t part;
        TRY(item_in_fen(item, &part, why));
        if (before->number.decimals)
            return ambiguous(why, "小数后还有数", "more follows the decimals");
        if (!fits_below(part, before->power))
            return ambiguous(why, "数位顺序有误",
                             "the numerals are disordered");
        if (is_colloquial(item, before))
            return ambiguous(why, "末位数字的数位不明，如“三万五”",
                             "the place of the last numeral is unclear, as in "
                             "三万五");
        *fen += part;
    }
    return R_OK;
}

/* One part of the change: 5角, 零伍分. `unit` is what 1 of the last one was. */
static enum reason add_change(struct field_reader *reader, int64_t *fen,
                              int64_t *unit, struct fault *why)
{
    struct field_number number;
    TRY(field_number_read(reader, &number, why));
    bool jiao = *unit > 10 && field_reader_take(reader, jiao_words);
    if (!jiao && !field_reader_take(reader, fen_words))
        return number.digits == 0
                   ? R_OK
                   : ambiguous(why, "元后数字没有单位",
                               "a number without a unit behind 元");
    if (number.decimals || number.digits > 9 || *fen % *unit)
        return ambiguous(why, "角、分有误", "角 or 分 is out of place");
    *unit = jiao ? 10 : 1;
    *fen += number.digits * *unit;
    return R_OK;
}

static enum reason read_change(struct field_reader *reader, int64_t *fen,
                               int64_t unit, struct fault *why)
{
    while (unit > 1 && field_number_begins(reader))
        TRY(add_change(reader, fen, &unit, why));
    return R_OK;
}

/* 伍角, 5角3分, 50分: a sum without yuan. */
static enum reason read_only_change(struct field_reader *reader,
                                    const struct items *items, int64_t *fen,
                                    struct fault *why)
{
    const struct item *item = &items->at[0];
    if (items->count > 1 || item->power || item->number.decimals ||
        item->number.digits > 99)
        return fault(why, R_BAD_FIELD, "%s", say("不是金额", "not a sum"));
    *fen = item->number.digits;
    if (field_reader_take(reader, fen_words))
        return R_OK;
    field_reader_take(reader, jiao_words);
    *fen *= 10;
    return read_change(reader, fen, 10, why);
}

enum reason field_sum_read(struct field_reader *reader, int64_t *fen,
                           struct fault *why)
{
    struct items items = {.count = 0};
    TRY(read_items(reader, &items, why));
    bool only_change =
        field_text_match(reader->text, reader->at, jiao_words, NULL) ||
        field_text_match(reader->text, reader->at, fen_words, NULL);
    if (only_change)
        TRY(read_only_change(reader, &items, fen, why));
    else
        TRY(add_items(&items, fen, why));
    if (!only_change && field_reader_take(reader, yuan_words))
        TRY(read_change(reader, fen, 100, why));
    field_reader_take(reader, whole_words);
    return *fen > FEN_MOST ? too_large(why) : R_OK;
}

void field_sum_put(int64_t fen, struct buf *out)
{
    buf_print(out, "%lld", (long long)(fen / 100));
    if (fen % 100)
        buf_print(out, fen % 10 ? ".%02d" : ".%d",
                  (int)(fen % 10 ? fen % 100 : fen / 10 % 10));
}
