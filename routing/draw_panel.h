/*
 * draw_panel - a few lines of text in a box, measured before it is drawn.
 */
#ifndef YISONG_ROUTING_DRAW_PANEL_H
#define YISONG_ROUTING_DRAW_PANEL_H

#include "base/buf.h"

/* A gap is a line across, without text. */
enum panel_style { PANEL_TITLE, PANEL_NAME, PANEL_TEXT, PANEL_NOTE, PANEL_GAP };

struct panel_line {
    enum panel_style style;
    char *text;
};

struct panel {
    struct panel_line *lines;
    size_t count;
};

enum { PANEL_MARGIN = 10 };

/* Takes the text; NULL for a gap. */
void panel_add(struct panel *panel, enum panel_style style, char *text);

double panel_width(const struct panel *panel);
double panel_height(const struct panel *panel);

/* The lines as SVG text, centred at x, from y down. */
void panel_put(const struct panel *panel, double x, double y, struct buf *out);

/* The CSS classes of the styles. */
void panel_put_styles(struct buf *out);

void panel_done(struct panel *panel);

#endif
