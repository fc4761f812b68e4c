/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong evidence list, add, history: the files that travel beside letters, as
 * an agency and as the centre see them.
 */
#include "program/command.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"
#include "base/width.h"
#include "broker-adapters/adapter/attachments.h"
#include "broker-adapters/evidence/evidence_list.h"
#include "broker-adapters/evidence/supply.h"
#include "broker-adapters/evidence/store/store_rows.h"
#include "broker-adapters/mailbox/mailbox.h"
#include "program/desk_look.h"

/* --- list ------------------------------------------------------------------
 */

static const struct {
    const char *state, *chinese, *english;
} states[] = {
    {"kept", "待加密", "to be sealed"},
    {"missing", "缺文件", "file missing"},
    {"sealed", "上传中", "going"},
    {"sent", "已送达中心", "at the centre"},
    {"dropped", "公文被拒", "letter refused"},
    {"awaited", "接收中", "coming"},
    {"here", "解密中", "being opened"},
    {"whole", "已收齐", "whole"},
    {"elsewhere", "不发给本机关", "not for us"},
};

static const char *state_name(const struct evidence_line *line)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (strcmp(states[i].state, line->state) == 0)
            return say(states[i].chinese, states[i].english);
    return line->state;
}

/* "1.5 GB": what a person compares with a disk. */
static char *size_text(int64_t size, char text[24])
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    double shown = (double)size;
    size_t unit = 0;
    for (; shown >= 1000 && unit + 1 < COUNT_OF(units); unit++)
        shown /= 1000;
    snprintf(text, 24, unit && shown < 10 ? "%.1f %s" : "%.0f %s", shown,
             units[unit]);
    return text;
}

static int percent(int64_t part, int64_t whole)
{
    return whole <= 0 ? 0 : part >= whole ? 100 : (int)(part * 100 / whole);
}

/* Whom a file that does not come is awaited from, or how far it is. */
static void put_progress(const struct evidence_line *line, struct buf *out)
{
    bool is_coming = strcmp(line->state, "awaited") == 0;
    bool is_under_way =
        strcmp(line->state, "sealed") == 0 || (is_coming && line->have > 0);
    char rate[24];
    if (is_under_way)
        buf_print(out, "%d%%", percent(line->have, line->total));
    else if (is_coming)
        buf_print(out, say("等待 %s（%d%%）", "awaited from %s (%d%%)"),
                  line->peer, percent(line->there, line->total));
    if (is_under_way && line->rate > 0)
        buf_print(out, say("，每秒 %s", ", %s/s"), size_text(line->rate, rate));
    if (*line->code)
        buf_print(out, "%s%s", out->size ? " " : "", line->code);
}

static const size_t widths[] = {4, 36, 24, 9, 14, 24};

static void put_cells(struct buf *out, const char *const cells[])
{
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        bool is_last = i + 1 == COUNT_OF(widths);
        if (is_last) /* whole, however long a name is */
            buf_put_text(out, cells[i]);
        else
            width_put_in(out, cells[i], widths[i]);
        buf_put_char(out, is_last ? '\n' : ' ');
    }
}

struct listing {
    struct buf *out;
    bool json;
    size_t count;
};

static void put_json(const struct evidence_line *line, struct buf *out)
{
    char sha256[DIGEST_TEXT_MAX];
    buf_print(out, "{\"way\":\"%s\"", line->is_coming ? "in" : "out");
    desk_put_member(out, "letter", line->letter);
    desk_put_member(out, line->is_coming ? "from" : "to", line->peer);
    desk_put_member(out, "name", line->name);
    desk_put_member(out, "sha256", digest_format(&line->sha256, sha256));
    desk_put_member(out, "state", line->state);
    buf_print(out,
              ",\"size\":%lld,\"have\":%lld,\"total\":%lld,\"there\":%lld,"
              "\"bytesPerSecond\":%lld",
              (long long)line->size, (long long)line->have,
              (long long)line->total, (long long)line->there,
              (long long)line->rate);
    if (*line->path)
        desk_put_member(out, "path", line->path);
    if (*line->code)
        desk_put_member(out, "code", line->code);
    buf_put_char(out, '}');
}

static void use_line(void *context, const struct evidence_line *line)
{
    struct listing *listing = context;
    char size[24];
    AUTO(buf) struct buf progress = {0};
    if (listing->json) {
        buf_put_text(listing->out, listing->count++ ? ",\n " : "");
        put_json(line, listing->out);
        return;
    }
    listing->count++;
    put_progress(line, &progress);
    const char *const cells[] = {line->is_coming ? say("收", "in")
                                                 : say("发", "out"),
                                 line->letter,
                                 line->name,
                                 size_text(line->size, size),
                                 state_name(line),
                                 buf_text(&progress)};
    put_cells(listing->out, cells);
}

