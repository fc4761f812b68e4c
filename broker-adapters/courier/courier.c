/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The order that loses nothing and uses no number twice: the package lies
 * whole on the shelf, then its number and letters are committed, and only then
 * a copy leaves. Whatever dies in between, the number is either free or its
 * package can be handed out again.
 */
#include "broker-adapters/courier/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

static void name_package(const struct cover *cover, char name[COURIER_NAME_MAX])
{
    struct civil_day day = civil_day_of(cover->made_at);
    snprintf(name, COURIER_NAME_MAX, "%s_%s_%06" PRId64 "_%04d%02d%02d.p7m",
             cover->from, cover->to, cover->number, day.year, day.month,
             day.day);
}

static enum reason fill_cover(const struct courier *courier,
                              const char *partner, instant now,
                              struct cover *out, struct fault *why)
{
    *out = (struct cover){.made_at = now / INSTANT_SECOND * INSTANT_SECOND};
    snprintf(out->from, sizeof out->from, "%s", courier->agency);
    snprintf(out->to, sizeof out->to, "%s", partner);
    TRY(courier_next_number(courier->db, partner, &out->number, why));
    return courier_taken_ranges(courier->db, partner, out->confirmed,
                                &out->confirmed_count, why);
}

/* A file that is being written; there only if it is settled. */
struct draft_file {
    char *path, *draft;
    int descriptor;
};

static enum reason draft_open(struct draft_file *out, const char *folder,
                              const char *name, struct fault *why)
{
    out->path = io_join(folder, name);
    out->draft = mem_print("%s/.%s.part", folder, name);
    out->descriptor =
        open(out->draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
             0600);
    return out->descriptor >= 0
               ? R_OK
               : fault_errno(why, R_DISK_FAILED, "%s", out->draft);
}

static enum reason draft_settle(struct draft_file *file, const char *folder,
                                struct fault *why)
{
    bool synced = fsync(file->descriptor) == 0;
    synced = close(file->descriptor) == 0 && synced;
    file->descriptor = -1;
    if (!synced || rename(file->draft, file->path) != 0)
        return fault_errno(why, R_DISK_FAILED, "%s", file->path);
    return io_sync_folder(folder, why);
}

static void draft_done(struct draft_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
        (void)unlink(file->draft);
    }
    free(file->path);
    free(file->draft);
}

static enum reason write_on_shelf(const struct courier *courier,
                                  struct cover *cover, const char *name,
                                  const struct package_source *source,
                                  struct fault *why)
{
    const struct certificate *receiver = NULL;
    struct draft_file file = {.descriptor = -1};
    TRY(registry_encryption(courier->registry, cover->to, cover->made_at,
                            &receiver, why));
    TRY(io_make_folder(courier->shelf, why));
    enum reason reason = draft_open(&file, courier->shelf, name, why);
    if (reason == R_OK)
        reason = courier_package_write(cover, courier->key, receiver, source,
                                       file.descriptor, why);
    if (reason == R_OK)
        reason = draft_settle(&file, courier->shelf, why);
    draft_done(&file);
    return reason;
}

enum reason courier_pack(const struct courier *courier, const char *partner,
                         const struct courier_load *load, instant now,
                         struct courier_made *out, struct fault *why)
{
    struct cover cover;
    TRY(fill_cover(courier, partner, now, &cover, why));
    out->number = cover.number;
    name_package(&cover, out->name);
    TRY(write_on_shelf(courier, &cover, out->name, &load->source, why));
    struct courier_given given = {.partner = partner,
                                  .name = out->name,
                                  .number = cover.number,
                                  .letters = (int64_t)load->source.count,
                                  .made_at = cover.made_at};
    return courier_give(courier->db, &given, load->rows, why);
}

static enum reason copy(int from, int into, const char *path, struct fault *why)
{
    enum { PIECE = 256 * 1024 };
    char *bytes = mem_new(1, PIECE);
    ssize_t got = 0;
    bool good = true;
    while (good && (got = read(from, bytes, PIECE)) > 0)
        for (ssize_t done = 0, count = 0; good && done < got; done += count) {
            count = write(into, bytes + done, (size_t)(got - done));
            good = count > 0;
        }
    free(bytes);
    return good && got == 0 ? R_OK
                            : fault_errno(why, R_DISK_FAILED, "%s", path);
}

