/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * XML signatures and everything that must not pass for one. Each row of the
 * tables is one attack: what is replaced in a good letter, and the reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/encode.h"
#include "tests/support/letter.h"
#include "tests/support/one_office.h"

static const char *const signers[] = {"ecology-nanchang", "police-nanchang"};

static struct letter sign_as(size_t signer)
{
    return letter_sign(office_key(&office, signers[signer]), MESSAGE_XML,
                       signers[signer]);
}

static enum reason judge(const struct letter *letter)
{
    return letter_judge(&office, letter, OFFICE_LATER, NULL);
}

struct attack {
    const char *name, *from, *to;
    enum reason reason;
};

#define DS        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"

static const struct attack xml_attacks[] = {
    /* the content */
    {"amount changed", "42.50", "42.51", R_BAD_SIGNATURE},
    {"sender changed to one of the same suite", "<from>ecology-nanchang<",
     "<from>procuratorate-nanchang<", R_CERTIFICATE_UNKNOWN},
    {"sender changed to a stranger", "<from>ecology-nanchang<",
     "<from>ecology-beijing<", R_UNKNOWN_AGENCY},
    {"addressee added", "<to>exchange</to>",
     "<to>exchange</to><to>bank-nanchang</to>", R_BAD_SIGNATURE},
    {"white space added to the content", "<body>", "<body> ", R_BAD_SIGNATURE},
    {"attribute added", "<body>",
     "<body xmlns:x=\"urn:yisong:message:1\" x:a=\"\">", R_BAD_SIGNATURE},
    {"comment inside a value", "42.50", "42<!-- -->.50", R_FORBIDDEN_CONSTRUCT},
    {"comment before the root", "<message", "<!-- --><message",
     R_FORBIDDEN_CONSTRUCT},
    {"comment behind the root", "</message>", "</message><!-- -->",
     R_FORBIDDEN_CONSTRUCT},
    {"processing instruction", "<body>", "<body><?x y?>",
     R_FORBIDDEN_CONSTRUCT},
    {"CDATA", "42.50", "<![CDATA[42.50]]>", R_FORBIDDEN_CONSTRUCT},
    {"stylesheet instruction", "<message",
     "<?xml-stylesheet href='x'?><message", R_FORBIDDEN_CONSTRUCT},
    {"document type", "<message", "<!DOCTYPE message><message",
     R_FORBIDDEN_CONSTRUCT},
    {"entity", "<message",
     "<!DOCTYPE message [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><message",
     R_FORBIDDEN_CONSTRUCT},
    {"attribute default by DTD", "<message",
     "<!DOCTYPE m [<!ATTLIST message a CDATA \"b\">]><message",
     R_FORBIDDEN_CONSTRUCT},

    /* the place of the Signature */
    {"signature cut out of the root's end", "</message>", "<x/></message>",
     R_SIGNATURE_PROFILE},
    {"white space behind the signature", "</message>", "\n</message>",
     R_SIGNATURE_PROFILE},
    {"text behind the signature", "</ds:Signature>", "</ds:Signature>x",
     R_SIGNATURE_PROFILE},
    {"second, empty signature", "<ds:Signature " DS ">",
     "<ds:Signature " DS "/><ds:Signature " DS ">", R_SIGNATURE_PROFILE},
    {"signature of another namespace", "<ds:Signature " DS ">",
     "<ds:Signature xmlns:ds=\"urn:other\">", R_NOT_SIGNED},
    {"signature renamed", "Signature>", "Signatur>", R_NOT_WELL_FORMED},

    /* what is put into the Signature */
    {"KeyInfo added", "</ds:SignatureValue>",
     "</ds:SignatureValue><ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>",
     R_SIGNATURE_PROFILE},
    {"Object added", "</ds:SignatureValue>",
     "</ds:SignatureValue><ds:Object><a/></ds:Object>", R_SIGNATURE_PROFILE},
    {"white space between its parts", "</ds:SignedInfo>", "</ds:SignedInfo>\n",
     R_SIGNATURE_PROFILE},
    {"Id on the Signature", "<ds:Signature " DS, "<ds:Signature Id=\"a\" " DS,
     R_SIGNATURE_PROFILE},
    {"Id on SignedInfo", "<ds:SignedInfo>", "<ds:SignedInfo Id=\"a\">",
     R_SIGNATURE_PROFILE},
    {"xml:space", "<ds:SignatureValue>",
     "<ds:SignatureValue xml:space=\"preserve\">", R_SIGNATURE_PROFILE},
    {"attribute of a foreign namespace", "<ds:SignatureValue>",
     "<ds:SignatureValue xmlns:e=\"urn:e\" e:a=\"\">", R_SIGNATURE_PROFILE},

    /* the reference */
    {"reference to an id", "URI=\"\"", "URI=\"#body\"", R_SIGNATURE_PROFILE},
    {"reference to a file", "URI=\"\"", "URI=\"file:///etc/hostname\"",
     R_SIGNATURE_PROFILE},
    {"reference to the net", "URI=\"\"", "URI=\"http://127.0.0.1:1/\"",
     R_SIGNATURE_PROFILE},
    {"reference without URI", " URI=\"\"", "", R_SIGNATURE_PROFILE},
    {"xpointer", "URI=\"\"", "URI=\"#xpointer(/)\"", R_SIGNATURE_PROFILE},
    {"second reference", "</ds:SignedInfo>",
     "<ds:Reference URI=\"\"></ds:Reference></ds:SignedInfo>",
     R_SIGNATURE_PROFILE},

    /* transforms */
    {"XSLT added", "</ds:Transforms>",
     "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/"
     "REC-xslt-19991116\"></ds:Transform></ds:Transforms>",
     R_SIGNATURE_PROFILE},
    {"XPath added", "</ds:Transforms>",
     "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
     "<ds:XPath>not(ancestor-or-self::body)</ds:XPath></ds:Transform>"
     "</ds:Transforms>",
     R_SIGNATURE_PROFILE},
    {"enveloped left out", "#enveloped-signature", "#base64",
     R_SIGNATURE_PROFILE},
    {"canonical form with comments", EXCLUSIVE, EXCLUSIVE "WithComments",
     R_SIGNATURE_PROFILE},
    {"inclusive canonical form", EXCLUSIVE,
     "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", R_SIGNATURE_PROFILE},
    {"namespaces added to the transform", "\"></ds:Transform></ds:Transforms>",
     "\"><ec:InclusiveNamespaces xmlns:ec=\"" EXCLUSIVE
     "\" PrefixList=\"a\"/></ds:Transform></ds:Transforms>",
     R_SIGNATURE_PROFILE},

    /* algorithms */
    {"SHA-1 digest", "http://www.w3.org/2001/04/xmlenc#sha256",
     "http://www.w3.org/2000/09/xmldsig#sha1", R_SIGNATURE_PROFILE},
    {"ECDSA with SHA-1", "#ecdsa-sha256", "#ecdsa-sha1", R_SIGNATURE_PROFILE},
    {"HMAC", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
     "http://www.w3.org/2000/09/xmldsig#hmac-sha1", R_SIGNATURE_PROFILE},
    {"HMAC of one bit", "\"></ds:SignatureMethod>",
     "\"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
     R_SIGNATURE_PROFILE},
};

