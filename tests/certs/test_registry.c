/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who may sign at which time, and registries that must not be believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/io.h"
#include "certs/registry_rows.h"
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

static const char *fingerprint_of(const struct office *office,
                                  const char *agency)
{
    return certificate_fingerprint(
        signing_key_certificate(office_key(office, agency)));
}

/* May this agency sign with the certificate of that one? */
static enum reason judge(const struct office *office, const char *agency,
                         const char *whose, instant at)
{
    const struct certificate *found = NULL;
    struct fault why = {0};
    return registry_certificate(office->registry, agency,
                                fingerprint_of(office, whose), at, &found,
                                &why);
}

static void test_registry__gives_the_certificate_of_every_agency(void **state)
{
    const struct office *office = *state;
    assert_int_equal(registry_count(office->registry), OFFICE_AGENCIES);
    for (size_t i = 0; i < OFFICE_AGENCIES; i++) {
        const char *id = registry_get(office->registry, i)->id;
        assert_int_equal(judge(office, id, id, OFFICE_LATER), R_OK);
    }
}

static void test_registry__keeps_what_was_entered(void **state)
{
    const struct office *office = *state;
    const struct agency *found =
        registry_find(office->registry, "police-nanchang");
    assert_string_equal(found->chinese, "南昌市公安局");
    assert_string_equal(found->role, "police");
    assert_string_equal(found->credit_code, "");
    assert_string_equal(found->region, "360100");
    assert_false(found->revoked);
}

static void test_registry__does_not_know_a_stranger(void **state)
{
    const struct office *office = *state;
    assert_null(registry_find(office->registry, "police-beijing"));
    assert_int_equal(
        judge(office, "police-beijing", "police-nanchang", OFFICE_LATER),
        R_UNKNOWN_AGENCY);
}

static void test_registry__refuses_the_certificate_of_another(void **state)
{
    assert_int_equal(judge(*state, "ecology-nanchang", "procuratorate-nanchang",
                           OFFICE_LATER),
                     R_CERTIFICATE_UNKNOWN);
}

static void test_registry__judges_by_the_time_of_receipt(void **state)
{
    const struct office *office = *state;
    for (size_t i = 0; i < 2; i++) {
        const char *id = office_rows[i].agency.id;
        const struct certificate *own =
            signing_key_certificate(office_key(office, id));
        instant from = certificate_valid_from(own);
        instant until = certificate_valid_until(own);
        assert_int_equal(judge(office, id, id, from - 1),
                         R_CERTIFICATE_EXPIRED);
        assert_int_equal(judge(office, id, id, from), R_OK);
        assert_int_equal(judge(office, id, id, until), R_OK);
        assert_int_equal(judge(office, id, id, until + INSTANT_SECOND),
                         R_CERTIFICATE_EXPIRED);
    }
}

static void test_registry__refuses_a_revoked_agency_from_then_on(void **state)
{
    struct office *office = *state;
    office_revoke(office, "bank-nanchang");
    assert_true(registry_find(office->registry, "bank-nanchang")->revoked);
    assert_int_equal(judge(office, "bank-nanchang", "bank-nanchang",
                           OFFICE_OPENED + INSTANT_HOUR),
                     R_AGENCY_REVOKED);
    /* What it signed before stays signed. */
    assert_int_equal(judge(office, "bank-nanchang", "bank-nanchang",
                           OFFICE_OPENED + INSTANT_HOUR - 1),
                     R_OK);
    assert_int_equal(judge(office, "court-nanchang", "court-nanchang",
                           OFFICE_OPENED + INSTANT_HOUR),
                     R_OK);
}

/* With the registry of before, only the lists speak; one per suite. */
static void test_registry__believes_the_revocation_lists(void **state)
{
    struct office *office = *state;
    AUTO(text) char *path = io_join(office->folder, "registry.xml");
    AUTO(buf) struct buf before = {0};
    assert_int_equal(io_read(path, &before, NULL), R_OK);
    static const char *const revoked[] = {"ecology-nanchang",
                                          "police-nanchang"};
    for (size_t i = 0; i < COUNT_OF(revoked); i++)
        office_revoke(office, revoked[i]);
    assert_int_equal(io_write(path, before.bytes, before.size, 0644, NULL),
                     R_OK);
    office_reload(office);
    for (size_t i = 0; i < COUNT_OF(revoked); i++) {
        instant then = OFFICE_OPENED + INSTANT_HOUR;
        assert_int_equal(judge(office, revoked[i], revoked[i], then),
                         R_CERTIFICATE_REVOKED);
        assert_int_equal(judge(office, revoked[i], revoked[i], then - 1), R_OK);
    }
}

