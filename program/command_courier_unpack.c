/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong courier unpack: what came in packages goes in as if it had come over
 * the line, whole or not at all.
 */
#include "program/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "program/courier_look.h"
#include "program/courier_view.h"

struct unpacking {
    struct courier_look *look;
    struct package_reader reader;
    bool json, again, anyway;
    size_t count;
};

/* What became of one package. */
struct unpacked {
    struct courier_taken before;
    bool repeat;
    bool held; /* until those before it came */
    struct courier_kept kept;
};

static enum reason keep_at_agency(const struct courier_look *look,
                                  const struct courier_package *package,
                                  struct unpacked *out, struct fault *why)
{
    TRY(courier_judge(&look->courier, courier_package_cover(package),
                      &out->before, &out->repeat, why));
    return out->repeat ? R_OK
                       : courier_keep(&look->courier, &look->desk.desk, package,
                                      instant_now(), &out->kept, why);
}

static enum reason unpack_at_agency(const struct courier_look *look,
                                    const struct courier_package *package,
                                    struct unpacked *out, struct fault *why)
{
    struct sql *mailbox = look->courier.db;
    TRY(sql_begin(mailbox, why));
    TRY(mailbox_end(mailbox, keep_at_agency(look, package, out, why), why));
    mailbox_ring(look->desk.settings.mailbox);
    return R_OK;
}

/*
 * The router first, then our note: a run cut short between them is run again,
 * and the router knows what it has.
 */
static enum reason unpack_at_centre(const struct unpacking *unpacking,
                                    const char *path,
                                    const struct courier_package *package,
                                    struct unpacked *out, struct fault *why)
{
    const struct courier *courier = &unpacking->look->courier;
    const struct cover *cover = courier_package_cover(package);
    TRY(courier_judge(courier, cover, &out->before, &out->repeat, why));
    if (out->repeat && !unpacking->again)
        return R_OK;
    if (!out->repeat && !unpacking->anyway)
        TRY(courier_is_early(courier, cover, &out->held, why));
    if (out->held)
        return courier_hold(courier, path, cover, why);
    TRY(centre_submit(unpacking->look, package, why));
    out->kept.fresh = (int)cover->letters;
    if (out->repeat)
        return R_OK;
    TRY(sql_begin(courier->db, why));
    return mailbox_end(
        courier->db,
        courier_note(courier, cover, instant_now(), &out->kept.confirmed, why),
        why);
}

static void tell_counts(const struct unpacking *unpacking,
                        const struct unpacked *found)
{
    const struct courier_kept *kept = &found->kept;
    char at[INSTANT_TEXT_MAX];
    if (found->repeat)
        printf(say("  此前已导入（%s），这次没有改动\n",
                   "  imported before (%s); nothing was changed\n"),
               desk_minute(found->before.taken_at, at));
    if (found->held)
        puts(say("  前面的包还没有到：已收存，到齐后按号交路由",
                 "  packages before it are missing: kept, and handed over in "
                 "its turn"));
    if (unpacking->look->is_centre && kept->fresh > 0)
        printf(say("  已交路由 %d 件\n", "  handed to the router: %d\n"),
               kept->fresh);
    if (!unpacking->look->is_centre && !found->repeat)
        printf(say("  新收 %d 件，已有 %d 件，隔离 %d 件\n",
                   "  new %d, here already %d, in quarantine %d\n"),
               kept->fresh, kept->repeats, kept->quarantined);
    if (kept->confirmed > 0)
        printf(say("  对方回告：我方的 %d 个包已收到\n",
                   "  %d packages of ours are confirmed\n"),
               kept->confirmed);
}

static enum reason tell(struct unpacking *unpacking, const char *path,
                        const struct cover *cover, const struct unpacked *found,
                        struct fault *why)
{
    struct courier_balance balance;
    char at[INSTANT_TEXT_MAX];
    TRY(courier_balance_read(&balance, unpacking->look->courier.db, cover->from,
                             why));
    if (!unpacking->json) {
        printf("%s\n  ", path);
        printf(say("%s 的第 %lld 号包，%s 制作，%zu 件公文\n",
                   "of %s package %lld, made %s, %zu letters\n"),
               cover->from, (long long)cover->number,
               desk_minute(cover->made_at, at), cover->letters);
        tell_counts(unpacking, found);
        if (cover->made_at > instant_now() + INSTANT_HOUR)
            puts(say("  注意：对方机器的时钟比本机快",
                     "  note: the packer's clock is ahead of ours"));
        courier_balance_tell(&balance, cover->from);
        return R_OK;
    }
    AUTO(buf) struct buf out = {0};
    buf_print(
        &out,
        "%s{\"from\":\"%s\",\"number\":%lld,\"letters\":%zu,"
        "\"repeat\":%s,\"held\":%s,\"new\":%d,\"known\":%d,\"quarantined\":%d,"
        "\"confirmed\":%d",
        unpacking->count ? "," : "", cover->from, (long long)cover->number,
        cover->letters, found->repeat ? "true" : "false",
        found->held ? "true" : "false", found->kept.fresh, found->kept.repeats,
        found->kept.quarantined, found->kept.confirmed);
    desk_put_member(&out, "file", path);
    desk_put_time(&out, "madeAt", cover->made_at);
    courier_balance_put(&balance, &out);
    printf("%s}", buf_text(&out));
    return R_OK;
}

