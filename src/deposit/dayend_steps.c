/* dayend_steps.c -- What each step of the day end does in one chunk. */
#include "deposit/deposit_priv.h"
#include "base/banned.h"

enum { CHUNK = 100, ACCRUE_CHUNK = 400, BOOKS_CHUNK = 1000, PLACES_MAX = 64 };

/* Accounts after the cursor that a statement finds: $1 a number, $2 the cursor, $3 how many. They
 * are walked by id, once over all chunks; a + keeps the planner from another index, which would
 * have it sort all that is left for each chunk. */
static int chunk_of(struct call *c, const char *sql, int64_t number, int64_t cursor, int max,
                    struct deposit_account **out, int *n)
{
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    return deposit_rows(c, sql, DB_ARGS(DB_I(number), DB_I(cursor), DB_I(max)), max, *out, n);
}

/* Each account under its own savepoint: what is refused is undone, and the others go on. */
typedef int one_account(struct call *c, void *ctx, struct deposit_account *a, bool *done);

static int each_account(struct call *c, struct dayend_chunk *k, struct deposit_account *list, int n,
                        one_account *one, void *ctx)
{
    int rc = 0;
    for (int i = 0; !rc && i < n; i++) {
        bool done = false;
        rc = db_savepoint(c->tx);
        if (rc)
            return rc;
        rc = one(c, ctx, &list[i], &done);
        if (rc)
            db_undo(c->tx);
        else
            rc = db_release(c->tx);
        if (rc > 0)
            rc = 0;
        else
            k->done += !rc && done;
        k->cursor = list[i].id.n;
    }
    return rc;
}

static bool month_ends(date d)
{
    int y, m, day, next;
    date_to_ymd(d, &y, &m, &day);
    date_to_ymd((date){ d.days + 1 }, &y, &m, &next);
    return next == 1;
}

/* ---- holds, hot accounts, the date ---- */

int expire_chunk(struct call *c, struct dayend_chunk *k)
{
    int n = 0, rc = ledger_expire(c, BOOKS_CHUNK, &n);
    k->done = n;
    k->more = n == BOOKS_CHUNK;
    k->cursor++;
    return rc;
}

int fold_chunk(struct call *c, struct dayend_chunk *k)
{
    int n = 0, rc = ledger_fold(c, BOOKS_CHUNK, &n);
    k->done = n;
    k->more = n == BOOKS_CHUNK;
    k->cursor++;
    return rc;
}

int roll_chunk(struct call *c, struct dayend_chunk *k)
{
    date today;
    int rc = ledger_day(c, &today);
    if (!rc && today.days <= k->day.days)
        rc = ledger_day_set(c, (date){ k->day.days + 1 });
    k->done = 1;
    return rc;
}

/* ---- fees ---- */

struct fees {
    struct deposit_fee *list;
    int n;
    date day;
};

static const struct deposit_fee *fee_of(const struct fees *f, fee_id id)
{
    for (int i = 0; i < f->n; i++)
        if (f->list[i].id.n == id.n)
            return &f->list[i];
    return NULL;
}

int64_t fee_due(const struct deposit_fee *fee, date day, int64_t moves)
{
    switch (fee->cycle) {
    case FEE_MONTHLY:
        return month_ends(day) ? fee->amount.minor : 0;
    case FEE_WEEKLY:
        return date_weekday(day) == 7 ? fee->amount.minor : 0;
    default:
        return fee->amount.minor * moves;
    }
}

static int one_fee(struct call *c, void *ctx, struct deposit_account *a, bool *done)
{
    struct fees *f = ctx;
    const struct deposit_fee *fee = fee_of(f, a->fee);
    int64_t minor = fee && fee->active ? fee_due(fee, f->day, a->moves) : 0;
    bool taken;
    if (!minor)
        return 0;
    int rc = dayend_guard(c, f->day, DAYEND_FEES, a->id.n, done);
    if (rc || !*done)
        return rc;
    const struct deposit_charge charge = { .id = deposit_transfer_id(f->day, TAG_FEE, a->id.n, 0),
                                           .minor = minor,
                                           .income = OWN_FEE_INCOME,
                                           .kind = OWED_FEE,
                                           .code = CODE_FEE,
                                           .memo = fee->name_zh };
    rc = deposit_charge(c, a, &charge, &taken);
    return rc || !a->moves ? rc
                           : db_exec(c->tx, "UPDATE deposit_account SET moves=0 WHERE id=$1",
                                     DB_ARGS(DB_I(a->id.n)));
}

