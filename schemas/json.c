/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the bytes, recursion bounded by JSON_DEPTH_MAX. Values come
 * from blocks, texts from one piece of memory as large as the input (a text
 * without its quotes and escapes is never longer), so that a message costs a
 * handful of allocations.
 */
#include "schemas/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/language.h"
#include "base/mem.h"

enum { BLOCK_VALUES = 128, SAFE_DIGITS = 16 };

struct block {
    struct block *next;
    size_t used;
    struct json values[BLOCK_VALUES];
};

struct json_text {
    struct json *root;
    struct block *blocks;
    char *chars;
};

struct reader {
    const char *at, *end;
    int line, depth;
    size_t values;
    char *chars; /* where the next text goes */
    struct json_text *text;
    struct fault *why;
};

static enum reason wrong(const struct reader *reader, const char *chinese,
                         const char *english)
{
    return fault(reader->why, R_NOT_WELL_FORMED,
                 say("第 %d 行：%s", "line %d: %s"), reader->line,
                 say(chinese, english));
}

static enum reason too_large(const struct reader *reader, const char *chinese,
                             const char *english)
{
    return fault(reader->why, R_TOO_LARGE, say("第 %d 行：%s", "line %d: %s"),
                 reader->line, say(chinese, english));
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static void skip_blanks(struct reader *reader)
{
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\n')
            reader->line++;
        else if (*reader->at != ' ' && *reader->at != '\t' &&
                 *reader->at != '\r')
            return;
    }
}

static enum reason new_value(struct reader *reader, struct json **out)
{
    if (++reader->values > JSON_VALUES_MAX)
        return too_large(reader, "值过多", "too many values");
    struct block *block = reader->text->blocks;
    if (!block || block->used == BLOCK_VALUES) {
        block = mem_new(1, sizeof *block);
        block->next = reader->text->blocks;
        reader->text->blocks = block;
    }
    *out = &block->values[block->used++];
    (*out)->line = reader->line;
    return R_OK;
}

/* Four hexadecimal digits. */
static bool read_unit(struct reader *reader, uint32_t *unit)
{
    *unit = 0;
    if (reader->end - reader->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = memchr(digits, *reader->at++, sizeof digits - 1);
        if (!digit)
            return false;
        *unit = *unit << 4 | (uint32_t)((digit - digits) & 15);
    }
    return true;
}

/* What XML can carry and I-JSON allows. */
static bool is_allowed(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
    bool is_no_character =
        (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !is_surrogate && !is_no_character;
}

static enum reason read_unicode(struct reader *reader, uint32_t *c)
{
    if (!read_unit(reader, c))
        return wrong(reader, "\\u 之后须有四位十六进制数字",
                     "\\u needs four hexadecimal digits");
    if (*c >= 0xD800 && *c <= 0xDBFF) {
        uint32_t low;
        bool paired = reader->end - reader->at >= 6 && reader->at[0] == '\\' &&
                      reader->at[1] == 'u';
        reader->at += paired ? 2 : 0;
        if (!paired || !read_unit(reader, &low) || low < 0xDC00 || low > 0xDFFF)
            return wrong(reader, "单独的代理项", "lone surrogate");
        *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    }
    return R_OK;
}

static enum reason read_escape(struct reader *reader)
{
    static const char plain[] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',
                                 ['n'] = '\n', ['r'] = '\r',  ['t'] = '\t'};
    reader->at++;
    unsigned char name = (unsigned char)peek(reader);
    reader->at++;
    uint32_t c;
    if (name == 'u')
        TRY(read_unicode(reader, &c));
    else if (name == 'b' || name == 'f')
        c = 1; /* characters that XML cannot carry */
    else if (name < sizeof plain && plain[name])
        c = (uint32_t)plain[name];
    else
        return wrong(reader, "未知的转义", "unknown escape");
    if (!is_allowed(c))
        return wrong(reader, "不允许的字符", "character that is not allowed");
    char utf8[UTF8_TEXT_MAX];
    size_t size = utf8_write(c, utf8);
    memcpy(reader->chars, utf8, size);
    reader->chars += size;
    return R_OK;
}

static enum reason read_plain(struct reader *reader)
{
    if ((unsigned char)*reader->at >= 0x20 &&
        (unsigned char)*reader->at < 0x80) {
        *reader->chars++ = *reader->at++;
        return R_OK;
    }
    uint32_t c;
    size_t size = utf8_read(reader->at, (size_t)(reader->end - reader->at), &c);
    if (size == 0)
        return wrong(reader, "不是 UTF-8", "not UTF-8");
    if (c < 0x20 || !is_allowed(c))
        return wrong(reader, "不允许的字符", "character that is not allowed");
    memcpy(reader->chars, reader->at, size);
    reader->chars += size;
    reader->at += size;
    return R_OK;
}

static enum reason read_string(struct reader *reader, const char **out)
{
    if (peek(reader) != '"')
        return wrong(reader, "此处应为双引号", "a double quote is expected");
    reader->at++;
    *out = reader->chars;
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at == '\\')
            TRY(read_escape(reader));
        else
            TRY(read_plain(reader));
    }
    if (reader->at >= reader->end)
        return wrong(reader, "字符串没有结束", "the string does not end");
    reader->at++;
    *reader->chars++ = '\0';
    return R_OK;
}

static size_t skip_digits(struct reader *reader)
{
    const char *start = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->at++;
    return (size_t)(reader->at - start);
}

