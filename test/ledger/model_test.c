/* model_test.c -- Random orders against a slow, obvious model of the books that knows neither SQL
 * nor the room's rules: it is written from the README. 20,000 orders in the unit tier; LEDGER_OPS=n
 * and LEDGER_SEED=n in the environment run more, or another run. */
#include "books.h"

enum { ACCOUNTS = 13, LEGS = 4, BATCH = 6, UNDO = 16 };

struct m_account {
    account_id id;
    bool debit_side, hot, stopped, dormant, closed;
    int flags, freeze;
    int64_t min, max, frozen;
    enum currency currency;
    struct ledger_totals t;
};
struct m_transfer {
    struct ledger_order o;
    struct ledger_leg legs[LEGS]; /* as booked; accounts by index + 1 */
    int n;
    int64_t minor, expires;
    enum ledger_hold_state hold; /* 0: not a hold */
    bool reversed;
    struct ledger_result answer;
    size_t before; /* the one before it in its slot, + 1 */
};
enum { SLOTS = 1 << 14 };
struct model {
    struct books b;
    struct m_account a[ACCOUNTS];
    struct m_transfer *t;
    size_t n, room;
    size_t slots[SLOTS]; /* by id: the newest, + 1 */
    size_t oldest;       /* nothing before it is an open hold with an end */
    struct {             /* to take a group back */
        struct m_account a[ACCOUNTS];
        size_t n;
        size_t at[UNDO];
        struct m_transfer was[UNDO];
        int changed;
    } kept;
    int64_t done, refused, existed;
    bool seen[100];
};

static uint32_t pick(struct model *m, uint32_t n)
{
    return rng_below(&m->b.rng, n);
}

/* ---- the model's own rules ---- */

static int64_t own(const struct m_account *a)
{
    return a->debit_side ? a->t.debits - a->t.credits : a->t.credits - a->t.debits;
}

static bool goes_down(const struct m_account *a, enum ledger_side side)
{
    return (side == LEDGER_CREDIT) == a->debit_side;
}

static int64_t out_held(const struct m_account *a)
{
    return a->debit_side ? a->t.credits_pending : a->t.debits_pending;
}

static int64_t in_held(const struct m_account *a)
{
    return a->debit_side ? a->t.debits_pending : a->t.credits_pending;
}

/* The first number of the list that a leg runs into, 0: none. */
static int leg_no(const struct model *m, const struct ledger_leg *l, enum currency currency,
                  bool capture)
{
    if (l->account.n < 1 || l->account.n > ACCOUNTS)
        return l->side == LEDGER_DEBIT ? LEDGER_NO_DEBIT : LEDGER_NO_CREDIT;
    const struct m_account *a = &m->a[l->account.n - 1];
    bool down = goes_down(a, l->side), debit = l->side == LEDGER_DEBIT;
    int64_t left = own(a) - out_held(a) - l->minor;
    if (a->currency != currency)
        return debit ? LEDGER_DEBIT_CURRENCY : LEDGER_CREDIT_CURRENCY;
    if (a->closed)
        return debit ? LEDGER_DEBIT_CLOSED : LEDGER_CREDIT_CLOSED;
    if (a->freeze == FREEZE_ALL || (a->freeze == FREEZE_OUT && down))
        return debit ? LEDGER_DEBIT_FROZEN : LEDGER_CREDIT_FROZEN;
    if (a->stopped && down)
        return LEDGER_STOPPED;
    if (a->dormant && down)
        return LEDGER_DORMANT;
    if (capture)
        return 0;
    if ((a->flags & LEDGER_NO_OVERDRAFT) && debit &&
        a->t.debits + a->t.debits_pending + l->minor > a->t.credits)
        return LEDGER_OVERDRAWN;
    if ((a->flags & LEDGER_NO_OVERCREDIT) && !debit &&
        a->t.credits + a->t.credits_pending + l->minor > a->t.debits)
        return LEDGER_OVERCREDITED;
    if ((a->flags & LEDGER_HAS_MIN) && down && left < a->min)
        return LEDGER_BELOW_MINIMUM;
    if (a->frozen && down && left - a->frozen < ((a->flags & LEDGER_HAS_MIN) ? a->min : 0))
        return LEDGER_FROZEN_PART;
    if ((a->flags & LEDGER_HAS_MAX) && !down && own(a) + in_held(a) + l->minor > a->max)
        return LEDGER_ABOVE_MAXIMUM;
    return 0;
}

