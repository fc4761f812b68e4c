/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The judge, held against libxml2's XSD validator: on letters made at random
 * and on the same letters with something changed, both must agree whether the
 * letter keeps to the schema.
 */
#include "schemas/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/xmlschemas.h>

#include "base/asset.h"
#include "tests/schemas/random_message.h"

static xmlSchema *xsd;

static void be_silent(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static int read_xsd(void **state)
{
    (void)state;
    const struct asset *asset = asset_get("schemas/message.xsd");
    xmlSchemaParserCtxt *parser =
        xmlSchemaNewMemParserCtxt(asset->bytes, (int)asset->size);
    xsd = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    xmlSetGenericErrorFunc(NULL, be_silent);
    return xsd ? 0 : -1;
}

static int drop_xsd(void **state)
{
    (void)state;
    xmlSchemaFree(xsd);
    return 0;
}

static bool libxml2_accepts(const struct buf *text)
{
    xmlDoc *tree = xmlReadMemory(text->bytes, (int)text->size, NULL, NULL,
                                 XML_PARSE_NONET);
    xmlSchemaValidCtxt *context = xmlSchemaNewValidCtxt(xsd);
    int errors = xmlSchemaValidateDoc(context, tree);
    xmlSchemaFreeValidCtxt(context);
    xmlFreeDoc(tree);
    return errors == 0;
}

enum verdict { SOUND, FIELD_WRONG, FORM_WRONG };

static enum verdict judged(const struct buf *text, struct buf *told)
{
    AUTO(document) struct document *document = NULL;
    AUTO(mistakes) struct mistakes mistakes = {0};
    struct fault why = {0};
    if (document_parse(&document, text->bytes, text->size, &why) != R_OK)
        fail_msg("%s", why.text);
    judge_element(document_root(document), schema_root(schema_of_messages()),
                  &mistakes);
    mistakes_print(&mistakes, "letter", told);
    for (size_t i = 0; i < mistakes.count; i++)
        if (mistakes.rows[i].reason == R_NOT_VALID)
            return FORM_WRONG;
    return mistakes.count ? FIELD_WRONG : SOUND;
}

static void test_judge__accepts_what_is_made_from_the_schema(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 1000; seed++) {
        AUTO(buf) struct buf text = {0};
        AUTO(buf) struct buf told = {0};
        random_message_put(seed, &text);
        assert_true(libxml2_accepts(&text));
        if (judged(&text, &told) != SOUND)
            fail_msg("%s\n%s", told.bytes, text.bytes);
    }
}

/* Where the n-th tag of a kind ("<x" or "</x") begins, or the end. */
static size_t nth_tag(const struct buf *text, bool closing, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i + 1 < text->size; i++) {
        if (text->bytes[i] != '<' || text->bytes[i + 1] == '?' ||
            (text->bytes[i + 1] == '/') != closing)
            continue;
        at = i;
        if (n-- == 0)
            break;
    }
    return at;
}

/* From the start of a leaf "<x>text</x>" to behind it; false: no leaf. */
static bool leaf_at(const struct buf *text, size_t start, size_t *size)
{
    const char *open_end = strchr(text->bytes + start, '>');
    const char *next = open_end ? strchr(open_end, '<') : NULL;
    if (!next || next[1] != '/')
        return false;
    *size = (size_t)(strchr(next, '>') + 1 - (text->bytes + start));
    return true;
}

static void put_changed(const struct buf *text, size_t start, size_t size,
                        const char *instead, struct buf *out)
{
    buf_put(out, text->bytes, start);
    buf_put_text(out, instead);
    buf_put(out, text->bytes + start + size, text->size - start - size);
}

enum change { DROP, DOUBLE, REPLACE_TEXT, INSERT_UNKNOWN, SWAP_TEXT, CHANGES };

/* Makes one change that leaves the letter well formed. */
static bool change(const struct buf *text, struct random_message *random,
                   struct buf *out)
{
    static const char *const values[] = {"",
                                         "x",
                                         "-1",
                                         "1.5",
                                         "true",
                                         "2026-02-30",
                                         "案",
                                         "0x1",
                                         "01",
                                         "a b",
                                         "red",
                                         "1e3",
                                         "9007199254740992",
                                         "+1",
                                         "3.1234567",
                                         "2026-11-21T25:00:00+08:00",
                                         "2026-11-21T17:00:00",
                                         "normal",
                                         "A-1",
                                         "../x"};
    size_t size, start = nth_tag(text, false, random_below(random, 120));
    if (!leaf_at(text, start, &size))
        return false;
    AUTO(buf) struct buf leaf = {0};
    buf_put(&leaf, text->bytes + start, size);
    size_t open = strcspn(leaf.bytes, ">") + 1;
    AUTO(buf) struct buf instead = {0};
    switch ((enum change)random_below(random, CHANGES)) {
    case DROP:
        break;
    case DOUBLE:
        buf_print(&instead, "%s%s", leaf.bytes, leaf.bytes);
        break;
    case INSERT_UNKNOWN:
        buf_print(&instead, "<unknown/>%s", leaf.bytes);
        break;
    default:
        buf_put(&instead, leaf.bytes, open);
        buf_put_text(&instead, values[random_below(random, COUNT_OF(values))]);
        buf_put_text(&instead, strstr(leaf.bytes + open, "</"));
    }
    put_changed(text, start, size, buf_text(&instead), out);
    return true;
}

static void test_judge__agrees_with_libxml2_on_changed_letters(void **state)
{
    (void)state;
    size_t accepted = 0, refused = 0;
    for (unsigned seed = 1; seed <= 6000; seed++) {
        AUTO(buf) struct buf text = {0};
        AUTO(buf) struct buf changed = {0};
        AUTO(buf) struct buf told = {0};
        struct random_message random = {.seed = seed};
        random_message_put(seed % 500 + 1, &text);
        if (!change(&text, &random, &changed))
            continue;
        bool expected = libxml2_accepts(&changed);
        enum verdict verdict = judged(&changed, &told);
        /* Days that are no days are wrong fields to us, wrong form to XSD. */
        if (verdict == (expected ? FORM_WRONG : SOUND))
            fail_msg("libxml2 says %d\n%s%s", expected, buf_text(&told),
                     changed.bytes);
        *(expected ? &accepted : &refused) += 1;
    }
    assert_in_range(accepted, 100, 6000);
    assert_in_range(refused, 1000, 6000);
}

static void test_judge__tells_every_mistake_in_both_languages(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 200; seed++) {
        AUTO(buf) struct buf text = {0};
        AUTO(buf) struct buf changed = {0};
        AUTO(document) struct document *document = NULL;
        AUTO(mistakes) struct mistakes mistakes = {0};
        struct random_message random = {.seed = seed};
        random_message_put(seed, &text);
        if (!change(&text, &random, &changed))
            continue;
        assert_int_equal(
            document_parse(&document, changed.bytes, changed.size, NULL), R_OK);
        judge_element(document_root(document),
                      schema_root(schema_of_messages()), &mistakes);
        for (size_t i = 0; i < mistakes.count; i++) {
            assert_true(strlen(mistakes.rows[i].chinese) > 0);
            assert_true(strlen(mistakes.rows[i].english) > 0);
            assert_memory_equal(mistakes.rows[i].path, "/message", 8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__accepts_what_is_made_from_the_schema),
        cmocka_unit_test(test_judge__agrees_with_libxml2_on_changed_letters),
        cmocka_unit_test(test_judge__tells_every_mistake_in_both_languages),
    };
    return cmocka_run_group_tests(tests, read_xsd, drop_xsd);
}