int fees_chunk(struct call *c, struct dayend_chunk *k)
{
    struct deposit_account *list;
    struct fees f = { .day = k->day };
    int n = 0, rc = fee_list(c, &f.list, &f.n);
    if (rc || !f.n)
        return rc;
    rc = chunk_of(c, DEPOSIT_COLUMNS " WHERE +fee_id>$1 AND id>$2 AND state=1 ORDER BY id LIMIT $3",
                  0, k->cursor, CHUNK, &list, &n);
    k->more = n == CHUNK;
    return rc ? rc : each_account(c, k, list, n, one_fee, &f);
}

/* ---- interest payable ---- */

struct accrual { /* what one chunk adds, by outlet and currency */
    struct rate_memo *memo;
    date day;
    int n;
    struct {
        int64_t outlet, minor;
        enum currency currency;
    } place[PLACES_MAX];
};

static int accrual_add(struct call *c, struct accrual *x, const struct deposit_account *a,
                       int64_t minor)
{
    int i = 0;
    while (i < x->n && (x->place[i].outlet != a->outlet_id || x->place[i].currency != a->currency))
        i++;
    if (i < x->n) {
        x->place[i].minor += minor;
        return 0;
    }
    if (x->n < PLACES_MAX) {
        x->place[x->n].outlet = a->outlet_id;
        x->place[x->n].currency = a->currency;
        x->place[x->n++].minor = minor;
        return 0;
    }
    return db_exec(c->tx,
                   "INSERT INTO deposit_accrual (day, outlet_id, currency, minor)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (day, outlet_id, currency)"
                   " DO UPDATE SET minor=deposit_accrual.minor+excluded.minor",
                   DB_ARGS(DB_I(x->day.days), DB_I(a->outlet_id), DB_I(a->currency), DB_I(minor)));
}

static int accrual_write(struct call *c, const struct accrual *x)
{
    int rc = 0;
    for (int i = 0; !rc && i < x->n; i++)
        rc = db_exec(c->tx,
                     "INSERT INTO deposit_accrual (day, outlet_id, currency, minor)"
                     " VALUES ($1, $2, $3, $4) ON CONFLICT (day, outlet_id, currency)"
                     " DO UPDATE SET minor=deposit_accrual.minor+excluded.minor",
                     DB_ARGS(DB_I(x->day.days), DB_I(x->place[i].outlet),
                             DB_I(x->place[i].currency), DB_I(x->place[i].minor)));
    return rc;
}

static int one_accrual(struct call *c, void *ctx, struct deposit_account *a, bool *done)
{
    struct accrual *x = ctx;
    struct deposit_interest in;
    int64_t minor = 0;
    int rc;
    if (deposit_by_product(a->kind)) {
        rc = interest_read(c, x->memo, a, x->day, &in);
        minor = rc ? 0 : in.credit.minor + in.adjusted;
    } else {
        rc = interest_earned(c, a, x->day, &minor);
    }
    *done = minor != 0;
    return rc || !minor ? rc : accrual_add(c, x, a, minor);
}

/* Interest payable of a place becomes what its accounts have earned; the expense is the rest. */
static int true_up(struct call *c, date day, int64_t outlet, enum currency currency, int64_t want)
{
    account_id payable, expense;
    struct ledger_account la;
    struct ledger_result r;
    int rc = deposit_own(c, OWN_INTEREST_PAYABLE, outlet, currency, &payable);
    if (!rc)
        rc = deposit_own(c, OWN_INTEREST_EXPENSE, outlet, currency, &expense);
    if (!rc)
        rc = ledger_account_get(c, payable, &la);
    if (rc)
        return rc;
    int64_t more = want - ledger_balance(&la);
    transfer_id id = deposit_transfer_id(day, TAG_ACCRUE, payable.n, 0);
    if (!more)
        return 0;
    return deposit_post(c, id, more > 0 ? expense : payable, more > 0 ? payable : expense,
                        (money){ more > 0 ? more : -more, currency }, CODE_ACCRUAL, "计提存款利息",
                        &r);
}

