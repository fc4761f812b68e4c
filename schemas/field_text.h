/*
 * field_text - a field's text as characters, with the differences removed
 * that no reader sees: full-width forms, kinds of spaces, dashes and brackets.
 * Used by the field_*.c files alone.
 */
#ifndef YISONG_SCHEMAS_FIELD_TEXT_H
#define YISONG_SCHEMAS_FIELD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { FIELD_TEXT_MAX = 256, FIELD_SHOWN_MAX = 24 };

struct field_text {
    size_t count;
    uint32_t at[FIELD_TEXT_MAX + 1]; /* ended by 0 */
};

/*
 * Reads UTF-8. Full-width ASCII becomes ASCII, every kind of space (tabs and
 * line ends too) one ' ', every kind of dash '-'; spaces at the ends,
 * a closing 。 and invisible characters go. R_BAD_FIELD for what is empty, too
 * long or not UTF-8, and for control and direction characters; R_AMBIGUOUS
 * where a character was lost (U+FFFD).
 */
enum reason field_text_read(const char *text, struct field_text *out,
                            struct fault *why) MUST_CHECK;

/* Takes out characters [from, to). */
void field_text_cut(struct field_text *text, size_t from, size_t to);
void field_text_drop_spaces(struct field_text *text);

/* Makes every kind of bracket `open` or `close`. */
void field_text_unify_brackets(struct field_text *text, uint32_t open,
                               uint32_t close);

/* Takes away a pair of brackets that holds the whole text. */
void field_text_strip_brackets(struct field_text *text, uint32_t open,
                               uint32_t close);

/*
 * The number of characters of the longest of the words (NULL at the end) that
 * stands at `place`; 0 if none does. `found` (may be NULL) gets the word.
 */
size_t field_text_match(const struct field_text *text, size_t place,
                        const char *const words[], const char **found);

/* The first place of any of the words, or text->count. */
size_t field_text_find(const struct field_text *text, const char *const words[],
                       const char **found);

/* A place in a text, and stepping over one of the words that stands there. */
struct field_reader {
    const struct field_text *text;
    size_t at;
};
bool field_reader_take(struct field_reader *reader, const char *const words[]);

/* Takes away a label at the beginning ("统一社会信用代码:"). */
void field_text_skip_label(struct field_text *text, const char *const labels[]);

/* Characters [from, to) as UTF-8. */
void field_text_put(const struct field_text *text, size_t from, size_t to,
                    struct buf *out);

/* The character as a person can tell it: 'A', or 'О' (U+041E). */
const char *field_text_show(uint32_t character, char shown[FIELD_SHOWN_MAX]);

bool field_is_digit(uint32_t character);
bool field_is_letter(uint32_t character); /* A-Z a-z */
bool field_is_han(uint32_t character);

/* * × □ _ ...: what stands where something was hidden or left open. */
bool field_is_mask(uint32_t character);

/* 一 壹 1 ...: the digit that a Chinese numeral stands for, or -1. */
int field_numeral(uint32_t character);

#endif
