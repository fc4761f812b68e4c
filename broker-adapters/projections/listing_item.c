/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A row is one piece of memory with the texts that are its own at the end; what
 * many rows share (authority, scheme, sender) is kept once.
 */
#include "broker-adapters/projections/listing_item.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/mem.h"

enum own_text { OWN_CODE, OWN_OTHER, OWN_NAME, OWN_NUMBER, OWN_CASE, OWNS };

enum { DAY_TEXT_MAX = 16 };

/* --- keys ------------------------------------------------------------------
 */

static void own_texts(const struct item *item, const char *out[OWNS])
{
    const char *at = item->texts;
    for (int i = 0; i < OWNS; i++, at += strlen(at) + 1)
        out[i] = at;
}

/* The nine symbols by which a code hangs in its chain, or NULL. */
static const char *organisation_of(const char *code, const char *other)
{
    if (*code)
        return code + ORGANISATION_FROM;
    return strlen(other) == ORGANISATION_SIZE ? other : NULL;
}

static bool hash_of(const char *const own[OWNS], enum chain_kind kind,
                    uint64_t *hash)
{
    const char *organisation = organisation_of(own[OWN_CODE], own[OWN_OTHER]);
    AUTO(listing_key) struct listing_key name = {0};
    if (kind == CHAIN_CODE && organisation)
        *hash = text_hash(organisation, ORGANISATION_SIZE);
    else if (kind == CHAIN_OTHER && *own[OWN_OTHER])
        *hash = text_hash(own[OWN_OTHER], strlen(own[OWN_OTHER]));
    else if (kind == CHAIN_NAME) /* every row hangs in this one */
        *hash = listing_key_name(&name, own[OWN_NAME], NULL) == R_OK
                    ? text_hash(buf_text(&name.text), name.text.size)
                    : 0;
    else
        return false;
    return true;
}

bool item_hash(const struct item *item, enum chain_kind kind, uint64_t *hash)
{
    const char *own[OWNS];
    own_texts(item, own);
    return hash_of(own, kind, hash);
}

bool listing_hash(const struct listing *row, enum chain_kind kind,
                  uint64_t *hash)
{
    const char *const own[OWNS] = {row->credit_code, row->other_code, row->name,
                                   "", ""};
    return hash_of(own, kind, hash);
}

uint64_t listing_key_hash(const struct listing_key *key)
{
    const char *text = buf_text(&key->text);
    return key->kind == LISTING_KEY_CODE
               ? text_hash(text + ORGANISATION_FROM, ORGANISATION_SIZE)
               : text_hash(text, strlen(text));
}

/* --- rows ------------------------------------------------------------------
 */

static int32_t day_number(const char *text)
{
    struct civil_day day;
    return civil_day_parse(text, &day) ? (int32_t)civil_day_number(day)
                                       : INT32_MAX;
}

/* The id of a letter is a UUID: 16 bytes. */
static void pack_letter(const char *text, unsigned char letter[LETTER_SIZE])
{
    char digits[2 * LETTER_SIZE + 1] = "";
    size_t count = 0;
    for (; *text && count < 2 * LETTER_SIZE; text++)
        if (*text != '-')
            digits[count++] = *text;
    if (!hex_parse(digits, letter, LETTER_SIZE))
        memset(letter, 0, LETTER_SIZE);
}

static void unpack_letter(const unsigned char letter[LETTER_SIZE],
                          char text[UUID_TEXT_MAX])
{
    char digits[2 * LETTER_SIZE + 1];
    hex_format(letter, LETTER_SIZE, digits);
    snprintf(text, UUID_TEXT_MAX, "%.8s-%.4s-%.4s-%.4s-%.12s", digits,
             digits + 8, digits + 12, digits + 16, digits + 20);
}