static enum reason unpack(struct unpacking *unpacking, const char *path,
                          struct cover *cover, struct unpacked *found,
                          struct fault *why)
{
    struct courier_look *look = unpacking->look;
    AUTO(courier_package) struct courier_package *package = NULL;
    TRY(courier_package_open(&package, path, &unpacking->reader, instant_now(),
                             why));
    TRY(look->is_centre ? unpack_at_centre(unpacking, path, package, found, why)
                        : unpack_at_agency(look, package, found, why));
    *cover = *courier_package_cover(package);
    TRY(courier_tidy(&look->courier, cover->from, why));
    TRY(tell(unpacking, path, cover, found, why));
    unpacking->count++;
    return R_OK;
}

/* And then those that came early and have their turn now. */
static enum reason unpack_with_held(struct unpacking *unpacking,
                                    const char *path, struct fault *why)
{
    struct cover cover;
    struct unpacked found = {0};
    TRY(unpack(unpacking, path, &cover, &found, why));
    while (unpacking->look->is_centre && !found.held) {
        AUTO(text) char *next = NULL;
        TRY(courier_find_held(&unpacking->look->courier, &cover, &next, why));
        if (!next)
            return R_OK;
        found = (struct unpacked){0};
        TRY(unpack(unpacking, next, &cover, &found, why));
        if (!found.held)
            (void)unlink(next);
    }
    return R_OK;
}

/* One bad package does not keep the others out; the first failure counts. */
static enum reason unpack_each(struct unpacking *unpacking,
                               const struct arguments *arguments)
{
    enum reason first = R_OK;
    for (size_t i = 0; i < arguments->count; i++) {
        struct fault found = {0};
        const char *path = arguments->operands[i];
        enum reason reason = unpack_with_held(unpacking, path, &found);
        if (reason == R_OK)
            continue;
        fault_print(stderr, path, &found);
        first = first == R_OK ? reason : first;
    }
    return first;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(courier_look) struct courier_look look = {0};
    AUTO(envelope_key) struct envelope_key *key = NULL;
    AUTO(envelope_key) struct envelope_key *former = NULL;
    struct unpacking unpacking = {.look = &look,
                                  .json = arguments_has(arguments, "--json"),
                                  .again = arguments_has(arguments, "--again"),
                                  .anyway =
                                      arguments_has(arguments, "--anyway")};
    log_open("courier", LOG_WARN);
    TRY(courier_look_open(&look, arguments, why));
    TRY(courier_look_key(&look, &key, why));
    TRY(courier_look_former(&look, &former, why));
    TRY(io_make_folder(look.shelf, why));
    unpacking.reader =
        (struct package_reader){.agency = look.courier.agency,
                                .key = key,
                                .former = former,
                                .registry = look.courier.registry,
                                .scratch = look.shelf};
    if (unpacking.json)
        printf("[");
    enum reason reason = unpack_each(&unpacking, arguments);
    if (unpacking.json)
        printf("]\n");
    return reason;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--again", NULL, "已导入过的也再交一次路由（仅交换中心）",
     "hand over what was imported before once more (at the centre)"},
    {"--anyway", NULL, "前面的包不再等（仅交换中心）",
     "wait no longer for packages before it (at the centre)"},
    DESK_JSON,
};

const struct command command_courier_unpack = {
    .name = "courier unpack",
    .operands = "PACKAGE...",
    .chinese = "导入带来的包；重复导入、先后颠倒都不要紧",
    .english = "import packages that were brought; twice or in any order",
    .example = "yisong courier unpack -c router.conf /media/usb/*.p7m",
    .options = options,
    .option_count = COUNT_OF(options),
    .least = 1,
    .most = 1000,
    .run = run,
};
