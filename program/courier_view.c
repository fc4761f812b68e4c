/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/courier_view.h"

#include <stdio.h>

#include "base/language.h"

enum reason courier_balance_read(struct courier_balance *out, struct sql *db,
                                 const char *partner, struct fault *why)
{
    TRY(courier_unconfirmed(db, partner, out->unconfirmed,
                            &out->unconfirmed_count, why));
    TRY(courier_taken_ranges(db, partner, out->taken, &out->taken_count, why));
    out->missing_count =
        number_ranges_missing(out->taken, out->taken_count, out->missing);
    return R_OK;
}

static void tell(const char *format, const char *partner,
                 const struct number_range *ranges, size_t count)
{
    AUTO(buf) struct buf text = {0};
    number_ranges_put(&text, ranges, count);
    printf("  ");
    if (count > 0)
        printf(format, partner, buf_text(&text));
    printf("\n");
}

void courier_balance_tell(const struct courier_balance *balance,
                          const char *partner)
{
    if (balance->missing_count > 0)
        tell(say("缺号：%s 的第 %s 号包还没有收到",
                 "missing: of %s the packages %s have not come"),
             partner, balance->missing, balance->missing_count);
    if (balance->unconfirmed_count > 0)
        tell(say("待确认：%s 尚未回告收到第 %s 号包",
                 "not confirmed: %s has not said that it has %s"),
             partner, balance->unconfirmed, balance->unconfirmed_count);
}

static void put_member(struct buf *out, const char *name,
                       const struct number_range *ranges, size_t count)
{
    buf_print(out, ",\"%s\":\"", name);
    number_ranges_put(out, ranges, count);
    buf_put_char(out, '"');
}

void courier_balance_put(const struct courier_balance *balance, struct buf *out)
{
    put_member(out, "taken", balance->taken, balance->taken_count);
    put_member(out, "missing", balance->missing, balance->missing_count);
    put_member(out, "unconfirmed", balance->unconfirmed,
               balance->unconfirmed_count);
}
