/*
 * procedure_cite - how an article is cited in English.
 */
#ifndef YISONG_ROUTING_PROCEDURE_CITE_H
#define YISONG_ROUTING_PROCEDURE_CITE_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * "第五百六十条第三项" becomes "art. 560(3)". False if something of it could
 * not be read in English and was copied: a passage that is named by its
 * heading.
 */
bool cite_put_english(struct buf *out, const char *cite);

#endif