static void test_registry__refuses_a_list_of_another_authority(void **state)
{
    struct office *office = *state;
    struct office other = office_open();
    office_revoke(&other, "police-nanchang");
    AUTO(text)
    char *from = io_join(other.folder, "revoked/authority-sm2.crl");
    AUTO(text) char *to = io_join(office->folder, "revoked/authority-sm2.crl");
    AUTO(buf) struct buf list = {0};
    assert_int_equal(io_read(from, &list, NULL), R_OK);
    assert_int_equal(io_write(to, list.bytes, list.size, 0644, NULL), R_OK);
    office_close(&other);
    struct registry *made = NULL;
    assert_int_equal(registry_read(&made, office->folder, NULL),
                     R_BAD_REGISTRY);
}

/* Reads the folder's registry.xml after one text was replaced in it. */
static enum reason read_changed(const struct office *office, const char *from,
                                const char *to)
{
    AUTO(text) char *path = io_join(office->folder, "registry.xml");
    AUTO(buf) struct buf bytes = {0};
    assert_int_equal(io_read(path, &bytes, NULL), R_OK);
    const char *found = strstr(bytes.bytes, from);
    assert_non_null(found);
    AUTO(buf) struct buf changed = {0};
    buf_put(&changed, bytes.bytes, (size_t)(found - bytes.bytes));
    buf_put_text(&changed, to);
    buf_put_text(&changed, found + strlen(from));
    assert_int_equal(io_write(path, changed.bytes, changed.size, 0644, NULL),
                     R_OK);
    AUTO(registry) struct registry *made = NULL;
    enum reason reason = registry_read(&made, office->folder, NULL);
    assert_int_equal(io_write(path, bytes.bytes, bytes.size, 0644, NULL), R_OK);
    return reason;
}

