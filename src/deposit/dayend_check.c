/* dayend_check.c -- The room's proofs for `piaohao check`: none repairs anything. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include "base/banned.h"

enum { CHUNK = 500 };

struct proof {
    int64_t *count, *bad;
    char *text;
    size_t size;
};

static void found_bad(struct proof *p, const char *what, int64_t subject)
{
    if (!(*p->bad)++)
        snprintf(p->text, p->size, "%s: %lld", what, (long long)subject);
}

/* ---- accounts agree with the ledger ---- */

static int check_account(struct call *c, const struct deposit_account *a, struct proof *p)
{
    struct ledger_account la;
    struct customer one;
    int rc = ledger_account_get(c, a->ledger, &la);
    if (rc < 0)
        return rc;
    if (rc || la.currency != a->currency || la.outlet_id != a->outlet_id ||
        (la.state == ACCOUNT_CLOSED) != (a->state == DEPOSIT_ENDED) ||
        (la.state == ACCOUNT_DORMANT) != (a->state == DEPOSIT_DORMANT)) {
        found_bad(p, "account and ledger differ", a->id.n);
        return 0;
    }
    if (!deposit_number_valid(a->number))
        found_bad(p, "no account number", a->id.n);
    if (!deposit_by_product(a->kind) && ledger_balance(&la) != a->principal_minor &&
        a->state != DEPOSIT_ENDED)
        found_bad(p, "principal is not the balance", a->id.n);
    rc = customer_get(c, a->customer, &one);
    if (rc > 0)
        found_bad(p, "no such customer", a->id.n);
    return rc < 0 ? rc : 0;
}

int deposit_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct arena *outer = c->arena;
    struct proof p = { count, bad, text, size };
    int64_t after = 0;
    int n = CHUNK, rc = 0;
    *count = *bad = 0;
    c->arena = arena_new(64 << 20);
    while (!rc && n == CHUNK) {
        struct deposit_account *list = arena_alloc(c->arena, CHUNK * sizeof *list);
        rc = deposit_rows(c, DEPOSIT_COLUMNS " WHERE id>$1 ORDER BY id LIMIT $2",
                          DB_ARGS(DB_I(after), DB_I(CHUNK)), CHUNK, list, &n);
        for (int i = 0; !rc && i < n; i++) {
            rc = check_account(c, &list[i], &p);
            after = list[i].id.n;
            ++*count;
        }
        arena_clear(c->arena);
    }
    arena_free(c->arena);
    c->arena = outer;
    c->detail[0] = '\0';
    return rc;
}

/* ---- day-end jobs once ---- */

/* A number that must be 0, of rows that should not be. */
static int none_of(struct call *c, struct proof *p, const char *what, const char *sql)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, sql, DB_NO_ARGS, 0, &n);
    if (!rc && n)
        found_bad(p, what, n);
    return rc;
}

struct walk { /* settlements of one account after another */
    int64_t account, settled;
    int32_t until, expect;
};

static void walk_end(const struct walk *w, struct proof *p)
{
    if (w->account && w->until != w->settled)
        found_bad(p, "settled through another day than posted", w->account);
}

static int check_settlements(struct call *c, struct proof *p)
{
    struct db_rows r;
    struct walk w = { 0 };
    int rc = db_query(c->tx, &r,
                      "SELECT s.account_id, s.from_day, s.until_day, a.opened_day, a.settled_day"
                      " FROM deposit_settlement AS s JOIN deposit_account AS a ON a.id=s.account_id"
                      " WHERE a.kind IN (1, 4, 5) ORDER BY s.account_id, s.until_day, s.n",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        int64_t account = db_i64(&r, 0);
        rc = 0;
        ++*p->count;
        if (account != w.account) {
            walk_end(&w, p);
            w = (struct walk){ .account = account,
                               .settled = db_i64(&r, 4),
                               .expect = (int32_t)db_i64(&r, 3) };
        }
        if (db_i64(&r, 1) != w.expect || db_i64(&r, 2) < db_i64(&r, 1))
            found_bad(p, "interest periods with a gap or an overlap", account);
        w.until = (int32_t)db_i64(&r, 2);
        w.expect = w.until + 1;
    }
    db_done(&r);
    walk_end(&w, p);
    return rc;
}

