/* print.c -- Keeps what is drawn until the end. */
#include "print/print_priv.h"
#include "base/qr.h"
#include <math.h>
#include <string.h>
#include "base/banned.h"

enum { MEMORY = 512 << 20, OPS_MAX = 1000000, BYTES_MAX = 200 << 20, QR_MAX = 177 };

const struct rc_info print_refusals[] = { PRINT_REFUSALS(RC_ROW) };
const size_t print_refusals_count = COUNT(print_refusals);

static void clean_setup(struct print *p, const struct print_setup *s)
{
    p->setup = *s;
    if (p->setup.width <= 0)
        p->setup.width = PRINT_A4_WIDTH;
    if (p->setup.height <= 0)
        p->setup.height = PRINT_A4_HEIGHT;
    p->setup.title = arena_text(p->arena, s->title);
    p->setup.author = arena_text(p->arena, s->author);
    p->setup.keywords = arena_text(p->arena, s->keywords);
}

struct print *print_new(const struct print_setup *s)
{
    struct arena *a = arena_new(MEMORY);
    struct print *p = arena_alloc(a, sizeof *p);
    p->arena = a;
    clean_setup(p, s);
    return p;
}

void print_free(struct print *p)
{
    if (p)
        arena_free(p->arena);
}

void print_page(struct print *p)
{
    if (p->n == PRINT_PAGES_MAX) {
        p->too_long = true;
        p->at = p->n - 1;
        return;
    }
    if (p->n == p->n_max) {
        int max = p->n_max ? p->n_max * 2 : 16;
        struct page *pages = arena_alloc(p->arena, (size_t)max * sizeof *pages);
        if (p->n)
            memcpy(pages, p->pages, (size_t)p->n * sizeof *pages);
        p->pages = pages;
        p->n_max = max;
    }
    p->at = p->n++;
}

int print_pages(const struct print *p)
{
    return p->n;
}

void print_page_again(struct print *p, int n)
{
    CHECK(n >= 1 && n <= p->n);
    p->at = n - 1;
}

/* What is drawn past the bounds goes to a spare place that nobody reads. */
struct op *print_op(struct print *p, enum op_kind kind, double x, double y)
{
    CHECK(p->n > 0);
    CHECK(isfinite(x) && isfinite(y));
    if (p->ops >= OPS_MAX)
        p->too_long = true;
    if (p->too_long)
        return &p->spare;
    p->ops++;
    struct op *o = arena_alloc(p->arena, sizeof *o);
    struct page *page = &p->pages[p->at];
    *o = (struct op){ .kind = kind, .x = x, .y = y };
    if (page->last)
        page->last->next = o;
    else
        page->first = o;
    page->last = o;
    return o;
}

/* ---- text ---- */

/* Is every character valid, and none a control character? */
static bool is_clean(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    while (at < end) {
        const char *from = at;
        uint32_t c = print_char(&at, end);
        if ((c == PRINT_BROKEN && at - from == 1) || (c == ' ' && *from != ' '))
            return false;
    }
    return true;
}

static const char replacement[] = { (char)0xEF, (char)0xBF, (char)0xBD }; /* U+FFFD */

/* A copy in valid UTF-8 without control characters, as cairo wants it. */
static const char *keep(struct print *p, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    p->bytes += (int64_t)len;
    if (p->bytes > BYTES_MAX)
        p->too_long = true;
    if (p->too_long)
        return "";
    if (is_clean(text, len))
        return arena_dup(p->arena, text, len);
    char *out = arena_alloc(p->arena, len * 3 + 1), *to = out;
    while (at < end) {
        const char *from = at;
        uint32_t c = print_char(&at, end);
        if (c == PRINT_BROKEN) {
            memcpy(to, replacement, sizeof replacement);
            to += sizeof replacement;
        } else if (c == ' ') {
            *to++ = ' ';
        } else {
            memcpy(to, from, (size_t)(at - from));
            to += at - from;
        }
    }
    return out;
}

static void put(struct print *p, enum op_kind kind, double x, double y, const struct print_style *s,
                const char *text, size_t len)
{
    CHECK(s->size > 0);
    if (!len)
        return;
    struct op *o = print_op(p, kind, x, y);
    o->of.text.style = *s;
    o->of.text.turn = 0;
    o->of.text.text = keep(p, text, len);
}

void print_text(struct print *p, double x, double y, const struct print_style *s, const char *text)
{
    put(p, OP_TEXT, x, y, s, text, strlen(text));
}

void print_page_number(struct print *p, double x, double y, const struct print_style *s,
                       const char *text)
{
    put(p, OP_NUMBER, x, y, s, text, strlen(text));
}

void print_text_turned(struct print *p, double x, double y, double degrees,
                       const struct print_style *s, const char *text)
{
    struct op *o = print_op(p, OP_TEXT, x, y);
    o->of.text.style = *s;
    o->of.text.turn = degrees * M_PI / 180;
    o->of.text.text = keep(p, text, strlen(text));
}

void print_text_round(struct print *p, double x, double y, double radius,
                      const struct print_style *s, const char *text)
{
    const char *end = text + strlen(text);
    struct print_style one = *s;
    double whole = print_width(s, text, end), at = -whole / 2;
    CHECK(radius > 0);
    one.align = PRINT_CENTRE;
    one.spacing = 0;
    while (text < end) {
        const char *from = text;
        (void)print_char(&text, end);
        double w = print_width(s, from, text), turn = (at + w / 2) / radius;
        struct op *o = print_op(p, OP_TEXT, x + radius * sin(turn), y - radius * cos(turn));
        o->of.text.style = one;
        o->of.text.turn = turn;
        o->of.text.text = keep(p, from, (size_t)(text - from));
        at += w;
    }
}