/* Rule by rule over all legs is the smallest number over the legs, but for a pair of numbers that
 * is one rule: there the debit leg comes first, and legs are in order. */
static int legs_no(const struct model *m, const struct m_transfer *t, enum currency currency,
                   bool capture)
{
    static const int pairs[] = { LEDGER_NO_DEBIT, LEDGER_DEBIT_CURRENCY, LEDGER_DEBIT_CLOSED,
                                 LEDGER_DEBIT_FROZEN };
    int best = 0;
    for (int i = 0; i < t->n; i++) {
        int rc = leg_no(m, &t->legs[i], currency, capture);
        bool same_rule = false;
        for (size_t p = 0; p < COUNT(pairs); p++)
            same_rule = same_rule || (best >= pairs[p] && best <= pairs[p] + 1 && rc >= pairs[p] &&
                                      rc <= pairs[p] + 1);
        if (rc && (!best || (rc < best && !same_rule)))
            best = rc;
    }
    return best;
}

static void change(struct model *m, size_t at)
{
    if (m->kept.changed < UNDO) {
        m->kept.at[m->kept.changed] = at;
        m->kept.was[m->kept.changed] = m->t[at];
    }
    m->kept.changed++;
    assert_true(m->kept.changed <= UNDO);
}

static void keep(struct model *m)
{
    memcpy(m->kept.a, m->a, sizeof m->a);
    m->kept.n = m->n;
    m->kept.changed = 0;
}

static size_t slot(transfer_id id)
{
    return (size_t)id.low % SLOTS;
}

static size_t find(const struct model *m, transfer_id id)
{
    size_t at = m->slots[slot(id)];
    while (at && memcmp(&m->t[at - 1].o.id, &id, sizeof id))
        at = m->t[at - 1].before;
    return at ? at - 1 : m->n;
}

static void take_back(struct model *m)
{
    while (m->kept.changed > 0) {
        m->kept.changed--;
        m->t[m->kept.at[m->kept.changed]] = m->kept.was[m->kept.changed];
    }
    memcpy(m->a, m->kept.a, sizeof m->a);
    for (; m->n > m->kept.n; m->n--)
        m->slots[slot(m->t[m->n - 1].o.id)] = m->t[m->n - 1].before;
}

static void count(struct model *m, const struct ledger_leg *l, int64_t posted, int64_t pending)
{
    struct ledger_totals *t = &m->a[l->account.n - 1].t;
    *(l->side == LEDGER_DEBIT ? &t->debits : &t->credits) += posted;
    *(l->side == LEDGER_DEBIT ? &t->debits_pending : &t->credits_pending) += pending;
}

static void release_due(struct model *m)
{
    while (m->oldest < m->n && !(m->t[m->oldest].hold == HOLD_OPEN && m->t[m->oldest].expires))
        m->oldest++;
    for (size_t i = m->oldest; i < m->n; i++) {
        struct m_transfer *t = &m->t[i];
        if (t->hold != HOLD_OPEN || !t->expires || t->expires > m->b.c.now_us)
            continue;
        t->hold = HOLD_EXPIRED;
        for (int k = 0; k < t->n; k++)
            count(m, &t->legs[k], 0, -t->minor);
    }
}

static int follow(struct model *m, const struct ledger_order *o, struct m_transfer *t)
{
    size_t of = find(m, o->of);
    if (of == m->n)
        return LEDGER_NO_TRANSFER;
    const struct m_transfer *first = &m->t[of];
    memcpy(t->legs, first->legs, sizeof t->legs);
    t->n = first->n;
    t->minor = first->minor;
    if (o->kind == LEDGER_REVERSE) {
        int rc = first->o.kind == LEDGER_HOLD      ? LEDGER_REVERSE_HOLD
                 : first->o.kind == LEDGER_VOID    ? LEDGER_REVERSE_VOID
                 : first->o.kind == LEDGER_REVERSE ? LEDGER_REVERSE_REVERSAL
                 : first->reversed                 ? LEDGER_REVERSED
                                                   : 0;
        struct ledger_leg credit = t->legs[1];
        bool journal = first->o.kind == LEDGER_JOURNAL;
        for (int i = 0; i < t->n; i++)
            t->legs[i].side = t->legs[i].side == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT;
        if (!journal) { /* the debit side first */
            t->legs[1] = t->legs[0];
            t->legs[0] = credit;
            t->legs[0].side = LEDGER_DEBIT;
        }
        return rc;
    }
    if (!first->hold)
        return LEDGER_NOT_A_HOLD;
    if (first->hold != HOLD_OPEN)
        return first->hold == HOLD_CAPTURED ? LEDGER_HOLD_CAPTURED
               : first->hold == HOLD_VOIDED ? LEDGER_HOLD_VOIDED
                                            : LEDGER_HOLD_EXPIRED;
    if (o->amount.minor > first->minor)
        return LEDGER_HOLD_LESS;
    if (o->amount.minor)
        t->minor = o->amount.minor;
    return 0;
}

