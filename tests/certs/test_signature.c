/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Signatures of both encodings, and the forgeries of a JWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/pool.h"
#include "tests/support/letter.h"
#include "tests/support/one_office.h"

static const char *const signers[] = {"ecology-nanchang", "police-nanchang"};

static const enum message_encoding encodings[] = {MESSAGE_XML, MESSAGE_JSON};

static struct letter sign_as(size_t signer, enum message_encoding encoding)
{
    return letter_sign(office_key(&office, signers[signer]), encoding,
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

static void test_signature__holds_in_both_suites_and_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signers) * COUNT_OF(encodings); i++) {
        AUTO(letter) struct letter letter = sign_as(i / 2, encodings[i % 2]);
        assert_int_equal(judge(&letter), R_OK);
    }
}

static void test_signature__is_refused_without_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        AUTO(letter) struct letter letter = sign_as(0, encodings[i]);
        char *start = strstr(letter.bytes.bytes, "<ds:Signature ");
        if (start)
            memmove(start, strstr(start, "</message>"), sizeof "</message>");
        letter.bytes.size = strlen(letter.bytes.bytes);
        buf_clear(&letter.jws);
        assert_int_equal(judge(&letter), R_NOT_SIGNED);
    }
}

static void test_signature__has_one_spelling_in_json(void **state)
{
    (void)state;
    AUTO(letter) struct letter letter = sign_as(0, MESSAGE_JSON);
    size_t accepted = 0;
    for (size_t i = 0; i < letter.jws.size; i++) {
        char kept = letter.jws.bytes[i];
        for (const char *c = "AQgw_-.=+/ \n"; *c; c++) {
            letter.jws.bytes[i] = *c;
            accepted += *c != kept && judge(&letter) == R_OK;
        }
        letter.jws.bytes[i] = kept;
    }
    assert_int_equal(accepted, 0);
    assert_int_equal(judge(&letter), R_OK);
}

/* A JWS with another protected header, and the rest of the good one. */
static void with_header(struct letter *letter, const char *header,
                        const char *payload)
{
    AUTO(buf) struct buf made = {0};
    base64url_put(&made, header, strlen(header));
    buf_print(&made, ".%s%s", payload, strrchr(letter->jws.bytes, '.'));
    buf_clear(&letter->jws);
    buf_put(&letter->jws, made.bytes, made.size);
}

static void test_signature__knows_one_protected_header(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"ES384\"}",
        "{\"alg\":\"SM2SM3\"}",
        "{ \"alg\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"typ\":\"JOSE\"}",
        "{\"alg\":\"ES256\",\"kid\":\"1\"}",
        "{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}",
        "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\"}}",
        "{\"alg\":\"ES256\",\"x5u\":\"http://127.0.0.1:1/\"}",
        "{\"alg\":\"ES256\",\"alg\":\"none\"}",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        AUTO(letter) struct letter letter = sign_as(0, MESSAGE_JSON);
        with_header(&letter, headers[i], "");
        if (judge(&letter) != R_SIGNATURE_PROFILE)
            fail_msg("%s", headers[i]);
    }
}

static void test_signature__must_be_detached(void **state)
{
    (void)state;
    AUTO(letter) struct letter letter = sign_as(0, MESSAGE_JSON);
    AUTO(buf) struct buf payload = {0};
    base64url_put(&payload, letter.bytes.bytes, letter.bytes.size);
    with_header(&letter, "{\"alg\":\"ES256\"}", payload.bytes);
    assert_int_equal(judge(&letter), R_SIGNATURE_PROFILE);
}

static void test_signature__binds_every_byte_of_json(void **state)
{
    (void)state;
    static const struct attack attacks[] = {
        {"white space", "{\"header\"", "{ \"header\"", R_BAD_SIGNATURE},
        {"escape", "张某", "\\u5f20某", R_BAD_SIGNATURE},
        {"case", "NC-2026-0001", "NC-2026-0002", R_BAD_SIGNATURE},
        {"sender", "\"from\":\"ecology-nanchang\"",
         "\"from\":\"court-nanchang\"", R_CERTIFICATE_UNKNOWN},
        {"second sender",
         "\"to\":", "\"from\":\"court-nanchang\",\"to\":", R_NOT_WELL_FORMED},
    };
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        AUTO(letter) struct letter letter = sign_as(0, MESSAGE_JSON);
        letter_replace(&letter.bytes, attacks[i].from, attacks[i].to);
        enum reason reason = judge(&letter);
        if (reason != attacks[i].reason)
            fail_msg("%s: %s", attacks[i].name, reason_code(reason));
    }
}

/*
 * What JSON readers disagree about must stop before anything is believed: the
 * signer's reader and ours could see different letters in the same bytes.
 */
