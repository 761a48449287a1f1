/* roster_day.c -- One day of the published roster: who comes, when, and who is away after all. */
#include "roster/roster_priv.h"

#include "base/banned.h"

enum { BOTH = 1 << SKILL_PERSONAL | 1 << SKILL_CORPORATE };

/* Contract and absences of somebody lent are kept at home. */
int roster_guest(struct call *c, outlet_id home, int64_t staff, date day, unsigned *skills,
                 bool *absent)
{
    struct roster_contract *k;
    struct roster_absence *a;
    int n = 0, m = 0, rc = roster_contracts(c, home, &k, &n);
    if (!rc)
        rc = roster_absences(c, home, day, day, &a, &m);
    *skills = BOTH; /* the usual contract */
    *absent = false;
    for (int i = 0; !rc && i < n; i++)
        if (k[i].staff.n == staff)
            *skills = k[i].skills;
    for (int i = 0; !rc && i < m; i++)
        *absent |= a[i].staff.n == staff;
    return rc;
}

static int add_skills(struct call *c, outlet_id o, struct roster_duty *list, int n)
{
    struct roster_contract *k;
    int m = 0, rc = roster_contracts(c, o, &k, &m);
    for (int i = 0; !rc && i < n; i++)
        for (int j = 0; j < m; j++)
            if (k[j].staff.n == list[i].staff.n)
                list[i].skills = k[j].skills;
    return rc;
}

static int mark_absent(struct call *c, outlet_id o, date day, struct roster_duty *list, int n)
{
    struct roster_absence *a;
    int m = 0, rc = roster_absences(c, o, day, day, &a, &m);
    for (int i = 0; !rc && i < n; i++)
        for (int j = 0; j < m; j++)
            list[i].absent |= a[j].staff.n == list[i].staff.n;
    return rc;
}

int roster_day(struct call *c, outlet_id o, date day, struct roster_duty **out, int *n,
               bool *published)
{
    struct roster_row *row;
    struct roster_head head;
    int all = 0, rc = roster_rows_on(c, o, day, &row, &all);
    *n = 0;
    *published = false;
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(all + 1));
    if (!rc)
        rc = roster_head_read(c, o, (date){ day.days - date_weekday(day) + 1 }, false, &head);
    if (rc)
        return rc;
    *published = head.saved_us > 0;
    for (int i = 0; i < all; i++)
        (*out)[(*n)++] = (struct roster_duty){ .staff = { row[i].staff },
                                               .from = row[i].from,
                                               .until = row[i].until,
                                               .break_from = row[i].break_from,
                                               .break_minutes = row[i].break_minutes,
                                               .skills = BOTH,
                                               .lent = row[i].outlet != o.n };
    rc = add_skills(c, o, *out, *n);
    if (!rc)
        rc = mark_absent(c, o, day, *out, *n);
    for (int i = 0; !rc && i < *n; i++)
        if ((*out)[i].lent)
            rc = roster_guest(c, (outlet_id){ row[i].outlet }, row[i].staff, day, &(*out)[i].skills,
                              &(*out)[i].absent);
    return rc;
}
