/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/mailbox/mailbox_list.h"

#include "broker-adapters/mailbox/mailbox.h"

#define WANTED "(?2 OR type NOT IN ('submission-receipt', 'delivery-receipt'))"

enum reason mailbox_each_incoming(struct sql *mailbox, int64_t most,
                                  bool receipts,
                                  void (*use)(void *context,
                                              const struct incoming_line *line),
                                  void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, sender, case_id, type, state, digest, place,"
                   " received_at, answered FROM"
                   " (SELECT *, EXISTS (SELECT 1 FROM outgoing o"
                   "   WHERE o.answers = i.id) AS answered"
                   "  FROM incoming i WHERE " WANTED
                   " ORDER BY row DESC LIMIT ?1)"
                   " ORDER BY row",
                   SQL_VALUES(SQL_INT(most), SQL_INT(receipts)), &rows, why));
    while (sql_next(rows)) {
        struct incoming_line line = {.id = mailbox_text(rows, 0),
                                     .sender = mailbox_text(rows, 1),
                                     .case_id = mailbox_text(rows, 2),
                                     .type = mailbox_text(rows, 3),
                                     .state = mailbox_text(rows, 4),
                                     .place = sql_integer(rows, 6),
                                     .received_at = sql_integer(rows, 7),
                                     .answered = sql_integer(rows, 8) != 0};
        line.digest = mailbox_digest(rows, 5);
        use(context, &line);
    }
    return sql_check(rows, why);
}

enum reason mailbox_each_outgoing(struct sql *mailbox, int64_t most,
                                  bool receipts,
                                  void (*use)(void *context,
                                              const struct outgoing_line *line),
                                  void *context, struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    TRY(sql_select(mailbox,
                   "SELECT id, case_id, type, state, source, code, text_zh,"
                   " text_en, (SELECT group_concat(iif(delivered_at IS NULL,"
                   "  '', '+') || agency, ' ') FROM addressee"
                   "  WHERE letter = row), digest, queued_at, sent_at,"
                   " submitted_at, delivered_at, position FROM"
                   " (SELECT * FROM outgoing WHERE " WANTED
                   "  ORDER BY row DESC LIMIT ?1)"
                   " ORDER BY row",
                   SQL_VALUES(SQL_INT(most), SQL_INT(receipts)), &rows, why));
    while (sql_next(rows)) {
        struct outgoing_line line = {.id = mailbox_text(rows, 0),
                                     .case_id = mailbox_text(rows, 1),
                                     .type = mailbox_text(rows, 2),
                                     .state = mailbox_text(rows, 3),
                                     .source = mailbox_text(rows, 4),
                                     .code = mailbox_text(rows, 5),
                                     .text_zh = mailbox_text(rows, 6),
                                     .text_en = mailbox_text(rows, 7),
                                     .to = mailbox_text(rows, 8),
                                     .queued_at = sql_integer(rows, 10),
                                     .sent_at = sql_integer(rows, 11),
                                     .submitted_at = sql_integer(rows, 12),
                                     .delivered_at = sql_integer(rows, 13),
                                     .position = sql_integer(rows, 14)};
        line.digest = mailbox_digest(rows, 9);
        use(context, &line);
    }
    return sql_check(rows, why);
}

enum reason mailbox_count_waiting(struct sql *mailbox,
                                  struct waiting_letters *out,
                                  struct fault *why)
{
    AUTO(sql_rows) struct sql_rows *rows = NULL;
    *out = (struct waiting_letters){0};
    TRY(sql_select(mailbox,
                   "SELECT count(*), min(queued_at) FROM outgoing"
                   " WHERE state = 'queued' AND type NOT IN"
                   " ('submission-receipt', 'delivery-receipt')",
                   SQL_NO_VALUES, &rows, why));
    if (sql_next(rows))
        *out = (struct waiting_letters){.count = sql_integer(rows, 0),
                                        .oldest = sql_integer(rows, 1)};
    return sql_check(rows, why);
}
