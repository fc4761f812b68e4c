/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader of the XSD: the one that the program carries, and small ones that
 * leave the profile.
 */
#include "schemas/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schemas/catalogue.h"

#define LABEL                                                                  \
    "<xs:annotation><xs:documentation>甲</xs:documentation>"                  \
    "<xs:documentation>a</xs:documentation></xs:annotation>"
#define TEXT                                                                   \
    "<xs:simpleType name='T'>" LABEL                                           \
    "<xs:restriction base='xs:string'/></xs:simpleType>"
#define ROOT "<xs:element name='r' type='m:R'>" LABEL "</xs:element>"
#define A    "<xs:element name='a' type='m:T'>" LABEL "</xs:element>"

/* A schema around the parts of one complex type R and other types. */
static enum reason outcome(const char *content, const char *types,
                           struct fault *why)
{
    AUTO(buf) struct buf text = {0};
    AUTO(document) struct document *document = NULL;
    AUTO(schema) struct schema *schema = NULL;
    buf_print(&text,
              "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>" ROOT
              "<xs:complexType name='R'>" LABEL "%s</xs:complexType>" TEXT
              "%s</xs:schema>",
              content, types);
    assert_int_equal(document_parse(&document, text.bytes, text.size, why),
                     R_OK);
    return schema_new(&schema, document, why);
}

static void test_schema__reads_its_profile(void **state)
{
    (void)state;
    assert_int_equal(outcome("<xs:sequence>" A "</xs:sequence>", "", NULL),
                     R_OK);
    assert_int_equal(outcome("<xs:choice>" A "</xs:choice>", "", NULL), R_OK);
}

static void test_schema__refuses_content_outside_the_profile(void **state)
{
    (void)state;
    static const char *const contents[] = {
        "",
        "<xs:all>" A "</xs:all>",
        "<xs:sequence>" A A "</xs:sequence>",
        "<xs:sequence><xs:sequence>" A "</xs:sequence></xs:sequence>",
        "<xs:sequence><xs:choice maxOccurs='2'>" A "</xs:choice></xs:sequence>",
        "<xs:sequence><xs:group ref='g'/></xs:sequence>",
        "<xs:sequence><xs:any/>" A "</xs:sequence>",
        "<xs:sequence/><xs:attribute name='x'/>",
        "<xs:sequence><xs:element name='a' type='m:T'/></xs:sequence>",
        "<xs:sequence><xs:element name='a' type='m:Z'>" LABEL
        "</xs:element></xs:sequence>",
        "<xs:sequence><xs:element name='a' type='m:T' "
        "maxOccurs='unbounded'>" LABEL "</xs:element></xs:sequence>",
        "<xs:choice><xs:element name='a' type='m:T' minOccurs='0'>" LABEL
        "</xs:element></xs:choice>",
    };
    for (size_t i = 0; i < COUNT_OF(contents); i++)
        if (outcome(contents[i], "", NULL) != R_BAD_SETTINGS)
            fail_msg("accepted: %s", contents[i]);
}

