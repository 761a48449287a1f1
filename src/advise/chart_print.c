/* chart_print.c -- The flow chart on one A4 page, for the lobby's door. */
#include "advise/advise.h"
#include "advise/chart.h"
#include "print/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LEFT  42.0
#define RIGHT (PRINT_A4_WIDTH - 42.0)
#define NAMES 62.0 /* width of the rows' names */
#define BEST  104.0
#define ROW   34.0

static const uint32_t ink = 0x14251E, soft = 0x46574E, line = 0xD9D6CA, deep = 0x114534,
                      paper = 0xF5F3EC;
/* From quiet to crowded: light enough for dark figures on all of them but the last two. */
static const uint32_t ramp[] = { 0xE8F2EC, 0xCFE5D8, 0xF4E6B8, 0xF2C879, 0xE39A5A, 0xC8623A };

struct sheet {
    struct print *p;
    const struct chart *k;
    const struct chart_page *page;
    int first, last; /* slots: first, and past the last */
    double cell;
    double y;
};

static struct print_style style(double size, uint32_t color, bool bold, enum print_align align)
{
    return (struct print_style){ .size = size, .color = color, .bold = bold, .align = align };
}

static const char *pick(const struct sheet *s, const char *zh, const char *en)
{
    return s->page->english && *en ? en : zh;
}

static void clock_text(int second, char out[8])
{
    snprintf(out, 8, "%02d:%02d", second / 3600 % 24, second / 60 % 60);
}

/* 0 quiet ... 5 crowded, against the busiest half-hour of the outlet. */
static int step_of(const struct sheet *s, double come)
{
    int step = (int)(come / s->k->most * 6);
    return step < 0 ? 0 : step > 5 ? 5 : step;
}

static int minutes(int seconds)
{
    return (seconds + 59) / 60;
}

static void heading(struct sheet *s)
{
    const struct branch_outlet *o = &s->k->outlet;
    struct print_style bank = style(11, soft, false, PRINT_LEFT),
                       name = style(22, deep, true, PRINT_LEFT),
                       what = style(15, ink, true, PRINT_RIGHT),
                       small = style(9.5, soft, false, PRINT_LEFT),
                       right = style(9.5, soft, false, PRINT_RIGHT);
    char text[240], from[DATE_TEXT], until[DATE_TEXT];
    const char *service = pick(s, s->k->service_zh, s->k->service_en);
    print_text(s->p, LEFT, 58, &bank, pick(s, s->page->bank_zh, s->page->bank_en));
    print_cell(s->p, LEFT, 86, 330, &name, pick(s, o->name_zh, o->name_en));
    print_text(s->p, RIGHT, 84, &what, pick(s, "客流高峰图", "When it is busy"));
    if (*service)
        print_text(s->p, RIGHT, 60, &right, service);
    snprintf(text, sizeof text, "%s   %s", pick(s, o->address_zh, o->address_en), o->phone);
    print_cell(s->p, LEFT, 104, 360, &small, text);
    date_print(s->k->from, from);
    date_print(s->k->until, until);
    snprintf(text, sizeof text, pick(s, "依据 %s 至 %s 的实际客流", "From the visits of %s to %s"),
             from, until);
    print_text(s->p, RIGHT, 104, &right, text);
    print_line(s->p, LEFT, 114, RIGHT, 114, &(struct print_pen){ .width = 1.5, .color = deep });
}

/* How to read it: colours are people, figures are minutes. */
static void legend(struct sheet *s)
{
    struct print_style small = style(9, ink, false, PRINT_LEFT);
    double x = LEFT, y = 126;
    print_text(s->p, x, y + 9, &small, pick(s, "人少", "quiet"));
    x += 26;
    for (int i = 0; i < 6; i++, x += 20)
        print_rect(s->p, x, y, 20, 11, 0, &(struct print_pen){ .fills = true, .fill = ramp[i] });
    print_text(
        s->p, x + 6, y + 9, &small,
        pick(s,
             "人多      格中：一般等几分钟–最长几分钟（十人中九人不超过）；空白：客人太少，不好说",
             "busy    In a cell: the usual wait and that of nine in ten, minutes; blank: too "
             "few people"));
    s->y = 156;
}

