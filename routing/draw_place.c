/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Order within layers (each cell at the mean of its neighbours, the order with
 * the fewest crossings is kept), then places: every cell as near to its
 * neighbours as its layer allows. The last is the classical problem of
 * isotonic regression, solved exactly by pooling neighbours that push each
 * other.
 */
#include "routing/draw_graph.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SWEEPS = 16, ATTEMPTS = 64 };

/* The cells of one layer, from left to right. Free it. */
static size_t *row_of(const struct graph *graph, size_t layer, size_t *count)
{
    size_t *row = mem_new(graph->cell_count, sizeof *row);
    *count = 0;
    for (size_t i = 0; i < graph->cell_count; i++) {
        if (graph->cells[i].layer != layer)
            continue;
        size_t at = (*count)++;
        for (;
             at > 0 && graph->cells[row[at - 1]].order > graph->cells[i].order;
             at--)
            row[at] = row[at - 1];
        row[at] = i;
    }
    return row;
}

/* --- order ------------------------------------------------------------------
 */

static size_t count_crossings(const struct graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->link_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct cell *a = &graph->cells[graph->links[i].upper];
            const struct cell *b = &graph->cells[graph->links[k].upper];
            const struct cell *c = &graph->cells[graph->links[i].lower];
            const struct cell *d = &graph->cells[graph->links[k].lower];
            count += a->layer == b->layer &&
                     ((a->order < b->order && c->order > d->order) ||
                      (a->order > b->order && c->order < d->order));
        }
    return count;
}

/* Mean place of the neighbours above (or below); its own if it has none. */
static double mean_order(const struct graph *graph, size_t cell, bool above)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < graph->link_count; i++) {
        const struct link *link = &graph->links[i];
        if ((above ? link->lower : link->upper) != cell)
            continue;
        sum += (double)graph->cells[above ? link->upper : link->lower].order;
        count++;
    }
    return count ? sum / (double)count : (double)graph->cells[cell].order;
}

static void sort_layer(struct graph *graph, size_t layer, bool above)
{
    size_t count;
    size_t *row = row_of(graph, layer, &count);
    for (size_t i = 0; i < count; i++)
        graph->cells[row[i]].wish = mean_order(graph, row[i], above);
    for (size_t i = 1; i < count; i++)
        for (size_t at = i; at > 0 && graph->cells[row[at]].wish <
                                          graph->cells[row[at - 1]].wish;
             at--) {
            size_t swapped = row[at];
            row[at] = row[at - 1];
            row[at - 1] = swapped;
        }
    for (size_t i = 0; i < count; i++)
        graph->cells[row[i]].order = i;
    free(row);
}

/* A fixed sequence: the same procedure always gives the same drawing. */
static size_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* The cells as they were added, or for later attempts shuffled. */
static void number_cells(struct graph *graph, uint32_t attempt)
{
    size_t *next = mem_new(graph->layer_count, sizeof *next);
    for (size_t i = 0; i < graph->cell_count; i++)
        graph->cells[i].order = next[graph->cells[i].layer]++;
    free(next);
    for (size_t i = 0; attempt > 0 && i < graph->cell_count; i++) {
        struct cell *a = &graph->cells[i];
        struct cell *b =
            &graph->cells[next_random(&attempt) % graph->cell_count];
        size_t order = a->order;
        if (a->layer != b->layer)
            continue;
        a->order = b->order;
        b->order = order;
    }
}

struct attempt {
    struct cell *kept;
    size_t crossings;
};

static void keep_if_better(const struct graph *graph, struct attempt *best)
{
    size_t crossings = count_crossings(graph);
    if (crossings >= best->crossings)
        return;
    best->crossings = crossings;
    memcpy(best->kept, graph->cells, graph->cell_count * sizeof *best->kept);
}

void graph_order(struct graph *graph)
{
    struct attempt best = {
        .kept = mem_new(graph->cell_count, sizeof *best.kept),
        .crossings = SIZE_MAX,
    };
    for (uint32_t attempt = 0; attempt < ATTEMPTS && best.crossings > 0;
         attempt++) {
        number_cells(graph, attempt);
        keep_if_better(graph, &best);
        for (int sweep = 0; sweep < SWEEPS && best.crossings > 0; sweep++) {
            bool above = sweep % 2 == 0;
            for (size_t i = 1; i < graph->layer_count; i++)
                sort_layer(graph, above ? i : graph->layer_count - 1 - i,
                           above);
            keep_if_better(graph, &best);
        }
    }
    memcpy(graph->cells, best.kept, graph->cell_count * sizeof *best.kept);
    free(best.kept);
}

