/*
 * mailbox - the store of one agency's machine: letters that go, letters that
 * came, receipts owed, cards. One SQLite file (mailbox.sql), shared by the
 * running adapter and by the commands.
 *
 * The tables are read and written by one file each: outgoing.c, incoming.c,
 * quarantine.c, taken.c, listing.c. All of them work inside a transaction
 * that the caller began (sql_begin); none of them looks at the clock.
 */
#ifndef YISONG_BROKER_ADAPTERS_MAILBOX_H
#define YISONG_BROKER_ADAPTERS_MAILBOX_H

#include "base/digest.h"
#include "base/sql.h"

/* Opens the mailbox; SQL_CREATE also makes its folder. */
enum reason mailbox_open(struct sql **out, const char *path, enum sql_mode mode,
                         struct fault *why) MUST_CHECK;

/*
 * Commits if `reason` is R_OK, else undoes, and returns the reason that
 * counts: so that a transaction has one way out.
 */
enum reason mailbox_end(struct sql *mailbox, enum reason reason,
                        struct fault *why) MUST_CHECK;

/* Columns of a row, as our tables hold them: "" for NULL; 32 bytes. */
const char *mailbox_text(const struct sql_rows *rows, int column);
struct digest mailbox_digest(const struct sql_rows *rows, int column);

/*
 * Claims the mailbox (or another store) for one running process until the
 * process ends; waits a second for one that is just ending. R_STORE_BUSY if
 * another one has it.
 */
enum reason mailbox_claim(const char *path, int *descriptor,
                          struct fault *why) MUST_CHECK;

/*
 * The bell: a command that put a letter into the mailbox rings, the running
 * adapter hears it at once. A bell that cannot be rung is not a failure: the
 * adapter also looks by itself.
 */
void mailbox_ring(const char *path);

/* A descriptor for poll(2) that becomes readable when somebody rang. */
enum reason mailbox_listen(const char *path, int *descriptor,
                           struct fault *why) MUST_CHECK;
/* Forgets the rings so far; whether there were any. */
bool mailbox_heard(int descriptor);

#endif