static bool skip_exponent(struct reader *reader)
{
    if (peek(reader) != 'e' && peek(reader) != 'E')
        return true;
    reader->at++;
    if (peek(reader) == '+' || peek(reader) == '-')
        reader->at++;
    return skip_digits(reader) > 0;
}

static bool is_safe_integer(const char *digits, size_t count)
{
    return count < SAFE_DIGITS ||
           (count == SAFE_DIGITS &&
            memcmp(digits, "9007199254740991", SAFE_DIGITS) <= 0);
}

static enum reason read_number(struct reader *reader, struct json *value)
{
    const char *start = reader->at;
    bool negative = peek(reader) == '-';
    reader->at += negative;
    const char *digits = reader->at;
    size_t whole = skip_digits(reader);
    bool leading_zero = whole > 0 && digits[0] == '0';
    bool sound = whole > 0 && !(leading_zero && whole > 1);
    value->kind = JSON_INTEGER;
    if (peek(reader) == '.') {
        reader->at++;
        sound = skip_digits(reader) > 0 && sound;
        value->kind = JSON_FRACTION;
    }
    if (peek(reader) == 'e' || peek(reader) == 'E')
        value->kind = JSON_FRACTION;
    if (!skip_exponent(reader) || !sound)
        return wrong(reader, "数字写法有误", "malformed number");
    if (value->kind == JSON_INTEGER && negative && leading_zero)
        return wrong(reader, "不允许 -0", "-0 is not allowed");
    if (!is_safe_integer(digits, whole))
        return wrong(reader, "数字过大", "number out of range");
    size_t size = (size_t)(reader->at - start);
    value->text = memcpy(reader->chars, start, size);
    reader->chars[size] = '\0';
    reader->chars += size + 1;
    return R_OK;
}

static enum reason read_word(struct reader *reader, struct json *value)
{
    static const struct {
        const char *text;
        enum json_kind kind;
    } words[] = {
        {"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t size = strlen(words[i].text);
        if ((size_t)(reader->end - reader->at) >= size &&
            memcmp(reader->at, words[i].text, size) == 0) {
            reader->at += size;
            value->kind = words[i].kind;
            value->text = words[i].text;
            return R_OK;
        }
    }
    return wrong(reader, "此处应为一个值", "a value is expected");
}

static enum reason read_value(struct reader *reader, const char *name,
                              struct json **out);

static enum reason read_name(struct reader *reader, const struct json *object,
                             const char **name)
{
    if (object->count == JSON_MEMBERS_MAX)
        return too_large(reader, "成员过多", "too many members");
    TRY(read_string(reader, name));
    if (json_find(object, *name))
        return wrong(reader, "成员名重复", "a name is given twice");
    skip_blanks(reader);
    if (peek(reader) != ':')
        return wrong(reader, "此处应为冒号", "a colon is expected");
    reader->at++;
    return R_OK;
}

static enum reason read_items(struct reader *reader, struct json *value,
                              char closing)
{
    struct json **end = &value->first;
    skip_blanks(reader);
    while (value->count > 0 || peek(reader) != closing) {
        const char *name = NULL;
        skip_blanks(reader);
        if (value->kind == JSON_OBJECT)
            TRY(read_name(reader, value, &name));
        TRY(read_value(reader, name, end));
        end = &(*end)->next;
        value->count++;
        skip_blanks(reader);
        if (peek(reader) == closing)
            break;
        if (peek(reader) != ',')
            return wrong(reader, "此处应为逗号或结尾",
                         "a comma or the end is expected");
        reader->at++;
    }
    reader->at++;
    return R_OK;
}

static enum reason read_container(struct reader *reader, struct json *value)
{
    if (++reader->depth > JSON_DEPTH_MAX)
        return too_large(reader, "嵌套过深", "nested too deeply");
    bool is_object = *reader->at++ == '{';
    value->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
    TRY(read_items(reader, value, is_object ? '}' : ']'));
    reader->depth--;
    return R_OK;
}

static enum reason read_value(struct reader *reader, const char *name,
                              struct json **out)
{
    skip_blanks(reader);
    struct json *value;
    TRY(new_value(reader, &value));
    *out = value;
    value->name = name;
    char c = peek(reader);
    if (c == '{' || c == '[')
        return read_container(reader, value);
    if (c == '"') {
        value->kind = JSON_STRING;
        return read_string(reader, &value->text);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, value);
    return read_word(reader, value);
}

enum reason json_parse(struct json_text **out, const char *bytes, size_t size,
                       struct fault *why)
{
    AUTO(json_text) struct json_text *text = mem_new(1, sizeof *text);
    /* A number has no quotes to make room for its NUL, but a separator. */
    text->chars = mem_resize(NULL, size + 2, 1);
    struct reader reader = {.at = bytes,
                            .end = bytes + size,
                            .line = 1,
                            .chars = text->chars,
                            .text = text,
                            .why = why};
    TRY(read_value(&reader, NULL, &text->root));
    skip_blanks(&reader);
    if (reader.at != reader.end)
        return wrong(&reader, "值之后还有内容", "something follows the value");
    *out = TAKE(text);
    return R_OK;
}

const struct json *json_root(const struct json_text *text)
{
    return text->root;
}

void json_free(struct json_text *text)
{
    if (!text)
        return;
    while (text->blocks) {
        struct block *block = text->blocks;
        text->blocks = block->next;
        free(block);
    }
    free(text->chars);
    free(text);
}

const struct json *json_find(const struct json *object, const char *name)
{
    for (const struct json *member = object->first; member;
         member = member->next)
        if (member->name && strcmp(member->name, name) == 0)
            return member;
    return NULL;
}
