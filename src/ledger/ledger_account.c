/* ledger_account.c -- Accounts and subjects: opened, limited, frozen, stopped, closed. */
#include "ledger/ledger_fast.h"
#include "store/db_memory.h"
#include "branch/branch.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- as of now ---- */

/* A normal account's row still counts holds that are due; a hot account's row counts none. */
static int pending_of(struct call *c, const struct ledger_account *a, bool debit, bool rowless,
                      int64_t *out)
{
    static const char *const due[] = {
        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE credit_id=$1 AND state=1"
        " AND expires_us>0 AND expires_us<=$2",
        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE debit_id=$1 AND state=1"
        " AND expires_us>0 AND expires_us<=$2",
    };
    static const char *const open[] = {
        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE credit_id=$1 AND state=1"
        " AND (expires_us=0 OR expires_us>$2)",
        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE debit_id=$1 AND state=1"
        " AND (expires_us=0 OR expires_us>$2)",
    };
    int64_t sum = 0;
    int rc = db_one_i64(c->tx, rowless ? open[debit] : due[debit],
                        DB_ARGS(DB_I(a->id.n), DB_I(c->now_us)), 0, &sum);
    *out = rowless ? sum : *out - sum;
    return rc;
}

/* Fast layout: what is booked is in the writer's memory, or the last line. */
static int booked_fast(struct fast *fast, struct call *c, struct ledger_account *a)
{
    struct fast_view v;
    struct ledger_account *known;
    struct ledger_entry e;
    if (db_is_writer(c->tx)) {
        int rc = fast_account(fast, c, a->id, &known);
        if (rc || !known)
            return rc ? rc : RC_CORRUPT;
        a->totals = known->totals;
        a->entries = known->entries;
        a->last_us = known->last_us;
        return 0;
    }
    int rc = fast_view_open(fast, c, &v);
    if (rc)
        return rc;
    rc = fast_view_last(&v, a->id, &LINES_ALL, &e);
    fast_view_close(&v);
    a->totals.debits = e.debits;
    a->totals.credits = e.credits;
    a->entries = e.seq;
    a->last_us = e.booked_us;
    return rc;
}

static int as_of_now(struct call *c, struct ledger_account *a)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast)
        rc = booked_fast(fast, c, a);
    bool rowless = fast || (a->flags & LEDGER_HOT);
    if (!rc)
        rc = pending_of(c, a, true, rowless, &a->totals.debits_pending);
    if (!rc)
        rc = pending_of(c, a, false, rowless, &a->totals.credits_pending);
    if (!rc && !fast && (a->flags & LEDGER_HOT))
        rc = ledger_row_tail_totals(c, a->id, &a->totals);
    return rc;
}

int ledger_account_load(struct call *c, account_id id, struct ledger_account *out)
{
    bool found;
    int rc = ledger_row_account(c, id, out, &found);
    if (!rc && !found)
        rc = call_refuse(c, LEDGER_NO_ACCOUNT, "account", "%lld", (long long)id.n);
    return rc;
}

int ledger_account_get(struct call *c, account_id id, struct ledger_account *out)
{
    struct ledger_account a;
    int rc = ledger_account_load(c, id, &a);
    if (!rc)
        rc = as_of_now(c, &a);
    if (!rc)
        *out = a;
    return rc;
}

/* ---- opening ---- */

static int find_subject(struct call *c, const char *code, enum ledger_class *class)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, "SELECT class FROM ledger_subject WHERE code=$1",
                        DB_ARGS(DB_T(code)), 0, &n);
    *class = (enum ledger_class)n;
    return rc;
}

static int check_outlet(struct call *c, int64_t outlet)
{
    struct branch_outlet o;
    if (!outlet)
        return 0;
    int rc = branch_outlet_get(c, (outlet_id){ outlet }, &o);
    return rc > 0 ? call_refuse(c, LEDGER_NO_OUTLET, "outlet", "%lld", (long long)outlet) : rc;
}

