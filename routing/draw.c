/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A procedure as a drawing: states are boxes, in them what is said without
 * leaving them; arrows are the letters that lead on, each with its name, who
 * sends it to whom, and the clocks that it starts. Chinese, with the English
 * name of each state below.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "routing/draw_graph.h"
#include "routing/draw_panel.h"
#include "routing/procedure_text.h"

enum { MARGIN = 24 };

struct drawing {
    const struct machine *machine;
    struct graph graph;
    struct panel *panels; /* of the states, then of the edges */
    size_t panel_count;
};

/* --- what the panels say ----------------------------------------------------
 */

static char *sentence(const struct machine *machine,
                      const struct accept *accept)
{
    AUTO(buf) struct buf left = {0}, right = {0};
    text_put_parties(&left, machine, &accept->from, true);
    text_put_parties(&right, machine, &accept->to, true);
    if (accept->follows)
        return mem_print("随关联案件（%s）%s%s", accept->follows_name->zh,
                         right.size ? "，告知" : "", buf_text(&right));
    return mem_print("%s → %s", buf_text(&left), buf_text(&right));
}

static void put_name(struct panel *panel, enum panel_style style,
                     const struct accept *accept)
{
    const char *condition = accept->when.text ? accept->when.name.zh : NULL;
    panel_add(panel, style,
              condition ? mem_print("《%s》（%s）",
                                    text_type(accept->type, true), condition)
                        : mem_print("《%s》", text_type(accept->type, true)));
}

static void put_copies(struct panel *panel, const struct machine *machine,
                       const struct accept *accept)
{
    AUTO(buf) struct buf text = {0};
    for (size_t i = 0; i < accept->copy_count; i++) {
        if (accept->copies[i].need == NEED_MAY)
            continue;
        const struct copy *copy = &accept->copies[i];
        buf_print(&text, "%s%s%s", text.size ? "、" : "抄送",
                  machine_role(machine, copy->party)->name.zh,
                  copy->when.text       ? "（视情形）"
                  : copy->regions.count ? "（部分地区）"
                                        : "");
    }
    if (text.size)
        panel_add(panel, PANEL_NOTE, buf_take(&text));
}

static void put_clocks(struct panel *panel, const struct machine *machine,
                       const struct words *starts)
{
    for (size_t i = 0; i < starts->count; i++) {
        const struct limit *limit = machine_limit(machine, starts->items[i]);
        AUTO(buf) struct buf text = {0};
        buf_put_text(&text, "起算：");
        text_put_parties(&text, machine, &limit->owners, true);
        buf_print(&text, " %s ", limit->name.zh);
        text_put_limit(&text, limit, true);
        if (strcmp(limit->measure.force, "none") == 0)
            buf_put_text(&text, "（无法定期限）");
        panel_add(panel, PANEL_NOTE, buf_take(&text));
    }
}

static void put_mark(void *panel, const char *line)
{
    panel_add(panel, PANEL_NOTE, mem_text(line));
}

static void put_act(struct panel *panel, const struct machine *machine,
                    const struct accept *accept, enum panel_style style)
{
    if (panel->count > 0)
        panel_add(panel, PANEL_GAP, NULL);
    put_name(panel, style, accept);
    panel_add(panel, PANEL_TEXT, sentence(machine, accept));
    put_copies(panel, machine, accept);
    put_clocks(panel, machine, &accept->starts);
    text_each_mark(machine, accept, true, put_mark, panel);
}

static bool stays(const struct accept *accept, const char *state)
{
    return words_has(&accept->in, state) &&
           strcmp(accept_next(accept, state), state) == 0;
}

static bool leads(const struct accept *accept, const char *from, const char *to)
{
    return words_has(&accept->in, from) &&
           strcmp(accept_next(accept, from), to) == 0;
}

