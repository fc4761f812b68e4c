/*
 * procedure_cite - how an article is cited in English.
 */
#ifndef YISONG_ROUTING_PROCEDURE_CITE_H
#define YISONG_ROUTING_PROCEDURE_CITE_H

#include "base/buf.h"

/*
 * "第五百六十条第三项" becomes "art. 560(3)"; what names a passage by its
 * heading, where no number is known, stays as it is.
 */
void cite_put_english(struct buf *out, const char *cite);

#endif
