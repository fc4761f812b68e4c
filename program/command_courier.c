/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong courier pack, list: packages for a way that no network goes, given
 * out; and which were given, taken and confirmed.
 */
#include "program/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "program/courier_look.h"
#include "program/courier_view.h"

struct packing {
    struct courier_look *look;
    const char *partner, *folder;
    bool json;
    struct buf out; /* the packages, as JSON */
    size_t packages, letters;
};

static void packing_done(struct packing *packing)
{
    buf_done(&packing->out);
}
AUTO_VALUE(packing, packing_done)

static void tell_package(struct packing *packing, int64_t number,
                         const char *name, int64_t letters)
{
    AUTO(text) char *path = io_join(packing->folder, name);
    packing->packages++;
    if (!packing->json) {
        printf("%s\n  ", path);
        printf(say("第 %lld 号包，给 %s", "package %lld for %s"),
               (long long)number, packing->partner);
        if (letters >= 0)
            printf(say("，%lld 件公文", ", %lld letters"), (long long)letters);
        printf("\n");
        return;
    }
    buf_print(&packing->out, "%s{\"number\":%lld",
              packing->packages > 1 ? "," : "", (long long)number);
    if (letters >= 0)
        buf_print(&packing->out, ",\"letters\":%lld", (long long)letters);
    desk_put_member(&packing->out, "file", path);
    buf_put_char(&packing->out, '}');
}

static enum reason pack_load(struct packing *packing,
                             const struct courier_load *load,
                             struct courier_made *made, struct fault *why)
{
    const struct courier *courier = &packing->look->courier;
    int64_t unreported;
    TRY(courier_unreported(courier->db, packing->partner, &unreported, why));
    if (load->source.count == 0 && unreported == 0)
        return R_OK;
    packing->letters = load->source.count;
    return courier_pack(courier, packing->partner, load, instant_now(), made,
                        why);
}

static enum reason pack_waiting(struct packing *packing,
                                struct courier_made *made, struct fault *why)
{
    const struct courier_look *look = packing->look;
    if (look->is_centre) {
        AUTO(centre_waiting) struct centre_waiting waiting = {0};
        TRY(centre_find_waiting(&waiting, look, packing->partner,
                                COVER_LETTERS_MAX, why));
        struct courier_load load = centre_load_of(&waiting);
        return pack_load(packing, &load, made, why);
    }
    AUTO(courier_waiting) struct courier_waiting waiting = {0};
    TRY(courier_find_waiting(&waiting, &look->courier, packing->partner,
                             COVER_LETTERS_MAX, why));
    struct courier_load load = courier_load_of(&waiting);
    return pack_load(packing, &load, made, why);
}

/* One package; made.number is 0 if nothing waits. */
static enum reason pack_one(struct packing *packing, struct courier_made *made,
                            struct fault *why)
{
    struct sql *db = packing->look->courier.db;
    *made = (struct courier_made){0};
    TRY(sql_begin(db, why));
    TRY(mailbox_end(db, pack_waiting(packing, made, why), why));
    if (made->number == 0)
        return R_OK;
    enum reason reason = courier_hand_out(&packing->look->courier, made->name,
                                          packing->folder, why);
    if (reason == R_OK)
        tell_package(packing, made->number, made->name,
                     (int64_t)packing->letters);
    else
        fprintf(stderr,
                say("第 %lld 号包已编号，但没有写到介质上；换一个介质后运行"
                    "：courier pack --again %lld\n",
                    "package %lld is made but could not be written there; with "
                    "another medium: courier pack --again %lld\n"),
                (long long)made->number, (long long)made->number);
    return reason;
}

static enum reason pack_all(struct packing *packing, struct fault *why)
{
    struct courier_made made;
    do
        TRY(pack_one(packing, &made, why));
    while (made.number != 0 && packing->letters == COVER_LETTERS_MAX);
    return R_OK;
}

