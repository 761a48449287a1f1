/* print_draw.c -- Renders the list: PDF by cairo's PDF surface, SVG by its SVG surface. */
#include "print/print_priv.h"
#include "base/date.h"
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { RUN = 256 }; /* characters in one call of cairo */

struct drawing {
    struct print *p;
    cairo_t *cr;
    cairo_font_options_t *plain;
    int page;
};

static cairo_status_t take(void *ctx, const unsigned char *bytes, unsigned n)
{
    struct buf *out = ctx;
    buf_add(out, bytes, n);
    return out->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void color(cairo_t *cr, uint32_t c)
{
    cairo_set_source_rgb(cr, (c >> 16 & 255) / 255.0, (c >> 8 & 255) / 255.0, (c & 255) / 255.0);
}

/* ---- text ---- */

struct run {
    const char *text;
    int bytes, n, font;
    cairo_glyph_t glyphs[RUN];
    cairo_text_cluster_t clusters[RUN];
};

/* Twice, a little apart, is bold; readers of the text take it once. */
static void show(struct drawing *d, struct run *r, const struct print_style *s)
{
    if (!r->n)
        return;
    cairo_set_font_face(d->cr, print_face(r->font));
    cairo_set_font_size(d->cr, s->size);
    for (int pass = 0; pass <= (s->bold ? 1 : 0); pass++) {
        for (int i = 0; pass && i < r->n; i++)
            r->glyphs[i].x += s->size * 0.035;
        cairo_show_text_glyphs(d->cr, r->text, r->bytes, r->glyphs, r->n, r->clusters, r->n, 0);
    }
    r->n = r->bytes = 0;
}

static void draw_text(struct drawing *d, const struct op *o, const char *text)
{
    const struct print_style *s = &o->of.text.style;
    const char *end = text + strlen(text);
    struct run r = { .text = text };
    double x = o->x, y = o->y;
    if (s->align != PRINT_LEFT)
        x -= print_width(s, text, end) / (s->align == PRINT_CENTRE ? 2 : 1);
    color(d->cr, s->color);
    if (o->of.text.turn != 0) {
        cairo_save(d->cr);
        cairo_translate(d->cr, o->x, o->y);
        cairo_rotate(d->cr, o->of.text.turn);
        x -= o->x;
        y = 0;
    }
    while (text < end) {
        const char *from = text;
        struct print_glyph g = print_glyph(print_char(&text, end));
        if (r.n == RUN || (r.n && g.font != r.font))
            show(d, &r, s);
        if (!r.n)
            r.text = from;
        r.font = g.font;
        r.glyphs[r.n] = (cairo_glyph_t){ g.index, x, y };
        r.clusters[r.n++] = (cairo_text_cluster_t){ (int)(text - from), 1 };
        r.bytes += (int)(text - from);
        x += g.advance * s->size + s->spacing;
    }
    show(d, &r, s);
    if (o->of.text.turn != 0)
        cairo_restore(d->cr);
}

static void draw_number(struct drawing *d, const struct op *o)
{
    char out[200];
    size_t len = 0;
    for (const char *s = o->of.text.text; *s && len < sizeof out - 12;) {
        if (!strncmp(s, "{page}", 6)) {
            len += (size_t)snprintf(out + len, 12, "%d", d->page + 1);
            s += 6;
        } else if (!strncmp(s, "{pages}", 7)) {
            len += (size_t)snprintf(out + len, 12, "%d", d->p->n);
            s += 7;
        } else {
            out[len++] = *s++;
        }
    }
    out[len] = 0;
    draw_text(d, o, out);
}

/* ---- shapes ---- */

static void trace_rect(cairo_t *cr, double x, double y, double w, double h, double r)
{
    if (r <= 0) {
        cairo_rectangle(cr, x, y, w, h);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, M_PI / 2);
    cairo_arc(cr, x + r, y + h - r, r, M_PI / 2, M_PI);
    cairo_arc(cr, x + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

static void trace(cairo_t *cr, const struct op *o)
{
    double a = o->of.shape.a, b = o->of.shape.b, c = o->of.shape.c, turn = M_PI / 180;
    if (o->kind == OP_RECT) {
        trace_rect(cr, o->x, o->y, a, b, c);
    } else if (o->kind == OP_ELLIPSE) {
        cairo_save(cr);
        cairo_translate(cr, o->x, o->y);
        cairo_scale(cr, a, b);
        cairo_new_sub_path(cr);
        cairo_arc(cr, 0, 0, 1, 0, 2 * M_PI);
        cairo_close_path(cr);
        cairo_restore(cr);
    } else if (o->kind == OP_SECTOR) {
        cairo_move_to(cr, o->x, o->y);
        cairo_arc(cr, o->x, o->y, a, (b - 90) * turn, (c - 90) * turn);
        cairo_close_path(cr);
    } else {
        for (size_t i = 0; i < o->of.shape.n; i++)
            cairo_line_to(cr, o->of.shape.points[i].x, o->of.shape.points[i].y);
        if (o->of.shape.closed)
            cairo_close_path(cr);
    }
}

static void draw_shape(cairo_t *cr, const struct op *o)
{
    const struct print_pen *pen = &o->of.shape.pen;
    cairo_new_path(cr);
    trace(cr, o);
    if (pen->fills) {
        color(cr, pen->fill);
        cairo_fill_preserve(cr);
    }
    if (pen->width > 0) {
        color(cr, pen->color);
        cairo_set_line_width(cr, pen->width);
        cairo_set_dash(cr, &pen->dash, pen->dash > 0 ? 1 : 0, 0);
        cairo_stroke_preserve(cr);
    }
    cairo_new_path(cr);
}

/* ---- documents ---- */

static void draw_page(struct drawing *d)
{
    cairo_set_font_options(d->cr, d->plain);
    for (const struct op *o = d->p->pages[d->page].first; o; o = o->next) {
        if (o->kind == OP_TEXT)
            draw_text(d, o, o->of.text.text);
        else if (o->kind == OP_NUMBER)
            draw_number(d, o);
        else
            draw_shape(d->cr, o);
    }
    cairo_show_page(d->cr);
}

/* Draws the pages [from, to) and closes the surface. */
static int draw(struct print *p, cairo_surface_t *surface, int from, int to, struct buf *out)
{
    struct drawing d = { .p = p, .cr = cairo_create(surface) };
    d.plain = cairo_font_options_create();
    cairo_font_options_set_hint_style(d.plain, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(d.plain, CAIRO_HINT_METRICS_OFF);
    for (d.page = from; d.page < to; d.page++)
        draw_page(&d);
    cairo_status_t bad = cairo_status(d.cr);
    cairo_destroy(d.cr);
    cairo_font_options_destroy(d.plain);
    cairo_surface_finish(surface);
    if (!bad)
        bad = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return out->overflow ? RC_FULL : bad == CAIRO_STATUS_NO_MEMORY ? RC_FULL : bad ? RC_IO : 0;
}

int print_pdf(struct print *p, struct buf *out)
{
    char made[INSTANT_TEXT];
    if (p->too_long)
        return PRINT_TOO_LONG;
    instant_print(p->setup.created_us, made);
    memcpy(made + 19, made + 26, 7); /* whole seconds */
    cairo_surface_t *s =
        cairo_pdf_surface_create_for_stream(take, out, p->setup.width, p->setup.height);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "piaohao");
    if (p->setup.title)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, p->setup.title);
    if (p->setup.author)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, p->setup.author);
    if (p->setup.keywords)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_KEYWORDS, p->setup.keywords);
    return draw(p, s, 0, p->n, out);
}

