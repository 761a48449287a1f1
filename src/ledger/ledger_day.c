/* ledger_day.c -- The business date, holds that are due, the folding of hot accounts. */
#include "ledger/ledger_fast.h"
#include "store/db_memory.h"
#include "base/banned.h"

enum { DAY_UNSET = INT32_MIN }; /* nobody has set a day: the civil date counts */

int ledger_day(struct call *c, date *out)
{
    struct fast *fast;
    int64_t day = 0;
    int rc = ledger_fast_of(c->tx, &fast);
    bool remember = fast && db_is_writer(c->tx);
    if (!rc && !(remember && fast_day(fast, out))) {
        rc = db_one_i64(c->tx, "SELECT business_day FROM ledger_day WHERE id=1", DB_NO_ARGS,
                        DAY_UNSET, &day);
        out->days = (int32_t)day;
        if (!rc && remember)
            fast_day_set(fast, *out);
    }
    if (!rc && out->days == DAY_UNSET)
        *out = date_of_instant(c->now_us);
    return rc;
}

int ledger_day_set(struct call *c, date d)
{
    struct fast *fast;
    int64_t last = 0;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc)
        rc = db_one_i64(c->tx,
                        "SELECT MAX(x.day) FROM (SELECT business_day AS day FROM ledger_day"
                        " UNION ALL SELECT MAX(booked_day) FROM ledger_transfer"
                        " UNION ALL SELECT c.day FROM (SELECT day FROM ledger_chunk"
                        " ORDER BY first DESC LIMIT 1) AS c) AS x",
                        DB_NO_ARGS, INT32_MIN, &last);
    if (rc)
        return rc;
    if (fast)
        fast_day_forget(fast);
    if (d.days < last)
        return call_refuse(c, LEDGER_DAY_BACK, "day", "it is %s",
                           date_text((date){ (int32_t)last }).at);
    rc = db_exec(c->tx,
                 "INSERT INTO ledger_day (id, business_day) VALUES (1, $1)"
                 " ON CONFLICT (id) DO UPDATE SET business_day=excluded.business_day",
                 DB_ARGS(DB_I(d.days)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "day", d.days);
    return event_add(c, 0, "day.set", 0);
}

int ledger_expire(struct call *c, int max, int *released)
{
    struct book b;
    int rc = book_open(&b, c, 0);
    if (!rc)
        rc = book_expire(&b, max, released);
    return rc ? rc : book_save(&b);
}

/* ---- folding ---- */

struct unfolded {
    int64_t number;
    struct ledger_posting p;
};

static int read_tail(struct call *c, int max, struct unfolded *out, int *n)
{
    struct db_rows r;
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT number, account_id, id_high, id_low, side, minor, booked_us,"
                      " booked_day, value_day FROM ledger_tail ORDER BY number LIMIT $1",
                      DB_ARGS(DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out[(*n)++] = (struct unfolded){
            .number = db_i64(&r, 0),
            .p = { .account = { db_i64(&r, 1) },
                   .entry = { .transfer = { db_i64(&r, 2), db_i64(&r, 3) },
                              .side = (enum ledger_side)db_i64(&r, 4),
                              .minor = db_i64(&r, 5),
                              .booked_us = db_i64(&r, 6),
                              .booked = { (int32_t)db_i64(&r, 7) },
                              .value = { (int32_t)db_i64(&r, 8) } } },
        };
    }
    db_done(&r);
    return rc;
}

/* The row moves from the tail to history and gets its number and the totals after it. */
static int fold_one(struct call *c, struct book *b, struct unfolded *t)
{
    struct ledger_account *a = NULL;
    struct ledger_entry *e = &t->p.entry;
    int rc = book_account(b, t->p.account, &a);
    if (rc)
        return rc;
    if (!a || !(a->flags & LEDGER_HOT))
        return RC_CORRUPT;
    int64_t *total = e->side == LEDGER_DEBIT ? &a->totals.debits : &a->totals.credits;
    if (__builtin_add_overflow(*total, e->minor, total))
        return RC_FULL;
    if (e->booked_us < a->last_us) /* the clock went back: an account's history does not */
        e->booked_us = a->last_us;
    a->last_us = e->booked_us;
    e->seq = ++a->entries;
    e->debits = a->totals.debits;
    e->credits = a->totals.credits;
    rc = ledger_row_postings_add(c, &t->p, 1);
    return rc ? rc
              : db_exec(c->tx, "DELETE FROM ledger_tail WHERE number=$1", DB_ARGS(DB_I(t->number)));
}

int ledger_fold(struct call *c, int max, int *folded)
{
    struct book b;
    CHECK(max > 0);
    *folded = 0;
    int n = 0, rc = book_open(&b, c, 0);
    if (rc || b.fast) /* its hot accounts need no folding */
        return rc;
    struct unfolded *list = arena_alloc(c->arena, (size_t)max * sizeof *list);
    rc = read_tail(c, max, list, &n);
    for (int i = 0; !rc && i < n; i++)
        rc = fold_one(c, &b, &list[i]);
    for (struct book_account *at = b.all; !rc && at; at = at->next) {
        const struct ledger_account *a = &at->a;
        rc = ledger_row_totals_save(c, &a, 1);
    }
    if (!rc)
        *folded = n;
    return rc;
}
