/*
 * handover - letters whose turn has come go to the agency's own system: as a
 * file in in/ (receipts and refusals: receipts/), and what they change here
 * (cards) is changed.
 *
 * Exactly once, as far as a folder allows it: the file is written as a draft,
 * the letter is marked "handing" in the transaction that applies it, the draft
 * is renamed, the letter is marked "handed". A crash before the mark writes
 * the draft again; after it, only the rename is done again.
 */
#ifndef YISONG_BROKER_ADAPTERS_HANDOVER_H
#define YISONG_BROKER_ADAPTERS_HANDOVER_H

#include "base/instant.h"
#include "broker-adapters/adapter/desk.h"
#include "broker-adapters/spool/spool.h"

enum { HANDOVER_BATCH = 64, HANDOVER_NAME_MAX = 256 };

/*
 * Hands over up to HANDOVER_BATCH letters; *count says how many. `spool` NULL:
 * the agency has no folder, letters are read with `yisong inbox`.
 */
enum reason handover_turn(const struct desk *desk, struct spool *spool,
                          instant now, int *count,
                          struct fault *why) MUST_CHECK;

/* Completes what a crash left half done; at the start. */
enum reason handover_finish(const struct desk *desk, struct spool *spool,
                            struct fault *why) MUST_CHECK;

/* Files what lies in quarantine and is not in the folder quarantine/ yet. */
enum reason handover_quarantine(const struct desk *desk, struct spool *spool,
                                struct fault *why) MUST_CHECK;

#endif
