/*
 * message_parts - what the message_*.c files share and nobody else sees.
 */
#ifndef YISONG_SCHEMAS_MESSAGE_PARTS_H
#define YISONG_SCHEMAS_MESSAGE_PARTS_H

#include "schemas/json.h"
#include "schemas/message.h"
#include "schemas/schema.h"

/* JSON that has no place in the tree as it stands: a wrong kind of value. */
struct misfit {
    const struct element *at;
    char *chinese, *english;
};

struct misfits {
    struct misfit *rows;
    size_t count;
};

void misfits_done(struct misfits *misfits);
AUTO_VALUE(misfits, misfits_done)

/*
 * The tree of a JSON message: members in the order of the schema, what is
 * unknown behind them, so that both encodings are judged alike. R_NOT_VALID if
 * the text is no object.
 */
enum reason message_tree_of_json(const struct json *root, struct document **out,
                                 struct misfits *misfits,
                                 struct fault *why) MUST_CHECK;

const struct misfits *message_misfits(const struct message *message);

/*
 * R_NOT_VALID if the tree holds what only XML can say (attributes, text
 * between elements, other namespaces), which writing it anew would lose.
 */
enum reason message_check_plain(const struct element *root,
                                struct fault *why) MUST_CHECK;

/* A tree that is plain, without its signature. */
void message_put_xml(const struct element *root, struct buf *out);
void message_put_json(const struct element *root, struct buf *out);

#endif
