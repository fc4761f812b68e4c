/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys and certificates of both suites, checked with the openssl program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/io.h"
#include "certs/certificate.h"
#include "tests/support/one_office.h"

static const char text[] = "涉嫌污染环境罪";

/* The two agencies of the two suites. */
static const char *const signers[] = {"ecology-nanchang", "police-nanchang"};

static void test_key__verifies_what_it_signed_in_both_suites(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        const struct signing_key *key = office_key(&office, signers[i]);
        unsigned char raw[SIGNATURE_SIZE];
        assert_int_equal(signing_key_sign(key, text, sizeof text, raw, NULL),
                         R_OK);
        const struct certificate *own = signing_key_certificate(key);
        assert_int_equal(certificate_verify(own, text, sizeof text, raw, NULL),
                         R_OK);
    }
}

static void test_key__refuses_every_changed_bit_of_a_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        const struct signing_key *key = office_key(&office, signers[i]);
        const struct certificate *own = signing_key_certificate(key);
        unsigned char raw[SIGNATURE_SIZE];
        assert_int_equal(signing_key_sign(key, text, sizeof text, raw, NULL),
                         R_OK);
        for (size_t bit = 0; bit < 8 * sizeof raw; bit += 7) {
            raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_int_equal(
                certificate_verify(own, text, sizeof text, raw, NULL),
                R_BAD_SIGNATURE);
            raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

static void test_key__refuses_zero_and_all_ones_as_r_and_s(void **state)
{
    (void)state;
    static const unsigned char fills[] = {0x00, 0xFF};
    for (size_t i = 0; i < COUNT_OF(signers) * COUNT_OF(fills); i++) {
        const struct certificate *own =
            signing_key_certificate(office_key(&office, signers[i / 2]));
        unsigned char raw[SIGNATURE_SIZE];
        memset(raw, fills[i % 2], sizeof raw);
        assert_int_equal(certificate_verify(own, text, sizeof text, raw, NULL),
                         R_BAD_SIGNATURE);
    }
}

static void test_key__refuses_another_keys_signature(void **state)
{
    (void)state;
    unsigned char raw[SIGNATURE_SIZE];
    assert_int_equal(signing_key_sign(office_key(&office, "ecology-nanchang"),
                                      text, sizeof text, raw, NULL),
                     R_OK);
    const struct certificate *other =
        signing_key_certificate(office_key(&office, "procuratorate-nanchang"));
    assert_int_equal(certificate_verify(other, text, sizeof text, raw, NULL),
                     R_BAD_SIGNATURE);
}

static void test_key__must_belong_to_its_certificate(void **state)
{
    (void)state;
    AUTO(text) char *key = office_path(&office, signers[0], "signing.key");
    AUTO(text) char *other = office_path(&office, signers[1], "signing.pem");
    struct signing_key *made = NULL;
    struct fault why = {0};
    assert_int_equal(signing_key_read(&made, key, other, &why), R_BAD_KEY);
    assert_null(made);
}

static void test_key__says_which_file_cannot_be_read(void **state)
{
    (void)state;
    AUTO(text) char *key = office_path(&office, signers[0], "signing.key");
    struct signing_key *made = NULL;
    struct fault why = {0};
    assert_int_equal(signing_key_read(&made, key, key, &why), R_BAD_KEY);
    assert_non_null(strstr(why.text, key));
    assert_int_equal(signing_key_read(&made, "/nowhere", key, &why), R_NO_FILE);
}

static void test_certificate__tells_name_suite_and_period(void **state)
{
    (void)state;
    const struct certificate *own =
        signing_key_certificate(office_key(&office, "police-nanchang"));
    assert_string_equal(certificate_name(own), "police-nanchang");
    assert_int_equal(certificate_suite(own), SUITE_SM2);
    assert_int_equal(certificate_valid_from(own), OFFICE_OPENED - INSTANT_HOUR);
    assert_int_equal(strlen(certificate_fingerprint(own)), 64);
}

static void test_certificate__is_read_from_der_and_from_base64(void **state)
{
    (void)state;
    const struct certificate *own =
        signing_key_certificate(office_key(&office, "police-nanchang"));
    AUTO(buf) struct buf der = {0}, base64 = {0};
    certificate_put_der(own, &der);
    base64_put(&base64, der.bytes, der.size);
    const struct buf *const forms[] = {&der, &base64};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        AUTO(certificate) struct certificate *made = NULL;
        assert_int_equal(
            certificate_parse(&made, forms[i]->bytes, forms[i]->size, NULL),
            R_OK);
        assert_string_equal(certificate_fingerprint(made),
                            certificate_fingerprint(own));
    }
}

static void test_certificate__is_refused_when_cut_or_lengthened(void **state)
{
    (void)state;
    AUTO(buf) struct buf der = {0};
    certificate_put_der(
        signing_key_certificate(office_key(&office, signers[0])), &der);
    struct certificate *made = NULL;
    for (size_t size = 0; size < der.size; size += 13)
        assert_int_equal(certificate_parse(&made, der.bytes, size, NULL),
                         R_CERTIFICATE_INVALID);
    buf_put_char(&der, '\0');
    assert_int_equal(certificate_parse(&made, der.bytes, der.size, NULL),
                     R_CERTIFICATE_INVALID);
    assert_null(made);
}

/* Runs a shell line in the office's folder; its exit status. */
static int run_there(const char *line)
{
    char command[1024];
    snprintf(command, sizeof command, "cd %s && %s >/dev/null 2>&1",
             office.folder, line);
    return system(command);
}

static void test_certificate__chains_for_the_openssl_program(void **state)
{
    (void)state;
    assert_int_equal(
        run_there("openssl verify -CAfile authority/authority-p256.pem "
                  "keys/ecology-nanchang/signing.pem "
                  "keys/police-nanchang/tls.pem"),
        0);
    assert_int_equal(run_there("openssl verify -vfyopt distid:1234567812345678 "
                               "-CAfile authority/authority-sm2.pem "
                               "keys/police-nanchang/signing.pem"),
                     0);
    /* Proof that the identity counts: without it the chain does not hold. */
    assert_int_not_equal(
        run_there("openssl verify -CAfile authority/authority-sm2.pem "
                  "keys/police-nanchang/signing.pem"),
        0);
}

static void test_authority__keeps_private_keys_private(void **state)
{
    (void)state;
    assert_int_equal(
        run_there("test -z \"$(find . -name '*.key' ! -perm 0600)\" && "
                  "test $(find . -name '*.key' | wc -l) -eq 26"),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key__verifies_what_it_signed_in_both_suites),
        cmocka_unit_test(test_key__refuses_every_changed_bit_of_a_signature),
        cmocka_unit_test(test_key__refuses_zero_and_all_ones_as_r_and_s),
        cmocka_unit_test(test_key__refuses_another_keys_signature),
        cmocka_unit_test(test_key__must_belong_to_its_certificate),
        cmocka_unit_test(test_key__says_which_file_cannot_be_read),
        cmocka_unit_test(test_certificate__tells_name_suite_and_period),
        cmocka_unit_test(test_certificate__is_read_from_der_and_from_base64),
        cmocka_unit_test(test_certificate__is_refused_when_cut_or_lengthened),
        cmocka_unit_test(test_certificate__chains_for_the_openssl_program),
        cmocka_unit_test(test_authority__keeps_private_keys_private),
    };
    return cmocka_run_group_tests(tests, one_office_open, one_office_close);
}