static int again(const struct m_transfer *first, const struct ledger_order *o)
{
    if (first->o.kind != o->kind)
        return LEDGER_EXISTS_KIND;
    if (memcmp(&first->o.of, &o->of, sizeof o->of))
        return LEDGER_EXISTS_OF;
    if (first->o.debit.n != o->debit.n)
        return LEDGER_EXISTS_DEBIT;
    if (first->o.credit.n != o->credit.n)
        return LEDGER_EXISTS_CREDIT;
    if (first->o.amount.minor != o->amount.minor)
        return LEDGER_EXISTS_AMOUNT;
    if (first->o.timeout_s != o->timeout_s)
        return LEDGER_EXISTS_TIMEOUT;
    return first->o.code != o->code ? LEDGER_EXISTS_CODE : 0;
}

static void note(struct model *m, struct m_transfer *t)
{
    const struct ledger_order *o = &t->o;
    bool hold = o->kind == LEDGER_HOLD, voided = o->kind == LEDGER_VOID;
    size_t of = find(m, o->of);
    int64_t held = 0;
    if (of < m->n) {
        change(m, of);
        if (o->kind == LEDGER_REVERSE)
            m->t[of].reversed = true;
        else
            m->t[of].hold = voided ? HOLD_VOIDED : HOLD_CAPTURED;
        held = o->kind == LEDGER_REVERSE ? 0 : m->t[of].minor;
    }
    for (int i = 0; i < t->n; i++) {
        bool journal = t->legs[i].minor > 0;
        int64_t minor = journal ? t->legs[i].minor : t->minor;
        count(m, &t->legs[i], hold || voided ? 0 : minor, (hold ? minor : 0) - held);
    }
    if (hold) {
        t->hold = HOLD_OPEN;
        t->expires = o->timeout_s ? m->b.c.now_us + o->timeout_s * US_SECOND : 0;
    }
    if (m->n == m->room) {
        m->room = m->room ? m->room * 2 : 1024;
        m->t = realloc(m->t, m->room * sizeof *m->t);
        assert_non_null(m->t);
    }
    t->before = m->slots[slot(o->id)];
    m->t[m->n++] = *t;
    m->slots[slot(o->id)] = m->n;
}

/* What the ledger must answer to the order; accounts are numbered from 1. */
static int judge(struct model *m, const struct ledger_order *o, const struct ledger_leg *legs,
                 size_t *existing)
{
    struct m_transfer t = { .o = *o, .minor = o->amount.minor };
    bool pair = o->kind == LEDGER_POST || o->kind == LEDGER_HOLD;
    int rc = 0;
    *existing = SIZE_MAX;
    if (pair && o->debit.n == o->credit.n)
        return LEDGER_SAME_ACCOUNT;
    if (o->amount.minor < 0)
        return LEDGER_AMOUNT_NEGATIVE;
    if (pair && !o->amount.minor)
        return LEDGER_AMOUNT_ZERO;
    size_t at = find(m, o->id);
    if (at < m->n) {
        *existing = at;
        return again(&m->t[at], o);
    }
    if (pair) {
        t.n = 2;
        t.legs[0] = (struct ledger_leg){ o->debit, LEDGER_DEBIT, 0 };
        t.legs[1] = (struct ledger_leg){ o->credit, LEDGER_CREDIT, 0 };
    } else if (o->kind == LEDGER_JOURNAL) {
        t.n = (int)o->n_legs;
        memcpy(t.legs, legs, o->n_legs * sizeof *legs);
        for (int i = 0; i < t.n; i++)
            t.minor += legs[i].side == LEDGER_DEBIT ? legs[i].minor : 0;
    } else {
        rc = follow(m, o, &t);
    }
    if (rc)
        return rc;
    struct m_transfer asked = t; /* legs of a pair carry the amount while they are judged */
    for (int i = 0; i < t.n; i++)
        asked.legs[i].minor = t.legs[i].minor ? t.legs[i].minor : t.minor;
    size_t of = find(m, o->of);
    enum currency currency = of < m->n ? m->t[of].o.amount.currency : o->amount.currency;
    t.o.amount.currency = currency;
    if (o->kind != LEDGER_VOID)
        rc = legs_no(m, &asked, currency, o->kind == LEDGER_CAPTURE);
    if (!rc)
        note(m, &t);
    return rc;
}

