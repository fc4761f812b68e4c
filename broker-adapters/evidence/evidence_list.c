/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A mailbox that no adapter has opened since there is evidence has no tables
 * for it; to a reader that is an empty list.
 */
#include "broker-adapters/evidence/evidence_list.h"

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/evidence/place.h"
#include "broker-adapters/mailbox/mailbox.h"

char *evidence_list_root(const char *mailbox_path, const char *spool)
{
    return place_root(mailbox_path, spool);
}

static enum reason has_tables(struct sql *mailbox, bool *has, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT 1 FROM sqlite_master WHERE name = 'evidence_hold'",
                   SQL_NO_VALUES, &rows, why));
    *has = sql_next(rows);
    return sql_check(rows, why);
}

/* The same columns of both ways: coming, letter, peer, name, state, code,
 * folder/file, sha256, size, have, total, there. What the centre will have of
 * a file that is not sealed yet is not known; its own size stands for it. */
static const char *const ways[] = {
    "SELECT 0, letter, (SELECT group_concat(agency, ' ') FROM addressee a"
    "  JOIN outgoing o ON o.row = a.letter WHERE o.id = e.letter), name, state,"
    " code, '', sha256, size, confirmed, max(sealed_size, size), 0, rate"
    " FROM (SELECT * FROM evidence_out ORDER BY row DESC LIMIT ?1) e"
    " ORDER BY row",

    "SELECT 1, letter, sender, name, e.state, code,"
    " iif(e.state = 'whole' AND handed, folder || '/' || file, ''),"
    " sha256, size, have, max(size, have, there), there, rate FROM"
    " (SELECT v.*, i.state = 'handed' AS handed FROM evidence_in v"
    "  JOIN incoming i ON i.row = v.incoming ORDER BY v.row DESC LIMIT ?1) e"
    " ORDER BY e.row",
};

static enum reason each_of_way(struct sql *mailbox, const char *text,
                               const char *root, int64_t most,
                               void (*use)(void *context,
                                           const struct evidence_line *line),
                               void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, text, SQL_VALUES(SQL_INT(most)), &rows, why));
    while (sql_next(rows)) {
        const char *place = mailbox_text(rows, 6);
        AUTO(text) char *path = *place ? io_join(root, place) : mem_text("");
        struct evidence_line line = {.is_coming = sql_integer(rows, 0) != 0,
                                     .letter = mailbox_text(rows, 1),
                                     .peer = mailbox_text(rows, 2),
                                     .name = mailbox_text(rows, 3),
                                     .state = mailbox_text(rows, 4),
                                     .code = mailbox_text(rows, 5),
                                     .path = path,
                                     .size = sql_integer(rows, 8),
                                     .have = sql_integer(rows, 9),
                                     .total = sql_integer(rows, 10),
                                     .there = sql_integer(rows, 11),
                                     .rate = sql_integer(rows, 12)};
        line.sha256 = mailbox_digest(rows, 7);
        use(context, &line);
    }
    return sql_check(rows, why);
}

enum reason evidence_each(struct sql *mailbox, const char *root, int64_t most,
                          void (*use)(void *context,
                                      const struct evidence_line *line),
                          void *context, struct fault *why)
{
    bool has;
    TRY(has_tables(mailbox, &has, why));
    for (size_t i = 0; has && i < COUNT_OF(ways); i++)
        TRY(each_of_way(mailbox, ways[i], root, most, use, context, why));
    return R_OK;
}

#define STANDING                                                               \
    "SELECT total(state IN ('awaited', 'here')),"                              \
    " total(state = 'elsewhere'),"                                             \
    " 100 * total(iif(state = 'whole', size, min(have, size)))"                \
    " / max(total(size), 1) FROM evidence_in "

static enum reason read_standing(struct sql_rows *rows,
                                 struct evidence_standing *out,
                                 struct fault *why)
{
    if (sql_next(rows))
        *out =
            (struct evidence_standing){.is_awaited = sql_integer(rows, 0) > 0,
                                       .is_elsewhere = sql_integer(rows, 1) > 0,
                                       .percent = (int)sql_integer(rows, 2)};
    return sql_check(rows, why);
}

enum reason evidence_standing(struct sql *mailbox, const char *sender,
                              const char *letter, struct evidence_standing *out,
                              struct fault *why)
{
    bool has;
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct evidence_standing){0};
    TRY(has_tables(mailbox, &has, why));
    if (!has)
        return R_OK;
    TRY(sql_select(mailbox, STANDING "WHERE letter = ?1 AND sender = ?2",
                   SQL_VALUES(SQL_TEXT(letter), SQL_TEXT(sender)), &rows, why));
    return read_standing(rows, out, why);
}

enum reason evidence_note(struct sql *mailbox, int64_t incoming,
                          struct buf *out, struct fault *why)
{
    struct evidence_standing standing = {0};
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox, STANDING "WHERE incoming = ?1",
                   SQL_VALUES(SQL_INT(incoming)), &rows, why));
    TRY(read_standing(rows, &standing, why));
    if (standing.is_elsewhere)
        buf_put_text(out,
                     "附件文件未发给本机关：发送机关未将本机关列为收件或抄送"
                     "机关，公文副本由程序规定抄送。\n"
                     "The files are not for this agency: the sender did "
                     "not name it; the copy of the letter is what the "
                     "procedure prescribes.\n");
    if (standing.is_awaited)
        buf_put_text(out,
                     "附件文件在等待期限内未收齐，公文先行移交；收到后将放入"
                     "同名 .files 目录。\n"
                     "Not all files came in time; the letter is handed "
                     "over without them. They will be laid into the "
                     "folder .files of the same name.\n");
    return R_OK;
}
