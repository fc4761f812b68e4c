/*
 * words - a short list of words, as an attribute writes it: "police court".
 */
#ifndef YISONG_ROUTING_WORDS_H
#define YISONG_ROUTING_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
    char **items;
    size_t count;
};

/* Splits at spaces; NULL gives no words. Free with words_done. */
struct words words_parse(const char *text);
void words_done(struct words *words);

bool words_has(const struct words *words, const char *word);
/* Whether the two lists share a word. */
bool words_meet(const struct words *a, const struct words *b);
/* Whether the text begins with one of the words. */
bool words_begin(const struct words *words, const char *text);

#endif