static int check_new(struct call *c, struct ledger_account *a, const struct ledger_pair *meta,
                     size_t n_meta)
{
    enum ledger_class class;
    const char *field = NULL;
    int rc = check_outlet(c, a->outlet_id);
    if (!rc)
        rc = find_subject(c, a->subject, &class);
    if (rc)
        return rc;
    if (!class)
        return call_refuse(c, LEDGER_NO_SUBJECT, "subject", "%.8s", a->subject);
    a->debit_side = ledger_debit_side(class);
    if (!currency_find((int)a->currency))
        return call_refuse(c, LEDGER_BAD_CURRENCY, "currency", "%d", (int)a->currency);
    if (!ledger_rule_name(a->name))
        return call_refuse(c, LEDGER_BAD_NAME, "name", "1 to %d bytes", LEDGER_NAME_MAX);
    rc = ledger_rule_limits(a->flags, a->min_minor, a->max_minor, &field);
    if (!rc)
        rc = ledger_rule_meta(meta, n_meta, &field);
    return rc ? call_refuse(c, rc, field, "%s", field) : 0;
}

static int tell(struct call *c, const struct ledger_account *a, const char *topic)
{
    struct jsonw *w = event_begin(c);
    jw_text(w, "subject", a->subject);
    jw_text(w, "currency", currency_find((int)a->currency)->code);
    jw_i64(w, "flags", a->flags);
    jw_i64(w, "state", a->state);
    jw_i64(w, "freeze", a->freeze);
    jw_bool(w, "frozen_part", a->frozen_minor > 0);
    jw_bool(w, "stopped", a->stopped);
    return event_add(c, a->outlet_id, topic, a->id.n);
}

int ledger_account_open(struct call *c, struct ledger_account *a, const struct ledger_pair *meta,
                        size_t n_meta)
{
    struct ledger_account n = { .outlet_id = a->outlet_id,
                                .currency = a->currency,
                                .flags = a->flags,
                                .min_minor = a->min_minor,
                                .max_minor = a->max_minor,
                                .state = ACCOUNT_OPEN,
                                .opened_us = c->now_us };
    memcpy(n.subject, a->subject, sizeof n.subject);
    memcpy(n.name, a->name, sizeof n.name);
    int rc = check_new(c, &n, meta, n_meta);
    if (!rc)
        rc = ledger_day(c, &n.opened);
    if (rc)
        return rc;
    n.id.n = call_id(c);
    rc = ledger_row_account_add(c, &n);
    if (!rc)
        rc = ledger_row_meta_add(c, OWNER_ACCOUNT, (transfer_id){ 0, n.id.n }, meta, n_meta);
    if (!rc)
        rc = tell(c, &n, "account.opened");
    if (!rc)
        *a = n;
    return rc;
}

/* ---- changing ---- */

static int load_open(struct call *c, account_id id, struct ledger_account *a)
{
    int rc = ledger_account_load(c, id, a);
    if (!rc && a->state == ACCOUNT_CLOSED)
        rc = call_refuse(c, LEDGER_ACCOUNT_CLOSED, "account", "%lld", (long long)id.n);
    return rc;
}

static int save(struct call *c, const struct ledger_account *a, const char *topic)
{
    int rc = ledger_row_state_save(c, a);
    return rc ? rc : tell(c, a, topic);
}

static int as_before(struct call *c, const char *field)
{
    return call_refuse(c, LEDGER_AS_BEFORE, field, "nothing would change");
}

int ledger_limits(struct call *c, account_id id, int flags, int64_t min, int64_t max)
{
    struct ledger_account a;
    const char *field = NULL;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    rc = ledger_rule_limits(flags, min, max, &field);
    if (!rc && ((flags ^ a.flags) & LEDGER_HOT)) {
        field = "flags"; /* for good: history and totals are kept in another way */
        rc = LEDGER_BAD_FLAGS;
    }
    if (rc)
        return call_refuse(c, rc, field, "%s", field);
    if (a.flags == flags && a.min_minor == min && a.max_minor == max)
        return as_before(c, "flags");
    a.flags = flags;
    a.min_minor = min;
    a.max_minor = max;
    return save(c, &a, "account.limited");
}

int ledger_freeze(struct call *c, account_id id, enum ledger_freeze how)
{
    struct ledger_account a;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    if ((int)how < FREEZE_NONE || how > FREEZE_ALL)
        return call_refuse(c, LEDGER_BAD_FREEZE, "freeze", "%d", (int)how);
    if (a.freeze == how)
        return as_before(c, "freeze");
    a.freeze = how;
    return save(c, &a, how == FREEZE_NONE ? "account.thawed" : "account.frozen");
}

