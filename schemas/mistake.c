/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of what is wrong with one message, and its two printed forms.
 */
#include "schemas/mistake.h"

#include <stdlib.h>

#include "base/language.h"
#include "base/mask.h"
#include "base/mem.h"

bool mistakes_drop(struct mistakes *mistakes)
{
    if (mistakes->count < MISTAKES_MAX)
        return false;
    mistakes->dropped++;
    return true;
}

void mistakes_add(struct mistakes *mistakes, enum reason reason, int line,
                  const char *path, const char *found, const char *chinese,
                  const char *english)
{
    if (mistakes_drop(mistakes))
        return;
    if (!mistakes->rows)
        mistakes->rows = mem_new(MISTAKES_MAX, sizeof *mistakes->rows);
    mistakes->rows[mistakes->count++] =
        (struct mistake){.reason = reason,
                         .line = line,
                         .path = mem_text(path),
                         .found = mask_text(mem_text(found)),
                         .chinese = mask_text(mem_text(chinese)),
                         .english = mask_text(mem_text(english))};
}

void mistakes_print(const struct mistakes *mistakes, const char *where,
                    struct buf *out)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct mistake *row = &mistakes->rows[i];
        buf_print(out, "%s:%d: %s: %s: %s", where, row->line,
                  reason_code(row->reason), row->path,
                  say(row->chinese, row->english));
        if (row->found[0])
            buf_print(out, say("（原值：%s）", " (found: %s)"), row->found);
        buf_put_char(out, '\n');
    }
    if (mistakes->dropped)
        buf_print(out,
                  say("%s: 另有 %zu 处错误未列出\n",
                      "%s: %zu more mistakes are not listed\n"),
                  where, mistakes->dropped);
}

static void put_member(struct buf *out, const char *name, const char *text)
{
    buf_print(out, ",\"%s\":\"", name);
    buf_put_json(out, text);
    buf_put_char(out, '"');
}

void mistakes_print_json(const struct mistakes *mistakes, struct buf *out)
{
    buf_put_char(out, '[');
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct mistake *row = &mistakes->rows[i];
        buf_print(out, "%s{\"code\":\"%s\",\"line\":%d", i ? "," : "",
                  reason_code(row->reason), row->line);
        put_member(out, "path", row->path);
        put_member(out, "found", row->found);
        put_member(out, "zh", row->chinese);
        put_member(out, "en", row->english);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void mistakes_done(struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        free(mistakes->rows[i].path);
        free(mistakes->rows[i].found);
        free(mistakes->rows[i].chinese);
        free(mistakes->rows[i].english);
    }
    free(mistakes->rows);
    *mistakes = (struct mistakes){0};
}