static void run_attack(const struct attack *attack, size_t signer)
{
    AUTO(letter) struct letter letter = sign_as(signer);
    letter_replace(&letter.bytes, attack->from, attack->to);
    enum reason reason = judge(&letter);
    if (reason != attack->reason)
        fail_msg("%s: %s, not %s", attack->name, reason_code(reason),
                 reason_code(attack->reason));
}

static void test_xmldsig__refuses_every_known_attack(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(xml_attacks); i++)
        run_attack(&xml_attacks[i], 0);
}

/* Forms that a parser reads as the same letter: harmless, and accepted. */
static void test_xmldsig__allows_what_means_the_same(void **state)
{
    (void)state;
    static const struct attack same[] = {
        {"XML declaration", "<message", "<?xml version=\"1.0\"?>\n<message",
         R_OK},
        {"character reference", "张某", "&#24352;某", R_OK},
        {"empty-element tags", "></ds:DigestMethod>", "/>", R_OK},
        {"unused namespace", "<body>", "<body xmlns:unused=\"urn:u\">", R_OK},
        {"newline behind the root", "</message>", "</message>\n", R_OK},
    };
    for (size_t i = 0; i < COUNT_OF(same); i++)
        run_attack(&same[i], 0);
}

static void test_xmldsig__takes_the_algorithm_from_the_key(void **state)
{
    (void)state;
    static const struct attack swaps[] = {
        {"SM2 signature claimed as ECDSA",
         "http://www.w3.org/2000/09/xmldsig#sm2-sm3",
         "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
         R_SIGNATURE_PROFILE},
        {"SM3 digest claimed as SHA-256",
         "http://www.w3.org/2000/09/xmldsig#sm3",
         "http://www.w3.org/2001/04/xmlenc#sha256", R_SIGNATURE_PROFILE},
        {"SM2 with SHA-1", "http://www.w3.org/2000/09/xmldsig#sm3",
         "http://www.w3.org/2000/09/xmldsig#sha1", R_SIGNATURE_PROFILE},
    };
    for (size_t i = 0; i < COUNT_OF(swaps); i++)
        run_attack(&swaps[i], 1);
    AUTO(letter) struct letter letter = sign_as(1);
    letter_replace(&letter.bytes, swaps[0].from, swaps[0].to);
    letter_replace(&letter.bytes, swaps[1].from, swaps[1].to);
    struct fault why = {0};
    assert_int_equal(letter_judge(&office, &letter, OFFICE_LATER, &why),
                     R_SIGNATURE_PROFILE);
    assert_non_null(strstr(why.text, "not that of the key (sm2)"));
}