struct item *item_new(struct shared_texts *shared_texts,
                      const struct listing *row)
{
    const char *const own[OWNS] = {row->credit_code, row->other_code, row->name,
                                   row->number, row->case_id};
    const char *const shared[SHAREDS] = {row->subject, row->kind,
                                         row->title,   row->authority,
                                         row->sender,  row->stock_code};
    size_t size = 0;
    for (int i = 0; i < OWNS; i++)
        size += strlen(own[i]) + 1;
    struct item *item = mem_new(1, sizeof *item + size);
    char *at = item->texts;
    for (int i = 0; i < OWNS; i++)
        at = stpcpy(at, own[i]) + 1;
    for (int i = 0; i < SHAREDS; i++)
        item->shared[i] = shared_texts_keep(shared_texts, shared[i]);
    item->row = row->row;
    item->known_at = row->known_at;
    item->from = day_number(row->valid_from);
    item->until = day_number(row->valid_until);
    item->end = *row->end ? day_number(row->end_on) : INT32_MAX;
    item->list = (unsigned char)row->list;
    item->state_owned = row->state_owned;
    item->digest = row->digest;
    pack_letter(row->letter, item->letter);
    return item;
}

/* --- finding ---------------------------------------------------------------
 */

static bool has_code(const char *const own[OWNS], const char *asked)
{
    const char *organisation = organisation_of(own[OWN_CODE], own[OWN_OTHER]);
    if (*own[OWN_CODE])
        return strcmp(own[OWN_CODE], asked) == 0;
    return organisation && strncmp(organisation, asked + ORGANISATION_FROM,
                                   ORGANISATION_SIZE) == 0;
}

static bool has_organisation(const char *const own[OWNS], const char *asked)
{
    const char *organisation = organisation_of(own[OWN_CODE], own[OWN_OTHER]);
    return organisation && strncmp(organisation, asked, ORGANISATION_SIZE) == 0;
}

static bool has_other(const char *const own[OWNS], const char *asked)
{
    return strcmp(own[OWN_OTHER], asked) == 0;
}

static bool has_name(const char *const own[OWNS], const char *asked)
{
    AUTO(listing_key) struct listing_key name = {0};
    return listing_key_name(&name, own[OWN_NAME], NULL) == R_OK &&
           strcmp(buf_text(&name.text), asked) == 0;
}

bool item_fits(const struct item *item, const struct listing_key *key)
{
    static bool (*const has[])(const char *const own[OWNS],
                               const char *asked) = {
        [LISTING_KEY_CODE] = has_code,
        [LISTING_KEY_ORGANISATION] = has_organisation,
        [LISTING_KEY_OTHER] = has_other,
        [LISTING_KEY_NAME] = has_name};
    const char *own[OWNS];
    own_texts(item, own);
    return has[key->kind](own, buf_text(&key->text));
}

static const char *day_text(int32_t number, char text[DAY_TEXT_MAX])
{
    struct civil_day day = civil_day_of_number(number);
    snprintf(text, DAY_TEXT_MAX, "%04u-%02u-%02u", (unsigned)day.year % 10000,
             (unsigned)day.month % 100, (unsigned)day.day % 100);
    return number == INT32_MAX ? "" : text;
}

void item_show(const struct item *item,
               void (*use)(void *context, const struct listing *listing),
               void *context)
{
    char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX], letter[UUID_TEXT_MAX];
    const char *own[OWNS];
    own_texts(item, own);
    unpack_letter(item->letter, letter);
    const struct listing row = {.row = item->row,
                                .list = (enum listing_list)item->list,
                                .subject = item->shared[SHARED_SUBJECT],
                                .credit_code = own[OWN_CODE],
                                .other_code = own[OWN_OTHER],
                                .name = own[OWN_NAME],
                                .kind = item->shared[SHARED_KIND],
                                .title = item->shared[SHARED_TITLE],
                                .number = own[OWN_NUMBER],
                                .authority = item->shared[SHARED_AUTHORITY],
                                .stock_code = item->shared[SHARED_STOCK],
                                .state_owned = item->state_owned,
                                .valid_from = day_text(item->from, from),
                                .valid_until = day_text(item->until, until),
                                .case_id = own[OWN_CASE],
                                .sender = item->shared[SHARED_SENDER],
                                .letter = letter,
                                .digest = item->digest,
                                .known_at = item->known_at,
                                .end = ""};
    use(context, &row);
}
