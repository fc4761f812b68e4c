/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

enum { SETTINGS_CEILING = 256 * 1024 };

struct reader {
    const char *path;
    const struct setting *table;
    size_t count;
    void *into;
    bool *given;
    struct buf *report;
    struct fault *why;
    int line;
    bool failed;
};

static void complain(struct reader *reader, const char *zh, const char *en,
                     const char *what)
{
    buf_print(reader->report, "%s:%d: %s: %s: %s\n", reader->path, reader->line,
              reason_code(R_BAD_SETTINGS), say(zh, en), what);
    if (!reader->failed)
        (void)fault(reader->why, R_BAD_SETTINGS, "%s:%d: %s: %s", reader->path,
                    reader->line, say(zh, en), what);
    reader->failed = true;
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}

static char **text_member(const struct setting *setting, void *into)
{
    return (char **)((char *)into + setting->offset);
}

static void set_int(struct reader *reader, const struct setting *setting,
                    const char *value)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < setting->least ||
        number > setting->most) {
        AUTO(text) char *what =
            mem_print("%s = %s (%ld ... %ld)", setting->name, value,
                      setting->least, setting->most);
        complain(reader, "数值不在允许范围内", "not a number within bounds",
                 what);
        return;
    }
    *(int *)(void *)((char *)reader->into + setting->offset) = (int)number;
}

static void set_flag(struct reader *reader, const struct setting *setting,
                     const char *value)
{
    bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0)
        complain(reader, "只能是 yes 或 no", "must be yes or no",
                 setting->name);
    *(bool *)(void *)((char *)reader->into + setting->offset) = yes;
}

static void set_value(struct reader *reader, const struct setting *setting,
                      const char *value)
{
    switch (setting->kind) {
    case SETTING_TEXT:
        *text_member(setting, reader->into) = mem_text(value);
        break;
    case SETTING_PATH: {
        AUTO(text) char *folder = io_folder_of(reader->path);
        *text_member(setting, reader->into) = *value && !strstr(value, "://")
                                                  ? io_join(folder, value)
                                                  : mem_text(value);
        break;
    }
    case SETTING_INT:
        set_int(reader, setting, value);
        break;
    case SETTING_FLAG:
        set_flag(reader, setting, value);
        break;
    }
}

static void read_line(struct reader *reader, char *line)
{
    char *name = trim(line);
    if (!*name || *name == '#')
        return;
    char *equals = strchr(name, '=');
    if (!equals) {
        complain(reader, "缺少等号", "no '=' in the line", name);
        return;
    }
    *equals = '\0';
    name = trim(name);
    for (size_t i = 0; i < reader->count; i++) {
        if (strcmp(reader->table[i].name, name) != 0)
            continue;
        if (reader->given[i])
            complain(reader, "重复设置", "given twice", name);
        else
            set_value(reader, &reader->table[i], trim(equals + 1));
        reader->given[i] = true;
        return;
    }
    complain(reader, "未知的配置项", "no such setting", name);
}

static void use_standards(struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (reader->given[i])
            continue;
        if (reader->table[i].standard)
            set_value(reader, &reader->table[i], reader->table[i].standard);
        else
            complain(reader, "缺少必填配置项", "a required setting is missing",
                     reader->table[i].name);
    }
}

enum reason settings_read(const char *path, const struct setting *table,
                          size_t count, void *into, struct buf *report,
                          struct fault *why)
{
    AUTO(buf) struct buf text = {.ceiling = SETTINGS_CEILING};
    TRY(io_read(path, &text, why));
    struct reader reader = {.path = path,
                            .table = table,
                            .count = count,
                            .into = into,
                            .given = mem_new(count, sizeof(bool)),
                            .report = report,
                            .why = why};
    char *rest = text.bytes, *line;
    while ((line = strsep(&rest, "\n"))) {
        reader.line++;
        read_line(&reader, line);
    }
    use_standards(&reader);
    free(reader.given);
    return reader.failed ? R_BAD_SETTINGS : R_OK;
}

void settings_done(const struct setting *table, size_t count, void *into)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].kind != SETTING_TEXT && table[i].kind != SETTING_PATH)
            continue;
        char **member = text_member(&table[i], into);
        free(*member);
        *member = NULL;
    }
}

static const char *value_of(const struct setting_value *values, size_t count,
                            const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    return NULL;
}

void settings_template(const struct setting *table, size_t count,
                       const struct setting_value *values, size_t value_count,
                       struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *row = &table[i];
        const char *value = value_of(values, value_count, row->name);
        buf_print(out, "# %s\n# %s\n%s%s = %s\n\n", row->help_zh, row->help_en,
                  value ? "" : "#", row->name,
                  value           ? value
                  : row->standard ? row->standard
                                  : "");
    }
}

void settings_help(const struct setting *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("  %-22s %s%s%s\n", table[i].name,
               say(table[i].help_zh, table[i].help_en),
               table[i].standard && *table[i].standard ? " = " : "",
               table[i].standard ? table[i].standard : "");
}
