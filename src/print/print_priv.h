/* print_priv.h -- What is drawn, as a list; and the fonts. */
#ifndef PRINT_PRINT_PRIV_H
#define PRINT_PRINT_PRIV_H
#include "base/arena.h"
#include "print/print.h"

enum op_kind { OP_TEXT, OP_NUMBER, OP_PATH, OP_RECT, OP_ELLIPSE, OP_SECTOR };
struct op {
    struct op *next;
    enum op_kind kind;
    double x, y;
    union {
        struct {
            const char *text;
            double turn; /* radians */
            struct print_style style;
        } text;
        struct {
            double a, b, c; /* rect: width, height, radius; ellipse: rx, ry; sector: r, from, to */
            const struct print_point *points;
            size_t n;
            bool closed;
            struct print_pen pen;
        } shape;
    } of;
};
struct page {
    struct op *first, *last;
};
struct print {
    struct arena *arena;
    struct print_setup setup;
    struct page *pages; /* room for n_max */
    int n, n_max, at;
    bool too_long;
    int64_t ops, bytes;
    struct op spare;
};
struct op *print_op(struct print *p, enum op_kind kind, double x, double y);

/* ---- fonts (print_font.c) ---- */

enum { FONTS_MAX = 4 };
enum { PRINT_BROKEN = 0xFFFD }; /* what is not UTF-8 */
/* The next character of valid or invalid UTF-8, at most to end; *at moves on. */
uint32_t print_char(const char **at, const char *end);
struct print_glyph {
    int font; /* which of the chain */
    unsigned long index;
    double advance; /* at size 1 */
};
/* Borrowed for the process's life; never fails: index 0 is the box for what nobody has. */
struct print_glyph print_glyph(uint32_t c);
/* The face of a font of the chain, a cairo_font_face_t; NULL: past the last. */
void *print_face(int font);
/* The end of the longest beginning of text that fits width and where a line may break; *next is
 * where the next line begins. At least one character. */
const char *print_break(const struct print_style *s, double width, const char *text,
                        const char **next);
double print_width(const struct print_style *s, const char *text, const char *end);
#endif
