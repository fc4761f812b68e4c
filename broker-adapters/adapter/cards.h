/*
 * cards - what a letter about a card, a list or a penalty does at a credit
 * platform or a bank: the lists change (projections/project.h), and where the
 * settings say so, the answers go back by themselves: taken in, not taken in
 * and why, applied, lifted.
 */
#ifndef YISONG_BROKER_ADAPTERS_CARDS_H
#define YISONG_BROKER_ADAPTERS_CARDS_H

#include "base/instant.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/adapter/desk.h"

/*
 * Applies a letter whose turn has come, in the caller's transaction; letters
 * of other types change no list. What is wrong with the letter alone is logged;
 * only RETRY reasons come out.
 */
enum reason cards_apply(const struct desk *desk,
                        const struct ready_letter *letter, instant now,
                        struct fault *why) MUST_CHECK;

#endif
