/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What may lie in a folder that strangers write to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/io.h"
#include "broker-adapters/spool/spool.h"
#include "broker-adapters/spool/spool_name.h"
#include "tests/base/scratch.h"

/* A spool in the scratch folder. */
static struct spool *open_spool(void **state)
{
    struct spool *spool = NULL;
    assert_int_equal(spool_open(&spool, scratch_path(state, "spool"), NULL),
                     R_OK);
    return spool;
}

static const char *out_path(void **state, const char *name)
{
    AUTO(text) char *path = mem_print("spool/out/%s", name);
    return scratch_path(state, path);
}

static void put_file(void **state, const char *name, const char *text)
{
    AUTO(text) char *path = mem_print("spool/out/%s", name);
    scratch_write(state, path, text);
}

/* The next file is the one with this name. */
static struct spool_file expect_file(struct spool *spool, int64_t now,
                                     const char *name)
{
    struct spool_file file = {0};
    spool_look(spool);
    assert_int_equal(spool_next(spool, now, &file, NULL), R_OK);
    assert_non_null(file.name);
    assert_string_equal(file.name, name);
    return file;
}

static void expect_none(struct spool *spool, int64_t now)
{
    AUTO(spool_file) struct spool_file file = {0};
    spool_look(spool);
    assert_int_equal(spool_next(spool, now, &file, NULL), R_OK);
    if (file.name)
        fail_msg("took %s", file.name);
}

static void test_spool__gives_whole_files_by_name(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "b.xml", "second");
    put_file(state, "a.xml", "first");
    AUTO(spool_file) struct spool_file first = expect_file(spool, 0, "a.xml");
    AUTO(spool_file) struct spool_file second = {0};

    assert_string_equal(buf_text(&first.bytes), "first");
    assert_int_equal(spool_next(spool, 0, &second, NULL), R_OK);
    assert_string_equal(second.name, "b.xml");
}

static void test_spool__passes_over_drafts_and_folders(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    static const char *const names[] = {".hidden.xml", "a.part", "b.xml.tmp",
                                        "c.xml~", "d.json.jws"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        put_file(state, names[i], "draft");
    assert_int_equal(mkdir(out_path(state, "folder.xml"), 0700), 0);

    expect_none(spool, 0);
    expect_none(spool, INSTANT_HOUR);
}

static void test_spool__leaves_a_file_that_is_open_for_writing(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    int fd = open(out_path(state, "a.xml"), O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "hal", 3), 3);

    expect_none(spool, 0);
    expect_none(spool, INSTANT_HOUR); /* however long it takes */
    assert_int_equal(write(fd, "f", 1), 1);
    close(fd);

    AUTO(spool_file) struct spool_file file =
        expect_file(spool, INSTANT_HOUR, "a.xml");
    assert_string_equal(buf_text(&file.bytes), "half");
}

static void test_spool__lets_a_postponed_file_settle(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.xml", "half");
    for (int64_t now = 0; now < SPOOL_SETTLED_MS; now += 500) {
        AUTO(spool_file) struct spool_file file =
            expect_file(spool, now, "a.xml");
        assert_false(file.settled);
        spool_postpone(spool, &file);
    }
    AUTO(spool_file) struct spool_file file =
        expect_file(spool, SPOOL_SETTLED_MS, "a.xml");
    assert_true(file.settled);
}

static void test_spool__starts_to_wait_anew_when_a_file_grows(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.xml", "half");
    AUTO(spool_file) struct spool_file first = expect_file(spool, 0, "a.xml");
    spool_postpone(spool, &first);
    put_file(state, "a.xml", "half and more");
    AUTO(spool_file) struct spool_file second =
        expect_file(spool, SPOOL_SETTLED_MS, "a.xml");

    assert_false(second.settled);
}

static void test_spool__looks_again_while_a_file_waits(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    assert_int_equal(spool_patience(spool), -1);
    put_file(state, "a.xml", "half");
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, "a.xml");
    spool_postpone(spool, &file);

    assert_true(spool_patience(spool) > 0);
    assert_true(spool_has_work(spool, SPOOL_SETTLED_MS));
}

static void expect_fault(struct spool *spool, const char *name,
                         enum reason reason)
{
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, name);
    assert_int_equal(file.fault.reason, reason);
    assert_int_equal(file.bytes.size, 0);
}

static void test_spool__follows_no_link(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    assert_int_equal(symlink("/etc/passwd", out_path(state, "a.xml")), 0);

    expect_fault(spool, "a.xml", R_NO_FILE);
}

