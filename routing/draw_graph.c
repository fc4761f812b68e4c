/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Layers: every node lies below all that lead to it, edges that close a circle
 * left aside. Nodes stand on even layers, labels on odd ones.
 */
#include "routing/draw_graph.h"

#include <stdlib.h>

#include "base/mem.h"

static size_t add_cell(struct graph *graph, const struct cell *cell)
{
    graph->cells =
        mem_resize(graph->cells, graph->cell_count + 1, sizeof *graph->cells);
    graph->cells[graph->cell_count] = *cell;
    return graph->cell_count++;
}

static void add_link(struct graph *graph, size_t upper, size_t lower)
{
    graph->links =
        mem_resize(graph->links, graph->link_count + 1, sizeof *graph->links);
    graph->links[graph->link_count++] = (struct link){upper, lower};
}

size_t graph_add_node(struct graph *graph, double width, double height)
{
    graph->node_count++;
    return add_cell(graph, &(struct cell){.kind = CELL_NODE,
                                          .subject = graph->cell_count,
                                          .width = width,
                                          .height = height});
}

size_t graph_add_edge(struct graph *graph, size_t from, size_t to, double width,
                      double height)
{
    size_t number = graph->edge_count++;
    graph->edges =
        mem_resize(graph->edges, graph->edge_count, sizeof *graph->edges);
    size_t label = add_cell(graph, &(struct cell){.kind = CELL_LABEL,
                                                  .subject = number,
                                                  .width = width,
                                                  .height = height});
    graph->edges[number] =
        (struct graph_edge){.from = from, .to = to, .label = label};
    return number;
}

enum mark { UNSEEN, ON_PATH, SEEN };

/* An edge to a node that is on the path from the top closes a circle. */
static void find_upward(struct graph *graph, size_t node, enum mark *marks)
{
    marks[node] = ON_PATH;
    for (size_t i = 0; i < graph->edge_count; i++) {
        struct graph_edge *edge = &graph->edges[i];
        if (edge->from != node)
            continue;
        edge->upward = marks[edge->to] == ON_PATH;
        if (marks[edge->to] == UNSEEN)
            find_upward(graph, edge->to, marks);
    }
    marks[node] = SEEN;
}

/* Pushes nodes down until every downward edge goes down. */
static bool push_down(struct graph *graph)
{
    bool moved = false;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        size_t least = graph->cells[edge->from].layer + 2;
        if (edge->upward || graph->cells[edge->to].layer >= least)
            continue;
        graph->cells[edge->to].layer = least;
        moved = true;
    }
    return moved;
}

static size_t lane(struct graph *graph, size_t edge, size_t layer)
{
    return add_cell(graph, &(struct cell){.kind = CELL_LANE,
                                          .subject = edge,
                                          .width = GRAPH_LANE,
                                          .layer = layer});
}

/* Upper end, lanes and label, lower end; the label stands by the sender. */
static void thread(struct graph *graph, size_t number)
{
    struct graph_edge *edge = &graph->edges[number];
    size_t top = edge->upward ? edge->to : edge->from;
    size_t bottom = edge->upward ? edge->from : edge->to;
    size_t first = graph->cells[top].layer, last = graph->cells[bottom].layer;
    size_t label_layer = edge->upward ? last - 1 : first + 1;
    edge->chain = mem_new(last - first + 1, sizeof *edge->chain);
    edge->chain[edge->chain_count++] = top;
    for (size_t layer = first + 1; layer < last; layer++)
        edge->chain[edge->chain_count++] =
            layer == label_layer ? edge->label : lane(graph, number, layer);
    edge->chain[edge->chain_count++] = bottom;
    graph->cells[edge->label].layer = label_layer;
    for (size_t i = 1; i < edge->chain_count; i++)
        add_link(graph, edge->chain[i - 1], edge->chain[i]);
}

void graph_layer(struct graph *graph)
{
    enum mark *marks = mem_new(graph->node_count, sizeof *marks);
    for (size_t i = 0; i < graph->node_count; i++)
        if (marks[i] == UNSEEN)
            find_upward(graph, i, marks);
    free(marks);
    while (push_down(graph))
        continue;
    for (size_t i = 0; i < graph->edge_count; i++)
        thread(graph, i);
    for (size_t i = 0; i < graph->cell_count; i++)
        if (graph->cells[i].layer >= graph->layer_count)
            graph->layer_count = graph->cells[i].layer + 1;
}

void graph_done(struct graph *graph)
{
    for (size_t i = 0; i < graph->edge_count; i++)
        free(graph->edges[i].chain);
    free(graph->edges);
    free(graph->links);
    free(graph->cells);
    free(graph->layer_tops);
    free(graph->layer_heights);
    *graph = (struct graph){0};
}