static void test_schema__refuses_types_outside_the_profile(void **state)
{
    (void)state;
#define SIMPLE(content)                                                        \
    "<xs:simpleType name='S'>" LABEL content "</xs:simpleType>"
    static const char *const types[] = {
        SIMPLE("<xs:list itemType='xs:string'/>"),
        SIMPLE("<xs:union memberTypes='m:T'/>"),
        SIMPLE("<xs:restriction base='xs:float'/>"),
        SIMPLE("<xs:restriction base='m:T'/>"),
        SIMPLE("<xs:restriction base='xs:decimal'/>"),
        SIMPLE("<xs:restriction base='xs:string'><xs:length value='3'/>"
               "</xs:restriction>"),
        SIMPLE("<xs:restriction base='xs:string'><xs:pattern value='\\d'/>"
               "</xs:restriction>"),
        SIMPLE("<xs:restriction base='xs:string'><xs:pattern value='a'/>"
               "<xs:pattern value='b'/></xs:restriction>"),
        SIMPLE("<xs:restriction base='xs:string'><xs:maxLength value='x'/>"
               "</xs:restriction>"),
        SIMPLE("<xs:restriction base='xs:string'><xs:maxInclusive value='3'/>"
               "</xs:restriction>"),
        "<xs:simpleType name='S'><xs:restriction base='xs:string'/>"
        "</xs:simpleType>",
        "<xs:attribute name='x'/>",
        "<xs:import namespace='u'/>",
        ROOT,
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (outcome("<xs:sequence>" A "</xs:sequence>", types[i], NULL) !=
            R_BAD_SETTINGS)
            fail_msg("accepted: %s", types[i]);
}

static void test_schema__tells_the_line_of_what_it_refuses(void **state)
{
    (void)state;
    struct fault why = {0};
    assert_int_equal(outcome("\n\n<xs:all/>", "", &why), R_BAD_SETTINGS);
    assert_non_null(strstr(why.text, "line 3"));
}

/* Marks the types that are reached from the root. */
static void mark(const struct schema *schema, const struct schema_type *type,
                 bool *reached)
{
    size_t place = (size_t)(type - schema_type_get(schema, 0));
    if (reached[place])
        return;
    reached[place] = true;
    for (size_t i = 0; i < type->element_count; i++)
        mark(schema, type->elements[i].type, reached);
}

static void test_schema__has_no_type_that_nothing_uses(void **state)
{
    (void)state;
    const struct schema *schema = schema_of_messages();
    bool reached[512] = {false};
    assert_in_range(schema_type_count(schema), 1, COUNT_OF(reached));
    mark(schema, schema_root(schema)->type, reached);
    for (size_t i = 0; i < schema_type_count(schema); i++)
        if (!reached[i])
            fail_msg("unused: %s", schema_type_get(schema, i)->name);
}

static void test_schema__bounds_every_text_and_every_repetition(void **state)
{
    (void)state;
    const struct schema *schema = schema_of_messages();
    for (size_t i = 0; i < schema_type_count(schema); i++) {
        const struct schema_type *type = schema_type_get(schema, i);
        for (size_t k = 0; k < type->element_count; k++)
            assert_in_range(type->elements[k].most, 1, 2000);
        if (type->is_simple && !type->pattern && !type->value_count)
            assert_in_range(type->most_length, 1, 20000);
    }
}

static void test_catalogue__names_body_forms_of_the_schema(void **state)
{
    (void)state;
    const struct schema_type *root = schema_root(schema_of_messages())->type;
    const struct schema_type *body = schema_find(root, "body")->type;
    assert_true(catalogue_count() > 190);
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct message_type *type = catalogue_get(i);
        if (!schema_find(body, type->form))
            fail_msg("%s: no body form %s", type->id, type->form);
        assert_ptr_equal(catalogue_find(type->id), type);
    }
    assert_null(catalogue_find("nothing"));
}

/* Every place that a type must fill is one that the schema knows. */
static void test_catalogue__needs_places_of_the_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct message_type *row = catalogue_get(i);
        for (size_t k = 0; k < row->need_count; k++) {
            const struct schema_type *type =
                schema_root(schema_of_messages())->type;
            char path[128];
            snprintf(path, sizeof path, "%s", row->needs[k].path);
            for (char *name = strtok(path, "/"); name;
                 name = strtok(NULL, "/")) {
                const struct schema_element *found = schema_find(type, name);
                if (!found)
                    fail_msg("%s: %s", row->id, row->needs[k].path);
                type = found->type;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema__reads_its_profile),
        cmocka_unit_test(test_schema__refuses_content_outside_the_profile),
        cmocka_unit_test(test_schema__refuses_types_outside_the_profile),
        cmocka_unit_test(test_schema__tells_the_line_of_what_it_refuses),
        cmocka_unit_test(test_schema__has_no_type_that_nothing_uses),
        cmocka_unit_test(test_schema__bounds_every_text_and_every_repetition),
        cmocka_unit_test(test_catalogue__names_body_forms_of_the_schema),
        cmocka_unit_test(test_catalogue__needs_places_of_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
