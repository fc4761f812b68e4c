/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making, filling and freeing the rows of a registry, and what the texts of an
 * agency may be. The code lists for role and level stand in registry.xsd and
 * are read from there.
 */
#include "certs/registry_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/encode.h"
#include "base/mem.h"
#include "schemas/document.h"

enum { ID_MAX = 63, NAME_CHARACTERS_MAX = 64, CREDIT_CODE_LENGTH = 18 };

static const struct element *vocabulary_find(const struct document *schema,
                                             const char *name)
{
    const struct element *type =
        element_first(document_root(schema), "simpleType");
    while (type && strcmp(element_attribute(type, "name"), name) != 0)
        type = element_next(type, "simpleType");
    return type ? element_first(type, "restriction") : NULL;
}

static struct document *vocabulary;
static once_flag vocabulary_read = ONCE_FLAG_INIT;

static void free_vocabulary(void)
{
    document_free(vocabulary);
}

static void read_vocabulary(void)
{
    const struct asset *asset = asset_get("certs/registry.xsd");
    enum reason reason =
        document_parse(&vocabulary, asset->bytes, asset->size, NULL);
    assert(reason == R_OK);
    (void)reason;
    atexit(free_vocabulary);
}

/* Whether registry.xsd lists the word in the simple type of that name. */
static bool vocabulary_has(const char *name, const char *word)
{
    call_once(&vocabulary_read, read_vocabulary);
    const struct element *list = vocabulary_find(vocabulary, name);
    const struct element *row =
        list ? element_first(list, "enumeration") : NULL;
    while (row && strcmp(element_attribute(row, "value"), word) != 0)
        row = element_next(row, "enumeration");
    return row != NULL;
}

static bool is_made_of(const char *text, const char *letters)
{
    return text[strspn(text, letters)] == '\0';
}

static bool fits_id(const char *text)
{
    size_t length = strlen(text);
    return length >= 2 && length <= ID_MAX && text[0] >= 'a' &&
           text[0] <= 'z' &&
           is_made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static bool fits_role(const char *text)
{
    return vocabulary_has("role", text);
}

static bool fits_level(const char *text)
{
    return vocabulary_has("level", text);
}

static bool fits_name(const char *text)
{
    size_t size = strlen(text), characters = 0;
    uint32_t character;
    for (size_t at = 0, length; at < size; at += length, characters++) {
        length = utf8_read(text + at, size - at, &character);
        if (length == 0 || character < 0x20)
            return false;
    }
    return characters >= 1 && characters <= NAME_CHARACTERS_MAX &&
           text[0] != ' ' && text[size - 1] != ' ' && !strstr(text, "  ");
}

static bool fits_credit_code(const char *text)
{
    return strlen(text) == CREDIT_CODE_LENGTH &&
           is_made_of(text, "0123456789ABCDEFGHJKLMNPQRTUWXY");
}

static bool fits_region(const char *text)
{
    return strlen(text) == 6 && text[0] != '0' &&
           is_made_of(text, "0123456789");
}

const struct agency_field agency_fields[AGENCY_FIELDS] = {
    {"id", offsetof(struct agency, id), false, fits_id},
    {"role", offsetof(struct agency, role), false, fits_role},
    {"chinese", offsetof(struct agency, chinese), false, fits_name},
    {"english", offsetof(struct agency, english), false, fits_name},
    {"creditCode", offsetof(struct agency, credit_code), true,
     fits_credit_code},
    {"region", offsetof(struct agency, region), true, fits_region},
    {"level", offsetof(struct agency, level), true, fits_level},
};

const char **agency_text(struct agency *agency,
                         const struct agency_field *field)
{
    return (const char **)(void *)((char *)agency + field->offset);
}

void agency_check(const struct agency *agency, struct buf *faults)
{
    struct agency copy = *agency;
    for (size_t i = 0; i < AGENCY_FIELDS; i++) {
        const struct agency_field *field = &agency_fields[i];
        const char *text = *agency_text(&copy, field);
        bool missing = !text || !*text;
        if (missing ? !field->optional : !field->fits(text))
            buf_print(faults, "%s: %s '%s'\n", copy.id ? copy.id : "?",
                      field->element, missing ? "" : text);
    }
}

struct registration *registration_new(const struct agency *agency)
{
    struct registration *made = mem_new(1, sizeof *made);
    struct agency copy = *agency;
    made->agency = copy;
    made->revoked_at = INT64_MAX;
    for (size_t i = 0; i < AGENCY_FIELDS; i++) {
        const char *text = *agency_text(&copy, &agency_fields[i]);
        *agency_text(&made->agency, &agency_fields[i]) =
            mem_text(text ? text : "");
    }
    return made;
}

static void enrolments_done(struct enrolments *enrolments)
{
    for (size_t i = 0; i < enrolments->count; i++) {
        certificate_free(enrolments->rows[i]->certificate);
        free(enrolments->rows[i]);
    }
    free(enrolments->rows);
}

void registration_free(struct registration *registration)
{
    if (!registration)
        return;
    for (size_t i = 0; i < AGENCY_FIELDS; i++)
        free((char *)*agency_text(&registration->agency, &agency_fields[i]));
    enrolments_done(&registration->signing);
    enrolments_done(&registration->encryption);
    free(registration->revoked_text);
    free(registration);
}

void enrolments_put(struct enrolments *enrolments,
                    struct certificate *certificate)
{
    struct enrolled *made = mem_new(1, sizeof *made);
    made->certificate = certificate;
    made->until = INT64_MAX;
    enrolments->rows = mem_resize(enrolments->rows, enrolments->count + 1,
                                  sizeof(struct enrolled *));
    enrolments->rows[enrolments->count++] = made;
}

struct registry *registry_new(struct trust *trust)
{
    struct registry *made = mem_new(1, sizeof *made);
    made->trust = trust;
    mtx_init(&made->judging, mtx_plain);
    return made;
}

void registry_free(struct registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->count; i++)
        registration_free(registry->rows[i]);
    free(registry->rows);
    trust_free(registry->trust);
    mtx_destroy(&registry->judging);
    free(registry);
}

/* Where the id stands, or where it would have to stand. */
static size_t place_of(const struct registry *registry, const char *agency)
{
    size_t low = 0, high = registry->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(registry->rows[middle]->agency.id, agency) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void registry_put(struct registry *registry, struct registration *registration)
{
    size_t place = place_of(registry, registration->agency.id);
    registry->rows =
        mem_resize(registry->rows, registry->count + 1, sizeof *registry->rows);
    memmove(registry->rows + place + 1, registry->rows + place,
            (registry->count - place) * sizeof *registry->rows);
    registry->rows[place] = registration;
    registry->count++;
}

struct registration *registry_row(const struct registry *registry,
                                  const char *agency)
{
    size_t place = place_of(registry, agency);
    bool found = place < registry->count &&
                 strcmp(registry->rows[place]->agency.id, agency) == 0;
    return found ? registry->rows[place] : NULL;
}
