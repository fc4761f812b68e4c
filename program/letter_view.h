/*
 * letter_view - a letter as a person reads it: every element with its label
 * in the reader's language, both from the schema. Numbers of persons are
 * masked unless it is to be shown whole.
 */
#ifndef YISONG_PROGRAM_LETTER_VIEW_H
#define YISONG_PROGRAM_LETTER_VIEW_H

#include "schemas/message.h"

void letter_view_put(const struct message *message, bool whole,
                     struct buf *out);

#endif