static void fill_state(struct panel *panel, const struct machine *machine,
                       const struct state *state)
{
    if (strcmp(state->id, PROCEDURE_START) == 0) {
        panel_add(panel, PANEL_NAME, mem_text("开始"));
        return;
    }
    panel_add(panel, PANEL_TITLE, mem_text(state->name.zh));
    panel_add(panel, PANEL_NOTE,
              mem_print("%s · %s", state->id, state->name.en));
    for (size_t i = 0; i < machine->accept_count; i++)
        if (stays(&machine->accepts[i], state->id))
            put_act(panel, machine, &machine->accepts[i], PANEL_TEXT);
}

/* --- the graph --------------------------------------------------------------
 */

static struct panel *add_panel(struct drawing *drawing)
{
    drawing->panels = mem_resize(drawing->panels, drawing->panel_count + 1,
                                 sizeof *drawing->panels);
    struct panel *panel = &drawing->panels[drawing->panel_count++];
    *panel = (struct panel){0};
    return panel;
}

static void add_states(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->machine->state_count; i++) {
        struct panel *panel = add_panel(drawing);
        fill_state(panel, drawing->machine, &drawing->machine->states[i]);
        graph_add_node(&drawing->graph, panel_width(panel),
                       panel_height(panel));
    }
}

/* All letters that lead from one state to another share one arrow. */
static void add_edge(struct drawing *drawing, size_t from, size_t to)
{
    const struct machine *machine = drawing->machine;
    const char *state = machine->states[from].id;
    struct panel *panel = NULL;
    for (size_t i = 0; i < machine->accept_count; i++) {
        if (!leads(&machine->accepts[i], state, machine->states[to].id))
            continue;
        panel = panel ? panel : add_panel(drawing);
        put_act(panel, machine, &machine->accepts[i], PANEL_NAME);
    }
    if (panel)
        graph_add_edge(&drawing->graph, from, to, panel_width(panel),
                       panel_height(panel));
}

static void add_edges(struct drawing *drawing)
{
    for (size_t from = 0; from < drawing->machine->state_count; from++)
        for (size_t to = 0; to < drawing->machine->state_count; to++)
            if (from != to)
                add_edge(drawing, from, to);
}

/* --- SVG --------------------------------------------------------------------
 */

static double bottom_of(const struct graph *graph, const struct cell *cell)
{
    return graph->layer_tops[cell->layer] + graph->layer_heights[cell->layer];
}

/* Where an edge touches a node: spread over its side by the other ends. */
static double port(const struct graph *graph, const struct link *link,
                   bool lower_side)
{
    size_t node = lower_side ? link->upper : link->lower;
    size_t before = 0, count = 0;
    const struct cell *mine =
        &graph->cells[lower_side ? link->lower : link->upper];
    for (size_t i = 0; i < graph->link_count; i++) {
        const struct link *other = &graph->links[i];
        if ((lower_side ? other->upper : other->lower) != node)
            continue;
        count++;
        before += graph->cells[lower_side ? other->lower : other->upper].order <
                  mine->order;
    }
    const struct cell *cell = &graph->cells[node];
    double share = ((double)before + 0.5) / (double)count - 0.5;
    return cell->x + share * cell->width * 0.7;
}

static double side_x(const struct graph *graph, const struct link *link,
                     bool lower_side)
{
    const struct cell *cell =
        &graph->cells[lower_side ? link->upper : link->lower];
    return cell->kind == CELL_NODE ? port(graph, link, lower_side) : cell->x;
}

/* Down beside taller neighbours, over to the next layer in a curve. */
static void put_link(const struct graph *graph, const struct link *link,
                     bool first, struct buf *out)
{
    const struct cell *upper = &graph->cells[link->upper];
    const struct cell *lower = &graph->cells[link->lower];
    double x1 = side_x(graph, link, true), x2 = side_x(graph, link, false);
    double y1 = bottom_of(graph, upper), y2 = lower->y;
    double middle = (y1 + y2) / 2;
    buf_print(out, "%s%.1f %.1f L%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f ",
              first ? "M" : "L", x1,
              upper->kind == CELL_NODE ? upper->y + upper->height : upper->y,
              x1, y1, x1, middle, x2, middle, x2, y2);
}

