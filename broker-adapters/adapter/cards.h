/*
 * cards - what a letter about a card does at a credit platform or a bank: the
 * list changes, and where the settings say so, the answer "taken in"
 * (punishment-acceptance) goes back by itself.
 */
#ifndef YISONG_BROKER_ADAPTERS_CARDS_H
#define YISONG_BROKER_ADAPTERS_CARDS_H

#include "base/instant.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/adapter/desk.h"

/*
 * Applies a letter whose turn has come, in the caller's transaction; letters
 * of other types do nothing. What is wrong with the letter alone is logged;
 * only RETRY reasons come out.
 */
enum reason cards_apply(const struct desk *desk,
                        const struct ready_letter *letter, instant now,
                        struct fault *why) MUST_CHECK;

#endif