/* Every place that has interest payable now or had some before. */
static int true_up_all(struct call *c, date day)
{
    struct db_rows r;
    int64_t n = 0, i = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_own WHERE which=2", DB_NO_ARGS, 0, &n);
    int64_t places = 0;
    if (!rc)
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_accrual WHERE day=$1",
                        DB_ARGS(DB_I(day.days)), 0, &places);
    if (rc)
        return rc;
    struct place {
        int64_t outlet, currency, minor;
    } *list = arena_alloc(c->arena, (size_t)(n + places + 1) * sizeof *list);
    rc = db_query(c->tx, &r,
                  "SELECT t.outlet_id, t.currency, CAST(SUM(t.minor) AS BIGINT) FROM"
                  " (SELECT outlet_id, currency, minor FROM deposit_accrual WHERE day=$1"
                  " UNION ALL SELECT outlet_id, currency, 0 FROM deposit_own WHERE which=2) AS t"
                  " GROUP BY t.outlet_id, t.currency ORDER BY t.outlet_id, t.currency",
                  DB_ARGS(DB_I(day.days)));
    while (!rc && i < n + places && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        list[i++] = (struct place){ db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2) };
    }
    db_done(&r);
    for (int64_t j = 0; !rc && j < i; j++)
        rc = true_up(c, day, list[j].outlet, (enum currency)list[j].currency, list[j].minor);
    return rc;
}

int accrue_chunk(struct call *c, struct dayend_chunk *k)
{
    struct deposit_account *list;
    struct accrual x = { .memo = rate_memo_new(c), .day = k->day };
    struct deposit_settings s;
    int n = 0, rc = deposit_settings_get(c, &s);
    if (rc)
        return rc;
    bool due = s.accrual == ACCRUAL_DAILY || month_ends(k->day) ||
               interest_period_last(k->day).days == k->day.days;
    if (!due && !k->cursor) /* what was begun goes on, whatever is set meanwhile */
        return 0;
    rc = chunk_of(c, DEPOSIT_COLUMNS " WHERE state<$1 AND id>$2 ORDER BY id LIMIT $3",
                  DEPOSIT_ENDED, k->cursor, ACCRUE_CHUNK, &list, &n);
    if (!rc)
        rc = each_account(c, k, list, n, one_accrual, &x);
    if (!rc)
        rc = accrual_write(c, &x);
    k->more = n == ACCRUE_CHUNK;
    return rc || k->more ? rc : true_up_all(c, k->day);
}

/* ---- dormant accounts ---- */

static int one_dormant(struct call *c, void *ctx, struct deposit_account *a, bool *done)
{
    const struct deposit_settings *s = ctx;
    struct ledger_account la;
    int rc = ledger_account_get(c, a->ledger, &la);
    if (rc || la.state != ACCOUNT_OPEN || ledger_balance(&la) >= s->dormant_minor ||
        la.totals.debits_pending || la.totals.credits_pending)
        return rc;
    rc = ledger_dormant(c, a->ledger, true);
    a->state = DEPOSIT_DORMANT;
    if (!rc)
        rc = deposit_row_save(c, a);
    if (!rc)
        rc = deposit_message_add(c, a->id, "account.dormant", a->id.n, 0);
    *done = !rc;
    return rc ? rc : deposit_tell(c, a, "deposit.dormant");
}

int dormant_chunk(struct call *c, struct dayend_chunk *k)
{
    struct deposit_account *list;
    struct deposit_settings s;
    int n = 0, rc = deposit_settings_get(c, &s);
    if (rc || !s.dormant_days)
        return rc;
    rc = chunk_of(c,
                  DEPOSIT_COLUMNS " WHERE moved_day<$1 AND id>$2 AND state=1 AND +kind=1"
                                  " ORDER BY id LIMIT $3",
                  k->day.days - s.dormant_days, k->cursor, CHUNK, &list, &n);
    k->more = n == CHUNK;
    return rc ? rc : each_account(c, k, list, n, one_dormant, &s);
}

/* ---- interest is posted ---- */

struct settling {
    struct rate_memo *memo;
    date day, until;
};

static int one_settle(struct call *c, void *ctx, struct deposit_account *a, bool *done)
{
    struct settling *s = ctx;
    int rc = dayend_guard(c, s->day, DAYEND_SETTLE, a->id.n, done);
    return rc || !*done ? rc : interest_settle(c, s->memo, a, s->until);
}

/* All that is not settled through the last 20th: on the 21st of a quarter's last month everybody,
 * on other days those that could not take it then (frozen). */