/* ---- chance ---- */

static struct ledger_order draw(struct model *m, struct ledger_leg *legs)
{
    static const enum ledger_kind kinds[] = { LEDGER_POST,    LEDGER_POST, LEDGER_POST,
                                              LEDGER_HOLD,    LEDGER_HOLD, LEDGER_CAPTURE,
                                              LEDGER_CAPTURE, LEDGER_VOID, LEDGER_REVERSE,
                                              LEDGER_JOURNAL };
    struct ledger_order o = { .id = ledger_id_make(&m->b.c), .amount = { 0, CNY } };
    o.kind = kinds[pick(m, COUNT(kinds))];
    o.code = (int32_t)pick(m, 2);
    size_t near = m->n > 40 && pick(m, 4) ? m->n - 40 : 0;
    if (m->n && !pick(m, 12)) { /* the id of an earlier one: the same order, or one field other */
        o = m->t[near + pick(m, (uint32_t)(m->n - near))].o;
        if (!pick(m, 3) && o.kind != LEDGER_VOID && o.kind != LEDGER_REVERSE)
            o.amount.minor++;
        if (!pick(m, 5))
            o.code ^= 1;
        if (o.kind != LEDGER_JOURNAL)
            return o;
        o.id = ledger_id_make(&m->b.c);
        o.amount.minor = 0;
    }
    if (o.kind == LEDGER_POST || o.kind == LEDGER_HOLD) {
        o.debit.n = 1 + pick(m, ACCOUNTS + (pick(m, 40) == 0));
        o.credit.n = 1 + pick(m, ACCOUNTS);
        if (!pick(m, 3)) { /* somebody pays in */
            o.debit.n = pick(m, 2) ? 1 : 11;
            o.credit.n = 3 + pick(m, 6);
        }
        o.amount.minor = pick(m, 60) ? 1 + pick(m, 300) : (int64_t)pick(m, 3) - 1;
        o.timeout_s = o.kind == LEDGER_HOLD && pick(m, 2) ? 1 + pick(m, 50) : 0;
        if (pick(m, 60) == 0)
            o.amount.currency = USD;
    } else if (o.kind == LEDGER_JOURNAL) {
        int64_t first = 1 + pick(m, 100), second = 1 + pick(m, 100);
        uint32_t at = pick(m, ACCOUNTS);
        legs[0] = (struct ledger_leg){ { 1 + at }, LEDGER_DEBIT, first + second };
        legs[1] = (struct ledger_leg){ { 1 + (at + 1) % ACCOUNTS }, LEDGER_CREDIT, first };
        legs[2] = (struct ledger_leg){ { 1 + (at + 5) % ACCOUNTS }, LEDGER_CREDIT, second };
        o.n_legs = 3;
    } else {
        o.of = m->n ? m->t[near + pick(m, (uint32_t)(m->n - near))].o.id : ledger_id_make(&m->b.c);
        for (int i = 0; o.kind != LEDGER_REVERSE && m->n && i < 10; i++) { /* rather a hold */
            size_t at = near + pick(m, (uint32_t)(m->n - near));
            if (m->t[at].hold == HOLD_OPEN)
                o.of = m->t[at].o.id;
        }
        o.amount.minor = o.kind == LEDGER_CAPTURE && pick(m, 2) ? 1 + pick(m, 200) : 0;
        size_t of = find(m, o.of);
        if (of < m->n)
            o.amount.currency = m->t[of].o.amount.currency;
    }
    return o;
}

/* ---- both sides ---- */

static void compare(struct model *m, int i)
{
    struct ledger_account a;
    const struct ledger_totals *want = &m->a[i].t;
    BOOKS_OK(ledger_account_get(&m->b.c, m->a[i].id, &a));
    if (memcmp(&a.totals, want, sizeof *want))
        fail_msg("account %d after %zu: %lld %lld %lld %lld, not %lld %lld %lld %lld", i, m->n,
                 (long long)a.totals.debits, (long long)a.totals.credits,
                 (long long)a.totals.debits_pending, (long long)a.totals.credits_pending,
                 (long long)want->debits, (long long)want->credits, (long long)want->debits_pending,
                 (long long)want->credits_pending);
    assert_true(ledger_balance(&a) == own(&m->a[i]));
}

