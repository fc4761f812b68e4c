/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/retention_look.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "broker-adapters/mailbox/deletion.h"
#include "broker-adapters/mailbox/mailbox.h"

bool retention_look_is_centre(const struct retention_look *look)
{
    return look->ledger_path != NULL;
}

static enum reason read_rules(struct retention_look *look,
                              const struct arguments *arguments,
                              struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason = retention_read(
        &look->retention, arguments_value(arguments, "--rules"), &report, why);
    fputs(buf_text(&report), stderr);
    if (report.size > 0)
        fault_clear(why); /* it was told, with all the others */
    return reason;
}

static enum reason read_procedures(struct retention_look *look,
                                   const struct arguments *arguments,
                                   struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason = procedures_load(
        &look->procedures, arguments_value(arguments, "--procedures"), &report,
        why);
    fputs(buf_text(&report), stderr);
    return reason;
}

static enum reason read_signer(struct retention_look *look,
                               const struct arguments *arguments,
                               struct fault *why)
{
    const char *agencies, *key, *certificate;
    TRY(arguments_require(arguments, "--agencies", &agencies, why));
    TRY(arguments_require(arguments, "--key", &key, why));
    TRY(arguments_require(arguments, "--certificate", &certificate, why));
    TRY(registry_read(&look->registry, agencies, why));
    return signing_key_read(&look->key, key, certificate, why);
}

static enum reason choose(struct retention_look *look,
                          const struct arguments *arguments, struct fault *why)
{
    look->ledger_path = arguments_value(arguments, "--ledger");
    bool desk = arguments_value(arguments, "-c") != NULL;
    if (desk == (look->ledger_path != NULL))
        return fault(why, R_USAGE, "%s",
                     say("须给出 --ledger 或 -c 其中之一",
                         "give either --ledger or -c"));
    return R_OK;
}

enum reason retention_look_open(struct retention_look *look,
                                const struct arguments *arguments,
                                struct fault *why)
{
    TRY(choose(look, arguments, why));
    TRY(read_rules(look, arguments, why));
    if (!look->ledger_path)
        return desk_look_open(&look->desk, arguments, why);
    TRY(read_procedures(look, arguments, why));
    return ledger_open(&look->ledger, look->ledger_path, SQL_READ, why);
}

enum reason retention_look_open_to_write(struct retention_look *look,
                                         const struct arguments *arguments,
                                         bool sign, struct fault *why)
{
    TRY(choose(look, arguments, why));
    TRY(read_rules(look, arguments, why));
    if (!look->ledger_path)
        return desk_look_open_to_send(&look->desk, arguments, why);
    TRY(read_procedures(look, arguments, why));
    if (sign)
        TRY(read_signer(look, arguments, why));
    return ledger_open(&look->ledger, look->ledger_path, SQL_WRITE, why);
}

void retention_look_done(struct retention_look *look)
{
    ledger_close(look->ledger);
    procedures_free(look->procedures);
    registry_free(look->registry);
    signing_key_free(look->key);
    retention_free(look->retention);
    desk_look_done(&look->desk);
}

const char *retention_look_path(const struct retention_look *look)
{
    return look->ledger_path ? look->ledger_path : look->desk.settings.mailbox;
}

struct deletion_parts retention_look_parts(const struct retention_look *look,
                                           const char *agency)
{
    return (struct deletion_parts){
        .ledger = look->ledger,
        .procedures = look->procedures,
        .retention = look->retention,
        .registry = look->registry,
        .key = look->key,
        .agency = agency,
    };
}

/* The registry of the agency tells its role; without it the role is not known.
 */
static enum reason plan_mailbox(const struct retention_look *look,
                                const char *case_id, struct retention_plan *out,
                                struct fault *why)
{
    AUTO(registry) struct registry *registry = NULL;
    TRY(registry_read(&registry, look->desk.settings.agencies, why));
    const struct agency *self =
        registry_find(registry, look->desk.settings.agency);
    struct mailbox_keeping keeping = {.mailbox = look->desk.desk.mailbox,
                                      .retention = look->retention,
                                      .role = self ? self->role : ""};
    return mailbox_deletion_plan(&keeping, case_id, out, why);
}

enum reason retention_look_plan(const struct retention_look *look,
                                const char *case_id, struct retention_plan *out,
                                struct fault *why)
{
    if (!look->ledger_path)
        return plan_mailbox(look, case_id, out, why);
    struct deletion_parts parts = retention_look_parts(look, "exchange");
    return deletion_plan(&parts, case_id, out, why);
}

void retention_look_copies(const struct retention_look *look, struct buf *out)
{
    const char *path = retention_look_path(look);
    AUTO(text) char *folder = io_folder_of(path);
    AUTO(io_names) struct io_names names = {0};
    const char *name = io_name_of(path);
    if (io_list(folder, &names, NULL) != R_OK)
        return;
    for (size_t i = 0; i < names.count; i++)
        if (strncmp(names.names[i], name, strlen(name)) == 0 &&
            strncmp(names.names[i] + strlen(name), ".version-", 9) == 0)
            buf_print(out, "%s/%s\n", folder, names.names[i]);
}