static void hours_line(struct sheet *s)
{
    struct print_style head = style(7.5, soft, false, PRINT_CENTRE),
                       right = style(9, soft, true, PRINT_LEFT);
    char text[24];
    for (int slot = s->first; slot < s->last - 1; slot += 2) {
        snprintf(text, sizeof text, "%d:%02d", slot / 2, slot % 2 * 30);
        print_text(s->p, LEFT + NAMES + (slot - s->first) * s->cell, s->y, &head, text);
    }
    print_text(s->p, RIGHT - BEST + 12, s->y, &right, pick(s, "推荐时段", "A good time"));
    s->y += 6;
}

static void row_cells(struct sheet *s, const struct chart_row *r)
{
    for (int i = s->first; i < s->last; i++) {
        const struct chart_cell *c = &r->cell[i];
        double x = LEFT + NAMES + (i - s->first) * s->cell;
        bool open = i * 1800 >= r->open_s && i * 1800 < r->close_s;
        bool best = i == r->best[0] || i == r->best[1];
        int step = step_of(s, c->come);
        char text[24];
        if (!open)
            continue;
        print_rect(s->p, x + .5, s->y + .5, s->cell - 1, ROW - 4, 2,
                   &(struct print_pen){
                       .fills = true, .fill = ramp[step], .width = best ? 1.4 : 0, .color = deep });
        if (c->people < CHART_FEW_PEOPLE)
            continue;
        struct print_style figure =
            style(s->cell < 22 ? 6 : 7, step > 4 ? 0xFFFFFF : ink, best, PRINT_CENTRE);
        snprintf(text, sizeof text, "%d–%d", c->p50_s / 60, minutes(c->p90_s));
        print_text(s->p, x + s->cell / 2, s->y + ROW / 2 + .5, &figure, text);
    }
}

static void row_words(struct sheet *s, const struct chart_row *r)
{
    struct print_style when = style(10, deep, true, PRINT_LEFT),
                       small = style(8, ink, false, PRINT_LEFT);
    double x = RIGHT - BEST + 12, y = s->y + 13;
    if (r->best[0] < 0 && r->best[1] < 0)
        print_text(s->p, x, s->y + 18, &small, pick(s, "记录还太少", "too little is known"));
    for (int half = 0; half < 2; half++) {
        char text[96], at[8];
        if (r->best[half] < 0)
            continue;
        const struct chart_cell *k = &r->cell[r->best[half]];
        clock_text(r->best[half] * 1800, at);
        print_text(s->p, x, y, &when, at);
        if (k->p90_s <= 60)
            snprintf(text, sizeof text, "%s", pick(s, "基本不用等", "hardly any wait"));
        else
            snprintf(text, sizeof text, pick(s, "%d–%d 分钟", "%d–%d min"), k->p50_s / 60,
                     minutes(k->p90_s));
        print_text(s->p, x + 34, y, &small, text);
        y += 13;
    }
}

static void one_row(struct sheet *s, int row)
{
    const struct chart_row *r = &s->k->row[row];
    struct print_style name = style(11, ink, true, PRINT_LEFT),
                       small = style(7.5, soft, false, PRINT_LEFT);
    char text[64];
    print_text(s->p, LEFT, s->y + 13, &name, chart_row_name(row, s->page->english));
    snprintf(text, sizeof text,
             r->days >= CHART_FEW_DAYS ? pick(s, "%d 天", "%d days")
             : r->days == 1            ? pick(s, "仅 %d 天，供参考", "%d day only")
                                       : pick(s, "仅 %d 天，供参考", "%d days only"),
             r->days);
    print_text(s->p, LEFT, s->y + 25, &small, text);
    row_cells(s, r);
    row_words(s, r);
    s->y += ROW;
}