static account_id real(const struct model *m, account_id index)
{
    bool none = index.n < 1 || index.n > ACCOUNTS;
    return (account_id){ none ? index.n + 5 : m->a[index.n - 1].id.n };
}

static void one_batch(struct model *m)
{
    struct ledger_order orders[BATCH];
    struct ledger_leg legs[BATCH][LEGS] = { 0 };
    struct ledger_result results[BATCH];
    int want[BATCH];
    size_t n = 1 + pick(m, BATCH), existing[BATCH], at[BATCH];
    bool group = n > 1 && !pick(m, 4);
    int failed = -1;
    release_due(m);
    keep(m);
    for (size_t i = 0; i < n; i++) {
        if (!group)
            m->kept.changed = 0;
        orders[i] = draw(m, legs[i]);
        want[i] = failed >= 0 ? LEDGER_LINKED : judge(m, &orders[i], legs[i], &existing[i]);
        at[i] = m->n - 1;
        if (group && want[i] && failed < 0) {
            failed = (int)i;
            take_back(m);
        }
        for (size_t k = 0; k < orders[i].n_legs; k++)
            legs[i][k].account = real(m, legs[i][k].account);
        orders[i].legs = legs[i];
        orders[i].linked = group && i + 1 < n;
        if (orders[i].debit.n) {
            orders[i].debit = real(m, orders[i].debit);
            orders[i].credit = real(m, orders[i].credit);
        }
    }
    BOOKS_OK(ledger_post_many(&m->b.c, orders, n, results));
    for (size_t i = 0; i < n; i++) {
        int rc = failed >= 0 && (int)i != failed ? LEDGER_LINKED : want[i];
        if (results[i].rc != rc)
            fail_msg("order %zu of %zu after %zu (kind %d): %d, not %d", i, n, m->n,
                     (int)orders[i].kind, results[i].rc, rc);
        m->done++;
        m->refused += rc != 0;
        if (rc)
            m->seen[rc - 600] = true;
        if (rc || failed >= 0)
            continue;
        m->existed += results[i].existed;
        assert_true(results[i].existed == (existing[i] != SIZE_MAX));
        if (!results[i].existed)
            m->t[at[i]].answer = results[i];
        else if (existing[i] < m->n)
            assert_true(results[i].number == m->t[existing[i]].answer.number &&
                        results[i].booked_us == m->t[existing[i]].answer.booked_us);
    }
}

static void change_account(struct model *m)
{
    int i = (int)pick(m, ACCOUNTS);
    struct m_account *a = &m->a[i];
    struct call *c = &m->b.c;
    switch (pick(m, 4)) {
    case 0:
        a->stopped = !a->stopped && !pick(m, 4);
        UNUSED(!ledger_stop(c, a->id, a->stopped));
        break;
    case 1:
        a->dormant = !a->dormant && !pick(m, 4);
        UNUSED(!ledger_dormant(c, a->id, a->dormant));
        break;
    case 2:
        a->freeze = pick(m, 4) ? FREEZE_NONE : 1 + (int)pick(m, 2);
        UNUSED(!ledger_freeze(c, a->id, (enum ledger_freeze)a->freeze));
        break;
    default:
        a->frozen = a->hot || pick(m, 2) ? 0 : pick(m, 500);
        UNUSED(!ledger_freeze_part(c, a->id, a->frozen));
    }
}

