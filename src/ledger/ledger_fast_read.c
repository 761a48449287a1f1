/* ledger_fast_read.c -- Fast layout: what ledger_read.c and ledger_report.c ask. */
#include "ledger/ledger_fast.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

#define TRIAL_MEMORY ((size_t)8 << 30) /* 400 bytes an account */

struct listing {
    struct arena *arena;
    struct ledger_entry *at;
    int n, max;
};

static bool list_one(void *ctx, const struct ledger_entry *e)
{
    struct listing *l = ctx;
    struct ledger_entry *to = &l->at[l->n++];
    *to = *e;
    to->memo = *e->memo ? arena_text(l->arena, e->memo) : "";
    return l->n < l->max;
}

int fast_entries(struct fast *f, struct call *c, account_id id, int64_t after_seq, int max,
                 struct ledger_entry *list, int *n)
{
    struct fast_view v;
    struct listing l = { .arena = c->arena, .at = list, .max = max };
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = fast_view_walk(&v, id, after_seq, false, list_one, &l);
    fast_view_close(&v);
    *n = l.n;
    return rc;
}

int fast_entry_until(struct fast *f, struct call *c, account_id id, int64_t at_us, date day,
                     struct ledger_entry *out)
{
    struct fast_view v;
    struct lines_until until = { INT64_MAX, at_us, day.days };
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = fast_view_last(&v, id, &until, out);
    fast_view_close(&v);
    return rc;
}

struct later {
    date until;
    int64_t net;
};

static bool add_back_valued(void *ctx, const struct ledger_entry *e)
{
    struct later *l = ctx;
    if (e->value.days <= l->until.days)
        l->net += e->side == LEDGER_CREDIT ? e->minor : -e->minor;
    return true;
}

int fast_net_later(struct fast *f, struct call *c, account_id id, int64_t after_seq, date d,
                   int64_t *net)
{
    struct fast_view v;
    struct later l = { .until = d };
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = fast_view_walk(&v, id, after_seq, true, add_back_valued, &l);
    fast_view_close(&v);
    *net = l.net;
    return rc;
}

struct changing {
    struct ledger_value_change *at;
    int n, room;
};

static bool add_change(void *ctx, const struct ledger_entry *e)
{
    struct changing *k = ctx;
    int64_t net = e->side == LEDGER_CREDIT ? e->minor : -e->minor;
    if (k->n && k->at[k->n - 1].value.days == e->value.days)
        k->at[k->n - 1].minor += net;
    else if (k->n < k->room)
        k->at[k->n++] = (struct ledger_value_change){ e->value, net };
    return true;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = ((const struct ledger_value_change *)a)->value.days,
            y = ((const struct ledger_value_change *)b)->value.days;
    return (x > y) - (x < y);
}

int fast_value_changes(struct fast *f, struct call *c, account_id id, int64_t after_seq,
                       struct ledger_value_change **out, int *n)
{
    struct fast_view v;
    struct ledger_entry last;
    struct changing k = { .n = 0 };
    *n = 0;
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = fast_view_last(&v, id, &LINES_ALL, &last);
    int64_t room = last.seq > after_seq ? last.seq - after_seq : 0;
    k.room = room < INT32_MAX ? (int)room : INT32_MAX;
    k.at = arena_alloc(c->arena, (size_t)(room + 1) * sizeof *k.at);
    if (!rc && room)
        rc = fast_view_walk(&v, id, after_seq, false, add_change, &k);
    fast_view_close(&v);
    if (rc)
        return rc;
    qsort(k.at, (size_t)k.n, sizeof *k.at, by_value);
    for (int i = 0; i < k.n; i++) { /* a value date that came back later */
        if (*n && k.at[*n - 1].value.days == k.at[i].value.days)
            k.at[*n - 1].minor += k.at[i].minor;
        else
            k.at[(*n)++] = k.at[i];
    }
    *out = k.at;
    return 0;
}

/* ---- the trial balance ---- */

struct summing {
    struct call *c;
    account_id *ids;
    struct ledger_entry *last;
    struct ledger_trial *out;
    int64_t n, room;
};

static int add_account(struct summing *k, struct db_rows *r, const struct ledger_entry *e)
{
    struct ledger_trial *out = k->out;
    if (!e->seq)
        return 0;
    struct ledger_line *l = out->n_lines ? &out->lines[out->n_lines - 1] : NULL;
    const char *subject = db_text(r, 1);
    CHECK(subject);                          /* NOT NULL */
    if (!l || strcmp(l->subject, subject)) { /* accounts come in the order of subjects */
        if (out->n_lines == k->room)
            return RC_CORRUPT;
        l = &out->lines[out->n_lines++];
        CHECK(l);
        snprintf(l->subject, sizeof l->subject, "%s", subject);
        l->class = (enum ledger_class)db_i64(r, 2);
        l->name_zh = arena_text(k->c->arena, db_text(r, 3));
        l->name_en = arena_text(k->c->arena, db_text(r, 4));
    }
    return __builtin_add_overflow(l->debits, e->debits, &l->debits) ||
                   __builtin_add_overflow(l->credits, e->credits, &l->credits)
               ? RC_FULL
               : 0;
}

/* Twice: whose they are, then what they add to which subject. */
static int every_account(struct summing *k, int64_t outlet_id, enum currency currency, bool sum)
{
    struct db_rows r;
    int64_t at = 0;
    int rc = db_query(k->c->tx, &r,
                      "SELECT a.id, a.subject, s.class, s.name_zh, s.name_en FROM ledger_account a"
                      " JOIN ledger_subject s ON s.code=a.subject WHERE a.currency=$1"
                      " AND ($2=-1 OR a.outlet_id=$2) ORDER BY a.subject, a.id",
                      DB_ARGS(DB_I(currency), DB_I(outlet_id)));
    while (!rc && at < k->n && (rc = db_next(&r)) == DB_ROW) {
        rc = sum ? add_account(k, &r, &k->last[at]) : 0;
        k->ids[at++].n = db_i64(&r, 0);
    }
    db_done(&r);
    k->n = at;
    return rc;
}

int fast_trial(struct fast *f, struct call *c, int64_t outlet_id, date d, enum currency currency,
               struct ledger_trial *out, int64_t room)
{
    struct fast_view v;
    struct summing k = { .c = c, .out = out, .room = room };
    const struct lines_until until = { INT64_MAX, INT64_MAX, d.days };
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = db_one_i64(c->tx,
                    "SELECT COUNT(*) FROM ledger_account WHERE currency=$1"
                    " AND ($2=-1 OR outlet_id=$2)",
                    DB_ARGS(DB_I(currency), DB_I(outlet_id)), 0, &k.n);
    struct arena *arena = arena_new(TRIAL_MEMORY);
    k.ids = arena_alloc(arena, (size_t)(k.n + 1) * sizeof *k.ids);
    k.last = arena_alloc(arena, (size_t)(k.n + 1) * sizeof *k.last);
    if (!rc)
        rc = every_account(&k, outlet_id, currency, false);
    if (!rc)
        rc = fast_view_last_many(&v, arena, k.ids, (size_t)k.n, &until, k.last);
    if (!rc)
        rc = every_account(&k, outlet_id, currency, true);
    arena_free(arena);
    fast_view_close(&v);
    return rc;
}
_Static_assert(LEDGER_ALL_OUTLETS == -1, "the statement above says so");
