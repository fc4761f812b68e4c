/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The only place where a row of the lists becomes public.
 */
#include "broker-adapters/projections/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/csv.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/listing.h"
#include "broker-adapters/projections/publicity.h"

static void part_done(struct extract_part *part)
{
    for (size_t i = 0; i < part->count; i++) {
        struct extract_row *row = &part->rows[i];
        char *const texts[] = {
            row->name,      row->code, row->kind,   row->title, row->number,
            row->authority, row->text, row->amount, row->from,  row->until};
        for (size_t j = 0; j < COUNT_OF(texts); j++)
            free(texts[j]);
    }
    free(part->rows);
    *part = (struct extract_part){0};
}

void extract_done(struct extract *extract)
{
    part_done(&extract->cards);
    part_done(&extract->penalties);
}

/* Titles, numbers and authorities are the writer's words, too: a number of a
 * person may stand in any of them. */
static char *public_text(const char *text)
{
    struct buf out = {0};
    publicity_put_text(&out, text, NULL, 0);
    buf_put_text(&out, "");
    return out.bytes ? buf_take(&out) : mem_text("");
}

static char *public_name(const struct listing *listing)
{
    struct buf out = {0};
    if (strcmp(listing->subject, "person") != 0)
        return public_text(listing->name);
    publicity_put_name(&out, listing->name);
    return out.bytes ? buf_take(&out) : mem_text("");
}

static void take(void *context, const struct listing *listing)
{
    struct extract *extract = context;
    bool person = strcmp(listing->subject, "person") == 0;
    struct extract_part *part =
        listing->list == LISTING_CARD ? &extract->cards : &extract->penalties;
    part->rows = mem_resize(part->rows, part->count + 1, sizeof *part->rows);
    part->rows[part->count++] = (struct extract_row){
        .name = public_name(listing),
        .code = mem_text(person ? "" : listing->credit_code),
        .kind = mem_text(listing->kind),
        .title = public_text(listing->title),
        .number = public_text(listing->number),
        .authority = public_text(listing->authority),
        .text = public_text(listing->public_text),
        .amount = mem_text(listing->amount),
        .from = mem_text(listing->valid_from),
        .until = mem_text(listing->valid_until)};
}

static int newest_first(const void *a, const void *b)
{
    const struct extract_row *one = a, *other = b;
    int days = strcmp(other->from, one->from);
    return days ? days : strcmp(one->number, other->number);
}

static void sort(struct extract_part *part)
{
    if (part->count > 1)
        qsort(part->rows, part->count, sizeof *part->rows, newest_first);
}

enum reason extract_read(struct sql *mailbox, struct extract *out,
                         struct fault *why)
{
    struct listing_query query = {
        .lists = 1u << LISTING_CARD | 1u << LISTING_PENALTY, .day = out->day};
    TRY(listing_each(mailbox, &query, take, out, why));
    sort(&out->cards);
    sort(&out->penalties);
    return R_OK;
}

/* The first writing of a code in the table of the mapping is its name. */
static void put_penalty_kind(const char *code, size_t length, struct buf *out)
{
    const struct asset *table =
        asset_get("broker-adapters/mappings/penalty_kinds.csv");
    AUTO(csv) struct csv rows = {0};
    char *cells[CSV_CELLS_MAX];
    csv_open(&rows, table->bytes, table->size);
    for (size_t count; (count = csv_next(&rows, cells)) > 0;)
        if (count == 2 && strlen(cells[1]) == length &&
            strncmp(cells[1], code, length) == 0) {
            buf_put_text(out, cells[0]);
            return;
        }
    buf_put(out, code, length);
}

void extract_put_kind(const char *kind, struct buf *out)
{
    static const char *const colours[][2] = {{"red", "红牌"},
                                             {"yellow", "黄牌"}};
    for (size_t i = 0; i < COUNT_OF(colours); i++)
        if (strcmp(kind, colours[i][0]) == 0) {
            buf_put_text(out, colours[i][1]);
            return;
        }
    for (const char *at = kind; *at;) {
        size_t length = strcspn(at, " ");
        buf_put_text(out, at > kind ? "、" : "");
        put_penalty_kind(at, length, out);
        at += length + (at[length] == ' ');
    }
}