static void rows(struct sheet *s)
{
    bool rest = false;
    for (int i = 0; i < CHART_ROWS; i++) {
        if (s->k->row[i].days == 0)
            continue;
        if (i >= CHART_HOLIDAY && !rest) {
            rest = true;
            s->y += 4;
            print_line(s->p, LEFT, s->y - 1, RIGHT, s->y - 1,
                       &(struct print_pen){ .width = .7, .color = line });
            s->y += 4;
        }
        one_row(s, i);
    }
    s->y += 14;
}

/* An ordinary work day as columns: how many come, and how far the days differ. */
static void columns(struct sheet *s)
{
    struct print_style title = style(12, deep, true, PRINT_LEFT),
                       figure = style(7.5, ink, false, PRINT_CENTRE);
    double base = s->y + 108, most = 1, x0 = LEFT + NAMES;
    double come[CHART_SLOTS] = { 0 }, low[CHART_SLOTS] = { 0 }, high[CHART_SLOTS] = { 0 };
    int days = 0;
    for (int i = s->first; i < s->last; i++) {
        days = 0;
        for (int d = CHART_MONDAY; d < CHART_MONDAY + 5; d++) {
            const struct chart_row *r = &s->k->row[d];
            come[i] += r->days * r->cell[i].come;
            low[i] += r->days * r->cell[i].come_low;
            high[i] += r->days * r->cell[i].come_high;
            days += r->days;
        }
        if (!days)
            return;
        come[i] /= days;
        low[i] /= days;
        high[i] /= days;
        most = fmax(most, high[i]);
    }
    print_text(s->p, LEFT, s->y + 8, &title,
               pick(s, "一般工作日每半小时来多少人（细线：多数日子在此之间）",
                    "An ordinary work day: people in each half-hour (line: most days)"));
    for (int i = s->first; i < s->last; i++) {
        double x = x0 + (i - s->first) * s->cell, h = come[i] / most * 78;
        char text[16];
        if (come[i] <= 0)
            continue;
        print_rect(s->p, x + 3, base - h, s->cell - 6, h, 1.5,
                   &(struct print_pen){ .fills = true, .fill = ramp[step_of(s, come[i])] });
        print_line(s->p, x + s->cell / 2, base - low[i] / most * 78, x + s->cell / 2,
                   base - high[i] / most * 78, &(struct print_pen){ .width = .8, .color = soft });
        snprintf(text, sizeof text, "%.0f", come[i]);
        print_text(s->p, x + s->cell / 2, base + 10, &figure, text);
    }
    print_line(s->p, x0, base, x0 + (s->last - s->first) * s->cell, base,
               &(struct print_pen){ .width = .7, .color = line });
    s->y = base + 26;
}

static void opening_hours(struct sheet *s, double x, double y)
{
    struct print_style title = style(11, deep, true, PRINT_LEFT),
                       text_style = style(9.5, ink, false, PRINT_LEFT);
    print_text(s->p, x, y, &title, pick(s, "营业时间", "Opening hours"));
    for (int d = 1; d <= 7;) {
        const struct branch_hours *h = &s->k->hours[d];
        int e = d;
        char text[80], a[8], b[8];
        while (e <= 7 && s->k->hours[e].open_s == h->open_s && s->k->hours[e].close_s == h->close_s)
            e++;
        y += 15;
        clock_text(h->open_s, a);
        clock_text(h->close_s, b);
        const char *first = chart_row_name(d - 1, s->page->english),
                   *last = chart_row_name(e - 2, s->page->english);
        if (h->open_s == h->close_s)
            snprintf(text, sizeof text, "%s%s%s  %s", first, e - d > 1 ? "–" : "",
                     e - d > 1 ? last : "", pick(s, "休息", "closed"));
        else
            snprintf(text, sizeof text, "%s%s%s  %s–%s", first, e - d > 1 ? "–" : "",
                     e - d > 1 ? last : "", a, b);
        print_text(s->p, x, y, &text_style, text);
        d = e;
    }
}

