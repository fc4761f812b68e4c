/*
 * publicity - texts as the public may read them: nothing is left of identity
 * and telephone numbers, and natural persons keep their surname alone.
 */
#ifndef YISONG_BROKER_ADAPTERS_PUBLICITY_H
#define YISONG_BROKER_ADAPTERS_PUBLICITY_H

#include "base/buf.h"

/* Appends the name of a natural person, masked; one that the writer has masked
 * already (陈某) stays. */
void publicity_put_name(struct buf *out, const char *name);

/* Appends a text: numbers become ******, and each of `names` is masked. */
void publicity_put_text(struct buf *out, const char *text,
                        const char *const *names, size_t count);

#endif
