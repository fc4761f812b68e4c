/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * yisong inbox export: what came, as rows of the agency's own table. Letters
 * of other types are passed over.
 */
#include "program/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/mem.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/mailbox/mailbox_list.h"
#include "program/desk_look.h"
#include "program/mapping_look.h"

/* The letters of one type: their ids, in the order in which they came. */
struct found {
    const char *type;
    char **ids;
    size_t count;
};

static void found_done(struct found *found)
{
    for (size_t i = 0; i < found->count; i++)
        free(found->ids[i]);
    free(found->ids);
}
AUTO_VALUE(found, found_done)

static void use_line(void *context, const struct incoming_line *line)
{
    struct found *found = context;
    if (strcmp(line->type, found->type) != 0)
        return;
    found->ids = mem_resize(found->ids, found->count + 1, sizeof(char *));
    found->ids[found->count++] = mem_text(line->id);
}

static enum reason put_letters(struct sql *mailbox,
                               const struct mapping *mapping,
                               const struct found *found, struct buf *out,
                               struct fault *why)
{
    for (size_t i = 0; i < found->count; i++) {
        AUTO(incoming_letter) struct incoming_letter letter = {0};
        TRY(incoming_find(mailbox, found->ids[i], &letter, why));
        TRY(mapping_look_put(mapping, letter.bytes, letter.size, out, why));
    }
    return R_OK;
}

static enum reason run(const struct arguments *arguments, struct fault *why)
{
    AUTO(desk_look) struct desk_look look = {0};
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(found) struct found found = {0};
    AUTO(buf) struct buf out = {0};
    const char *name;
    long most;
    TRY(arguments_require(arguments, "--csv", &name, why));
    TRY(arguments_int(arguments, "--most", 1, 1000000, 100000, &most, why));
    TRY(mapping_look_read(&mapping, name, why));
    TRY(desk_look_open(&look, arguments, why));
    found.type = mapping_type(mapping);
    TRY(mailbox_each_incoming(look.desk.mailbox, most, true, use_line, &found,
                              why));
    TRY(put_letters(look.desk.mailbox, mapping, &found, &out, why));
    if (out.size == 0)
        mapping_look_begin(mapping, &out);
    if (!arguments_has(arguments, "--full") && out.size > 0)
        out.size = strlen(mask_text(out.bytes));
    fwrite(buf_text(&out), 1, out.size, stdout);
    return R_OK;
}

static const struct option options[] = {
    DESK_OPTION,
    {"--full", NULL, "连同证件号码、电话号码",
     "with identity and telephone numbers"},
    {"--csv", "MAPPING", "映射文件，或内置映射的名称",
     "the mapping file, or the name of one that is carried"},
    {"--most", "N", "最多查看最近的 N 件（缺省 100000）",
     "look at the newest N letters (default 100000)"},
};

const struct command command_inbox_export = {
    .name = "inbox export",
    .operands = "",
    .chinese = "把收到的文书按映射输出为 CSV",
    .english = "print the letters that came as CSV rows",
    .example = "yisong inbox export -c bank.conf --csv cards >cards.csv",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};
