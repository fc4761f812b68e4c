/*
 * catalogue_parts - what catalogue.c and catalogue_add.c share.
 */
#ifndef YISONG_SCHEMAS_CATALOGUE_PARTS_H
#define YISONG_SCHEMAS_CATALOGUE_PARTS_H

#include "schemas/document.h"

/*
 * Adds the types of a document that keeps to catalogue.xsd. The document
 * belongs to the catalogue from now on, until the process ends.
 */
void catalogue_take(struct document *document);

#endif
