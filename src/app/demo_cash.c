/* demo_cash.c -- The demo bank's cash: a central vault, a vault an outlet, a drawer a window. */
#include "app/demo.h"
#include "branch/demo_city.h"
#include "cash/cash.h"
#include "ledger/ledger_books.h"
#include "who/who.h"
#include <stdio.h>
#include <string.h>

enum { OPENS_S = 8 * 3600 + 1200 };

static int person(struct call *c, const char *username, struct who_staff *out)
{
    struct who_staff *list;
    int n = 0;
    int rc = who_staff_list(c, 0, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].username, username)) {
            *out = list[i];
            return 0;
        }
    return rc ? rc : WHO_NO_STAFF;
}

static void act_as(struct call *c, const struct who_staff *s)
{
    c->actor = (struct actor){ ACTOR_STAFF, s->id.n, s->role, s->outlet_id };
}

static int put_box(struct call *c, int64_t outlet, enum cash_kind kind, int number, box_id *out)
{
    struct cash_box b = {
        .outlet_id = outlet, .kind = kind, .number = number, .currency = CNY, .active = true
    };
    int rc = cash_box_put(c, &b);
    *out = b.id;
    return rc;
}

static int fill(struct call *c, box_id vault, int64_t yuan)
{
    struct cash_pieces p[] = { { 10000, yuan / 100 } };
    struct cash_move m;
    return cash_supply(c, vault, yuan * 100, p, 1, &m);
}

/* The first teller has counted an empty drawer and taken cash from the vault, with the supervisor.
 */
static int first_drawer(struct call *c, box_id vault, box_id drawer)
{
    static const struct cash_pieces p[] = { { 10000, 420 }, { 5000, 100 }, { 2000, 90 },
                                            { 1000, 80 },   { 500, 60 },   { 100, 100 } };
    struct who_staff teller, super;
    struct cash_counted k;
    struct cash_move m;
    int64_t sum = 0;
    int rc = person(c, "teller", &teller);
    if (!rc)
        rc = person(c, "verifier", &super);
    if (!rc)
        rc = cash_sum(CNY, p, (int)COUNT(p), &sum);
    if (rc)
        return rc;
    act_as(c, &teller);
    c->second_id = 0;
    rc = cash_count(c, drawer, COUNT_OPEN, NULL, 0, &k);
    c->second_id = super.id.n;
    return rc ? rc : cash_transfer(c, vault, drawer, sum, p, (int)COUNT(p), &m);
}

static int make(struct call *c, void *ctx)
{
    struct who_staff office, second;
    box_id box, vault = { 0 }, first = { 0 }, first_vault = { 0 };
    UNUSED(ctx);
    int rc = person(c, "office", &office);
    if (!rc)
        rc = person(c, "office2", &second);
    if (rc)
        return rc;
    act_as(c, &office);
    c->second_id = second.id.n;
    rc = put_box(c, 0, CASH_CENTRAL, 1, &box);
    if (!rc)
        rc = fill(c, box, 2000000);
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = put_box(c, o.id.n, CASH_VAULT, 1, &vault);
        if (!rc)
            rc = fill(c, vault, 300000);
        for (int w = 1; !rc && w <= (int)strlen(demo_outlets[at].windows); w++) {
            rc = put_box(c, o.id.n, CASH_DRAWER, w, &box);
            if (at == 0 && w == 1)
                first = box;
        }
        if (at == 0)
            first_vault = vault;
    }
    if (!rc)
        rc = first_drawer(c, first_vault, first);
    struct cash_settings set;
    if (!rc)
        rc = cash_settings_get(c, &set);
    set.demand_closed = false; /* nobody closes the demo's drawer at night */
    if (!rc)
        rc = cash_settings_put(c, &set);
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    c->second_id = 0;
    return rc;
}

int demo_cash_make(struct bank *b, date day)
{
    return app_bank_write(b, date_instant(day, OPENS_S), make, NULL);
}