struct posted {
    int64_t account;
    transfer_id id;
    int64_t minor;
};

/* What a settlement says was paid is in the books, once: the id is the key. */
static int check_posted(struct call *c, struct proof *p, const struct posted *x)
{
    struct ledger_transfer t;
    int rc = ledger_transfer_get(c, x->id, &t);
    if (rc == LEDGER_NO_TRANSFER || (!rc && t.amount.minor != x->minor))
        found_bad(p, "interest noted, but not posted so", x->account);
    return rc < 0 ? rc : 0;
}

static int read_posted(struct call *c, const struct posted *after, int64_t until, int64_t n,
                       struct posted *out, int64_t *keys, int *found)
{
    struct db_rows r;
    *found = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT s.account_id, s.until_day, s.n, s.id_high, s.id_low,"
                      " s.credit_minor+s.adjusted_minor FROM deposit_settlement AS s"
                      " JOIN deposit_account AS a ON a.id=s.account_id"
                      " WHERE a.kind IN (1, 4, 5) AND (s.account_id>$1 OR (s.account_id=$1 AND"
                      " (s.until_day>$2 OR (s.until_day=$2 AND s.n>$3))))"
                      " ORDER BY s.account_id, s.until_day, s.n LIMIT $4",
                      DB_ARGS(DB_I(after->account), DB_I(until), DB_I(n), DB_I(CHUNK)));
    while (!rc && *found < CHUNK && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out[*found] =
            (struct posted){ db_i64(&r, 0), { db_i64(&r, 3), db_i64(&r, 4) }, db_i64(&r, 5) };
        keys[0] = db_i64(&r, 1);
        keys[1] = db_i64(&r, 2);
        ++*found;
    }
    db_done(&r);
    return rc;
}

static int check_all_posted(struct call *c, struct proof *p)
{
    struct posted *list = arena_alloc(c->arena, CHUNK * sizeof *list), last = { 0 };
    int64_t keys[2] = { 0, 0 };
    int n = CHUNK, rc = 0;
    while (!rc && n == CHUNK) {
        rc = read_posted(c, &last, keys[0], keys[1], list, keys, &n);
        for (int i = 0; !rc && i < n; i++)
            rc = list[i].minor > 0 ? check_posted(c, p, &list[i]) : 0;
        if (n)
            last = list[n - 1];
    }
    return rc;
}

static int check_runs(struct call *c, struct proof *p)
{
    int64_t days = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_dayend", DB_NO_ARGS, 0, &days);
    *p->count += days;
    if (!rc)
        rc = none_of(c, p, "a business date was left out",
                     "SELECT COUNT(*) FROM deposit_dayend AS d WHERE NOT EXISTS (SELECT 1 FROM"
                     " deposit_dayend AS b WHERE b.day=d.day-1)"
                     " AND d.day<>(SELECT MIN(day) FROM deposit_dayend)");
    if (!rc)
        rc = none_of(c, p, "a date was begun before the one before was done",
                     "SELECT COUNT(*) FROM deposit_dayend AS d WHERE d.step<12 AND EXISTS"
                     " (SELECT 1 FROM deposit_dayend AS b WHERE b.day>d.day)");
    if (!rc)
        rc = none_of(c, p, "standing orders paid otherwise than noted",
                     "SELECT COUNT(*) FROM deposit_standing AS o WHERE o.paid<>(SELECT COUNT(*)"
                     " FROM deposit_standing_run AS r WHERE r.order_id=o.id AND r.state=1)");
    return rc ? rc
              : none_of(c, p, "interest settled twice",
                        "SELECT COUNT(*) FROM deposit_settlement AS s JOIN deposit_account AS a"
                        " ON a.id=s.account_id WHERE a.kind IN (1, 4, 5) AND s.n>0");
}

int dayend_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct proof p = { count, bad, text, size };
    *count = *bad = 0;
    int rc = check_settlements(c, &p);
    if (!rc)
        rc = check_all_posted(c, &p);
    if (!rc)
        rc = check_runs(c, &p);
    c->detail[0] = '\0';
    return rc;
}
