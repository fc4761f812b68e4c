/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/projections/listing_write.h"

#include <string.h>

#include "base/csv.h"
#include "base/json.h"

enum { COLUMNS = 28 };

/* What must be made of a row before it can be shown. */
struct shown {
    char digest[DIGEST_TEXT_MAX], end_digest[DIGEST_TEXT_MAX];
    char known_at[INSTANT_TEXT_MAX], end_known_at[INSTANT_TEXT_MAX];
};

struct column {
    const char *name, *text;
};

static const char *digest_text(const struct digest *digest,
                               char text[DIGEST_TEXT_MAX])
{
    static const struct digest none;
    return digest_is_equal(digest, &none) ? "" : digest_format(digest, text);
}

static const char *time_text(instant at, char text[INSTANT_TEXT_MAX])
{
    return at ? instant_format(at, text) : "";
}

/* In the order of the columns; ended by a name that is NULL. */
static void show(const struct listing *row, struct shown *shown,
                 struct column out[COLUMNS])
{
    const struct column columns[COLUMNS] = {
        {"list", listing_names[row->list]},
        {"creditCode", row->credit_code},
        {"otherCode", row->other_code},
        {"name", row->name},
        {"subject", row->subject},
        {"kind", row->kind},
        {"title", row->title},
        {"number", row->number},
        {"authority", row->authority},
        {"text", row->text},
        {"amount", row->amount},
        {"stateOwned", row->state_owned ? "true" : ""},
        {"stockCode", row->stock_code},
        {"validFrom", row->valid_from},
        {"validUntil", row->valid_until},
        {"caseId", row->case_id},
        {"parentCase", row->parent_case},
        {"from", row->sender},
        {"letter", row->letter},
        {"sha256", digest_text(&row->digest, shown->digest)},
        {"knownAt", time_text(row->known_at, shown->known_at)},
        {"end", row->end},
        {"endedOn", row->end_on},
        {"endedBy", row->end_letter},
        {"endSha256", digest_text(&row->end_digest, shown->end_digest)},
        {"endKnownAt", time_text(row->end_known_at, shown->end_known_at)},
    };
    memcpy(out, columns, sizeof columns);
}

void listing_put_json(struct buf *out, const struct listing *listing)
{
    struct shown shown;
    struct column columns[COLUMNS];
    show(listing, &shown, columns);
    buf_print(out, "{\"list\":\"%s\"", columns[0].text);
    for (size_t i = 1; columns[i].name; i++)
        if (strcmp(columns[i].name, "stateOwned") != 0)
            json_put_text(out, columns[i].name, columns[i].text);
        else if (listing->state_owned)
            buf_put_text(out, ", \"stateOwned\": true");
    buf_put_char(out, '}');
}

void listing_put_change(struct buf *out, const struct listing_change *change)
{
    buf_print(out, "{\"number\":%lld,\"change\":\"%s\",\"entry\":",
              (long long)change->number, change->ended ? "ended" : "listed");
    listing_put_json(out, &change->listing);
    buf_put_char(out, '}');
}

void listing_put_heading(struct buf *out)
{
    static const struct listing none = {.list = LISTING_CARD};
    struct shown shown;
    struct column columns[COLUMNS];
    const char *cells[COLUMNS];
    size_t count = 0;
    show(&none, &shown, columns);
    for (; columns[count].name; count++)
        cells[count] = columns[count].name;
    buf_put_text(out, "\xEF\xBB\xBF");
    csv_put(out, cells, count);
}

void listing_put_cell(struct buf *out, const char *text)
{
    size_t length = strlen(text);
    bool number = length > 11 && strspn(text, "0123456789") == length;
    if (*text && strchr("=+-@\t\r", *text))
        buf_put_char(out, '\'');
    buf_print(out, number ? "=\"%s\"" : "%s", text);
}

void listing_put_csv(struct buf *out, const struct listing *listing)
{
    struct shown shown;
    struct column columns[COLUMNS];
    struct buf safe[COLUMNS] = {{0}};
    const char *cells[COLUMNS];
    size_t count = 0;
    show(listing, &shown, columns);
    for (; columns[count].name; count++) {
        listing_put_cell(&safe[count],
                         columns[count].text ? columns[count].text : "");
        cells[count] = buf_text(&safe[count]);
    }
    csv_put(out, cells, count);
    for (size_t i = 0; i < count; i++)
        buf_done(&safe[i]);
}