static void put_edge(const struct graph *graph, const struct graph_edge *edge,
                     struct buf *out)
{
    buf_put_text(out, "<path class=\"edge\" d=\"");
    for (size_t i = 1; i < edge->chain_count; i++) {
        struct link link = {edge->chain[i - 1], edge->chain[i]};
        put_link(graph, &link, i == 1, out);
    }
    buf_print(out, "\" marker-%s=\"url(#arrow)\"/>\n",
              edge->upward ? "start" : "end");
}

static void put_box(const struct cell *cell, const char *class, double inset,
                    struct buf *out)
{
    buf_print(out,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
              "height=\"%.1f\" rx=\"8\"/>\n",
              class, cell->x - cell->width / 2 + inset, cell->y + inset,
              cell->width - 2 * inset, cell->height - 2 * inset);
}

static void put_cells(const struct drawing *drawing, struct buf *out)
{
    const struct machine *machine = drawing->machine;
    for (size_t i = 0; i < drawing->graph.cell_count; i++) {
        const struct cell *cell = &drawing->graph.cells[i];
        if (cell->kind == CELL_LANE)
            continue;
        bool node = cell->kind == CELL_NODE;
        put_box(cell, node ? "state" : "letter", 0, out);
        if (node && machine->states[cell->subject].final)
            put_box(cell, "final", 4, out);
        size_t panel = cell->subject + (node ? 0 : machine->state_count);
        panel_put(&drawing->panels[panel], cell->x, cell->y, out);
    }
}

static void put_head(const struct drawing *drawing, struct buf *out)
{
    const struct graph *graph = &drawing->graph;
    double width = graph->width + 2 * MARGIN;
    double height = graph->height + 2 * MARGIN;
    buf_print(out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
              "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n"
              "<title>",
              width, height, width, height);
    buf_put_xml(out, drawing->machine->name.zh);
    buf_put_text(out, "</title>\n<desc>");
    buf_put_xml(out, drawing->machine->summary.zh);
    buf_put_text(
        out, "</desc>\n<style>\n"
             "text{font-family:'Noto Sans CJK SC','Source Han Sans SC',"
             "'Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif;"
             "text-anchor:middle}\n"
             ".state{fill:#eaf2fb;stroke:#2f5d8a;stroke-width:1.5}\n"
             ".final{fill:none;stroke:#2f5d8a;stroke-width:1}\n"
             ".letter{fill:#fffdf5;stroke:#d9c99a;stroke-width:1}\n"
             ".edge{fill:none;stroke:#5b6b7a;stroke-width:1.5}\n");
    panel_put_styles(out);
    buf_put_text(out,
                 "</style>\n<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" "
                 "refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" "
                 "orient=\"auto-start-reverse\"><path d=\"M0 0 L10 5 L0 10 z\" "
                 "fill=\"#5b6b7a\"/></marker></defs>\n"
                 "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    buf_print(out, "<g transform=\"translate(%d %d)\">\n", MARGIN, MARGIN);
}

static void drawing_done(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->panel_count; i++)
        panel_done(&drawing->panels[i]);
    free(drawing->panels);
    graph_done(&drawing->graph);
}
AUTO_VALUE(drawing, drawing_done)

enum reason procedure_draw(const struct procedures *procedures,
                           const char *procedure, struct buf *out,
                           struct fault *why)
{
    AUTO(drawing)
    struct drawing drawing = {.machine = machine_find(procedures, procedure)};
    if (!drawing.machine)
        return fault(why, R_NOT_FOUND, "%s", procedure);
    add_states(&drawing);
    add_edges(&drawing);
    graph_layer(&drawing.graph);
    graph_order(&drawing.graph);
    graph_place(&drawing.graph);
    put_head(&drawing, out);
    for (size_t i = 0; i < drawing.graph.edge_count; i++)
        put_edge(&drawing.graph, &drawing.graph.edges[i], out);
    put_cells(&drawing, out);
    buf_put_text(out, "</g>\n</svg>\n");
    return R_OK;
}