/* Wrapping: the signed letter inside another root, a forged one in front. */
static void test_xmldsig__does_not_survive_a_new_root(void **state)
{
    (void)state;
    AUTO(letter) struct letter good = sign_as(0);
    AUTO(letter) struct letter wrapped = {0};
    buf_put_text(&wrapped.bytes, "<wrapper xmlns=\"urn:yisong:message:1\">");
    buf_put(&wrapped.bytes, good.bytes.bytes, good.bytes.size);
    buf_put_text(&wrapped.bytes, "</wrapper>");
    assert_int_equal(judge(&wrapped), R_NOT_VALID);

    const char *body = strstr(good.bytes.bytes, "<body>");
    AUTO(letter) struct letter forged = {0};
    buf_put(&forged.bytes, good.bytes.bytes, (size_t)(body - good.bytes.bytes));
    buf_put_text(&forged.bytes, "<body><forged/></body>");
    buf_put_text(&forged.bytes, body);
    assert_int_equal(judge(&forged), R_BAD_SIGNATURE);
}

/* A Signature that holds for one letter, moved into another. */
static void test_xmldsig__cannot_be_moved_to_another_letter(void **state)
{
    (void)state;
    AUTO(letter) struct letter one = sign_as(0);
    AUTO(buf) struct buf signature = {0};
    buf_put_text(&signature, strstr(one.bytes.bytes, "<ds:Signature "));
    AUTO(letter) struct letter moved = {0};
    AUTO(buf) struct buf text = {0};
    buf_print(&text, letter_xml, signers[0],
              certificate_fingerprint(
                  signing_key_certificate(office_key(&office, signers[0]))));
    letter_replace(&text, "NC-2026-0001", "NC-2026-0002");
    letter_replace(&text, "</message>", signature.bytes);
    buf_put(&moved.bytes, text.bytes, text.size);
    assert_int_equal(judge(&moved), R_BAD_SIGNATURE);
}

