/*
 * document_tree - what only the files of this folder that own libxml2 see: the
 * xmlDoc behind a document.
 */
#ifndef YISONG_SCHEMAS_DOCUMENT_TREE_H
#define YISONG_SCHEMAS_DOCUMENT_TREE_H

struct document {
    struct _xmlDoc *tree;
};

/* The xmlDoc *, borrowed from the document. */
static inline struct _xmlDoc *document_tree(const struct document *document)
{
    return document->tree;
}

#endif
