/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Envelopes: only the receivers open them, and whatever is changed on the way
 * shows. That openssl reads and writes the same form is in
 * tests/courier/seals.test.mjs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "certs/envelope.h"
#include "tests/support/authority.h"

static int open_office(void **state)
{
    struct office *office = malloc(sizeof *office);
    *office = office_open();
    *state = office;
    return 0;
}

static int close_office(void **state)
{
    office_close(*state);
    free(*state);
    return 0;
}

static const struct certificate *receiver(const struct office *office,
                                          const char *agency)
{
    const struct certificate *found = NULL;
    assert_int_equal(registry_encryption(office->registry, agency, OFFICE_LATER,
                                         &found, NULL),
                     R_OK);
    return found;
}

static struct envelope_key *key_of(const struct office *office,
                                   const char *agency)
{
    struct envelope_key *key = NULL;
    AUTO(text) char *secret = office_path(office, agency, "encryption.key");
    AUTO(text) char *open = office_path(office, agency, "encryption.pem");
    assert_int_equal(envelope_key_read(&key, secret, open, NULL), R_OK);
    return key;
}

static int open_scratch(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int descriptor = dup(fileno(file));
    fclose(file);
    return descriptor;
}

/* Seals `size` bytes to these agencies; the file's descriptor. */
static int seal(const struct office *office, const char *const *agencies,
                size_t count, const char *bytes, size_t size)
{
    const struct certificate *receivers[4];
    AUTO(envelope) struct envelope *envelope = NULL;
    int file = open_scratch();
    for (size_t i = 0; i < count; i++)
        receivers[i] = receiver(office, agencies[i]);
    assert_int_equal(envelope_begin(&envelope, file, receivers, count, NULL),
                     R_OK);
    for (size_t at = 0; at < size; at += 1000)
        assert_int_equal(envelope_put(envelope, bytes + at,
                                      size - at < 1000 ? size - at : 1000,
                                      NULL),
                         R_OK);
    assert_int_equal(envelope_end(envelope, NULL), R_OK);
    return file;
}

static enum reason open_as(const struct office *office, const char *agency,
                           int file, struct buf *out)
{
    AUTO(envelope_key) struct envelope_key *key = key_of(office, agency);
    int into = open_scratch();
    struct fault why = {0};
    enum reason reason = envelope_open(key, file, into, &why);
    assert_int_equal(lseek(into, 0, SEEK_SET), 0);
    assert_int_equal(io_read_open(into, "scratch", out, NULL), R_OK);
    close(into);
    return reason;
}

static void test_envelope__opens_for_each_receiver(void **state)
{
    static const char *const both[] = {"police-nanchang", "court-nanchang"};
    enum { SIZE = 300001 };
    char *bytes = malloc(SIZE);
    random_fill(bytes, SIZE);
    int file = seal(*state, both, 2, bytes, SIZE);
    for (size_t i = 0; i < 2; i++) {
        AUTO(buf) struct buf got = {0};
        assert_int_equal(open_as(*state, both[i], file, &got), R_OK);
        assert_int_equal(got.size, SIZE);
        assert_memory_equal(got.bytes, bytes, SIZE);
    }
    close(file);
    free(bytes);
}

static void test_envelope__stays_shut_for_others(void **state)
{
    static const char *const one[] = {"police-nanchang"};
    int file = seal(*state, one, 1, "secret", 6);
    AUTO(buf) struct buf got = {0};
    assert_int_equal(open_as(*state, "bank-nanchang", file, &got),
                     R_NOT_FOR_US);
    assert_int_equal(got.size, 0);
    close(file);
}

/* Whatever byte is another one: nothing else than what was sealed comes out. */
static void test_envelope__never_gives_what_was_not_sealed(void **state)
{
    static const char *const one[] = {"police-nanchang"};
    static const char text[] = "a letter that nobody may change";
    int file = seal(*state, one, 1, text, sizeof text - 1), refused = 0;
    off_t size = lseek(file, 0, SEEK_END);
    for (off_t at = 0; at < size; at++) {
        AUTO(buf) struct buf got = {0};
        unsigned char byte, other;
        assert_int_equal(pread(file, &byte, 1, at), 1);
        other = byte ^ 1;
        assert_int_equal(pwrite(file, &other, 1, at), 1);
        if (open_as(*state, one[0], file, &got) == R_OK)
            assert_string_equal(buf_text(&got), text);
        else
            refused++;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
    }
    assert_true(refused > size * 9 / 10);
    close(file);
}

