/* print_font.c -- Which fonts there are, how wide a text is, where a line may break.
 *
 * The chain: small fonts first that hold Latin and Chinese in one hand, so that a page is one font
 * of a few kilobytes; then what else the machine has with Chinese; then its own sans. */
#include "print/print_priv.h"
#include "base/log.h"
#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
#include <pthread.h>
#include <string.h>
#include FT_FREETYPE_H
#include "base/banned.h"

enum { CACHE = 4096, SAMPLE = 0x7968 /* 票 */ };

static const char *const wanted[] = { "WenQuanYi Micro Hei", "Noto Sans CJK SC",
                                      "Droid Sans Fallback" };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool ready, chinese;
    int n;
    cairo_font_face_t *face[FONTS_MAX];
    cairo_scaled_font_t *one[FONTS_MAX]; /* at 1000 points: where widths are measured */
} fonts;
static struct {
    uint32_t c;
    bool known;
    struct print_glyph glyph;
} cache[CACHE];

/* ---- the chain ---- */

static bool has(const FcPattern *font, uint32_t c)
{
    FcCharSet *set = NULL;
    return FcPatternGetCharSet(font, FC_CHARSET, 0, &set) == FcResultMatch &&
           FcCharSetHasChar(set, c);
}

static bool same_family(const FcPattern *font, const char *family)
{
    FcChar8 *name = NULL;
    for (int i = 0; FcPatternGetString(font, FC_FAMILY, i, &name) == FcResultMatch; i++) {
        if (!strcmp((const char *)name, family))
            return true;
    }
    return false;
}

static void add_face(cairo_font_face_t *face)
{
    cairo_matrix_t size, whole;
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_matrix_init_scale(&size, 1000, 1000);
    cairo_matrix_init_identity(&whole);
    cairo_scaled_font_t *one = cairo_scaled_font_create(face, &size, &whole, o);
    cairo_font_options_destroy(o);
    if (cairo_scaled_font_status(one)) {
        cairo_scaled_font_destroy(one);
        cairo_font_face_destroy(face);
        return;
    }
    fonts.face[fonts.n] = face;
    fonts.one[fonts.n++] = one;
}

/* The machine's font nearest to the wish; family NULL: any that has Chinese. */
static void look_for(const char *family)
{
    FcPattern *wish = FcPatternCreate(), *font = NULL;
    FcResult result;
    if (fonts.n == FONTS_MAX || !wish)
        return;
    if (family) {
        FcPatternAddString(wish, FC_FAMILY, (const FcChar8 *)family);
    } else {
        FcCharSet *set = FcCharSetCreate();
        FcCharSetAddChar(set, SAMPLE);
        FcPatternAddCharSet(wish, FC_CHARSET, set);
        FcCharSetDestroy(set);
    }
    FcPatternAddBool(wish, FC_SCALABLE, FcTrue);
    FcConfigSubstitute(NULL, wish, FcMatchPattern);
    FcDefaultSubstitute(wish);
    font = FcFontMatch(NULL, wish, &result);
    bool wanted_one = font && (family ? same_family(font, family) : has(font, SAMPLE));
    if (wanted_one) {
        fonts.chinese = fonts.chinese || has(font, SAMPLE);
        add_face(cairo_ft_font_face_create_for_pattern(font));
    }
    if (font)
        FcPatternDestroy(font);
    FcPatternDestroy(wish);
}

static void find_fonts(void)
{
    for (size_t i = 0; i < COUNT(wanted); i++)
        look_for(wanted[i]);
    if (!fonts.chinese)
        look_for(NULL);
    if (!fonts.chinese)
        log_line(
            LOG_WARN, "print.no_font",
            "no font with Chinese: install fonts-wqy-microhei; documents show boxes until then");
    if (fonts.n < FONTS_MAX)
        add_face(cairo_toy_font_face_create("sans-serif", CAIRO_FONT_SLANT_NORMAL,
                                            CAIRO_FONT_WEIGHT_NORMAL));
    CHECK(fonts.n > 0);
    fonts.ready = true;
}

bool print_chinese(void)
{
    pthread_mutex_lock(&lock);
    if (!fonts.ready)
        find_fonts();
    bool there = fonts.chinese;
    pthread_mutex_unlock(&lock);
    return there;
}

void *print_face(int font)
{
    (void)print_chinese();
    return font < fonts.n ? fonts.face[font] : NULL;
}

/* ---- glyphs ---- */