/* --- places -----------------------------------------------------------------
 */

static double wished_x(const struct graph *graph, size_t cell)
{
    double sum = 0, weight = 0;
    for (size_t i = 0; i < graph->link_count; i++) {
        const struct link *link = &graph->links[i];
        if (link->upper != cell && link->lower != cell)
            continue;
        const struct cell *other =
            &graph->cells[link->upper == cell ? link->lower : link->upper];
        double pull = other->kind == CELL_NODE ? 1 : 3;
        sum += pull * other->x;
        weight += pull;
    }
    return weight > 0 ? sum / weight : graph->cells[cell].x;
}

/* Cells that push each other: they stand side by side around a mean wish. */
struct run {
    double wish;
    size_t first, count;
};

static double distance(const struct cell *left, const struct cell *right)
{
    return (left->width + right->width) / 2 + GRAPH_GAP_X;
}

/* The second run, right of the first, becomes part of it. */
static void join_runs(struct run *first, const struct run *second)
{
    double all = (double)(first->count + second->count);
    first->wish = (first->wish * (double)first->count +
                   second->wish * (double)second->count) /
                  all;
    first->count += second->count;
}

/* Runs of the row, each at the mean of what its cells wish. */
static size_t find_runs(const struct graph *graph, const size_t *row,
                        size_t count, const double *offsets, struct run *runs)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        runs[found++] = (struct run){
            .wish = wished_x(graph, row[i]) - offsets[i],
            .first = i,
            .count = 1,
        };
        while (found > 1 && runs[found - 2].wish > runs[found - 1].wish) {
            join_runs(&runs[found - 2], &runs[found - 1]);
            found--;
        }
    }
    return found;
}

static void place_layer(struct graph *graph, size_t layer)
{
    size_t count;
    size_t *row = row_of(graph, layer, &count);
    struct run *runs = mem_new(count + 1, sizeof *runs);
    double *offsets = mem_new(count + 1, sizeof *offsets);
    for (size_t i = 1; i < count; i++)
        offsets[i] = offsets[i - 1] +
                     distance(&graph->cells[row[i - 1]], &graph->cells[row[i]]);
    size_t found = find_runs(graph, row, count, offsets, runs);
    for (size_t r = 0; r < found; r++)
        for (size_t i = runs[r].first; i < runs[r].first + runs[r].count; i++)
            graph->cells[row[i]].x = runs[r].wish + offsets[i];
    free(offsets);
    free(runs);
    free(row);
}

static void measure_layers(struct graph *graph)
{
    graph->layer_tops = mem_new(graph->layer_count, sizeof(double));
    graph->layer_heights = mem_new(graph->layer_count, sizeof(double));
    for (size_t i = 0; i < graph->cell_count; i++) {
        double *height = &graph->layer_heights[graph->cells[i].layer];
        if (graph->cells[i].height > *height)
            *height = graph->cells[i].height;
    }
    for (size_t i = 1; i < graph->layer_count; i++)
        graph->layer_tops[i] = graph->layer_tops[i - 1] +
                               graph->layer_heights[i - 1] + GRAPH_GAP_Y;
    graph->height = graph->layer_tops[graph->layer_count - 1] +
                    graph->layer_heights[graph->layer_count - 1];
}

/* Moves everything to the right of zero. */
static void settle(struct graph *graph)
{
    double left = 0, right = 0;
    for (size_t i = 0; i < graph->cell_count; i++) {
        const struct cell *cell = &graph->cells[i];
        double start = cell->x - cell->width / 2;
        double end = cell->x + cell->width / 2;
        left = i == 0 || start < left ? start : left;
        right = i == 0 || end > right ? end : right;
    }
    for (size_t i = 0; i < graph->cell_count; i++) {
        graph->cells[i].x -= left;
        graph->cells[i].y = graph->layer_tops[graph->cells[i].layer];
    }
    graph->width = right - left;
}

void graph_place(struct graph *graph)
{
    measure_layers(graph);
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t i = 0; i < graph->layer_count; i++)
            place_layer(graph, sweep % 2 ? graph->layer_count - 1 - i : i);
    settle(graph);
}