static void test_envelope__shows_every_cut(void **state)
{
    static const char *const one[] = {"police-nanchang"};
    int file = seal(*state, one, 1, "a letter that nobody may cut", 28);
    off_t size = lseek(file, 0, SEEK_END);
    for (off_t left = size - 1; left >= 0; left--) {
        AUTO(buf) struct buf got = {0};
        assert_int_equal(ftruncate(file, left), 0);
        enum reason reason = open_as(*state, one[0], file, &got);
        assert_true(reason == R_SEAL_BROKEN || reason == R_NOT_WELL_FORMED);
    }
    close(file);
}

/* Without its last pieces, and with the end put in place. */
static void test_envelope__shows_a_piece_that_is_missing(void **state)
{
    static const char *const one[] = {"police-nanchang"};
    enum { SIZE = 40960, TAIL = 28, PIECE = 4 + 4096 };
    char *bytes = calloc(1, SIZE);
    unsigned char tail[TAIL];
    int file = seal(*state, one, 1, bytes, SIZE);
    off_t size = lseek(file, 0, SEEK_END);
    assert_int_equal(pread(file, tail, TAIL, size - TAIL), TAIL);
    assert_int_equal(pwrite(file, tail, TAIL, size - TAIL - PIECE), TAIL);
    assert_int_equal(ftruncate(file, size - PIECE), 0);
    AUTO(buf) struct buf got = {0};
    assert_int_equal(open_as(*state, one[0], file, &got), R_SEAL_BROKEN);
    close(file);
    free(bytes);
}

static void test_envelope__is_not_sealed_to_a_signing_certificate(void **state)
{
    const struct office *office = *state;
    const struct certificate *signing =
        registry_certificate_at(office->registry, "ecology-nanchang", 0);
    AUTO(envelope) struct envelope *envelope = NULL;
    struct fault why = {0};
    assert_int_equal(envelope_begin(&envelope, 1, &signing, 1, &why),
                     R_BAD_KEY);
}

static void test_envelope__needs_something_to_seal(void **state)
{
    const struct certificate *one = receiver(*state, "court-nanchang");
    AUTO(envelope) struct envelope *envelope = NULL;
    int file = open_scratch();
    assert_int_equal(envelope_begin(&envelope, file, &one, 1, NULL), R_OK);
    assert_int_equal(envelope_end(envelope, NULL), R_NOT_VALID);
    close(file);
}

static void test_registry__seals_to_the_newest_certificate(void **state)
{
    struct office *office = *state;
    AUTO(text) char *folder = io_join(office->folder, "keys/new");
    AUTO(authority) struct authority *authority = NULL;
    assert_int_equal(authority_open(&authority, office->folder, NULL), R_OK);
    assert_int_equal(authority_renew(authority, "court-nanchang", SUITE_SM2,
                                     folder, OFFICE_LATER, NULL),
                     R_OK);
    office_reload(office);
    const struct certificate *second =
        registry_encryption_at(office->registry, "court-nanchang", 1);
    assert_non_null(second);
    assert_ptr_equal(receiver(office, "court-nanchang"), second);
}

static void test_registry__seals_nothing_to_a_revoked_agency(void **state)
{
    struct office *office = *state;
    office_revoke(office, "bank-nanchang");
    const struct certificate *found = NULL;
    assert_int_equal(registry_encryption(office->registry, "bank-nanchang",
                                         OFFICE_OPENED + INSTANT_HOUR, &found,
                                         NULL),
                     R_AGENCY_REVOKED);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_envelope__opens_for_each_receiver),
        TEST(test_envelope__stays_shut_for_others),
        TEST(test_envelope__never_gives_what_was_not_sealed),
        TEST(test_envelope__shows_every_cut),
        TEST(test_envelope__shows_a_piece_that_is_missing),
        TEST(test_envelope__is_not_sealed_to_a_signing_certificate),
        TEST(test_envelope__needs_something_to_seal),
        TEST(test_registry__seals_to_the_newest_certificate),
        TEST(test_registry__seals_nothing_to_a_revoked_agency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