static enum reason list(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(buf) struct buf out = {0};
    struct listing listing = {.out = &out,
                              .json = arguments_has(arguments, "--json")};
    const char *const head[] = {"",
                                say("公文", "letter"),
                                say("文件", "file"),
                                say("大小", "size"),
                                say("状态", "state"),
                                say("进度", "progress")};
    long most;
    TRY(arguments_int(arguments, "--most", 1, 1000000, 1000, &most, why));
    TRY(desk_look_open(&look, arguments, why));
    AUTO(text) char *root =
        evidence_list_root(look.settings.mailbox, look.settings.spool);
    if (listing.json)
        buf_put_char(&out, '[');
    else
        put_cells(&out, head);
    TRY(evidence_each(look.desk.mailbox, root, most, use_line, &listing, why));
    if (listing.json)
        buf_put_text(&out, "]\n");
    fputs(buf_text(&out), stdout);
    return R_OK;
}

static const struct option list_options[] = {
    DESK_OPTION,
    {"--most", "N", "最多显示最新的 N 个（默认 1000）",
     "the newest N at most (1000)"},
    DESK_JSON,
};

const struct command command_evidence_list = {
    .name = "evidence list",
    .operands = "",
    .chinese = "列出随文传送的证据文件及进度",
    .english = "list the files that travel with letters, and how far they are",
    .example = "yisong evidence list -c police.conf",
    .options = list_options,
    .option_count = COUNT_OF(list_options),
    .run = list,
};

/* --- add -------------------------------------------------------------------
 */

static enum reason add_one(const struct desk_look *look, const char *path,
                           struct fault *why)
{
    int going, coming;
    TRY(supply_file(look->desk.mailbox, &look->settings, path, instant_now(),
                    &going, &coming, why));
    if (going)
        printf(say("%s：已补入，将随文传送\n", "%s: added, it will travel\n"),
               path);
    if (coming)
        printf(say("%s：与来文清单一致，已收入\n",
                   "%s: is what a letter waits for, taken in\n"),
               path);
    return R_OK;
}

static enum reason add(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    TRY(desk_look_open_to_send(&look, arguments, why));
    for (size_t i = 0; i < arguments->count; i++)
        TRY(add_one(&look, arguments->operands[i], why));
    mailbox_ring(look.settings.mailbox);
    return R_OK;
}

static const struct option add_options[] = {DESK_OPTION};

const struct command command_evidence_add = {
    .name = "evidence add",
    .operands = "FILE...",
    .chinese = "补交附件清单已列、尚缺的文件（本机关发出的或收到的公文）",
    .english =
        "supply files that are missing: of letters that went, or that came",
    .example = "yisong evidence add -c ecology.conf video.mp4",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .least = 1,
    .most = ATTACHMENTS_MAX,
    .run = add,
};

/* --- history ----------------------------------------------------------------
 */

static void print_line(void *context, int64_t line, const char *text,
                       const struct digest *chain)
{
    struct digest *last = context;
    printf("%lld %s\n", (long long)line, text);
    *last = *chain;
}

static enum reason history(const struct arguments *arguments, struct fault *why)
{
    const char *folder;
    struct digest last = {0};
    char text[DIGEST_TEXT_MAX];
    AUTO(sql) struct sql *db = NULL;
    TRY(arguments_require(arguments, "--store", &folder, why));
    AUTO(text) char *path = io_join(folder, "evidence.db");
    TRY(store_rows_open(&db, path, SQL_READ, why));
    TRY(store_log_each(db, print_line, &last, why));
    printf("%s %s\n", say("链尾", "chain"), digest_format(&last, text));
    return R_OK;
}

static const struct option history_options[] = {
    {"--store", "DIR", "证据存放目录", "folder of the evidence store"},
};

const struct command command_evidence_history = {
    .name = "evidence history",
    .operands = "",
    .chinese = "证据存放处的记录：何时收齐、谁已收到、何时因何删除（逐行校验）",
    .english = "the store's log: what came, who received it, what was deleted "
               "and why; every line is checked",
    .example = "yisong evidence history --store /var/lib/yisong/evidence",
    .options = history_options,
    .option_count = COUNT_OF(history_options),
    .run = history,
};