static enum reason pack_again(struct packing *packing, const char *text,
                              struct fault *why)
{
    char *end;
    int64_t number = strtoll(text, &end, 10);
    if (*end || number < 1)
        return fault(why, R_USAGE, "--again %s", text);
    AUTO(text) char *name = NULL;
    const struct courier *courier = &packing->look->courier;
    TRY(courier_file(courier->db, packing->partner, number, &name, why));
    TRY(courier_hand_out(courier, name, packing->folder, why));
    tell_package(packing, number, name, -1);
    return R_OK;
}

static enum reason report(const struct packing *packing, struct fault *why)
{
    struct courier_balance balance;
    AUTO(buf) struct buf out = {0};
    TRY(courier_balance_read(&balance, packing->look->courier.db,
                             packing->partner, why));
    if (!packing->json) {
        if (packing->packages == 0)
            printf(say("没有待给 %s 的公文\n", "nothing waits for %s\n"),
                   packing->partner);
        courier_balance_tell(&balance, packing->partner);
        return R_OK;
    }
    buf_print(&out, "{\"partner\":\"%s\",\"packages\":[%s]", packing->partner,
              buf_text(&packing->out));
    courier_balance_put(&balance, &out);
    buf_put_char(&out, '}');
    puts(buf_text(&out));
    return R_OK;
}

static enum reason find_partner(const struct arguments *arguments,
                                struct packing *packing, struct fault *why)
{
    const struct courier_look *look = packing->look;
    packing->partner = arguments_value(arguments, "--for");
    if (!look->is_centre && packing->partner)
        return fault(why, R_USAGE, "--for: %s",
                     say("本机关的包只给交换中心",
                         "an agency packs for the centre alone"));
    if (!look->is_centre)
        return courier_look_centre(look, &packing->partner, why);
    TRY(arguments_require(arguments, "--for", &packing->partner, why));
    return registry_find(look->courier.registry, packing->partner)
               ? R_OK
               : fault(why, R_UNKNOWN_AGENCY, "%s", packing->partner);
}

