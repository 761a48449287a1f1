/* cover_fix.c -- Why a need cannot be covered: which half-hours, and what would let it be. */
#include "plan/cover_priv.h"

#include <math.h>

#include "base/banned.h"

const char *cover_fix_code(enum cover_fix f)
{
    static const char *const code[] = { "add_shift", "more_people", "raise_shift_limits",
                                        "move_breaks", "several" };
    CHECK((unsigned)f < COUNT(code));
    return code[f];
}

/* The fewest people the program needs with some of its limits let go; -1: not even so. */
static int people_without(const struct cover *c, struct arena *arena, bool no_people,
                          bool no_limits, bool no_breaks)
{
    struct cover_program *p = arena_alloc(arena, sizeof *p);
    struct milp_answer a;
    struct milp_order o = { .engine = MILP_GLPK, .seconds = c->seconds };
    p->no_people = no_people;
    p->no_limits = no_limits;
    p->no_breaks = no_breaks;
    cover_build(c, arena, p);
    if (p->m.n_cols == 0)
        return -1;
    for (int k = 0; k < p->n_columns; k++)
        p->m.cols[k].cost = 1;
    if (milp_solve(&p->m, &o, &a) || !a.x)
        return -1;
    return (int)lround(a.cost);
}

static bool covered_by_some(const struct cover *c, int slot)
{
    for (int i = 0; i < c->n_shifts; i++)
        if (c->shifts[i].on[slot])
            return true;
    return false;
}

/* The least that is missing in all, over the slots. */
static int find_short(const struct cover *c, struct arena *arena, struct cover_answer *out)
{
    struct cover_program *p = arena_alloc(arena, sizeof *p);
    struct milp_answer a;
    struct milp_order o = { .engine = MILP_GLPK, .seconds = c->seconds };
    p->elastic = true;
    cover_build(c, arena, p);
    int rc = p->m.n_cols > c->slots ? milp_solve(&p->m, &o, &a) : 0;
    if (rc)
        return rc;
    for (int t = 0; t < c->slots; t++)
        out->short_of[t] = p->m.n_cols > c->slots && a.x ? (int)ceil(a.x[p->first_short + t] - 1e-6)
                                                         : cover_wanted(c, t);
    return 0;
}

int cover_explain(const struct cover *c, struct arena *arena, struct cover_answer *out)
{
    static const struct {
        bool people, limits, breaks;
        enum cover_fix fix;
    } tries[] = { { true, false, false, COVER_FIX_PEOPLE },
                  { false, true, false, COVER_FIX_LIMITS },
                  { true, true, false, COVER_FIX_LIMITS },
                  { false, false, true, COVER_FIX_BREAKS } };
    int rc = find_short(c, arena, out);
    out->fix = COVER_FIX_NONE;
    for (int t = 0; t < c->slots; t++)
        if (out->short_of[t] > 0 && !covered_by_some(c, t)) {
            out->fix = COVER_FIX_SHIFT;
            return rc;
        }
    for (size_t i = 0; !rc && i < COUNT(tries); i++) {
        int people = people_without(c, arena, tries[i].people, tries[i].limits, tries[i].breaks);
        if (people < 0)
            continue;
        out->fix = tries[i].fix;
        out->number = people;
        break;
    }
    return rc;
}