int ledger_freeze_part(struct call *c, account_id id, int64_t minor)
{
    struct ledger_account a;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    if (a.flags & LEDGER_HOT)
        return call_refuse(c, LEDGER_HOT_LIMITED, "amount", "its balance is not asked when paying");
    if (minor < 0)
        return call_refuse(c, LEDGER_BAD_FREEZE, "amount", "below zero");
    if (a.frozen_minor == minor)
        return as_before(c, "amount");
    a.frozen_minor = minor;
    return save(c, &a, minor ? "account.frozen" : "account.thawed");
}

int ledger_stop(struct call *c, account_id id, bool stopped)
{
    struct ledger_account a;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    if (a.stopped == stopped)
        return as_before(c, "stopped");
    a.stopped = stopped;
    return save(c, &a, stopped ? "account.stopped" : "account.released");
}

int ledger_dormant(struct call *c, account_id id, bool dormant)
{
    struct ledger_account a;
    enum ledger_state state = dormant ? ACCOUNT_DORMANT : ACCOUNT_OPEN;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    if (a.state == state)
        return as_before(c, "dormant");
    a.state = state;
    return save(c, &a, dormant ? "account.dormant" : "account.woken");
}

int ledger_close(struct call *c, account_id id)
{
    struct ledger_account a;
    int rc = ledger_account_get(c, id, &a);
    if (rc)
        return rc;
    rc = ledger_rule_close(&a);
    if (rc)
        return call_refuse(c, rc, "account", "%lld", (long long)id.n);
    a.state = ACCOUNT_CLOSED;
    return save(c, &a, "account.closed");
}

int ledger_account_meta_put(struct call *c, account_id id, const struct ledger_pair *meta,
                            size_t n_meta)
{
    struct ledger_account a;
    const char *field = NULL;
    int rc = load_open(c, id, &a);
    if (rc)
        return rc;
    rc = ledger_rule_meta(meta, n_meta, &field);
    if (rc)
        return call_refuse(c, rc, field, "%s", field);
    rc = db_exec(c->tx, "DELETE FROM ledger_meta WHERE owner=$1 AND id_high=0 AND id_low=$2",
                 DB_ARGS(DB_I(OWNER_ACCOUNT), DB_I(id.n)));
    if (!rc)
        rc = ledger_row_meta_add(c, OWNER_ACCOUNT, (transfer_id){ 0, id.n }, meta, n_meta);
    return rc ? rc : tell(c, &a, "account.labelled");
}

/* ---- subjects ---- */

int ledger_subject_put(struct call *c, const struct ledger_subject *s)
{
    enum ledger_class class;
    int64_t used = 0;
    int rc = ledger_rule_subject(s);
    if (rc)
        return call_refuse(c, rc, "code", "4 to 8 digits, a class, two names");
    rc = find_subject(c, s->code, &class);
    if (!rc && class && class != s->class)
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_account WHERE subject=$1",
                        DB_ARGS(DB_T(s->code)), 0, &used);
    if (!rc && used)
        return call_refuse(c, LEDGER_SUBJECT_USED, "class", "%lld accounts", (long long)used);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO ledger_subject (code, class, name_zh, name_en)"
                     " VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO UPDATE SET"
                     " class=excluded.class, name_zh=excluded.name_zh, name_en=excluded.name_en",
                     DB_ARGS(DB_T(s->code), DB_I(s->class), DB_T(s->name_zh), DB_T(s->name_en)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", s->code);
    jw_i64(w, "class", s->class);
    return event_add(c, 0, "subject.changed", 0);
}

int ledger_subjects(struct call *c, struct ledger_subject **out, int *n)
{
    struct db_rows r;
    int64_t count = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_subject", DB_NO_ARGS, 0, &count);
    *n = 0;
    if (rc)
        return rc;
    struct ledger_subject *list = arena_alloc(c->arena, (size_t)(count + 1) * sizeof *list);
    rc = db_query(c->tx, &r,
                  "SELECT code, class, name_zh, name_en FROM ledger_subject ORDER BY code",
                  DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW && *n < count) {
        struct ledger_subject *s = &list[(*n)++];
        rc = 0;
        s->class = (enum ledger_class)db_i64(&r, 1);
        snprintf(s->code, sizeof s->code, "%s", db_text(&r, 0));
        snprintf(s->name_zh, sizeof s->name_zh, "%s", db_text(&r, 2));
        snprintf(s->name_en, sizeof s->name_en, "%s", db_text(&r, 3));
    }
    db_done(&r);
    *out = list;
    return rc;
}
