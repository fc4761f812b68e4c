/*
 * draw_graph - where the boxes of a drawing go: nodes in layers from top to
 * bottom, each edge with a label of its own, nothing over anything else.
 *
 * The label of an edge is a box between the layers, and a long edge passes
 * through the layers on its way in a lane of its own; so boxes, labels and
 * edges are all placed by one rule. Knows nothing of procedures or of SVG.
 */
#ifndef YISONG_ROUTING_DRAW_GRAPH_H
#define YISONG_ROUTING_DRAW_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

enum {
    GRAPH_GAP_X = 28, /* between boxes of a layer */
    GRAPH_GAP_Y = 40, /* between layers */
    GRAPH_LANE = 12   /* width of a passing edge */
};

enum cell_kind { CELL_NODE, CELL_LABEL, CELL_LANE };

/* A box, a label, or an edge on its way through a layer. */
struct cell {
    enum cell_kind kind;
    size_t subject; /* number of the node or edge, in order of adding */
    double width, height;
    size_t layer, order;
    double x, y; /* after graph_place: centre, top */
    double wish;
};

/* Between two cells of neighbouring layers, upper and lower. */
struct link {
    size_t upper, lower;
};

struct graph_edge {
    size_t from, to; /* nodes */
    bool upward;     /* it goes back to an earlier layer */
    size_t label;    /* cell */
    size_t *chain;   /* cells from the upper node to the lower, ends included */
    size_t chain_count;
};

struct graph {
    struct cell *cells; /* the first node_count are the nodes */
    size_t cell_count, node_count;
    struct link *links;
    size_t link_count;
    struct graph_edge *edges;
    size_t edge_count;
    double *layer_tops, *layer_heights;
    size_t layer_count;
    double width, height;
};

/* Adds all nodes first, then the edges; returns the number of the thing. */
size_t graph_add_node(struct graph *graph, double width, double height);
size_t graph_add_edge(struct graph *graph, size_t from, size_t to, double width,
                      double height);

/* Layers, order, places. The first node is the top. */
void graph_layer(struct graph *graph);
void graph_order(struct graph *graph);
void graph_place(struct graph *graph);

void graph_done(struct graph *graph);

#endif