static void open_accounts(struct model *m)
{
    static const struct {
        const char *subject;
        int flags;
        int64_t min, max;
        enum currency currency;
    } rows[ACCOUNTS] = {
        { "1001", LEDGER_HOT, 0, 0, CNY },
        { "6021", LEDGER_HOT, 0, 0, CNY },
        { "2011", LEDGER_NO_OVERDRAFT, 0, 0, CNY },
        { "2011", LEDGER_NO_OVERDRAFT, 0, 0, CNY },
        { "2011", LEDGER_NO_OVERDRAFT, 0, 0, CNY },
        { "2011", LEDGER_HAS_MIN, -500, 0, CNY },
        { "2011", LEDGER_HAS_MIN | LEDGER_HAS_MAX, 0, 1000, CNY },
        { "2011", LEDGER_NO_OVERDRAFT | LEDGER_HAS_MIN, 100, 0, CNY },
        { "1303", LEDGER_NO_OVERCREDIT, 0, 0, CNY },
        { "1303", LEDGER_HAS_MIN, 0, 0, CNY },
        { "1001", 0, 0, 0, CNY },
        { "4001", 0, 0, 0, CNY },
        { "2011", 0, 0, 0, USD },
    };
    for (int i = 0; i < ACCOUNTS; i++) {
        struct ledger_account a = { .currency = rows[i].currency,
                                    .flags = rows[i].flags,
                                    .min_minor = rows[i].min,
                                    .max_minor = rows[i].max,
                                    .name = "model" };
        snprintf(a.subject, sizeof a.subject, "%s", rows[i].subject);
        BOOKS_OK(ledger_account_open(&m->b.c, &a, NULL, 0));
        m->a[i] = (struct m_account){ .id = a.id,
                                      .debit_side = rows[i].subject[0] == '1',
                                      .hot = rows[i].flags == LEDGER_HOT,
                                      .flags = rows[i].flags,
                                      .min = rows[i].min,
                                      .max = rows[i].max,
                                      .currency = rows[i].currency };
    }
}

enum { MARKS = 200 };
struct mark {
    int64_t at_us, balance;
    int account;
};

static void check_marks(struct model *m, const struct mark *marks, int n)
{
    for (int i = 0; i < n; i++) {
        int64_t got = 0;
        const struct mark *k = &marks[i];
        BOOKS_OK(ledger_balance_at(&m->b.c, m->a[k->account].id, k->at_us, &got));
        if (got != k->balance)
            fail_msg("account %d at %lld: %lld, not %lld", k->account, (long long)k->at_us,
                     (long long)got, (long long)k->balance);
    }
}

static int64_t from_environment(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoll(text, NULL, 10) : otherwise;
}

static void undo_a_batch(struct model *m)
{
    struct ledger_order orders[3];
    struct ledger_result results[3];
    BOOKS_OK(db_savepoint(m->b.c.tx));
    for (int i = 0; i < 3; i++)
        orders[i] = books_order(&m->b, m->a[0].id, m->a[10].id, 1 + i);
    BOOKS_OK(ledger_post_many(&m->b.c, orders, 3, results));
    db_undo(m->b.c.tx);
}

static void random_orders_agree_with_an_obvious_model(void **state)
{
    UNUSED(state);
    static struct model m;
    static struct mark marks[MARKS];
    int64_t ops = from_environment("LEDGER_OPS", 20000);
    int n_marks = 0, folded, kinds = 0;
    memset(&m, 0, sizeof m);
    books_open(&m.b);
    open_accounts(&m);
    rng_seed(&m.b.rng, (uint64_t)from_environment("LEDGER_SEED", 14));
    for (int64_t run = 0; m.done < ops; run++) {
        m.b.c.now_us += pick(&m, 3) * US_SECOND + 1;
        one_batch(&m);
        if (!pick(&m, 30))
            change_account(&m);
        if (!pick(&m, 4))
            compare(&m, (int)pick(&m, ACCOUNTS));
        if (!pick(&m, 40))
            BOOKS_OK(ledger_fold(&m.b.c, 1 + (int)pick(&m, 100), &folded));
        if (run % 20 == 0 && n_marks < MARKS) {
            struct mark *k = &marks[n_marks++];
            k->account = (int)pick(&m, ACCOUNTS);
            k->at_us = m.b.c.now_us;
            k->balance = own(&m.a[k->account]);
        }
        if (run % 200 == 199)
            books_save(&m.b);
        if (books_layout == LEDGER_FAST && !pick(&m, 60)) { /* on its way into history */
            books_save(&m.b);
            books_fill(&m.b, 1 + (int)pick(&m, 400));
        }
        if (!pick(&m, 100)) /* gone, as if it had never been */
            undo_a_batch(&m);
    }
    release_due(&m);
    for (int i = 0; i < ACCOUNTS; i++)
        compare(&m, i);
    check_marks(&m, marks, n_marks);
    books_proven(&m.b);
    BOOKS_OK(ledger_fold(&m.b.c, 1000000, &folded));
    check_marks(&m, marks, n_marks);
    books_proven(&m.b);
    for (int i = 0; i < 100; i++)
        kinds += m.seen[i];
    print_message("%lld orders, %lld refused with %d results, %lld asked again\n",
                  (long long)m.done, (long long)m.refused, kinds, (long long)m.existed);
    books_close(&m.b);
    free(m.t);
}

SUITE(ledger_model, BOTH(random_orders_agree_with_an_obvious_model))