/* cairo numbers its surfaces through the life of the process: the numbers are taken out. */
static void plain_ids(struct buf *out, size_t from)
{
    static const char word[] = "surface";
    size_t to = from;
    for (size_t i = from; i < out->len;) {
        bool here = out->len - i > sizeof word && !memcmp(out->at + i, word, sizeof word - 1);
        for (size_t k = 0; here && k < sizeof word - 1; k++)
            out->at[to++] = out->at[i++];
        while (here && i < out->len && out->at[i] >= '0' && out->at[i] <= '9')
            i++;
        if (i < out->len)
            out->at[to++] = out->at[i++];
    }
    out->len = to;
    out->at[to] = 0;
}

/* The document's title as the picture's text alternative, first inside the svg element. */
static void name_svg(struct buf *out, size_t from, const char *title)
{
    static const char head[] = "<title>", foot[] = "</title>";
    char add[600];
    size_t n = sizeof head - 1, at = from;
    memcpy(add, head, n);
    for (const char *s = title; *s && n < sizeof add - 20; s++) {
        const char *safe = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : NULL;
        for (const char *t = safe; t && *t; t++)
            add[n++] = *t;
        if (!safe)
            add[n++] = *s;
    }
    memcpy(add + n, foot, sizeof foot - 1);
    n += sizeof foot - 1;
    while (at + 5 < out->len && memcmp(out->at + at, "<svg ", 5) != 0)
        at++;
    while (at < out->len && out->at[at] != '>')
        at++;
    if (at == out->len || !buf_room(out, n))
        return;
    memmove(out->at + at + 1 + n, out->at + at + 1, out->len - at - 1);
    memcpy(out->at + at + 1, add, n);
    out->len += n;
    out->at[out->len] = 0;
}

int print_svg(struct print *p, int page, struct buf *out)
{
    if (p->too_long)
        return PRINT_TOO_LONG;
    if (page < 1 || page > p->n)
        return PRINT_NO_PAGE;
    cairo_surface_t *s =
        cairo_svg_surface_create_for_stream(take, out, p->setup.width, p->setup.height);
    size_t from = out->len;
    int rc = draw(p, s, page - 1, page, out);
    if (rc)
        return rc;
    plain_ids(out, from);
    if (p->setup.title)
        name_svg(out, from, p->setup.title);
    return out->overflow ? RC_FULL : 0;
}
