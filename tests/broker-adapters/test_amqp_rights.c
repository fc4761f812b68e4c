/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who may connect to a real RabbitMQ, whom we trust, and what each may do
 * there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/broker.h"

static void expect_no_connection(const struct amqp_settings *settings,
                                 enum reason reason, const char *text)
{
    struct fault why = {0};
    AUTO(amqp) struct amqp *amqp = NULL;
    enum reason found = amqp_open(&amqp, settings, &why);
    if (found != reason || !strstr(why.text, text))
        fail_msg("%s: %s", reason_code(found), why.text);
    assert_null(amqp);
}

static void test_amqp__connects_by_address_and_by_name(void **state)
{
    (void)state;
    struct fault why = {0};
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    AUTO(amqp) struct amqp *by_address = NULL;
    AUTO(amqp) struct amqp *by_name = NULL;
    assert_int_equal(amqp_open(&by_address, &settings, &why), R_OK);
    settings.host = "localhost";
    assert_int_equal(amqp_open(&by_name, &settings, &why), R_OK);
}

static void test_amqp__a_forged_certificate_is_refused_by_the_broker(
    void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("forged");
    expect_no_connection(&settings, R_BROKER_REFUSED, "");
}

static void test_amqp__an_expired_certificate_is_refused_by_the_broker(
    void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("expired");
    expect_no_connection(&settings, R_BROKER_REFUSED, "");
}

static void test_amqp__a_certificate_without_a_user_is_refused(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("stranger");
    expect_no_connection(&settings, R_BROKER_REFUSED, "403");
}

static void test_amqp__another_vhost_is_refused(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    settings.vhost = "/";
    expect_no_connection(&settings, R_BROKER_REFUSED, "530");
}

static void test_amqp__a_broker_of_another_authority_gets_nothing(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    settings.ca_path = broker_path("forged", "authority.pem");
    expect_no_connection(&settings, R_BROKER_DOWN, "certificate");
}

static void test_amqp__a_broker_with_another_name_gets_nothing(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    settings.host = "127.1"; /* the same address, not in the certificate */
    expect_no_connection(&settings, R_BROKER_DOWN, "mismatch");
}

static void test_amqp__files_that_are_no_keys_are_told_by_name(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    settings.key_path = broker_path("", "definitions.json");
    expect_no_connection(&settings, R_BAD_KEY, "definitions.json");
    settings = broker_settings("ecology-nanchang");
    settings.certificate_path = broker_path("", "missing.pem");
    expect_no_connection(&settings, R_BAD_KEY, "missing.pem");
    settings = broker_settings("ecology-nanchang");
    settings.key_path = broker_path("police-nanchang", "tls.key");
    expect_no_connection(&settings, R_BAD_KEY, "tls.key");
}

static void test_amqp__nobody_listening_is_temporary(void **state)
{
    (void)state;
    struct amqp_settings settings = broker_settings("ecology-nanchang");
    settings.port = 1;
    expect_no_connection(&settings, R_BROKER_DOWN, "127.0.0.1:1");
}

/* Publishes and waits until the broker answers or ends the connection. */
static enum reason try_to_publish(const char *certificate, const char *exchange,
                                  const char *routing_key, const char *user_id,
                                  struct fault *why)
{
    AUTO(amqp) struct amqp *amqp = broker_connect(certificate);
    struct amqp_letter letter = {.message_id = "m",
                                 .case_id = "C-1",
                                 .user_id = user_id,
                                 .body = "x",
                                 .size = 1};
    struct amqp_event event;
    uint64_t tag;
    TRY(amqp_publish(amqp, exchange, routing_key, &letter, &tag, why));
    return broker_wait(amqp, &event, why);
}

static void test_amqp__an_agency_writes_only_to_its_own_exchange(void **state)
{
    (void)state;
    static const char *const forbidden[][2] = {{"out.police-nanchang", ""},
                                               {"", "in.police-nanchang"},
                                               {"submit", ""},
                                               {"deliver", "police-nanchang"},
                                               {"dead", ""},
                                               {"unroutable", ""},
                                               {"no-such-exchange", ""},
                                               {"amq.direct", "x"}};
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        struct fault why = {0};
        enum reason reason =
            try_to_publish("ecology-nanchang", forbidden[i][0], forbidden[i][1],
                           "ecology-nanchang", &why);
        if (reason != R_BROKER_REFUSED || !strstr(why.text, "403"))
            fail_msg("'%s': %s %s", forbidden[i][0], reason_code(reason),
                     why.text);
    }
}

static void test_amqp__the_router_writes_only_to_deliver(void **state)
{
    (void)state;
    static const char *const forbidden[] = {"out.police-nanchang", "submit",
                                            "dead", ""};
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        struct fault why = {0};
        assert_int_equal(
            try_to_publish("exchange", forbidden[i], "x", NULL, &why),
            R_BROKER_REFUSED);
        assert_non_null(strstr(why.text, "403"));
    }
}

static void test_amqp__nobody_speaks_in_the_name_of_another(void **state)
{
    (void)state;
    struct fault why = {0};
    assert_int_equal(try_to_publish("ecology-nanchang", "out.ecology-nanchang",
                                    "", "police-nanchang", &why),
                     R_BROKER_REFUSED);
    assert_non_null(strstr(why.text, "406"));
}

static void test_amqp__an_agency_reads_only_its_own_inbox(void **state)
{
    (void)state;
    static const char *const forbidden[][2] = {
        {"ecology-nanchang", "in.police-nanchang"},
        {"ecology-nanchang", "submit.0"},
        {"ecology-nanchang", "dead"},
        {"exchange", "in.police-nanchang"},
        {"exchange", "dead"}};
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        struct fault why = {0};
        AUTO(amqp) struct amqp *amqp = broker_connect(forbidden[i][0]);
        assert_int_equal(amqp_consume(amqp, forbidden[i][1], 10, &why),
                         R_BROKER_REFUSED);
        assert_non_null(strstr(why.text, "403"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amqp__connects_by_address_and_by_name),
        cmocka_unit_test(
            test_amqp__a_forged_certificate_is_refused_by_the_broker),
        cmocka_unit_test(
            test_amqp__an_expired_certificate_is_refused_by_the_broker),
        cmocka_unit_test(test_amqp__a_certificate_without_a_user_is_refused),
        cmocka_unit_test(test_amqp__another_vhost_is_refused),
        cmocka_unit_test(test_amqp__a_broker_of_another_authority_gets_nothing),
        cmocka_unit_test(test_amqp__a_broker_with_another_name_gets_nothing),
        cmocka_unit_test(test_amqp__files_that_are_no_keys_are_told_by_name),
        cmocka_unit_test(test_amqp__nobody_listening_is_temporary),
        cmocka_unit_test(test_amqp__an_agency_writes_only_to_its_own_exchange),
        cmocka_unit_test(test_amqp__the_router_writes_only_to_deliver),
        cmocka_unit_test(test_amqp__nobody_speaks_in_the_name_of_another),
        cmocka_unit_test(test_amqp__an_agency_reads_only_its_own_inbox),
    };
    return cmocka_run_group_tests(tests, broker_start, broker_stop);
}