static unsigned long index_in(int font, uint32_t c)
{
    unsigned long index = 0;
    FT_Face face = cairo_ft_scaled_font_lock_face(fonts.one[font]);
    if (face)
        index = FT_Get_Char_Index(face, c);
    cairo_ft_scaled_font_unlock_face(fonts.one[font]);
    return index;
}

/* The toy face is no FreeType face when the machine has no font at all. */
static bool is_ft(int font)
{
    return cairo_scaled_font_get_type(fonts.one[font]) == CAIRO_FONT_TYPE_FT;
}

static struct print_glyph look_up(uint32_t c)
{
    struct print_glyph g = { 0 };
    cairo_text_extents_t e;
    for (int i = 0; i < fonts.n; i++) {
        unsigned long index = is_ft(i) ? index_in(i, c) : 0;
        if (index) {
            g.font = i;
            g.index = index;
            break;
        }
    }
    cairo_glyph_t at = { .index = g.index };
    cairo_scaled_font_glyph_extents(fonts.one[g.font], &at, 1, &e);
    g.advance = e.x_advance / 1000;
    return g;
}

struct print_glyph print_glyph(uint32_t c)
{
    pthread_mutex_lock(&lock);
    if (!fonts.ready)
        find_fonts();
    size_t slot = c % CACHE;
    if (!cache[slot].known || cache[slot].c != c) {
        cache[slot].glyph = look_up(c);
        cache[slot].c = c;
        cache[slot].known = true;
    }
    struct print_glyph g = cache[slot].glyph;
    pthread_mutex_unlock(&lock);
    return g;
}

/* ---- text ---- */

uint32_t print_char(const char **at, const char *end)
{
    const unsigned char *s = (const unsigned char *)*at;
    size_t have = (size_t)(end - *at);
    int n = s[0] < 0x80 ? 1 : s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC2 ? 2 : 0;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t c = n == 1 ? s[0] : n == 0 ? 0 : s[0] & (0xFF >> (n + 1));
    *at += 1;
    if (n == 0 || (size_t)n > have)
        return PRINT_BROKEN;
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return PRINT_BROKEN;
        c = c << 6 | (s[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return PRINT_BROKEN;
    *at += n - 1;
    return c < 0x20 || c == 0x7F ? ' ' : c;
}

double print_width(const struct print_style *s, const char *text, const char *end)
{
    double width = 0;
    while (text < end)
        width += print_glyph(print_char(&text, end)).advance * s->size + s->spacing;
    return width;
}

/* ---- lines ---- */

/* May a line break before or after it, as between Chinese characters? */
static bool wide(uint32_t c)
{
    return (c >= 0x2E80 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) ||
           (c >= 0xFF00 && c < 0xFFF0) || (c >= 0x20000 && c < 0x40000);
}

static bool in(uint32_t c, const uint32_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == c)
            return true;
    }
    return false;
}

/* 避头尾: no line begins with a closing mark, none ends with an opening one (GB/T 15834). */
static bool may_break(uint32_t before, uint32_t after)
{
    static const uint32_t closing[] = { 0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF1F, 0xFF01,
                                        0x201D, 0x2019, 0x300B, 0x3011, 0xFF09, 0x300D, 0x2026,
                                        ',',    '.',    ';',    ':',    '?',    '!',    ')',
                                        ']',    '}',    '%',    0xFF05, 0x3009 };
    static const uint32_t opening[] = { 0x201C, 0x2018, 0x300A, 0x3010, 0xFF08, 0x300C,
                                        '(',    '[',    '{',    0xA5,   0xFFE5, 0x3008 };
    if (in(after, closing, COUNT(closing)) || in(before, opening, COUNT(opening)))
        return false;
    return before == ' ' || wide(before) || wide(after);
}

const char *print_break(const struct print_style *s, double width, const char *text,
                        const char **next)
{
    const char *end = strchr(text, '\n'), *at = text, *last = NULL, *from = text;
    bool to_end = true;
    double used = 0;
    uint32_t before = 0;
    if (!end)
        end = text + strlen(text);
    while (at < end) {
        from = at;
        uint32_t c = print_char(&at, end);
        if (before && may_break(before, c))
            last = from;
        used += print_glyph(c).advance * s->size + s->spacing;
        if (used > width && from > text && c != ' ') {
            to_end = false;
            break;
        }
        before = c;
    }
    const char *stop = to_end ? end : last ? last : from;
    *next = stop;
    if (to_end && *end == '\n')
        *next = end + 1;
    while (!to_end && **next == ' ')
        (*next)++;
    while (stop > text && stop[-1] == ' ')
        stop--;
    return stop;
}
