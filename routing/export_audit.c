/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading an export that may come from anyone: names of files are held to one
 * pattern, so that nothing outside the folder is opened, and every size has a
 * ceiling.
 */
#include "routing/export_audit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/language.h"
#include "base/mem.h"

enum { INDEX_CEILING = 32 * 1024 * 1024, JWS_CEILING = 4096 };

void audit_done(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++) {
        entry_done(&audit->items[i].entry);
        message_free(audit->items[i].message);
        buf_done(&audit->items[i].jws);
    }
    free(audit->items);
    registry_free(audit->registry);
    json_free(audit->json);
}

void audit_fault(struct audit *audit, const char *file,
                 const struct fault *found)
{
    struct export_findings *findings = audit->findings;
    if (findings->fault_count++ == 0)
        audit->first = *found;
    buf_print(&findings->faults, "%s: %s: %s%s%s\n", file,
              reason_code(found->reason),
              say(reason_chinese(found->reason), reason_english(found->reason)),
              found->text[0] ? ": " : "", found->text);
}

void audit_say(struct audit *audit, const char *file, enum reason reason,
               const char *format, ...)
{
    struct fault found = {.reason = reason};
    va_list values;
    va_start(values, format);
    vsnprintf(found.text, sizeof found.text, format, values);
    va_end(values);
    audit_fault(audit, file, &found);
}

bool item_is(const struct item *item, enum letter_outcome outcome)
{
    return item->entry.line && entry_says(&item->entry, ENTRY_OUTCOME,
                                          letter_outcome_name(outcome));
}

const struct item *audit_find(const struct audit *audit, const char *id)
{
    for (size_t i = 0; i < audit->count; i++) {
        const struct item *item = &audit->items[i];
        if ((item->message || item->deleted_by) &&
            !item_is(item, LETTER_REFUSED) &&
            entry_says(&item->entry, ENTRY_ID, id))
            return item;
    }
    return NULL;
}

/* "letters/NAME" or "receipts/NAME", of letters, digits, '-', '_' and '.'. */
static bool is_safe(const char *name)
{
    static const char *const folders[] = {EXPORT_LETTERS "/",
                                          EXPORT_RECEIPTS "/"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        size_t length = strlen(folders[i]);
        if (strncmp(name, folders[i], length) != 0)
            continue;
        name += length;
        return *name && *name != '.' &&
               name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789-_.")] == '\0';
    }
    return false;
}

static enum reason read_named(const struct audit *audit, const char *name,
                              struct buf *out, struct fault *why)
{
    if (!is_safe(name))
        return fault(why, R_NOT_FOUND, "\"%s\"", name);
    AUTO(text) char *path = io_join(audit->folder, name);
    enum reason reason = io_read(path, out, why);
    return reason == R_NO_FILE ? fault(why, R_NOT_FOUND, "%s", name) : reason;
}

static enum reason check_digest(const struct item *item, enum entry_word word,
                                const struct digest *found, struct fault *why)
{
    char hex[DIGEST_TEXT_MAX];
    digest_format(found, hex);
    return strcmp(item->entry.words[word], hex) == 0
               ? R_OK
               : fault(why, R_DIGEST_MISMATCH, "%s", hex);
}

static enum reason read_jws(const struct audit *audit, const struct json *row,
                            struct item *item, struct fault *why)
{
    const char *name;
    if (entry_says(&item->entry, ENTRY_JWS, ""))
        return R_OK;
    item->jws.ceiling = JWS_CEILING;
    TRY(proof_read_text(row, "jws", &name, why));
    TRY(read_named(audit, name, &item->jws, why));
    struct digest found =
        digest_of(DIGEST_SHA256, buf_text(&item->jws), item->jws.size);
    return check_digest(item, ENTRY_JWS, &found, why);
}

/* Its body is gone: the record is judged by a rule. */
static enum reason read_deleted(struct item *item, const struct json *record,
                                struct fault *why)
{
    if (record->kind != JSON_INTEGER ||
        !digest_parse(item->entry.words[ENTRY_DIGEST], &item->digest))
        return fault(why, R_NOT_WELL_FORMED, "line %d", record->line);
    item->deleted_by = strtoll(record->text, NULL, 10);
    return R_OK;
}

