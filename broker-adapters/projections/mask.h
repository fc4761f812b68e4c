/*
 * mask - personal data taken out of texts before they are shown or published.
 */
#ifndef YISONG_BROKER_ADAPTERS_MASK_H
#define YISONG_BROKER_ADAPTERS_MASK_H

#include "base/buf.h"

/*
 * Appends the name of a natural person as published papers write it: the
 * surname and 某 (陈志强: 陈某; 欧阳明: 欧阳某; names of other peoples: their
 * first character). What follows a space or a bracket is dropped.
 */
void mask_name(const char *name, struct buf *out);

/*
 * Appends a text without identity and telephone numbers: each becomes ******.
 * Credit codes stay. Digits may be full-width.
 */
void mask_numbers(const char *text, struct buf *out);

/* Appends a text in which each of the names stands masked. */
void mask_names_in(const char *text, const char *const *names, size_t count,
                   struct buf *out);

#endif
