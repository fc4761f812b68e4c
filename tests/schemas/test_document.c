/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The door to XML, and what must not come through it.
 */
#include "schemas/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static enum reason outcome(const char *text, size_t size)
{
    AUTO(document) struct document *document = NULL;
    return document_parse(&document, text, size, NULL);
}

static void assert_refused(const char *text, enum reason expected)
{
    enum reason reason = outcome(text, strlen(text));
    if (reason != expected)
        fail_msg("%s: %s, not %s", text, reason_code(reason),
                 reason_code(expected));
}

static void test_document__refuses_constructs_outside_the_profile(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><a/>",
        "<!DOCTYPE a [<!ATTLIST a b CDATA \"c\">]><a/>",
        "<a><!-- --></a>",
        "<!-- --><a/>",
        "<a/><!-- -->",
        "<a>42<!---->.50</a>",
        "<a><?php echo 1 ?></a>",
        "<?xml-stylesheet href=\"x\"?><a/>",
        "<a/><?x?>",
        "<a><![CDATA[42]]></a>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_refused(texts[i], R_FORBIDDEN_CONSTRUCT);
}

static void test_document__stops_before_an_entity_is_expanded(void **state)
{
    (void)state;
    AUTO(buf) struct buf bomb = {0};
    buf_put_text(&bomb, "<!DOCTYPE a [<!ENTITY l0 \"ha\">");
    for (int i = 1; i < 30; i++)
        buf_print(&bomb, "<!ENTITY l%d \"&l%d;&l%d;\">", i, i - 1, i - 1);
    buf_put_text(&bomb, "]><a>&l29;</a>");
    assert_refused(bomb.bytes, R_FORBIDDEN_CONSTRUCT);
}

static void test_document__refuses_what_is_not_well_formed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a b=1/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a>&x;</a>",
        "<a>&#0;</a>",
        "<a>&#x1;</a>",
        "<a>&#xFFFE;</a>",
        "<x:a/>",
        "<a>\x01</a>",
        "<a>\xC0\xAF</a>",
        "<a>\xED\xA0\x80</a>",
        "<a>]]></a>",
        "<a b=\"<\"/>",
        "<a/>x",
        "<a xmlns:x=\"u\" xmlns:y=\"u\" x:b=\"1\" y:b=\"2\"/>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_refused(texts[i], R_NOT_WELL_FORMED);
    assert_int_equal(outcome("<a>\0</a>", 8), R_NOT_WELL_FORMED);
}

static void test_document__refuses_every_encoding_but_utf_8(void **state)
{
    (void)state;
    assert_refused("<?xml version=\"1.0\" encoding=\"GBK\"?><a/>",
                   R_NOT_WELL_FORMED);
    assert_refused("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
                   R_NOT_WELL_FORMED);
    assert_refused("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>",
                   R_NOT_WELL_FORMED);
    assert_refused("<?xml version=\"1.1\"?><a/>", R_NOT_WELL_FORMED);
    assert_int_equal(outcome("\xFF\xFE<\0a\0/\0>\0", 10), R_NOT_WELL_FORMED);
    assert_int_equal(outcome("<\0a\0/\0>\0", 8), R_NOT_WELL_FORMED);
    assert_int_equal(outcome("+ADw-a/+AD4-", 12), R_NOT_WELL_FORMED);
    assert_int_equal(outcome("\xEF\xBB\xBF<a/>", 7), R_OK);
}

static void test_document__refuses_what_nests_too_deeply(void **state)
{
    (void)state;
    AUTO(buf) struct buf deep = {0};
    for (int i = 0; i < 100000; i++)
        buf_put_text(&deep, "<a>");
    assert_refused(deep.bytes, R_TOO_LARGE);
    buf_clear(&deep);
    for (int i = 0; i < DOCUMENT_DEPTH_MAX; i++)
        buf_put_text(&deep, "<a>");
    for (int i = 0; i < DOCUMENT_DEPTH_MAX; i++)
        buf_put_text(&deep, "</a>");
    assert_int_equal(outcome(deep.bytes, deep.size), R_OK);
}

static void test_document__refuses_too_many_elements_and_bytes(void **state)
{
    (void)state;
    AUTO(buf) struct buf many = {0};
    buf_put_text(&many, "<a>");
    for (int i = 0; i < 300000; i++)
        buf_put_text(&many, "<b/>");
    buf_put_text(&many, "</a>");
    assert_refused(many.bytes, R_TOO_LARGE);
    buf_clear(&many);
    buf_put_text(&many, "<a>");
    while (many.size <= DOCUMENT_CEILING)
        buf_put_text(&many, "0123456789abcdef");
    buf_put_text(&many, "</a>");
    assert_refused(many.bytes, R_TOO_LARGE);
}

static void test_document__refuses_a_tag_full_of_attributes(void **state)
{
    (void)state;
    AUTO(buf) struct buf flood = {0};
    buf_put_text(&flood, "<a x='>'");
    for (int i = 0; i < 150000; i++)
        buf_print(&flood, " b%d=''", i);
    buf_put_text(&flood, "/>");
    assert_refused(flood.bytes, R_TOO_LARGE);
    buf_clear(&flood);
    buf_put_text(&flood, "<a x='>'>");
    for (int i = 0; i < 10000; i++)
        buf_print(&flood, " b%d=''", i);
    buf_put_text(&flood, "</a>");
    assert_int_equal(outcome(flood.bytes, flood.size), R_OK);
}