static enum reason run_pack(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(courier_look) struct courier_look look = {0};
    AUTO(packing)
    struct packing packing = {.look = &look,
                              .json = arguments_has(arguments, "--json")};
    const char *again = arguments_value(arguments, "--again");
    struct stat status;
    TRY(arguments_require(arguments, "--out", &packing.folder, why));
    if (stat(packing.folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return fault(why, R_NO_FILE, "--out %s: %s", packing.folder,
                     say("不是文件夹", "not a folder"));
    TRY(courier_look_open(&look, arguments, why));
    TRY(find_partner(arguments, &packing, why));
    TRY(again ? pack_again(&packing, again, why) : pack_all(&packing, why));
    return report(&packing, why);
}

static const struct option pack_options[] = {
    DESK_OPTION,
    {"--out", "FOLDER", "写到哪里（U 盘的文件夹）", "where to (the stick)"},
    {"--for", "AGENCY", "给哪个机关（仅交换中心）",
     "for which agency (at the centre)"},
    {"--again", "NUMBER", "再给一次这个号的包，内容不变",
     "give out this package once more, unchanged"},
    DESK_JSON,
};

const struct command command_courier_pack = {
    .name = "courier pack",
    .operands = "",
    .chinese = "把待发的公文装成一个签名、加密、编号的包，由专人携带",
    .english = "pack what waits into a signed, sealed, numbered file to carry",
    .example = "yisong courier pack -c ecology.conf --out /media/usb",
    .options = pack_options,
    .option_count = COUNT_OF(pack_options),
    .run = run_pack,
};

/* --- list ------------------------------------------------------------------
 */

struct listing {
    struct buf out;
    bool json;
    size_t count;
};

static void listing_done(struct listing *listing)
{
    buf_done(&listing->out);
}
AUTO_VALUE(listing, listing_done)

static void put_row(struct listing *listing, int64_t number, int64_t letters,
                    const char *first)
{
    if (listing->json)
        buf_print(&listing->out, "%s{\"number\":%lld,\"letters\":%lld",
                  listing->count ? "," : "", (long long)number,
                  (long long)(letters < 0 ? 0 : letters));
    else
        buf_print(&listing->out, "  %6lld  %-6s %6lld  ", (long long)number,
                  first, (long long)letters);
    listing->count++;
}

static void use_given(void *context, const struct courier_given *given)
{
    struct listing *listing = context;
    char made[INSTANT_TEXT_MAX], confirmed[INSTANT_TEXT_MAX];
    if (given->letters < 0)
        return; /* known by its number alone */
    put_row(listing, given->number, given->letters, say("给出", "given"));
    if (listing->json) {
        desk_put_member(&listing->out, "file", given->name);
        desk_put_time(&listing->out, "madeAt", given->made_at);
        desk_put_time(&listing->out, "confirmedAt", given->confirmed_at);
        buf_put_char(&listing->out, '}');
        return;
    }
    buf_print(&listing->out, "%s  %s %s  %s\n",
              desk_minute(given->made_at, made),
              given->confirmed_at ? say("对方已收到", "confirmed")
                                  : say("未确认", "not confirmed"),
              desk_minute(given->confirmed_at, confirmed), given->name);
}

static void use_taken(void *context, const struct courier_taken *taken)
{
    struct listing *listing = context;
    char made[INSTANT_TEXT_MAX], at[INSTANT_TEXT_MAX];
    put_row(listing, taken->number, taken->letters, say("收到", "taken"));
    if (listing->json) {
        desk_put_time(&listing->out, "madeAt", taken->made_at);
        desk_put_time(&listing->out, "takenAt", taken->taken_at);
        buf_put_char(&listing->out, '}');
        return;
    }
    buf_print(&listing->out, "%s  %s %s\n", desk_minute(taken->made_at, made),
              say("已导入", "imported"), desk_minute(taken->taken_at, at));
}

static void begin_part(struct listing *listing, const char *text)
{
    listing->count = 0;
    if (listing->json)
        buf_put_text(&listing->out, text);
}

static enum reason list_partner(struct listing *listing, struct sql *db,
                                const char *partner, struct fault *why)
{
    struct courier_balance balance;
    TRY(courier_balance_read(&balance, db, partner, why));
    if (listing->json)
        buf_print(&listing->out, "{\"partner\":\"%s\"", partner);
    else
        buf_print(&listing->out, "%s\n  %s\n", partner,
                  say("  编号          件数  制作时间          情况",
                      "number        letters  made              what became of "
                      "it"));
    begin_part(listing, ",\"given\":[");
    TRY(courier_each_given(db, partner, use_given, listing, why));
    begin_part(listing, "],\"received\":[");
    TRY(courier_each_taken(db, partner, use_taken, listing, why));
    if (listing->json) {
        buf_put_char(&listing->out, ']');
        courier_balance_put(&balance, &listing->out);
        buf_put_char(&listing->out, '}');
        return R_OK;
    }
    fputs(buf_text(&listing->out), stdout);
    buf_clear(&listing->out);
    courier_balance_tell(&balance, partner);
    return R_OK;
}

static enum reason run_list(const struct arguments *arguments,
                            struct fault *why)
{
    AUTO(courier_look) struct courier_look look = {0};
    AUTO(listing)
    struct listing listing = {.json = arguments_has(arguments, "--json")};
    char **partners;
    size_t count;
    TRY(courier_look_open(&look, arguments, why));
    TRY(courier_partners(look.courier.db, &partners, &count, why));
    enum reason reason = R_OK;
    for (size_t i = 0; reason == R_OK && i < count; i++) {
        if (listing.json)
            buf_put_char(&listing.out, i ? ',' : '[');
        reason = list_partner(&listing, look.courier.db, partners[i], why);
    }
    courier_partners_free(partners, count);
    if (reason == R_OK && listing.json)
        printf("%s]\n", count ? buf_text(&listing.out) : "[");
    if (reason == R_OK && !listing.json && count == 0)
        puts(say("还没有给出或收到过包", "no package was given or taken yet"));
    return reason;
}

static const struct option list_options[] = {DESK_OPTION, DESK_JSON};

const struct command command_courier_list = {
    .name = "courier list",
    .operands = "",
    .chinese = "列出给出和收到的包：哪些对方已确认，缺哪些号",
    .english = "packages given and taken: which are confirmed, which missing",
    .example = "yisong courier list -c ecology.conf",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = run_list,
};
