/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/base/scratch.h"

static void assert_holds(const char *path, const char *text)
{
    AUTO(buf) struct buf bytes = {0};
    assert_int_equal(io_read(path, &bytes, NULL), R_OK);
    assert_string_equal(buf_text(&bytes), text);
}

static size_t count_names(const char *folder)
{
    AUTO(io_names) struct io_names names = {0};
    assert_int_equal(io_list(folder, &names, NULL), R_OK);
    return names.count;
}

static void test_io_read__appends_the_whole_file(void **state)
{
    AUTO(buf) struct buf bytes = {0};
    buf_put_text(&bytes, "<");
    const char *path = scratch_write(state, "a", "移送");
    assert_int_equal(io_read(path, &bytes, NULL), R_OK);
    assert_string_equal(buf_text(&bytes), "<移送");
}

static void test_io_read__stops_at_the_ceiling(void **state)
{
    AUTO(buf) struct buf bytes = {.ceiling = 3};
    struct fault why = {0};
    const char *path = scratch_write(state, "a", "1234");
    assert_int_equal(io_read(path, &bytes, &why), R_TOO_LARGE);
    struct buf endless = {.ceiling = 1 << 20};
    assert_int_equal(io_read("/dev/zero", &endless, &why), R_TOO_LARGE);
    buf_done(&endless);
}

static void test_io_read__tells_what_is_not_there(void **state)
{
    AUTO(buf) struct buf bytes = {0};
    struct fault why = {0};
    const char *path = scratch_path(state, "none");
    assert_int_equal(io_read(path, &bytes, &why), R_NO_FILE);
    assert_non_null(strstr(why.text, path));
    assert_non_null(strstr(why.text, "No such file"));
}

static void test_io_write__replaces_a_file_whole(void **state)
{
    const char *path = scratch_path(state, "a");
    assert_int_equal(io_write(path, "long old text", 13, 0600, NULL), R_OK);
    assert_int_equal(io_write(path, "new", 3, 0640, NULL), R_OK);
    assert_holds(path, "new");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(count_names(*state), 1); /* no draft stays */
}

static void test_io_write__leaves_the_old_file_when_it_fails(void **state)
{
    const char *folder = scratch_path(state, "a");
    assert_int_equal(io_make_folder(folder, NULL), R_OK);
    assert_int_equal(io_write(scratch_path(state, "a/x"), "x", 1, 0600, NULL),
                     R_OK);
    struct fault why = {0};
    assert_int_equal(io_write(folder, "new", 3, 0600, &why), R_DISK_FAILED);
    assert_non_null(strstr(why.text, folder));
    assert_holds(scratch_path(state, "a/x"), "x");
    assert_int_equal(count_names(*state), 1);
    assert_int_equal(
        io_write(scratch_path(state, "no/such/folder"), "", 0, 0600, &why),
        R_DISK_FAILED);
}

/*
 * A reader beside a writer that is killed again and again: at every moment
 * the file is one of the two texts.
 */
static void test_io_write__is_whole_or_not_at_all_under_kill(void **state)
{
    const char *path = scratch_path(state, "a");
    static char one[50000], other[30000];
    memset(one, '1', sizeof one);
    memset(other, '2', sizeof other);
    assert_int_equal(io_write(path, one, sizeof one, 0600, NULL), R_OK);
    for (int round = 0; round < 20; round++) {
        pid_t child = fork();
        while (child == 0)
            if (io_write(path, one, sizeof one, 0600, NULL) != R_OK ||
                io_write(path, other, sizeof other, 0600, NULL) != R_OK)
                _exit(1);
        for (int i = 0; i < 40; i++) {
            AUTO(buf) struct buf bytes = {0};
            assert_int_equal(io_read(path, &bytes, NULL), R_OK);
            bool whole =
                bytes.size == sizeof one
                    ? memcmp(bytes.bytes, one, sizeof one) == 0
                    : bytes.size == sizeof other &&
                          memcmp(bytes.bytes, other, sizeof other) == 0;
            assert_true(whole);
        }
        int status;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
}

static void test_io_make_folder__makes_those_above_it(void **state)
{
    assert_int_equal(io_make_folder(scratch_path(state, "a/b/c"), NULL), R_OK);
    assert_int_equal(io_make_folder(scratch_path(state, "a/b//c/"), NULL),
                     R_OK);
    struct stat status;
    assert_int_equal(stat(scratch_path(state, "a/b/c"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void test_io_make_folder__refuses_a_file_and_no_name(void **state)
{
    struct fault why = {0};
    const char *file = scratch_write(state, "file", "");
    assert_int_equal(io_make_folder(file, &why), R_DISK_FAILED);
    assert_non_null(strstr(why.text, "Not a directory"));
    assert_int_equal(io_make_folder(scratch_path(state, "file/b"), &why),
                     R_DISK_FAILED);
    assert_int_equal(io_make_folder("", &why), R_DISK_FAILED);
}

static void test_io_move__moves_over_what_is_there(void **state)
{
    const char *from = scratch_write(state, "from", "new");
    const char *to = scratch_write(state, "to", "old");
    assert_int_equal(io_move(from, to, NULL), R_OK);
    assert_holds(to, "new");
    assert_false(io_exists(from));
    assert_true(io_exists(to));
    struct fault why = {0};
    assert_int_equal(io_move(from, to, &why), R_DISK_FAILED);
}

static void test_io_list__gives_the_names_in_order(void **state)
{
    static const char *const names[] = {"b", "a", ".c", "移"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)scratch_write(state, names[i], "");
    AUTO(io_names) struct io_names found = {0};
    assert_int_equal(io_list(*state, &found, NULL), R_OK);
    assert_int_equal(found.count, COUNT_OF(names));
    assert_string_equal(found.names[0], ".c");
    assert_string_equal(found.names[1], "a");
    assert_string_equal(found.names[2], "b");
    assert_string_equal(found.names[3], "移");
    assert_int_equal(io_list("/no/such/folder", &found, NULL), R_NO_FILE);
}

static void assert_text(char *made, const char *text)
{
    assert_string_equal(made, text);
    free(made);
}

static void test_io__takes_paths_apart_and_joins_them(void **state)
{
    (void)state;
    assert_text(io_join("a", "b"), "a/b");
    assert_text(io_join(".", "b"), "b");
    assert_text(io_join("a", "/b"), "/b");
    assert_text(io_folder_of("a/b/c"), "a/b");
    assert_text(io_folder_of("c"), ".");
    assert_text(io_folder_of("/c"), "/");
    assert_string_equal(io_name_of("a/b/c"), "c");
    assert_string_equal(io_name_of("c"), "c");
    assert_string_equal(io_name_of("/c"), "c");
}

#define ON_DISK(test)                                                          \
    cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(test_io_read__appends_the_whole_file),
        ON_DISK(test_io_read__stops_at_the_ceiling),
        ON_DISK(test_io_read__tells_what_is_not_there),
        ON_DISK(test_io_write__replaces_a_file_whole),
        ON_DISK(test_io_write__leaves_the_old_file_when_it_fails),
        ON_DISK(test_io_write__is_whole_or_not_at_all_under_kill),
        ON_DISK(test_io_make_folder__makes_those_above_it),
        ON_DISK(test_io_make_folder__refuses_a_file_and_no_name),
        ON_DISK(test_io_move__moves_over_what_is_there),
        ON_DISK(test_io_list__gives_the_names_in_order),
        cmocka_unit_test(test_io__takes_paths_apart_and_joins_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