/* What needs no number at all. */
static void machines(struct sheet *s)
{
    struct print_style title = style(12, deep, true, PRINT_LEFT),
                       name = style(9.5, ink, true, PRINT_LEFT),
                       text = style(9.5, ink, false, PRINT_LEFT);
    const double names = s->page->english ? 130 : 96;
    if (!s->k->n_machines)
        return;
    print_text(s->p, LEFT, s->y + 8, &title, pick(s, "这些业务不用排队", "No queue for these"));
    s->y += 26;
    for (int i = 0; i < s->k->n_machines && s->y < 690; i++) {
        print_cell(s->p, LEFT, s->y, names - 4, &name,
                   pick(s, s->k->machines[i].name_zh, s->k->machines[i].name_en));
        print_cell(s->p, LEFT + names, s->y, RIGHT - LEFT - names, &text,
                   pick(s, s->k->machines[i].machine_zh, s->k->machines[i].machine_en));
        s->y += 15;
    }
    s->y += 8;
}

static int foot(struct sheet *s)
{
    struct print_style title = style(11, deep, true, PRINT_LEFT),
                       small = style(9.5, ink, false, PRINT_LEFT),
                       note = style(7.5, soft, false, PRINT_LEFT);
    double y = fmin(fmax(s->y, 690), 715), side = 84;
    char made[INSTANT_TEXT], text[160];
    int rc = 0;
    if (s->page->url) {
        rc = print_qr(s->p, RIGHT - side, y, side, s->page->url);
        print_text(s->p, RIGHT - side - 172, y + 12, &title,
                   pick(s, "手机看实时排队", "Live queue on the phone"));
        print_paragraph(s->p, RIGHT - side - 172, y + 30, 158, 14, &small,
                        pick(s, "扫码看现在要等多久、预约时段，到店后可直接取号。",
                             "Scan to see the wait now and to book a time; in the lobby you can "
                             "take a number with it."));
    }
    opening_hours(s, LEFT, y + 12);
    instant_print(s->page->made_us, made);
    snprintf(text, sizeof text,
             pick(s, "制作于 %.10s。高峰是往日规律，当天以现场和手机显示为准。",
                  "Made on %.10s. This is how it usually is; the board and the phone tell today."),
             made);
    print_text(s->p, LEFT, PRINT_A4_HEIGHT - 34, &note, text);
    return rc;
}

int chart_print(const struct chart *k, const struct chart_page *page, struct print **out)
{
    char title[128];
    struct print_setup setup = { .title = title,
                                 .author = page->english ? page->bank_en : page->bank_zh,
                                 .created_us = page->made_us };
    struct sheet s = { .k = k, .page = page, .first = CHART_SLOTS };
    for (int i = 0; i < CHART_ROWS; i++) {
        const struct chart_row *r = &k->row[i];
        if (!r->days || r->open_s >= r->close_s)
            continue;
        s.first = r->open_s / 1800 < s.first ? r->open_s / 1800 : s.first;
        s.last = (r->close_s + 1799) / 1800 > s.last ? (r->close_s + 1799) / 1800 : s.last;
    }
    if (s.last <= s.first)
        return ADVISE_NO_CHART;
    snprintf(title, sizeof title, "%s %s", page->english ? k->outlet.name_en : k->outlet.name_zh,
             page->english ? "when it is busy" : "客流高峰图");
    s.cell = (RIGHT - LEFT - NAMES - BEST) / (s.last - s.first);
    s.p = print_new(&setup);
    print_page(s.p);
    print_rect(s.p, 0, 0, PRINT_A4_WIDTH, PRINT_A4_HEIGHT, 0,
               &(struct print_pen){ .fills = true, .fill = 0xFFFFFF });
    print_rect(s.p, 0, 0, PRINT_A4_WIDTH, 22, 0,
               &(struct print_pen){ .fills = true, .fill = deep });
    print_rect(s.p, LEFT - 10, 118, RIGHT - LEFT + 20, 26, 3,
               &(struct print_pen){ .fills = true, .fill = paper });
    heading(&s);
    legend(&s);
    hours_line(&s);
    rows(&s);
    columns(&s);
    machines(&s);
    int rc = foot(&s);
    if (rc) {
        print_free(s.p);
        return rc;
    }
    *out = s.p;
    return 0;
}
