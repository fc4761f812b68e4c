/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong publish: what the public may see, as files that can be laid on any web
 * server.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/projections/extract.h"
#include "program/desk_look.h"
#include "program/listing_look.h"

enum { FILES = 3 };

static enum reason write_file(const char *folder, const char *name,
                              const struct buf *bytes, struct fault *why)
{
    AUTO(text) char *path = io_join(folder, name);
    TRY(buf_check(bytes, why));
    return io_write(path, buf_text(bytes), bytes->size, 0644, why);
}

/* The page last: it names the digests of the others. */
static enum reason write_all(const struct extract *extract, const char *folder,
                             struct fault *why)
{
    AUTO(buf) struct buf cards = {0};
    AUTO(buf) struct buf penalties = {0};
    AUTO(buf) struct buf json = {0};
    AUTO(buf) struct buf page = {0};
    const struct extract_file files[FILES] = {{"cards.csv", &cards},
                                              {"penalties.csv", &penalties},
                                              {"public.json", &json}};
    extract_put_cards(extract, &cards);
    extract_put_penalties(extract, &penalties);
    extract_put_json(extract, &json);
    extract_put_page(extract, files, FILES, &page);
    TRY(io_make_folder(folder, why));
    for (size_t i = 0; i < FILES; i++)
        TRY(write_file(folder, files[i].name, files[i].bytes, why));
    return write_file(folder, "index.html", &page, why);
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(extract) struct extract extract = {.made_at = instant_now()};
    struct listing_query query = {0};
    char day[LISTING_DAY_MAX];
    const char *folder;
    TRY(arguments_require(arguments, "--out", &folder, why));
    TRY(listing_look_times(arguments, &query, day, why));
    TRY(desk_look_open(&look, arguments, why));
    TRY(registry_read(&look.registry, look.settings.agencies, why));
    const struct agency *agency =
        registry_find(look.registry, look.settings.agency);
    extract.publisher = agency ? agency->chinese : look.settings.agency;
    extract.day = day;
    TRY(extract_read(look.desk.mailbox, &extract, why));
    TRY(write_all(&extract, folder, why));
    printf(say("%s：红黄牌 %zu 条，行政处罚 %zu 条（截至 %s）\n",
               "%s: %zu cards, %zu penalties (as of %s)\n"),
           folder, extract.cards.count, extract.penalties.count, day);
    return R_OK;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--out", "DIR", "输出目录：index.html、CSV、JSON",
     "folder: index.html, CSV, JSON"},
    {"--as-of", "DAY", "公示截至日（默认今天）", "as of this day (today)"},
};

const struct command command_publish = {
    .name = "publish",
    .operands = "",
    .chinese = "生成可公开的红黄牌和处罚信息：网页、CSV、JSON，已隐去个人信息",
    .english = "write what the public may see: a page, CSV, JSON, no personal "
               "data",
    .example = "yisong publish -c credit.conf --out /srv/www/cards",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