static void test_spool__does_not_hang_on_a_pipe(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    assert_int_equal(mkfifo(out_path(state, "a.xml"), 0600), 0);

    expect_fault(spool, "a.xml", R_NO_FILE);
}

static void test_spool__reads_nothing_of_a_huge_file(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.xml", "");
    assert_int_equal(truncate(out_path(state, "a.xml"), 1LL << 40), 0);

    expect_fault(spool, "a.xml", R_TOO_LARGE);
}

static void test_spool__reads_the_signature_beside_a_letter(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.json.jws", "header..signature\n");
    put_file(state, "a.json", "{}");
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, "a.json");

    assert_string_equal(buf_text(&file.jws), "header..signature");
}

static void test_spool__moves_a_file_with_its_signature(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.json.jws", "x..y");
    put_file(state, "a.json", "{}");
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, "a.json");

    for (int again = 0; again < 2; again++)
        assert_int_equal(
            spool_move(spool, "a.json", file.identity, "sent", "a.json", NULL),
            R_OK);

    assert_true(io_exists(scratch_path(state, "spool/sent/a.json")));
    assert_true(io_exists(scratch_path(state, "spool/sent/a.json.jws")));
    expect_none(spool, 0);
}

static void test_spool__does_not_move_what_was_changed_meanwhile(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    put_file(state, "a.xml", "first");
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, "a.xml");
    put_file(state, "a.xml", "another letter");

    assert_int_equal(
        spool_move(spool, "a.xml", file.identity, "sent", "a.xml", NULL), R_OK);

    assert_false(io_exists(scratch_path(state, "spool/sent/a.xml")));
    spool_file_done(&file);
    file = expect_file(spool, 0, "a.xml");
    assert_string_equal(buf_text(&file.bytes), "another letter");
}

static void test_spool__never_writes_over_an_earlier_file(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    char target[SPOOL_TARGET_MAX];
    scratch_write(state, "spool/sent/a.xml", "earlier");

    spool_target(spool, "sent", "a.xml", target);

    assert_string_not_equal(target, "a.xml");
    assert_memory_equal(target, "a-", 2);
    assert_string_equal(strrchr(target, '.'), ".xml");
}

static void test_spool__makes_the_folder_again(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    assert_int_equal(rmdir(scratch_path(state, "spool/out")), 0);

    expect_none(spool, 0);
    put_file(state, "a.xml", "letter");
    AUTO(spool_file) struct spool_file file = expect_file(spool, 0, "a.xml");
    assert_string_equal(buf_text(&file.bytes), "letter");
}

static void test_spool__hears_of_a_new_file(void **state)
{
    AUTO(spool) struct spool *spool = open_spool(state);
    AUTO(spool_file) struct spool_file none = {0};
    assert_int_equal(spool_next(spool, 0, &none, NULL), R_OK);
    assert_false(spool_has_work(spool, 0));

    put_file(state, "a.xml", "letter");

    assert_true(spool_has_work(spool, 0));
}

static void test_spool_name__makes_any_name_readable(void **state)
{
    char clean[SPOOL_TARGET_MAX], name[256];
    spool_name_clean("移送 1.xml", clean, sizeof clean);
    assert_string_equal(clean, "移送 1.xml");
    spool_name_clean("a\nb\xff%.xml", clean, sizeof clean);
    assert_string_equal(clean, "a%0Ab%FF%25.xml");
    memset(name, 'n', sizeof name);
    memcpy(name + sizeof name - 5, ".xml", 5);
    spool_name_clean(name, clean, sizeof clean);
    assert_int_equal(strlen(clean), SPOOL_TARGET_MAX - 1);
    assert_string_equal(clean + strlen(clean) - 4, ".xml");
    (void)state;
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_spool__gives_whole_files_by_name),
        TEST(test_spool__passes_over_drafts_and_folders),
        TEST(test_spool__leaves_a_file_that_is_open_for_writing),
        TEST(test_spool__lets_a_postponed_file_settle),
        TEST(test_spool__starts_to_wait_anew_when_a_file_grows),
        TEST(test_spool__looks_again_while_a_file_waits),
        TEST(test_spool__follows_no_link),
        TEST(test_spool__does_not_hang_on_a_pipe),
        TEST(test_spool__reads_nothing_of_a_huge_file),
        TEST(test_spool__reads_the_signature_beside_a_letter),
        TEST(test_spool__moves_a_file_with_its_signature),
        TEST(test_spool__does_not_move_what_was_changed_meanwhile),
        TEST(test_spool__never_writes_over_an_earlier_file),
        TEST(test_spool__makes_the_folder_again),
        TEST(test_spool__hears_of_a_new_file),
        TEST(test_spool_name__makes_any_name_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
