/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text is measured in terminal columns: a Chinese character takes two, which
 * is one em; Latin letters are a little wider than half of it.
 */
#include "routing/draw_panel.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/width.h"

static const struct style {
    const char *name;
    int size;
    const char *css;
} styles[] = {
    [PANEL_TITLE] = {"title", 17, "font-weight:bold;fill:#1b2a3a"},
    [PANEL_NAME] = {"name", 14, "font-weight:bold;fill:#1b2a3a"},
    [PANEL_TEXT] = {"text", 12, "fill:#33414f"},
    [PANEL_NOTE] = {"note", 11, "fill:#66727f"},
    [PANEL_GAP] = {"gap", 8, "stroke:#b9c6d3;stroke-width:1"},
};

static const double em_per_column = 0.6, leading = 1.45;

void panel_add(struct panel *panel, enum panel_style style, char *text)
{
    panel->lines =
        mem_resize(panel->lines, panel->count + 1, sizeof *panel->lines);
    panel->lines[panel->count++] = (struct panel_line){style, text};
}

static size_t columns_of(const struct panel_line *line)
{
    return line->text ? width_of(line->text) : 0;
}

double panel_width(const struct panel *panel)
{
    double widest = 0;
    for (size_t i = 0; i < panel->count; i++) {
        double width = (double)columns_of(&panel->lines[i]) * em_per_column *
                       styles[panel->lines[i].style].size;
        widest = width > widest ? width : widest;
    }
    return widest + 2 * PANEL_MARGIN;
}

double panel_height(const struct panel *panel)
{
    double height = 2 * PANEL_MARGIN;
    for (size_t i = 0; i < panel->count; i++)
        height += leading * styles[panel->lines[i].style].size;
    return height;
}

static void put_line(const struct panel_line *line, double x, double y,
                     struct buf *out)
{
    buf_print(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">",
              styles[line->style].name, x, y);
    buf_put_xml(out, line->text);
    buf_put_text(out, "</text>\n");
}

static void put_gap(double x, double y, double width, struct buf *out)
{
    buf_print(out,
              "<line class=\"gap\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
              "y2=\"%.1f\"/>\n",
              x - width / 2, y, x + width / 2, y);
}

void panel_put(const struct panel *panel, double x, double y, struct buf *out)
{
    double width = panel_width(panel) - 2 * PANEL_MARGIN;
    y += PANEL_MARGIN;
    for (size_t i = 0; i < panel->count; i++) {
        const struct panel_line *line = &panel->lines[i];
        const struct style *style = &styles[line->style];
        if (!line->text)
            put_gap(x, y + style->size * leading / 2, width, out);
        else
            put_line(line, x, y + style->size * 1.1, out);
        y += leading * style->size;
    }
}

void panel_put_styles(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(styles); i++)
        buf_print(out, ".%s{font-size:%dpx;%s}\n", styles[i].name,
                  styles[i].size, styles[i].css);
}

void panel_done(struct panel *panel)
{
    for (size_t i = 0; i < panel->count; i++)
        free(panel->lines[i].text);
    free(panel->lines);
    *panel = (struct panel){0};
}