static void test_document__tells_the_line(void **state)
{
    (void)state;
    AUTO(document) struct document *document = NULL;
    struct fault why = {0};
    static const char text[] = "<a>\n<b>\n</c></a>";
    assert_int_equal(document_parse(&document, text, strlen(text), &why),
                     R_NOT_WELL_FORMED);
    assert_non_null(strstr(why.text, "line 3"));
}

static struct document *parsed(const char *text)
{
    struct document *document = NULL;
    assert_int_equal(document_parse(&document, text, strlen(text), NULL), R_OK);
    return document;
}

static void test_document__gives_a_text_as_one_piece(void **state)
{
    (void)state;
    AUTO(document) struct document *document =
        parsed("<a b='1 &amp; &#50;'><c>x &lt;&amp;&#x6848; y\r\nz</c></a>");
    const struct element *root = document_root(document);
    assert_string_equal(element_child_text(root, "c"), "x <&案 y\nz");
    assert_string_equal(element_attribute(root, "b"), "1 & 2");
    assert_null(element_attribute(root, "c"));
    assert_null(element_child_text(root, "d"));
}

static void test_document__walks_elements_only(void **state)
{
    (void)state;
    AUTO(document) struct document *document =
        parsed("<a xmlns='u'>\n <b>1</b>\n <c/>\n <b>2</b>\n</a>");
    const struct element *root = document_root(document);
    const struct element *first = element_first(root, "b");
    const struct element *second = element_next(first, "b");
    assert_string_equal(element_text(second), "2");
    assert_null(element_next(second, NULL));
    assert_string_equal(element_name(element_next(first, NULL)), "c");
    assert_true(element_is(second, "u", "b"));
    assert_int_equal(element_line(second), 4);
    assert_false(element_has_loose_text(root));
    AUTO(buf) struct buf path = {0};
    element_path(second, &path);
    assert_string_equal(path.bytes, "/a/b[2]");
}

static void test_document__writes_the_canonical_form_without_one_child(
    void **state)
{
    (void)state;
    AUTO(document) struct document *document = parsed(
        XML_HEAD "<a  xmlns=\"urn:u\" xmlns:unused=\"urn:v\" c='2' b='1'>\n"
                 "<d></d>&gt;&#13;<s:Sig xmlns:s=\"urn:w\"><s:x>1</s:x></s:Sig>"
                 "</a>\n");
    const struct element *root = document_root(document);
    AUTO(buf) struct buf all = {0};
    AUTO(buf) struct buf without = {0};
    assert_int_equal(document_canonical(document, NULL, &all, NULL), R_OK);
    assert_string_equal(all.bytes,
                        "<a xmlns=\"urn:u\" b=\"1\" c=\"2\">\n<d></d>&gt;&#xD;"
                        "<s:Sig xmlns:s=\"urn:w\"><s:x>1</s:x></s:Sig></a>");
    assert_int_equal(document_canonical(document, element_first(root, "Sig"),
                                        &without, NULL),
                     R_OK);
    assert_string_equal(
        without.bytes,
        "<a xmlns=\"urn:u\" b=\"1\" c=\"2\">\n<d></d>&gt;&#xD;</a>");
}

static void test_condition__holds_over_a_message(void **state)
{
    (void)state;
    AUTO(document) struct document *document =
        parsed("<message xmlns='urn:yisong:message:1'><body><card>"
               "<colour>red</colour></card></body></message>");
    AUTO(condition) struct condition *red = NULL;
    AUTO(condition) struct condition *yellow = NULL;
    assert_int_equal(condition_new(&red, "//m:card[m:colour='red']", NULL),
                     R_OK);
    assert_int_equal(condition_new(&yellow,
                                   "m:message/m:body/m:card/m:colour='yellow'",
                                   NULL),
                     R_OK);
    assert_true(condition_holds(red, document));
    assert_false(condition_holds(yellow, document));
}

static void test_condition__refuses_what_can_never_be_worked_out(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "//[", "x:y", "nofunction()", "document('/etc/passwd')", "$v"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(condition) struct condition *condition = NULL;
        struct fault why = {0};
        if (condition_new(&condition, texts[i], &why) != R_BAD_PROCEDURE)
            fail_msg("accepted: %s", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document__refuses_constructs_outside_the_profile),
        cmocka_unit_test(test_document__stops_before_an_entity_is_expanded),
        cmocka_unit_test(test_document__refuses_what_is_not_well_formed),
        cmocka_unit_test(test_document__refuses_every_encoding_but_utf_8),
        cmocka_unit_test(test_document__refuses_what_nests_too_deeply),
        cmocka_unit_test(test_document__refuses_too_many_elements_and_bytes),
        cmocka_unit_test(test_document__refuses_a_tag_full_of_attributes),
        cmocka_unit_test(test_document__tells_the_line),
        cmocka_unit_test(test_document__gives_a_text_as_one_piece),
        cmocka_unit_test(test_document__walks_elements_only),
        cmocka_unit_test(
            test_document__writes_the_canonical_form_without_one_child),
        cmocka_unit_test(test_condition__holds_over_a_message),
        cmocka_unit_test(test_condition__refuses_what_can_never_be_worked_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