int settle_chunk(struct call *c, struct dayend_chunk *k)
{
    struct deposit_account *list;
    struct settling s = { rate_memo_new(c), k->day, interest_period_last(k->day) };
    int n = 0;
    int rc = chunk_of(c,
                      DEPOSIT_COLUMNS " WHERE settled_day<$1 AND id>$2 AND state<3"
                                      " AND +kind IN (1, 4, 5) ORDER BY id LIMIT $3",
                      s.until.days, k->cursor, CHUNK, &list, &n);
    k->more = n == CHUNK;
    return rc ? rc : each_account(c, k, list, n, one_settle, &s);
}

/* ---- maturities ---- */

/* Interest of the term that is over, to the deposit itself or to the payout account. */
static int pay_term(struct call *c, const struct deposit_account *a, account_id to,
                    int64_t *interest)
{
    account_id payable;
    struct ledger_result r;
    transfer_id id = deposit_transfer_id(a->matures, TAG_MATURE, a->id.n, 0);
    int rc = interest_drawn(c, a, a->principal_minor, interest);
    if (!rc && *interest)
        rc = deposit_own(c, OWN_INTEREST_PAYABLE, a->outlet_id, a->currency, &payable);
    if (!rc && *interest)
        rc = deposit_post(c, id, payable, to, (money){ *interest, a->currency }, CODE_INTEREST,
                          "到期利息", &r);
    return rc ? rc : interest_note(c, a, a->begins, (date){ a->matures.days - 1 }, *interest, id);
}

static int roll_over(struct call *c, struct deposit_account *a, account_id to)
{
    struct deposit_product p;
    int64_t interest = 0;
    rate now;
    int rc = product_get(c, a->product, &p);
    if (!rc)
        rc = rate_on(c, p.id, RATE_CREDIT, a->matures, &now);
    if (!rc)
        rc = pay_term(c, a, to, &interest);
    if (rc)
        return rc;
    if (a->rollover == ROLLOVER_ALL)
        a->principal_minor += interest;
    a->begins = a->matures;
    a->matures = interest_months_after(a->begins, p.term_months);
    a->rate_ppm = now.ppm;
    a->parts_drawn = 0;
    rc = deposit_row_save(c, a);
    return rc ? rc : deposit_tell(c, a, "deposit.rolled");
}

static int pay_all(struct call *c, struct deposit_account *a, account_id to)
{
    struct deposit_done done;
    const struct deposit_move m = { .id = deposit_transfer_id(a->matures, TAG_MATURE, a->id.n, 1),
                                    .account = a->id,
                                    .contra = to,
                                    .minor = a->principal_minor,
                                    .code = CODE_MATURED,
                                    .memo = "到期转活期",
                                    .forced = true };
    int rc = deposit_out(c, &m, &done);
    if (!rc)
        rc = deposit_get(c, a->id, a);
    return rc ? rc : deposit_end(c, a);
}

static int carry_out(struct call *c, struct deposit_account *a)
{
    struct deposit_account to = { .ledger = a->ledger };
    int rc = 0;
    if (a->rollover == ROLLOVER_PRINCIPAL || a->rollover == ROLLOVER_PAY)
        rc = deposit_load(c, a->payout, &to);
    if (rc || a->rollover == ROLLOVER_NONE)
        return rc;
    return a->rollover == ROLLOVER_PAY ? pay_all(c, a, to.ledger) : roll_over(c, a, to.ledger);
}

/* What was agreed cannot be done (the payout account is closed): it waits to be drawn. */
static int one_mature(struct call *c, void *ctx, struct deposit_account *a, bool *done)
{
    date day = *(const date *)ctx;
    const struct deposit_account was = *a;
    int rc = dayend_guard(c, day, DAYEND_MATURE, a->id.n, done);
    if (rc || !*done)
        return rc;
    rc = db_savepoint(c->tx);
    int refused = rc ? rc : carry_out(c, a);
    if (!rc && refused)
        db_undo(c->tx);
    else if (!rc)
        rc = db_release(c->tx);
    if (rc || refused < 0)
        return rc ? rc : refused;
    return deposit_message_add(c, a->id, refused ? "term.waits" : "term.matured", a->id.n,
                               was.principal_minor);
}

int mature_chunk(struct call *c, struct dayend_chunk *k)
{
    struct deposit_account *list;
    int n = 0;
    int rc = chunk_of(c,
                      DEPOSIT_COLUMNS " WHERE matures_day=$1 AND id>$2 AND kind=2 AND state<3"
                                      " AND principal_minor>0 ORDER BY id LIMIT $3",
                      k->day.days + 1, k->cursor, CHUNK, &list, &n);
    k->more = n == CHUNK;
    return rc ? rc : each_account(c, k, list, n, one_mature, &k->day);
}