/* What cannot be parsed was refused for it; the rules see to that. */
static enum reason read_item(const struct audit *audit, const struct json *row,
                             struct item *item, struct fault *why)
{
    const char *line;
    AUTO(buf) struct buf bytes = {.ceiling = 4 * MESSAGE_CEILING};
    if (row->kind != JSON_OBJECT)
        return fault(why, R_NOT_WELL_FORMED, "line %d", row->line);
    const struct json *record = json_find(row, "deletedBy");
    if (!record)
        TRY(proof_read_text(row, "file", &item->file, why));
    TRY(proof_read_text(row, "entry", &line, why));
    TRY(entry_parse(&item->entry, line, why));
    TRY(proof_read_nodes(row, "nodes", &item->proof, why));
    if (record)
        return read_deleted(item, record, why);
    TRY(read_named(audit, item->file, &bytes, why));
    item->digest = digest_of(DIGEST_SHA256, buf_text(&bytes), bytes.size);
    TRY(check_digest(item, ENTRY_DIGEST, &item->digest, why));
    TRY(read_jws(audit, row, item, why));
    enum reason parsed =
        message_parse(&item->message, bytes.bytes, bytes.size, NULL);
    item->whole = parsed == R_OK || item_is(item, LETTER_REFUSED);
    return item->whole ? R_OK : fault(why, parsed, "%s", "");
}

static void read_items(struct audit *audit, const struct json *array)
{
    audit->items = mem_new(array->count, sizeof *audit->items);
    for (const struct json *row = array->first; row; row = row->next) {
        struct item *item = &audit->items[audit->count++];
        struct fault found = {0};
        item->file = EXPORT_INDEX;
        if (read_item(audit, row, item, &found) != R_OK)
            audit_fault(audit, item->file, &found);
    }
}

static enum reason read_index(struct audit *audit, struct fault *why)
{
    AUTO(buf) struct buf bytes = {.ceiling = INDEX_CEILING};
    AUTO(text) char *path = io_join(audit->folder, EXPORT_INDEX);
    const char *format;
    TRY(io_read(path, &bytes, why));
    TRY(json_parse(&audit->json, buf_text(&bytes), bytes.size, why));
    audit->index = json_root(audit->json);
    if (audit->index->kind != JSON_OBJECT)
        return fault(why, R_NOT_WELL_FORMED, EXPORT_INDEX);
    TRY(proof_read_text(audit->index, "format", &format, why));
    if (strcmp(format, EXPORT_FORMAT) != 0)
        return fault(why, R_NOT_WELL_FORMED, "%s", format);
    return R_OK;
}

/* The anchor comes from the reader, never from the export. */
static enum reason read_registry(struct audit *audit, struct fault *why)
{
    AUTO(text) char *folder = io_join(audit->folder, EXPORT_REGISTRY);
    AUTO(text) char *inside = io_join(folder, "authority.pem");
    AUTO(buf) struct buf given = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf found = {.ceiling = MESSAGE_CEILING};
    TRY(io_read(audit->authority, &given, why));
    TRY(io_read(inside, &found, why));
    if (strcmp(buf_text(&given), buf_text(&found)) != 0)
        return fault(why, R_BAD_REGISTRY, "%s",
                     say("导出件中的根证书不是所给的根证书",
                         "the authority in the export is not the one given"));
    return registry_read(&audit->registry, folder, why);
}

enum reason audit_read(struct audit *audit, struct fault *why)
{
    const char *case_id;
    TRY(read_index(audit, why));
    TRY(proof_read_text(audit->index, "caseId", &case_id, why));
    audit->findings->case_id = mem_text(case_id);
    const struct json *log = json_find(audit->index, "log");
    const struct json *evidence = json_find(audit->index, "evidence");
    if (!log || log->kind != JSON_OBJECT || !evidence ||
        evidence->kind != JSON_ARRAY)
        return fault(why, R_NOT_WELL_FORMED, EXPORT_INDEX);
    TRY(proof_read_head(log, "size", "root", &audit->head, why));
    audit->findings->log_size = audit->head.size;
    TRY(read_registry(audit, why));
    read_items(audit, evidence);
    return R_OK;
}