/* There under its name whole or not at all. */
static enum reason copy_file(const char *path, const char *folder,
                             const char *name, struct fault *why)
{
    struct draft_file file = {.descriptor = -1};
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fault(why, R_NOT_FOUND, "%s", path);
    enum reason reason = draft_open(&file, folder, name, why);
    if (reason == R_OK)
        reason = copy(from, file.descriptor, file.path, why);
    if (reason == R_OK)
        reason = draft_settle(&file, folder, why);
    close(from);
    draft_done(&file);
    return reason;
}

enum reason courier_hand_out(const struct courier *courier, const char *name,
                             const char *folder, struct fault *why)
{
    AUTO(text) char *shelved = io_join(courier->shelf, name);
    return copy_file(shelved, folder, name, why);
}

enum reason courier_is_early(const struct courier *courier,
                             const struct cover *cover, bool *early,
                             struct fault *why)
{
    struct number_range ranges[COVER_RANGES_MAX];
    size_t count;
    TRY(courier_taken_ranges(courier->db, cover->from, ranges, &count, why));
    bool has_first = count > 0 && ranges[0].first == 1;
    *early = cover->number > (has_first ? ranges[0].last + 1 : 1);
    return R_OK;
}

static char *early_folder(const struct courier *courier)
{
    return io_join(courier->shelf, "early");
}

enum reason courier_hold(const struct courier *courier, const char *path,
                         const struct cover *cover, struct fault *why)
{
    char name[COURIER_NAME_MAX];
    AUTO(text) char *folder = early_folder(courier);
    name_package(cover, name);
    TRY(io_make_folder(folder, why));
    return copy_file(path, folder, name, why);
}

enum reason courier_find_held(const struct courier *courier,
                              const struct cover *after, char **path,
                              struct fault *why)
{
    AUTO(text) char *folder = early_folder(courier);
    AUTO(io_names) struct io_names names = {0};
    AUTO(text)
    char *start = mem_print("%s_%s_%06" PRId64 "_", after->from, after->to,
                            after->number + 1);
    *path = NULL;
    if (!io_exists(folder))
        return R_OK;
    TRY(io_list(folder, &names, why));
    for (size_t i = 0; i < names.count && !*path; i++)
        if (strncmp(names.names[i], start, strlen(start)) == 0)
            *path = io_join(folder, names.names[i]);
    return R_OK;
}

/* --- taking in --------------------------------------------------------------
 */

enum reason courier_judge(const struct courier *courier,
                          const struct cover *cover,
                          struct courier_taken *before, bool *repeat,
                          struct fault *why)
{
    TRY(courier_find_taken(courier->db, cover->from, cover->number, before,
                           repeat, why));
    if (*repeat && !digest_is_equal(&before->sums, &cover->sums))
        return fault(why, R_ID_REUSED,
                     "package %" PRId64 " of '%s' was taken with other "
                     "letters before",
                     cover->number, cover->from);
    return R_OK;
}

static void count_one(void *context, const char *name)
{
    (void)name;
    ++*(int *)context;
}

enum reason courier_note(const struct courier *courier,
                         const struct cover *cover, instant now, int *confirmed,
                         struct fault *why)
{
    struct courier_taken taken = {.partner = cover->from,
                                  .number = cover->number,
                                  .letters = (int64_t)cover->letters,
                                  .sums = cover->sums,
                                  .made_at = cover->made_at,
                                  .taken_at = now};
    *confirmed = 0;
    TRY(courier_take(courier->db, &taken, why));
    return courier_confirm(courier->db, cover, now, count_one, confirmed, why);
}

static void remove_confirmed(void *context, const struct courier_given *given)
{
    const struct courier *courier = context;
    if (given->confirmed_at == 0 || !*given->name)
        return;
    AUTO(text) char *path = io_join(courier->shelf, given->name);
    (void)unlink(path);
}

enum reason courier_tidy(const struct courier *courier, const char *partner,
                         struct fault *why)
{
    return courier_each_given(courier->db, partner, remove_confirmed,
                              (void *)courier, why);
}
