/* print_table.c -- Tables: columns, titles, rows. Where a page ends is the caller's to say. */
#include "print/print_priv.h"
#include "base/banned.h"

static double size_of(const struct print_table *t)
{
    return t->size > 0 ? t->size : 8;
}

static double padding_of(const struct print_table *t)
{
    return t->padding > 0 ? t->padding : 3;
}

double print_table_width(const struct print_table *t)
{
    double width = 0;
    for (size_t i = 0; i < t->n; i++)
        width += t->columns[i].width;
    return width;
}

static struct print_style style_of(const struct print_table *t, size_t column, bool bold)
{
    return (
        struct print_style){ .size = size_of(t), .bold = bold, .align = t->columns[column].align };
}

double print_table_row_height(struct print *p, const struct print_table *t,
                              const char *const *cells)
{
    double size = size_of(t), text = size * 1.3;
    for (size_t i = 0; i < t->n; i++) {
        if (!t->columns[i].wraps || !cells[i])
            continue;
        struct print_style s = style_of(t, i, false);
        double h = print_paragraph_height(p, t->columns[i].width - 2 * padding_of(t), size * 1.3,
                                          &s, cells[i]);
        if (h > text)
            text = h;
    }
    return text + size * 0.7;
}

static void row(struct print *p, struct print_table *t, const char *const *cells, bool bold)
{
    double size = size_of(t), height = print_table_row_height(p, t, cells), x = t->x;
    const struct print_pen behind = { .fills = true, .fill = t->stripe };
    const struct print_pen under = { .width = 0.4, .color = t->rule };
    if (t->stripe && t->rows % 2 == 1)
        print_rect(p, t->x, t->y, print_table_width(t), height, 0, &behind);
    for (size_t i = 0; i < t->n; i++) {
        struct print_style s = style_of(t, i, bold);
        double left = x + padding_of(t), width = t->columns[i].width - 2 * padding_of(t);
        double base = t->y + size * 1.25;
        x += t->columns[i].width;
        if (!cells[i] || !*cells[i])
            continue;
        if (t->columns[i].wraps)
            (void)print_paragraph(p, left, base, width, size * 1.3, &s, cells[i]);
        else
            print_cell(p, left, base, width, &s, cells[i]);
    }
    t->y += height;
    if (t->rule)
        print_line(p, t->x, t->y, x, t->y, &under);
    t->rows++;
}

void print_table_row(struct print *p, struct print_table *t, const char *const *cells)
{
    row(p, t, cells, false);
}

void print_table_total(struct print *p, struct print_table *t, const char *const *cells)
{
    row(p, t, cells, true);
}

void print_table_head(struct print *p, struct print_table *t)
{
    const char *titles[32];
    uint32_t stripe = t->stripe;
    CHECK(t->n <= COUNT(titles));
    for (size_t i = 0; i < t->n; i++)
        titles[i] = t->columns[i].title;
    t->rows = t->head != 0;
    t->stripe = t->head;
    row(p, t, titles, true);
    t->stripe = stripe;
    t->rows = 0;
}