double print_text_width(struct print *p, const struct print_style *s, const char *text)
{
    UNUSED(p);
    return print_width(s, text, text + strlen(text));
}

void print_cell(struct print *p, double x, double y, double width, const struct print_style *s,
                const char *text)
{
    static const char more[] = "…";
    const char *end = text + strlen(text), *at = text, *cut = text;
    if (s->align == PRINT_CENTRE)
        x += width / 2;
    if (s->align == PRINT_RIGHT)
        x += width;
    if (print_width(s, text, end) <= width) {
        put(p, OP_TEXT, x, y, s, text, (size_t)(end - text));
        return;
    }
    double room = width - print_width(s, more, more + sizeof more - 1), used = 0;
    while (at < end) {
        const char *from = at;
        (void)print_char(&at, end);
        used += print_width(s, from, at);
        if (used > room)
            break;
        cut = at;
    }
    char *text_cut = arena_printf(p->arena, "%.*s%s", (int)(cut - text), text, more);
    put(p, OP_TEXT, x, y, s, text_cut, strlen(text_cut));
}

/* ---- paragraphs ---- */

/* Draws when p is not NULL; gives the number of lines. */
static int paragraph(struct print *p, double x, double y, double width, double leading,
                     const struct print_style *s, const char *text)
{
    int lines = 0;
    while (*text) {
        const char *next, *end = print_break(s, width, text, &next);
        if (p)
            put(p, OP_TEXT, x, y + leading * lines, s, text, (size_t)(end - text));
        lines++;
        text = next;
    }
    return lines;
}

double print_paragraph(struct print *p, double x, double y, double width, double leading,
                       const struct print_style *s, const char *text)
{
    if (leading <= 0)
        leading = s->size * 1.5;
    if (s->align == PRINT_CENTRE)
        x += width / 2;
    if (s->align == PRINT_RIGHT)
        x += width;
    return leading * paragraph(p, x, y, width, leading, s, text);
}

double print_paragraph_height(struct print *p, double width, double leading,
                              const struct print_style *s, const char *text)
{
    UNUSED(p);
    if (leading <= 0)
        leading = s->size * 1.5;
    return leading * paragraph(NULL, 0, 0, width, leading, s, text);
}

/* ---- shapes ---- */

static struct op *shape(struct print *p, enum op_kind kind, double x, double y,
                        const struct print_pen *pen)
{
    struct op *o = print_op(p, kind, x, y);
    CHECK(pen->width >= 0);
    memset(&o->of, 0, sizeof o->of);
    o->of.shape.pen = *pen;
    return o;
}

static void three(struct op *o, double a, double b, double c)
{
    CHECK(isfinite(a) && isfinite(b) && isfinite(c));
    o->of.shape.a = a;
    o->of.shape.b = b;
    o->of.shape.c = c;
}

void print_line(struct print *p, double x1, double y1, double x2, double y2,
                const struct print_pen *pen)
{
    const struct print_point ends[] = { { x1, y1 }, { x2, y2 } };
    print_path(p, ends, COUNT(ends), false, pen);
}

void print_rect(struct print *p, double x, double y, double width, double height, double radius,
                const struct print_pen *pen)
{
    three(shape(p, OP_RECT, x, y, pen), width, height, radius);
}

void print_ellipse(struct print *p, double x, double y, double rx, double ry,
                   const struct print_pen *pen)
{
    CHECK(rx > 0 && ry > 0);
    three(shape(p, OP_ELLIPSE, x, y, pen), rx, ry, 0);
}

void print_sector(struct print *p, double x, double y, double radius, double from, double to,
                  const struct print_pen *pen)
{
    CHECK(radius > 0 && to >= from);
    three(shape(p, OP_SECTOR, x, y, pen), radius, from, to);
}

void print_path(struct print *p, const struct print_point *points, size_t n, bool closed,
                const struct print_pen *pen)
{
    if (!n)
        return;
    p->bytes += (int64_t)(n * sizeof *points);
    if (p->bytes > BYTES_MAX)
        p->too_long = true;
    struct op *o = shape(p, OP_PATH, points[0].x, points[0].y, pen);
    if (p->too_long)
        return;
    struct print_point *kept = arena_alloc(p->arena, n * sizeof *kept);
    memcpy(kept, points, n * sizeof *kept);
    o->of.shape.points = kept;
    o->of.shape.n = n;
    o->of.shape.closed = closed;
}

int print_qr(struct print *p, double x, double y, double side, const char *text)
{
    const struct print_pen black = { .fills = true };
    int n = 0;
    uint8_t *modules = arena_alloc(p->arena, QR_MAX * QR_MAX);
    int rc = qr_modules(text, modules, QR_MAX * QR_MAX, &n);
    if (rc)
        return rc;
    double step = side / n;
    for (int row = 0; row < n; row++) {
        for (int i = 0; i < n;) { /* one bar for neighbours: no hair lines between modules */
            int from = i;
            while (i < n && modules[row * n + i])
                i++;
            if (i > from)
                print_rect(p, x + from * step, y + row * step, (i - from) * step, step, 0, &black);
            else
                i++;
        }
    }
    return 0;
}