/* Every letter of DigestValue and SignatureValue, the spare bits included. */
static void test_xmldsig__has_one_spelling(void **state)
{
    (void)state;
    for (size_t signer = 0; signer < COUNT_OF(signers); signer++) {
        AUTO(letter) struct letter letter = sign_as(signer);
        char *value = strstr(letter.bytes.bytes, "<ds:SignatureValue>") +
                      strlen("<ds:SignatureValue>");
        /* SIGNATURE_SIZE bytes leave four spare bits before "==". */
        assert_string_not_equal(value, "");
        char kept = value[85];
        const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                               "uvwxyz0123456789+/";
        size_t place = (size_t)(strchr(alphabet, kept) - alphabet);
        for (size_t spare = 1; spare < 16; spare++) {
            value[85] = alphabet[(place & ~(size_t)15) + spare];
            assert_int_equal(judge(&letter), R_SIGNATURE_PROFILE);
        }
        value[85] = kept;
        value[86] = 'A';
        assert_int_equal(judge(&letter), R_SIGNATURE_PROFILE);
        value[86] = '=';
        assert_int_equal(judge(&letter), R_OK);
    }
}

static void test_xmldsig__is_not_taken_from_beside_an_xml_letter(void **state)
{
    (void)state;
    AUTO(letter) struct letter letter = sign_as(0);
    buf_put_text(&letter.jws, "a..b");
    assert_int_equal(judge(&letter), R_SIGNATURE_PROFILE);
}

static void test_xmldsig__is_put_once(void **state)
{
    (void)state;
    AUTO(letter) struct letter letter = sign_as(0);
    AUTO(message) struct message *message = NULL;
    assert_int_equal(
        message_parse(&message, letter.bytes.bytes, letter.bytes.size, NULL),
        R_OK);
    AUTO(buf) struct buf bytes = {0}, jws = {0};
    assert_int_equal(signature_sign(office_key(&office, signers[0]), message,
                                    &bytes, &jws, NULL),
                     R_SIGNATURE_PROFILE);
}

/* The pair of names that the customs single window uses now. */
static void test_xmldsig__accepts_the_other_names_of_sm2(void **state)
{
    (void)state;
    const struct signing_key *key = office_key(&office, "police-nanchang");
    AUTO(letter) struct letter letter = sign_as(1);
    static const char old_name[] = "http://www.w3.org/2000/09/xmldsig#sm2-sm3";
    static const char new_name[] =
        "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3";
    letter_replace(&letter.bytes, old_name, new_name);
    letter_replace(&letter.bytes, "http://www.w3.org/2000/09/xmldsig#sm3",
                   "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3");
    assert_int_equal(judge(&letter), R_BAD_SIGNATURE);

    AUTO(buf) struct buf info = {0}, value = {0};
    const char *start = strstr(letter.bytes.bytes, "<ds:SignedInfo>");
    const char *end = strstr(start, "<ds:SignatureValue>");
    buf_print(&info, "<ds:SignedInfo " DS ">%.*s",
              (int)(end - start) - (int)strlen("<ds:SignedInfo>"),
              start + strlen("<ds:SignedInfo>"));
    unsigned char raw[SIGNATURE_SIZE];
    assert_int_equal(signing_key_sign(key, info.bytes, info.size, raw, NULL),
                     R_OK);
    base64_put(&value, raw, sizeof raw);
    memcpy(strstr(letter.bytes.bytes, "<ds:SignatureValue>") +
               strlen("<ds:SignatureValue>"),
           value.bytes, value.size);
    assert_int_equal(judge(&letter), R_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xmldsig__refuses_every_known_attack),
        cmocka_unit_test(test_xmldsig__allows_what_means_the_same),
        cmocka_unit_test(test_xmldsig__takes_the_algorithm_from_the_key),
        cmocka_unit_test(test_xmldsig__does_not_survive_a_new_root),
        cmocka_unit_test(test_xmldsig__cannot_be_moved_to_another_letter),
        cmocka_unit_test(test_xmldsig__has_one_spelling),
        cmocka_unit_test(test_xmldsig__is_not_taken_from_beside_an_xml_letter),
        cmocka_unit_test(test_xmldsig__is_put_once),
        cmocka_unit_test(test_xmldsig__accepts_the_other_names_of_sm2),
    };
    return cmocka_run_group_tests(tests, one_office_open, one_office_close);
}
