/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From registry.xml to rows. Runs only over a document whose signature was
 * verified; still nothing unknown is read over, because a registry that a
 * newer program wrote may mean more than this one understands. All faults are
 * told at once, each with its line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "certs/registry_rows.h"
#include "schemas/document.h"

static void complain(struct buf *faults, const struct element *element,
                     const char *text)
{
    buf_print(faults, "line %d: %s: %s\n", element_line(element),
              element_name(element), text);
}

static const struct agency_field *field_find(const char *name)
{
    for (size_t i = 0; i < AGENCY_FIELDS; i++)
        if (strcmp(agency_fields[i].element, name) == 0)
            return &agency_fields[i];
    return NULL;
}

static struct certificate *read_certificate(const struct element *element,
                                            struct buf *faults)
{
    struct certificate *made = NULL;
    struct fault why = {0};
    const char *text = element_text(element);
    if (certificate_parse(&made, text, strlen(text), &why) != R_OK)
        complain(faults, element, why.text);
    return made;
}

static void parse_issuer(struct registry *registry,
                         const struct element *element, struct buf *faults)
{
    struct fault why = {0};
    struct certificate *made = read_certificate(element, faults);
    if (made && trust_put_issuer(registry->trust, made, &why) != R_OK)
        complain(faults, element, why.text);
}

/* The one row that is being read, and what it is judged by. */
struct reading {
    const struct trust *trust;
    struct registration *row;
    struct buf *faults;
};

/* What a licensed issuer writes as common name is its own affair: the registry
 * binds the certificate to the agency. */
static void parse_certificate(const struct reading *reading,
                              struct enrolments *enrolments,
                              const struct element *element)
{
    struct buf *faults = reading->faults;
    struct certificate *made = read_certificate(element, faults);
    if (!made)
        return;
    enrolments_put(enrolments, made);
    const char *until = element_attribute(element, "until");
    instant *end = &enrolments->rows[enrolments->count - 1]->until;
    if (until && instant_parse(until, end, NULL) != R_OK)
        complain(faults, element, "until is no time");
    if (strcmp(certificate_name(made), reading->row->agency.id) != 0 &&
        !trust_is_foreign(reading->trust, made))
        complain(faults, element, "its common name is not the agency's id");
    if (enrolments->count > REGISTRY_CERTIFICATES_MAX)
        complain(faults, element, "too many certificates");
}

static void parse_revoked(struct registration *row,
                          const struct element *element, struct buf *faults)
{
    const char *at = element_child_text(element, "at");
    const char *text = element_child_text(element, "text");
    row->agency.revoked = true;
    if (!at || !text || instant_parse(at, &row->revoked_at, NULL) != R_OK) {
        row->revoked_at = 0;
        complain(faults, element, "needs a time and a text");
    }
    free(row->revoked_text);
    row->revoked_text = mem_text(text ? text : "");
}

/* The texts first: certificates are compared with the id. */
static void read_texts(struct agency *agency, const struct element *element,
                       struct buf *faults)
{
    for (const struct element *child = element_first(element, NULL); child;
         child = element_next(child, NULL)) {
        const struct agency_field *field = field_find(element_name(child));
        if (!field)
            continue;
        if (*agency_text(agency, field))
            complain(faults, child, "stands there twice");
        *agency_text(agency, field) = element_text(child);
    }
}

static void read_rest(const struct reading *reading,
                      const struct element *element)
{
    struct registration *row = reading->row;
    struct buf *faults = reading->faults;
    for (const struct element *child = element_first(element, NULL); child;
         child = element_next(child, NULL)) {
        if (element_is(child, REGISTRY_NAMESPACE, "certificate"))
            parse_certificate(reading, &row->signing, child);
        else if (element_is(child, REGISTRY_NAMESPACE, "encryption"))
            parse_certificate(reading, &row->encryption, child);
        else if (element_is(child, REGISTRY_NAMESPACE, "revoked"))
            parse_revoked(row, child, faults);
        else if (!field_find(element_name(child)) ||
                 strcmp(element_namespace(child), REGISTRY_NAMESPACE) != 0)
            complain(faults, child, "is not known here");
    }
    if (row->signing.count == 0)
        complain(faults, element, "has no certificate");
}

static void parse_agency(struct registry *registry,
                         const struct element *element, struct buf *faults)
{
    struct agency texts = {0};
    read_texts(&texts, element, faults);
    size_t before = faults->size;
    agency_check(&texts, faults);
    if (faults->size != before)
        complain(faults, element, "see above");
    struct registration *row = registration_new(&texts);
    read_rest(&(struct reading){registry->trust, row, faults}, element);
    if (registry_row(registry, row->agency.id))
        complain(faults, element, "another agency has this id");
    registry_put(registry, row);
}

static void parse_number(struct registry *registry, const struct element *root,
                         struct buf *faults)
{
    const char *text = element_child_text(root, "number");
    char *end = NULL;
    errno = 0;
    registry->number = text ? strtoll(text, &end, 10) : 0;
    if (registry->number < 1 || errno || *end)
        complain(faults, root, "needs a positive number");
    const char *at = element_child_text(root, "issuedAt");
    if (!at || instant_parse(at, &registry->issued_at, NULL) != R_OK)
        complain(faults, root, "needs issuedAt");
}

void registry_parse(struct registry *registry, const struct document *document,
                    struct buf *faults)
{
    const struct element *root = document_root(document);
    if (!element_is(root, REGISTRY_NAMESPACE, "registry")) {
        complain(faults, root, "is not a registry");
        return;
    }
    parse_number(registry, root, faults);
    for (const struct element *row = element_first(root, "issuer"); row;
         row = element_next(row, "issuer"))
        parse_issuer(registry, row, faults);
    for (const struct element *row = element_first(root, "agency"); row;
         row = element_next(row, "agency"))
        parse_agency(registry, row, faults);
}
