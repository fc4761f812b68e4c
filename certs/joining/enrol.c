/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys and request of an agency. The keys are on the disk before the request
 * is: nobody can ask for certificates of keys that are lost.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "certs/joining/join.h"
#include "certs/registry_rows.h"

static enum reason make_part(const struct enrolment *wanted, size_t part,
                             const char *keys, struct buf *request,
                             struct fault *why)
{
    struct issue issue = {.use = issue_parts[part].use,
                          .suite = issue_parts[part].own_suite ? wanted->suite
                                                               : SUITE_P256,
                          .name = wanted->id,
                          .organisation = wanted->chinese};
    AUTO(buf) struct buf key = {0};
    AUTO(text)
    char *path = mem_print("%s/%s.key", keys, issue_parts[part].name);
    TRY(request_make(&issue, &key, request, why));
    enum reason reason = io_write(path, key.bytes, key.size, 0600, why);
    explicit_bzero(key.bytes, key.size);
    return reason;
}

/* Nothing here may be overwritten: keys in use, keys that wait. */
static enum reason check_folder(const struct enrolment *wanted,
                                const char *next, struct fault *why)
{
    AUTO(text) char *waiting = mem_print("%s/signing.key", next);
    AUTO(text) char *used = mem_print("%s/keys/signing.key", wanted->folder);
    if (io_exists(waiting))
        return fault(why, R_EXISTS, "%s", waiting);
    if (io_exists(used) && !wanted->renews)
        return fault(why, R_EXISTS, "%s", used);
    if (!io_exists(used) && wanted->renews)
        return fault(why, R_NO_FILE, "%s", used);
    return R_OK;
}

static enum reason check_names(const struct enrolment *wanted,
                               struct fault *why)
{
    /* Only id and name are the agency's to say; the rest is filled in. */
    const struct agency agency = {.id = wanted->id,
                                  .chinese = wanted->chinese,
                                  .english = wanted->id,
                                  .role = "exchange"};
    AUTO(buf) struct buf faults = {.ceiling = FAULT_TEXT_MAX};
    agency_check(&agency, &faults);
    return faults.size ? fault(why, R_BAD_FIELD, "%s", buf_text(&faults))
                       : R_OK;
}

static enum reason make_all(const struct enrolment *wanted,
                            struct digest *digest, struct fault *why)
{
    AUTO(text) char *next = mem_print("%s/keys/next", wanted->folder);
    AUTO(text)
    char *path = mem_print("%s/%s.request", wanted->folder, wanted->id);
    AUTO(buf) struct buf request = {0};
    AUTO(requests) struct requests made = {0};
    TRY(check_names(wanted, why));
    TRY(check_folder(wanted, next, why));
    TRY(io_make_folder(next, why));
    for (size_t part = 0; part < ISSUE_PARTS; part++)
        TRY(make_part(wanted, part, next, &request, why));
    TRY(io_write(path, request.bytes, request.size, 0644, why));
    TRY(requests_read(&made, path, why));
    *digest = made.digest;
    return R_OK;
}

enum reason join_enrol(const struct enrolment *wanted, struct digest *digest,
                       struct fault *why)
{
    struct enrolment whole = *wanted;
    AUTO(requests) struct requests before = {0};
    if (wanted->renews) {
        AUTO(text)
        char *path = mem_print("%s/%s.request", wanted->folder, wanted->id);
        TRY(requests_read(&before, path, why));
        if (!whole.chinese)
            whole.chinese = before.organisation;
        if (whole.suite == SUITE_COUNT)
            whole.suite = requests_suite(&before, ISSUE_SIGNING);
    }
    if (whole.suite == SUITE_COUNT)
        whole.suite = SUITE_P256;
    return make_all(&whole, digest, why);
}