static void test_signature__never_sees_json_with_two_readings(void **state)
{
    (void)state;
    static const struct attack attacks[] = {
        {"name twice", "\"urgency\":", "\"urgency\":\"critical\",\"urgency\":",
         R_NOT_WELL_FORMED},
        {"NaN", "\"sequence\":1", "\"sequence\":NaN", R_NOT_WELL_FORMED},
        {"Infinity", "\"sequence\":1", "\"sequence\":Infinity",
         R_NOT_WELL_FORMED},
        {"single quotes", "\"urgency\"", "'urgency'", R_NOT_WELL_FORMED},
        {"2^64", "\"sequence\":1", "\"sequence\":18446744073709551616",
         R_NOT_WELL_FORMED},
        {"minus zero", "\"sequence\":1", "\"sequence\":-0", R_NOT_WELL_FORMED},
        {"leading zero", "\"sequence\":1", "\"sequence\":01",
         R_NOT_WELL_FORMED},
        {"lone surrogate", "张某", "\\ud800", R_NOT_WELL_FORMED},
        {"overlong slash", "张某", "\xC0\xAF", R_NOT_WELL_FORMED},
        {"raw control character", "张某", "\x01", R_NOT_WELL_FORMED},
        {"NUL in a name", "\"urgency\"", "\"urgency\\u0000b\"",
         R_NOT_WELL_FORMED},
        {"NUL in a value", "张某", "\\u0000", R_NOT_WELL_FORMED},
        {"not an XML character", "张某", "\\uFFFE", R_NOT_WELL_FORMED},
        {"trailing comma", "\"urgency\":\"normal\",",
         "\"urgency\":\"normal\",,", R_NOT_WELL_FORMED},
        {"comment", "\"body\"", "/* */\"body\"", R_NOT_WELL_FORMED},
        {"second value", "]}}}", "]}}} {}", R_NOT_WELL_FORMED},
    };
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        AUTO(letter) struct letter letter = sign_as(0, MESSAGE_JSON);
        letter_replace(&letter.bytes, attacks[i].from, attacks[i].to);
        enum reason reason = judge(&letter);
        if (reason != attacks[i].reason)
            fail_msg("%s: %s", attacks[i].name, reason_code(reason));
    }
}

static void test_signature__of_another_agency_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        AUTO(letter) struct letter letter =
            letter_sign(office_key(&office, "procuratorate-nanchang"),
                        encodings[i], "ecology-nanchang");
        assert_int_equal(judge(&letter), R_CERTIFICATE_UNKNOWN);
        /* Naming the real one does not help: it did not sign. */
        letter_replace(&letter.bytes,
                       certificate_fingerprint(signing_key_certificate(
                           office_key(&office, "procuratorate-nanchang"))),
                       certificate_fingerprint(signing_key_certificate(
                           office_key(&office, "ecology-nanchang"))));
        assert_int_equal(judge(&letter), R_BAD_SIGNATURE);
    }
}

static void test_signature__must_be_by_the_certificate_that_is_named(
    void **state)
{
    (void)state;
    AUTO(buf) struct buf text = {0}, bytes = {0}, jws = {0};
    buf_print(&text, letter_xml, signers[0],
              certificate_fingerprint(
                  signing_key_certificate(office_key(&office, signers[1]))));
    AUTO(message) struct message *message = NULL;
    assert_int_equal(message_parse(&message, text.bytes, text.size, NULL),
                     R_OK);
    assert_int_equal(signature_sign(office_key(&office, signers[0]), message,
                                    &bytes, &jws, NULL),
                     R_CERTIFICATE_UNKNOWN);
    assert_int_equal(bytes.size, 0);
}

enum { CROWD = 64, CROWD_THREADS = 4 };

struct crowd {
    struct letter letters[4];
    atomic_int good;
};

static void judge_one(void *context, size_t item)
{
    struct crowd *crowd = context;
    if (judge(&crowd->letters[item % 4]) == R_OK)
        atomic_fetch_add(&crowd->good, 1);
}

/* A registry nobody has asked yet, so that the first judgements race. */
static void test_signature__may_be_verified_from_many_threads(void **state)
{
    (void)state;
    struct crowd crowd = {0};
    for (size_t i = 0; i < 4; i++)
        crowd.letters[i] = sign_as(i / 2, encodings[i % 2]);
    office_reload(&office);
    AUTO(pool) struct pool *pool = pool_new(CROWD_THREADS);
    pool_run(pool, CROWD, judge_one, &crowd);
    assert_int_equal(atomic_load(&crowd.good), CROWD);
    for (size_t i = 0; i < 4; i++)
        letter_done(&crowd.letters[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature__holds_in_both_suites_and_encodings),
        cmocka_unit_test(test_signature__is_refused_without_one),
        cmocka_unit_test(test_signature__has_one_spelling_in_json),
        cmocka_unit_test(test_signature__knows_one_protected_header),
        cmocka_unit_test(test_signature__must_be_detached),
        cmocka_unit_test(test_signature__binds_every_byte_of_json),
        cmocka_unit_test(test_signature__never_sees_json_with_two_readings),
        cmocka_unit_test(test_signature__of_another_agency_is_refused),
        cmocka_unit_test(
            test_signature__must_be_by_the_certificate_that_is_named),
        cmocka_unit_test(test_signature__may_be_verified_from_many_threads),
    };
    return cmocka_run_group_tests(tests, one_office_open, one_office_close);
}