static void test_registry__is_refused_when_a_letter_of_it_changed(void **state)
{
    static const char *const changes[][2] = {
        {"南昌市公安局", "南昌市公安处"},
        {"<role>police</role>", "<role>court</role>"},
        {"<agency>", "<!-- --><agency>"},
        {"<number>", "<number xmlns:a=\"urn:b\" a:c=\"d\">"},
        {"</registry>", "<agency></agency></registry>"},
        {"<ds:SignatureValue>", "<ds:SignatureValue>A"},
        {"<registry ", "<!DOCTYPE registry []><registry "},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        assert_int_equal(read_changed(*state, changes[i][0], changes[i][1]),
                         R_BAD_REGISTRY);
    assert_int_equal(read_changed(*state, "<agency>", "<agency>"), R_OK);
}

static void test_registry__needs_its_files(void **state)
{
    const struct office *office = *state;
    static const char *const names[] = {"registry.xml", "authority.pem"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(text) char *path = io_join(office->folder, names[i]);
        AUTO(text) char *away = io_join(office->folder, "away");
        struct registry *made = NULL;
        assert_int_equal(io_move(path, away, NULL), R_OK);
        assert_int_equal(registry_read(&made, office->folder, NULL), R_NO_FILE);
        assert_int_equal(io_move(away, path, NULL), R_OK);
    }
}

/* Adds a row, signs the registry with the authority's own key, reads it. */
static enum reason read_with_row(const struct office *office,
                                 const struct agency *agency,
                                 const char *certificate_path,
                                 struct registry **out, struct fault *why)
{
    struct registry *base = NULL;
    struct certificate *certificate = NULL;
    AUTO(signing_key) struct signing_key *key = NULL;
    AUTO(text)
    char *secret = io_join(office->folder, "authority/authority-p256.key");
    AUTO(text)
    char *open = io_join(office->folder, "authority/authority-p256.pem");
    office_must(signing_key_read(&key, secret, open, why), why);
    office_must(registry_read(&base, office->folder, why), why);
    office_must(certificate_read(&certificate, certificate_path, why), why);
    struct registration *row = registration_new(agency);
    enrolments_put(&row->signing, certificate);
    registry_put(base, row);
    enum reason reason =
        registry_write(base, key, office->folder, OFFICE_LATER, why);
    registry_free(base);
    office_must(reason, why);
    return registry_read(out, office->folder, why);
}

static const struct agency newcomer = {.id = "exchange",
                                       .role = "exchange",
                                       .chinese = "某交换中心",
                                       .english = "An Exchange",
                                       .credit_code = "",
                                       .region = "",
                                       .level = ""};

static void test_registry__does_not_trust_a_foreign_certificate(void **state)
{
    struct office *office = *state;
    struct office other = office_open();
    AUTO(text) char *foreign = office_path(&other, "exchange", "signing.pem");
    struct agency twin = newcomer;
    twin.id = "exchange-2";
    struct registry *made = NULL;
    struct fault why = {0};
    /* Its name does not fit, so it cannot even be entered. */
    assert_int_equal(read_with_row(office, &twin, foreign, &made, &why),
                     R_BAD_REGISTRY);
    assert_non_null(strstr(why.text, "common name"));
    office_close(&other);
}

static void test_registry__refuses_two_agencies_with_one_id(void **state)
{
    struct office *office = *state;
    AUTO(text) char *own = office_path(office, "exchange", "signing.pem");
    struct registry *made = NULL;
    struct fault why = {0};
    assert_int_equal(read_with_row(office, &newcomer, own, &made, &why),
                     R_BAD_REGISTRY);
    assert_non_null(strstr(why.text, "another agency has this id"));
}

static void test_registry__tells_all_faults_at_once(void **state)
{
    struct office *office = *state;
    AUTO(text) char *own = office_path(office, "exchange", "signing.pem");
    struct agency wrong = newcomer;
    wrong.id = "Exchange";
    wrong.role = "cook";
    wrong.level = "village";
    wrong.region = "36";
    struct registry *made = NULL;
    struct fault why = {0};
    assert_int_equal(read_with_row(office, &wrong, own, &made, &why),
                     R_BAD_REGISTRY);
    static const char *const told[] = {"id 'Exchange'", "role 'cook'",
                                       "level 'village'", "region '36'",
                                       "common name"};
    for (size_t i = 0; i < COUNT_OF(told); i++)
        assert_non_null(strstr(why.text, told[i]));
}

static void test_registry__refuses_a_chain_to_nobody(void **state)
{
    struct office *office = *state;
    struct office other = office_open();
    AUTO(trust) struct trust *trust = NULL;
    assert_int_equal(trust_read(&trust, office->folder, NULL), R_OK);
    for (size_t i = 0; i < 2; i++) {
        struct standing standing = trust_judge(
            trust, TRUST_SIGNING, signing_key_certificate(other.keys[i]));
        assert_int_equal(standing_check(&standing, OFFICE_LATER, "x", NULL),
                         R_CERTIFICATE_INVALID);
    }
    office_close(&other);
}

static void test_registry__refuses_the_authority_itself_as_a_signer(
    void **state)
{
    struct office *office = *state;
    AUTO(trust) struct trust *trust = NULL;
    assert_int_equal(trust_read(&trust, office->folder, NULL), R_OK);
    struct standing standing =
        trust_judge(trust, TRUST_SIGNING, trust_get(trust, 0));
    assert_int_equal(standing_check(&standing, OFFICE_LATER, "x", NULL),
                     R_CERTIFICATE_INVALID);
}

static void test_authority__renews_and_the_old_certificate_stays(void **state)
{
    struct office *office = *state;
    AUTO(text) char *folder = io_join(office->folder, "keys/new");
    AUTO(authority) struct authority *authority = NULL;
    assert_int_equal(authority_open(&authority, office->folder, NULL), R_OK);
    assert_int_equal(authority_renew(authority, "ecology-nanchang", SUITE_SM2,
                                     folder, OFFICE_LATER, NULL),
                     R_OK);
    office_reload(office);
    assert_int_equal(
        judge(office, "ecology-nanchang", "ecology-nanchang", OFFICE_LATER),
        R_OK);
    const struct certificate *second =
        registry_certificate_at(office->registry, "ecology-nanchang", 1);
    assert_int_equal(certificate_suite(second), SUITE_SM2);
    assert_null(
        registry_certificate_at(office->registry, "ecology-nanchang", 2));
}

static void test_authority__adds_nobody_twice_and_overwrites_no_key(
    void **state)
{
    struct office *office = *state;
    AUTO(authority) struct authority *authority = NULL;
    assert_int_equal(authority_open(&authority, office->folder, NULL), R_OK);
    AUTO(text) char *fresh = io_join(office->folder, "keys/fresh");
    assert_int_equal(authority_add(authority, &office_rows[0].agency,
                                   SUITE_P256, fresh, OFFICE_LATER, NULL),
                     R_EXISTS);
    struct agency other = office_rows[0].agency;
    other.id = "ecology-jiujiang";
    AUTO(text) char *taken = office_path(office, "ecology-nanchang", "");
    assert_int_equal(
        authority_add(authority, &other, SUITE_P256, taken, OFFICE_LATER, NULL),
        R_EXISTS);
    assert_int_equal(authority_create(office->folder, OFFICE_LATER, NULL),
                     R_EXISTS);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_registry__gives_the_certificate_of_every_agency),
        TEST(test_registry__keeps_what_was_entered),
        TEST(test_registry__does_not_know_a_stranger),
        TEST(test_registry__refuses_the_certificate_of_another),
        TEST(test_registry__judges_by_the_time_of_receipt),
        TEST(test_registry__refuses_a_revoked_agency_from_then_on),
        TEST(test_registry__believes_the_revocation_lists),
        TEST(test_registry__refuses_a_list_of_another_authority),
        TEST(test_registry__is_refused_when_a_letter_of_it_changed),
        TEST(test_registry__needs_its_files),
        TEST(test_registry__does_not_trust_a_foreign_certificate),
        TEST(test_registry__refuses_two_agencies_with_one_id),
        TEST(test_registry__tells_all_faults_at_once),
        TEST(test_registry__refuses_a_chain_to_nobody),
        TEST(test_registry__refuses_the_authority_itself_as_a_signer),
        TEST(test_authority__renews_and_the_old_certificate_stays),
        TEST(test_authority__adds_nobody_twice_and_overwrites_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
