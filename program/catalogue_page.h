/*
 * catalogue_page - what is known of one type of letter, gathered from the
 * catalogue, the procedures and the laws, and written as text, HTML or JSON.
 */
#ifndef YISONG_PROGRAM_CATALOGUE_PAGE_H
#define YISONG_PROGRAM_CATALOGUE_PAGE_H

#include "routing/procedure.h"
#include "schemas/catalogue.h"

/* In the reader's language, with an example at the end. */
enum reason catalogue_put_text(const struct procedures *procedures,
                               const struct message_type *type, struct buf *out,
                               struct fault *why) MUST_CHECK;
enum reason catalogue_put_html(const struct procedures *procedures,
                               const struct message_type *type, struct buf *out,
                               struct fault *why) MUST_CHECK;

/* One JSON object, ids as they stand in the files, names in both languages. */
void catalogue_put_json(const struct procedures *procedures,
                        const struct message_type *type, struct buf *out);

#endif
