/*
 * shared_texts - each different text once, for columns in which a million rows
 * hold a few hundred texts.
 */
#ifndef YISONG_BROKER_ADAPTERS_SHARED_TEXTS_H
#define YISONG_BROKER_ADAPTERS_SHARED_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct shared_texts {
    char **slots;
    size_t size, count; /* size is a power of two */
};

/* The kept copy of a text; it lives until shared_texts_done. */
const char *shared_texts_keep(struct shared_texts *texts, const char *text);
void shared_texts_done(struct shared_texts *texts);

/* FNV-1a. */
uint64_t text_hash(const char *text, size_t size);

#endif
