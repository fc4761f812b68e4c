/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is masked is decided by form, not by trust in the writer: a run of
 * digits as long as an identity or telephone number is one, unless it proves to
 * be a credit code and not an identity number.
 */
#include "broker-adapters/projections/mask.h"

#include <stdint.h>
#include <string.h>

#include "base/encode.h"
#include "schemas/field.h"

enum { RUN_MAX = 64, OLD_ID = 15, ID = 18, MOBILE = 11 };

/* Surnames of two characters, as the household registers have them. */
static const char *const compound_surnames[] = {
    "欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙",
    "慕容", "令狐", "宇文", "长孙", "东方", "南宫", "独孤", "呼延", "端木",
    "百里", "闻人", "澹台", "太史", "申屠", "公冶", "宗政", "濮阳", "淳于",
    "单于", "轩辕", "钟离", "鲜于", "闾丘", "司空", "亓官", "司寇", "仲孙",
    "拓跋", "第五", "西门", "东郭", "左丘", "完颜", "赫连", "万俟", "纳兰"};

static size_t surname_length(const char *name)
{
    uint32_t character;
    for (size_t i = 0; i < COUNT_OF(compound_surnames); i++) {
        size_t length = strlen(compound_surnames[i]);
        if (strncmp(name, compound_surnames[i], length) == 0 && name[length])
            return length;
    }
    return utf8_read(name, strlen(name), &character);
}

void mask_name(const char *name, struct buf *out)
{
    name += strspn(name, " \t");
    buf_put(out, name, surname_length(name));
    if (*name)
        buf_put_text(out, "某");
}

/* One character of a number in its ASCII form, or 0. */
static char as_digit(uint32_t character)
{
    if (character >= 0xFF01 && character <= 0xFF5E)
        character -= 0xFEE0;
    if (character >= 'a' && character <= 'z')
        character -= 'a' - 'A';
    return (character >= '0' && character <= '9') ||
                   (character >= 'A' && character <= 'Z')
               ? (char)character
               : '\0';
}

static bool all_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789") >= count;
}

static bool is_private(const char *run)
{
    size_t length = strlen(run);
    if (length == MOBILE)
        return run[0] == '1' && run[1] >= '3' && all_digits(run, length);
    if (length == OLD_ID)
        return all_digits(run, length);
    if (length != ID || !all_digits(run, ID - 1))
        return false;
    return field_check(FIELD_CREDIT_CODE, run, NULL, NULL) != R_OK ||
           field_check(FIELD_CITIZEN_ID, run, NULL, NULL) == R_OK;
}

/* Reads a run of letters and digits; `run` holds its ASCII form, "" if it is
 * too long for any number. Gives its length in the text. */
static size_t read_run(const char *text, char run[RUN_MAX])
{
    const char *at = text;
    size_t count = 0;
    for (;;) {
        uint32_t character;
        size_t length = utf8_read(at, strlen(at), &character);
        char digit = length ? as_digit(character) : '\0';
        if (!digit)
            break;
        if (count < RUN_MAX - 1)
            run[count++] = digit;
        at += length;
    }
    run[count] = '\0';
    return (size_t)(at - text);
}

void mask_numbers(const char *text, struct buf *out)
{
    while (*text) {
        char run[RUN_MAX];
        uint32_t character;
        size_t length = read_run(text, run);
        if (length > 0 && is_private(run)) {
            buf_put_text(out, "******");
        } else {
            if (length == 0)
                length = utf8_read(text, strlen(text), &character);
            length = length ? length : 1;
            buf_put(out, text, length);
        }
        text += length;
    }
}

/* The longest name that stands at the beginning, or NULL. */
static const char *name_at(const char *text, const char *const *names,
                           size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (*names[i] && strncmp(text, names[i], strlen(names[i])) == 0 &&
            (!found || strlen(names[i]) > strlen(found)))
            found = names[i];
    return found;
}

void mask_names_in(const char *text, const char *const *names, size_t count,
                   struct buf *out)
{
    while (*text) {
        const char *name = name_at(text, names, count);
        if (name) {
            mask_name(name, out);
            text += strlen(name);
        } else {
            buf_put_char(out, *text++);
        }
    }
}
