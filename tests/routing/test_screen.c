/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The screen before the conditions of the thresholds never changes what they
 * say: over letters of every type, in both encodings, with the words of every
 * condition planted in turn, both answers are the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/supervision/rules.h"
#include "schemas/catalogue.h"
#include "schemas/example.h"

struct scene {
    struct procedures *procedures;
    struct rules *rules;
    size_t held, asked;
};

static void compare(struct scene *scene, const struct message *message)
{
    AUTO(screened) struct screened screened = {0};
    screened_read(&screened, message_body(message),
                  &scene->rules->screened_names);
    for (size_t i = 0; i < scene->rules->threshold_count; i++) {
        const struct any_of *when = &scene->rules->thresholds[i].when;
        bool holds = any_of_holds(when, message);
        if (any_of_screened(when, message, &screened) != holds)
            fail_msg("%s: %s", scene->rules->thresholds[i].id,
                     message_type(message));
        scene->held += holds;
        scene->asked++;
    }
}

static struct message *parse(const void *bytes, size_t size)
{
    struct message *message = NULL;
    assert_int_equal(message_parse(&message, bytes, size, NULL), R_OK);
    return message;
}

/* As it is, and in the other encoding. */
static void compare_both(struct scene *scene, const struct buf *xml)
{
    AUTO(message) struct message *message = parse(xml->bytes, xml->size);
    compare(scene, message);
    AUTO(buf) struct buf json = {0};
    if (message_write(message, MESSAGE_JSON, &json, NULL) != R_OK)
        return; /* what was planted there is none of it */
    AUTO(message) struct message *other = parse(json.bytes, json.size);
    compare(scene, other);
}

/* Puts `value` into the first <name>; false if there is none. */
static bool plant(struct buf *xml, const char *name, const char *value)
{
    AUTO(buf) struct buf open = {0}, made = {0};
    buf_print(&open, "<%s>", name);
    const char *at = strstr(buf_text(xml), buf_text(&open));
    at = at ? at + open.size : NULL;
    if (!at || strncmp(at + strcspn(at, "<"), "</", 2) != 0)
        return false; /* or one with children */
    buf_put(&made, xml->bytes, (size_t)(at - xml->bytes));
    buf_put_text(&made, value);
    buf_put_text(&made, at + strcspn(at, "<"));
    buf_clear(xml);
    buf_put(xml, made.bytes, made.size);
    return true;
}

static void read_example(const char *type, struct buf *out)
{
    assert_int_equal(message_example(type, MESSAGE_XML, out, NULL), R_OK);
}

static void test_screen__agrees_on_the_examples_of_all_types(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        AUTO(buf) struct buf xml = {0};
        read_example(catalogue_get(i)->id, &xml);
        compare_both(scene, &xml);
    }
    assert_true(scene->held > 0);
    assert_true(scene->held < scene->asked);
}

/* One word of each group of the condition, together; and each alone. */
static void plant_words(struct scene *scene, const struct screen *screen,
                        const char *type, const char *place)
{
    AUTO(buf) struct buf all = {0};
    for (size_t i = 0; i < screen->group_count; i++)
        for (size_t k = 0; k < screen->groups[i].count; k++) {
            AUTO(buf) struct buf xml = {0};
            read_example(type, &xml);
            if (!plant(&xml, place, screen->groups[i].items[k]))
                return;
            compare_both(scene, &xml);
            if (k == 0)
                buf_print(&all, "%s", screen->groups[i].items[k]);
        }
    AUTO(buf) struct buf xml = {0};
    read_example(type, &xml);
    if (plant(&xml, place, buf_text(&all)))
        compare_both(scene, &xml);
}

static void test_screen__agrees_where_the_words_of_a_condition_stand(
    void **state)
{
    static const struct {
        const char *type, *place;
    } places[] = {{"criminal-case-transfer", "facts"},
                  {"criminal-case-transfer", "pollutant"},
                  {"grid-report", "description"},
                  {"interview-notice", "content"},
                  {"penalty-result-reply", "statement"}};
    struct scene *scene = *state;
    for (size_t i = 0; i < scene->rules->threshold_count; i++) {
        const struct any_of *when = &scene->rules->thresholds[i].when;
        for (size_t k = 0; k < when->count; k++)
            for (size_t p = 0; p < COUNT_OF(places); p++)
                plant_words(scene, &when->screens[k], places[p].type,
                            places[p].place);
    }
}

static void test_screen__agrees_on_figures(void **state)
{
    static const char *const figures[] = {"0", "2.9", "3", "99", "1000000"};
    static const char *const names[] = {"value", "timesOver", "quantity",
                                        "confiscated", "unit"};
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        for (size_t k = 0; k < COUNT_OF(names); k++)
            for (size_t t = 0; t < catalogue_count(); t += 7) {
                AUTO(buf) struct buf xml = {0};
                read_example(catalogue_get(t)->id, &xml);
                if (plant(&xml, names[k], figures[i]))
                    compare_both(*state, &xml);
            }
}

/* What each condition may be spared by. */
static void test_screen__knows_what_a_condition_hangs_on(void **state)
{
    static const struct {
        const char *xpath, *name;
        bool is_all;
    } cases[] = {
        {"//m:exhibit[m:hazardous = 'true']/m:quantity >= 3", "exhibit", false},
        {"sum(//m:exhibit/m:quantity) >= 3", "exhibit", false},
        {"//*[self::m:facts or self::m:reason][contains(., 'x')]", "facts",
         true},
        {"//*[self::m:facts][contains(., 'x')] and //m:loss >= 1", "facts",
         false},
        {"//*[self::m:facts][contains(., 'x y')]", "facts", false},
        /* true of an empty letter, or not hanging on one path */
        {"sum(//m:exhibit/m:quantity) < 3", NULL, false},
        {"//m:exhibit or //m:penalty", NULL, false},
        {"not(//m:exhibit)", NULL, false},
        {"//m:exhibit | //m:penalty", NULL, false},
        {"/m:message/m:body/m:card", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct screen screen = screen_of(cases[i].xpath);
        bool known = screen.names.count > 0;
        if (known != (cases[i].name != NULL))
            fail_msg("%s", cases[i].xpath);
        if (known) {
            assert_string_equal(screen.names.items[0], cases[i].name);
            assert_int_equal(screen.is_all, cases[i].is_all);
        }
        screen_done(&screen);
    }
}

static int load(void **state)
{
    struct scene *scene = mem_new(1, sizeof *scene);
    AUTO(buf) struct buf report = {0};
    *state = scene;
    if (procedures_load(&scene->procedures, NULL, &report, NULL) != R_OK)
        return -1;
    const struct rules_source source = {.procedures = scene->procedures};
    return rules_load(&scene->rules, &source, &report, NULL) == R_OK ? 0 : -1;
}

static int unload(void **state)
{
    struct scene *scene = *state;
    rules_free(scene->rules);
    procedures_free(scene->procedures);
    free(scene);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screen__agrees_on_the_examples_of_all_types),
        cmocka_unit_test(
            test_screen__agrees_where_the_words_of_a_condition_stand),
        cmocka_unit_test(test_screen__agrees_on_figures),
        cmocka_unit_test(test_screen__knows_what_a_condition_hangs_on),
    };
    return cmocka_run_group_tests_name("screen", tests, load, unload);
}
