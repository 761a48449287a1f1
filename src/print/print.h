/* print.h -- Documents on paper: pages of text, tables and shapes, as PDF or SVG in memory.
 *
 * A document is a list of what is drawn; nothing is rendered before the end, so that "page 3 of 12"
 * can be written on page 3, and the same document can be given as PDF and as SVG. The same calls
 * give the same bytes, on every thread and at every hour: the date of making is handed in.
 *
 * All lengths are points (1/72 inch), from the upper left corner; y of a text is its baseline.
 * Colours are 0xRRGGBB. Text is UTF-8; what is not valid becomes U+FFFD. A character that the first
 * font lacks is taken from the next one that has it. When no font on the machine has Chinese, one
 * line in the log says which package to install, and the documents are made all the same.
 *
 * Texts given are copied. One document belongs to one thread. cairo, FreeType and fontconfig are
 * named in print_font.c and print_draw.c alone.
 */
#ifndef PRINT_PRINT_H
#define PRINT_PRINT_H
#include "base/buf.h"
#include "base/rc.h"

#define PRINT_REFUSALS(X)                                                                       \
    X(PRINT_TOO_LONG, 860, 413, "文件页数或内容太多", "the document has too much on its pages") \
    X(PRINT_NO_PAGE, 861, 404, "文件没有这一页", "the document has no such page")
enum print_refusal { PRINT_REFUSALS(RC_ENUM) };
extern const struct rc_info print_refusals[];
extern const size_t print_refusals_count;

#define PRINT_A4_WIDTH  595.28
#define PRINT_A4_HEIGHT 841.89
#define PRINT_MM        2.834646 /* points in a millimetre */
enum { PRINT_PAGES_MAX = 5000 };

struct print;
struct print_setup {
    double width, height; /* of every page; 0: A4 upright */
    const char *title;    /* shown by viewers; NULL: none */
    const char *author;   /* the bank */
    const char *keywords; /* for programs; ASCII stays readable in the file */
    int64_t created_us;   /* the instant written into the PDF */
};
struct print *print_new(const struct print_setup *s);
void print_free(struct print *p); /* NULL is fine */

/* Begins a page. There is none at first, and what is drawn before it is a bug (CHECK). */
void print_page(struct print *p);
int print_pages(const struct print *p);
/* What is drawn from now on belongs to page n (from 1), a page that was begun already. */
void print_page_again(struct print *p, int n);

/* ---- text ---- */

enum print_align { PRINT_LEFT, PRINT_CENTRE, PRINT_RIGHT };
struct print_style {
    double size; /* points */
    uint32_t color;
    bool bold;
    enum print_align align; /* x is the left end, the middle or the right end */
    double spacing;         /* added after each character */
};
void print_text(struct print *p, double x, double y, const struct print_style *s, const char *text);
/* "{page}" and "{pages}" in text become numbers, decimal. */
void print_page_number(struct print *p, double x, double y, const struct print_style *s,
                       const char *text);
/* Turned by degrees, clockwise, around (x, y). */
void print_text_turned(struct print *p, double x, double y, double degrees,
                       const struct print_style *s, const char *text);
/* On a circle, clockwise, the middle of the text at the top: for stamps. */
void print_text_round(struct print *p, double x, double y, double radius,
                      const struct print_style *s, const char *text);
double print_text_width(struct print *p, const struct print_style *s, const char *text);
/* In a box [x, x + width], by its alignment; what does not fit is cut and ends with an ellipsis. */
void print_cell(struct print *p, double x, double y, double width, const struct print_style *s,
                const char *text);
/* Broken into lines of at most width, also at line feeds; between Chinese characters (but no
 * closing mark begins a line), else at spaces. Gives the height: lines x leading. The first
 * baseline is y. leading 0: size x 1.5. */
double print_paragraph(struct print *p, double x, double y, double width, double leading,
                       const struct print_style *s, const char *text);
/* The height it would have; nothing is drawn. */
double print_paragraph_height(struct print *p, double width, double leading,
                              const struct print_style *s, const char *text);

/* ---- shapes ---- */

struct print_pen {
    double width; /* 0: no line */
    uint32_t color;
    double dash; /* length of dashes and gaps; 0: a whole line */
    bool fills;  /* the inside is filled */
    uint32_t fill;
};
struct print_point {
    double x, y;
};
void print_line(struct print *p, double x1, double y1, double x2, double y2,
                const struct print_pen *pen);
void print_rect(struct print *p, double x, double y, double width, double height, double radius,
                const struct print_pen *pen);
void print_ellipse(struct print *p, double x, double y, double rx, double ry,
                   const struct print_pen *pen);
/* A line through the points, closed or open; filled when the pen fills. */
void print_path(struct print *p, const struct print_point *points, size_t n, bool closed,
                const struct print_pen *pen);
/* A piece of a pie: from and to in degrees, clockwise from the top. */
void print_sector(struct print *p, double x, double y, double radius, double from, double to,
                  const struct print_pen *pen);
/* 0 or qr_modules()'s refusal; side without the quiet zone. */
MUST_USE int print_qr(struct print *p, double x, double y, double side, const char *text);

/* ---- tables ---- */

struct print_column {
    const char *title;
    double width;
    enum print_align align;
    bool wraps; /* long cells take more lines; else they are cut */
};
struct print_table {
    double x, y; /* y: the upper edge of the next row; rows move it on */
    const struct print_column *columns;
    size_t n;
    double size;     /* of the text; 0: 8 */
    double padding;  /* inside a cell, left and right; 0: 3 */
    uint32_t head;   /* behind the titles */
    uint32_t stripe; /* behind every second row */
    uint32_t rule;   /* lines under rows */
    int rows;        /* drawn since the titles */
};
double print_table_width(const struct print_table *t);
void print_table_head(struct print *p, struct print_table *t);
double print_table_row_height(struct print *p, const struct print_table *t,
                              const char *const *cells);
/* cells: n texts, NULL is empty. */
void print_table_row(struct print *p, struct print_table *t, const char *const *cells);
void print_table_total(struct print *p, struct print_table *t, const char *const *cells); /* bold */

/* ---- the end ---- */

/* Appends the document. 0; PRINT_TOO_LONG; RC_FULL when out's cap is too small. */
MUST_USE int print_pdf(struct print *p, struct buf *out);
/* One page, from 1, as SVG: glyphs are outlines, it looks alike without the fonts; the title is its
 * text alternative. */
MUST_USE int print_svg(struct print *p, int page, struct buf *out);
/* Is there a font with Chinese? For the operator: piaohao check, tests. */
bool print_chinese(void);
#endif
