/*
 * form - the body of a letter from named fields, as a person types them:
 *
 *     officers.name=李某   officers[2].name=王某   materialsComplete=false
 *
 * The fields may come in any order; they are written in the order of the
 * schema. In a list the item's own name is left out (officers.name is
 * officers/officer/name); a value for a group goes to its first field
 * (officers=李某). Whether the form is complete is judged with the letter.
 */
#ifndef YISONG_BROKER_ADAPTERS_FORM_H
#define YISONG_BROKER_ADAPTERS_FORM_H

#include "base/buf.h"
#include "base/instant.h"
#include "schemas/catalogue.h"

struct form;

/* An empty form of a message type. */
struct form *form_new(const struct message_type *type);
void form_free(struct form *form);
AUTO_POINTER(form, form_free)

/* "name=value"; R_USAGE for a field that the form does not have. */
enum reason form_set(struct form *form, const char *field,
                     struct fault *why) MUST_CHECK;

/*
 * Fills what needs no person: the values that the type prescribes
 * (outcome = filed), and `now` for times that must be there.
 */
void form_fill(struct form *form, instant now);

/* Appends the body form as XML. */
void form_write(const struct form *form, struct buf *out);

/* Appends the fields of the form, one line each, '*' for those required. */
void form_describe(const struct form *form, struct buf *out);

#endif
