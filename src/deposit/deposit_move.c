/* deposit_move.c -- Money in, out, between; accounts are closed. */
#include "deposit/deposit_priv.h"
#include <string.h>
#include "base/banned.h"

static int check_amount(struct call *c, int64_t minor)
{
    return minor > 0 ? 0 : call_refuse(c, DEPOSIT_BAD_AMOUNT, "amount", "%lld", (long long)minor);
}

static struct ledger_order order_of(const struct deposit_move *m, account_id debit,
                                    account_id credit, money amount)
{
    return (struct ledger_order){ .id = m->id,
                                  .kind = LEDGER_POST,
                                  .debit = debit,
                                  .credit = credit,
                                  .amount = amount,
                                  .value_date = m->value_date,
                                  .code = m->code,
                                  .memo = m->memo,
                                  .meta = m->meta,
                                  .n_meta = m->n_meta };
}

/* Was this id booked before? Then the answer is the ledger's, whatever has changed since. */
static int booked(struct call *c, transfer_id id, bool *found, int64_t *minor)
{
    struct ledger_transfer t;
    int rc = ledger_transfer_get(c, id, &t);
    *found = rc == 0;
    if (rc == LEDGER_NO_TRANSFER) {
        c->detail[0] = '\0';
        c->field = NULL;
        return 0;
    }
    if (!rc)
        *minor = t.amount.minor;
    return rc;
}

int deposit_moved(struct call *c, struct deposit_account *a)
{
    date today;
    int rc = ledger_day(c, &today);
    if (rc || (a->moved.days == today.days && !a->fee.n))
        return rc; /* nothing to note */
    a->moved = today;
    a->moves += a->fee.n != 0;
    return db_exec(c->tx, "UPDATE deposit_account SET moved_day=$1, moves=moves+$2 WHERE id=$3",
                   DB_ARGS(DB_I(today.days), DB_I(a->fee.n != 0), DB_I(a->id.n)));
}

static int after_move(struct call *c, const struct deposit_move *m, struct deposit_account *a,
                      const struct deposit_done *done)
{
    return m->forced || done->result.existed ? 0 : deposit_moved(c, a);
}

/* ---- in ---- */

static int begin_fixed(struct call *c, struct deposit_account *a, int64_t minor, date from)
{
    struct deposit_product p;
    rate now;
    int rc = product_get(c, a->product, &p);
    if (!rc)
        rc = rate_on(c, p.id, RATE_CREDIT, from, &now);
    if (rc)
        return rc;
    a->principal_minor = minor;
    a->begins = from;
    if (a->kind == DEPOSIT_TERM) {
        a->rate_ppm = now.ppm;
        a->matures = interest_months_after(from, p.term_months);
    }
    return deposit_row_save(c, a);
}

static int check_fixed_in(struct call *c, const struct deposit_account *a, int64_t minor)
{
    struct deposit_product p;
    int rc = product_get(c, a->product, &p);
    if (!rc && a->principal_minor)
        rc = call_refuse(c, DEPOSIT_FUNDED, "account", "%s", "");
    if (!rc && minor < p.min_minor)
        rc = call_refuse(c, DEPOSIT_BELOW_MINIMUM, "amount", "%lld", (long long)p.min_minor);
    return rc;
}

int deposit_in(struct call *c, const struct deposit_move *m, struct deposit_done *out)
{
    struct deposit_account a;
    int64_t minor;
    bool again = false;
    memset(out, 0, sizeof *out);
    int rc = check_amount(c, m->minor);
    if (!rc)
        rc = deposit_get(c, m->account, &a);
    if (rc)
        return rc;
    bool fixed = !deposit_by_product(a.kind);
    if (fixed || a.state == DEPOSIT_ENDED)
        rc = booked(c, m->id, &again, &minor);
    if (!rc && !again && a.state == DEPOSIT_ENDED)
        rc = call_refuse(c, DEPOSIT_CLOSED, "account", "%s", "");
    if (!rc && !again && fixed)
        rc = check_fixed_in(c, &a, m->minor);
    const struct ledger_order o = order_of(m, m->contra, a.ledger, (money){ m->minor, a.currency });
    if (!rc)
        rc = ledger_post(c, &o, &out->result);
    if (!rc && fixed && !out->result.existed)
        rc = begin_fixed(c, &a, m->minor, m->value_date.days ? m->value_date : out->result.booked);
    return rc ? rc : after_move(c, m, &a, out);
}

/* ---- out ---- */

static int check_part(struct call *c, const struct deposit_account *a,
                      const struct deposit_product *p, int64_t minor, date today)
{
    int64_t left = a->principal_minor - minor;
    if (!a->principal_minor)
        return call_refuse(c, DEPOSIT_NOT_FUNDED, "account", "%s", "");
    if (left < 0)
        return call_refuse(c, DEPOSIT_MORE_THAN_IN, "amount", "%lld",
                           (long long)a->principal_minor);
    if (!left)
        return 0;
    if (a->kind == DEPOSIT_TERM && a->parts_drawn && today.days < a->matures.days)
        return call_refuse(c, DEPOSIT_PART_DONE, "account", "%s", "");
    if (left < p->min_minor)
        return call_refuse(c, DEPOSIT_LEAVES_LITTLE, "amount", "%lld", (long long)p->min_minor);
    return 0;
}

/* Interest first, from interest payable; then all of it goes: both or none. */
static int pay_fixed(struct call *c, const struct deposit_move *m, const struct deposit_account *a,
                     int64_t interest, struct ledger_result *out)
{
    struct ledger_order o[2];
    struct ledger_result r[2];
    account_id payable;
    int rc = deposit_own(c, OWN_INTEREST_PAYABLE, a->outlet_id, a->currency, &payable);
    if (rc)
        return rc;
    o[0] = (struct ledger_order){ .id = deposit_id_beside(m->id),
                                  .kind = LEDGER_POST,
                                  .debit = payable,
                                  .credit = a->ledger,
                                  .amount = { interest, a->currency },
                                  .code = CODE_INTEREST,
                                  .memo = "利息",
                                  .linked = true };
    o[1] = order_of(m, a->ledger, m->contra, (money){ m->minor + interest, a->currency });
    if (!interest)
        return ledger_post(c, &o[1], out);
    rc = ledger_post_many(c, o, 2, r);
    for (int i = 0; !rc && i < 2; i++)
        if (r[i].rc && r[i].rc != LEDGER_LINKED)
            rc = call_refuse(c, r[i].rc, r[i].field, "%s", r[i].field ? r[i].field : "");
    *out = r[1];
    return rc;
}

static int use_notice(struct call *c, const struct deposit_account *a, date today)
{
    struct notice_facts f = { 0 };
    int64_t notice_id = 0;
    int rc = a->kind == DEPOSIT_NOTICE ? notice_open(c, a->id, &f, &notice_id) : 0;
    if (rc || !notice_id || f.due.days > today.days)
        return rc;
    return notice_end(c, a->id, notice_id, f.due.days == today.days ? NOTICE_USED : NOTICE_UNUSED);
}

static int draw_fixed(struct call *c, const struct deposit_move *m, struct deposit_account *a,
                      struct deposit_done *out)
{
    struct deposit_product p;
    date today;
    int rc = product_get(c, a->product, &p);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = check_part(c, a, &p, m->minor, today);
    if (!rc)
        rc = interest_drawn(c, a, m->minor, &out->interest_minor);
    if (!rc)
        rc = pay_fixed(c, m, a, out->interest_minor, &out->result);
    if (!rc)
        rc = interest_note(c, a, a->begins, (date){ today.days - 1 }, out->interest_minor, m->id);
    if (!rc)
        rc = use_notice(c, a, today);
    if (rc)
        return rc;
    a->principal_minor -= m->minor;
    a->parts_drawn += a->principal_minor > 0 && today.days < a->matures.days;
    return deposit_row_save(c, a);
}

/* Asked again: the interest that went with it is found beside it. */
static int fixed_again(struct call *c, const struct deposit_move *m,
                       const struct deposit_account *a, struct deposit_done *out)
{
    bool found = false;
    int rc = booked(c, deposit_id_beside(m->id), &found, &out->interest_minor);
    const struct ledger_order o =
        order_of(m, a->ledger, m->contra, (money){ m->minor + out->interest_minor, a->currency });
    return rc ? rc : ledger_post(c, &o, &out->result);
}

int deposit_out(struct call *c, const struct deposit_move *m, struct deposit_done *out)
{
    struct deposit_account a;
    int64_t minor;
    bool again = false;
    memset(out, 0, sizeof *out);
    int rc = check_amount(c, m->minor);
    if (!rc)
        rc = deposit_get(c, m->account, &a);
    if (rc)
        return rc;
    bool fixed = !deposit_by_product(a.kind);
    if (fixed || a.state == DEPOSIT_ENDED || a.kind == DEPOSIT_MARGIN)
        rc = booked(c, m->id, &again, &minor);
    if (!rc && again && fixed)
        return fixed_again(c, m, &a, out);
    if (!rc && !again && a.state == DEPOSIT_ENDED)
        rc = call_refuse(c, DEPOSIT_CLOSED, "account", "%s", "");
    if (!rc && !again && a.kind == DEPOSIT_MARGIN && !a.released)
        rc = call_refuse(c, DEPOSIT_MARGIN_HELD, "account", "%s", a.purpose);
    if (rc)
        return rc;
    const struct ledger_order o = order_of(m, a.ledger, m->contra, (money){ m->minor, a.currency });
    rc = fixed ? draw_fixed(c, m, &a, out) : ledger_post(c, &o, &out->result);
    return rc ? rc : after_move(c, m, &a, out);
}

int deposit_quote(struct call *c, deposit_id id, int64_t minor, int64_t *interest_minor)
{
    struct deposit_account a;
    struct deposit_interest in;
    date today;
    int rc = deposit_load(c, id, &a);
    if (!rc)
        rc = ledger_day(c, &today);
    *interest_minor = 0;
    if (rc)
        return rc;
    if (!deposit_by_product(a.kind))
        return interest_drawn(c, &a, minor ? minor : a.principal_minor, interest_minor);
    rc = deposit_interest_of(c, &a, (date){ today.days - 1 }, &in);
    *interest_minor = in.credit.minor + in.adjusted - in.debit.minor;
    return rc;
}

int deposit_transfer(struct call *c, const struct deposit_move *m, deposit_id payee,
                     struct deposit_done *out)
{
    struct deposit_account from, to;
    struct deposit_move move = *m;
    int rc = deposit_get(c, m->account, &from);
    if (!rc)
        rc = deposit_get(c, payee, &to);
    if (rc)
        return rc;
    if (from.kind == DEPOSIT_MARGIN && !from.released)
        return call_refuse(c, DEPOSIT_MARGIN_HELD, "account", "%s", from.purpose);
    if (deposit_by_product(to.kind)) {
        move.contra = to.ledger;
        rc = deposit_out(c, &move, out);
        return rc ? rc : after_move(c, m, &to, out);
    }
    if (!deposit_by_product(from.kind))
        return call_refuse(c, DEPOSIT_WRONG_KIND, "payee", "one of the two is a demand account");
    move.account = payee;
    move.contra = from.ledger;
    rc = deposit_in(c, &move, out);
    return rc ? rc : after_move(c, m, &from, out);
}

/* ---- closing ---- */

static int count_open(struct call *c, const char *sql, deposit_id id, int refusal)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, sql, DB_ARGS(DB_I(id.n)), 0, &n);
    return rc || !n ? rc : call_refuse(c, refusal, "account", "%lld", (long long)n);
}

int deposit_end(struct call *c, struct deposit_account *a)
{
    int rc = ledger_close(c, a->ledger);
    if (!rc)
        rc = ledger_day(c, &a->closed);
    a->state = DEPOSIT_ENDED;
    if (!rc)
        rc = deposit_row_save(c, a);
    return rc ? rc : deposit_tell(c, a, "deposit.closed");
}

static int pay_balance(struct call *c, const struct deposit_account *a, account_id contra,
                       transfer_id id, struct deposit_done *out)
{
    struct ledger_account la;
    int rc = ledger_account_get(c, a->ledger, &la);
    int64_t balance = rc ? 0 : ledger_balance(&la);
    if (rc || !balance)
        return rc;
    if (balance < 0)
        return call_refuse(c, DEPOSIT_OVERDRAWN, "account", "%lld", (long long)balance);
    if (!contra.n)
        return call_refuse(c, DEPOSIT_NO_CONTRA, "contra", "%lld", (long long)balance);
    return deposit_post(c, id, a->ledger, contra, (money){ balance, a->currency }, 0, "销户",
                        &out->result);
}

static int close_by_product(struct call *c, struct deposit_account *a, account_id contra,
                            transfer_id id, struct deposit_done *out)
{
    struct deposit_interest in;
    date today;
    int rc = ledger_day(c, &today);
    const date until = { today.days - 1 };
    if (!rc && a->kind == DEPOSIT_MARGIN && !a->released)
        rc = call_refuse(c, DEPOSIT_MARGIN_HELD, "account", "%s", a->purpose);
    if (!rc)
        rc = deposit_interest_of(c, a, until, &in);
    if (!rc)
        rc = deposit_settle(c, a, until);
    if (!rc)
        rc = count_open(c, "SELECT COUNT(*) FROM deposit_due WHERE account_id=$1 AND ended_day=0",
                        a->id, DEPOSIT_DUES_OPEN);
    if (rc)
        return rc;
    out->interest_minor = in.credit.minor + in.adjusted - in.debit.minor;
    return pay_balance(c, a, contra, id, out);
}

static int close_again(struct call *c, const struct deposit_account *a, transfer_id id,
                       struct deposit_done *out)
{
    bool found = false;
    struct ledger_transfer t;
    int64_t minor;
    int rc = booked(c, id, &found, &minor);
    if (!rc && found)
        rc = ledger_transfer_get(c, id, &t);
    if (rc || !found || t.debit.n != a->ledger.n)
        return rc ? rc : call_refuse(c, DEPOSIT_CLOSED, "account", "%s", "");
    out->result = (struct ledger_result){ .existed = true,
                                          .number = t.number,
                                          .booked_us = t.booked_us,
                                          .booked = t.booked,
                                          .minor = t.amount.minor };
    return 0;
}

int deposit_close(struct call *c, deposit_id id, account_id contra, transfer_id transfer,
                  struct deposit_done *out)
{
    struct deposit_account a;
    memset(out, 0, sizeof *out);
    int rc = deposit_get(c, id, &a);
    if (!rc && a.state == DEPOSIT_ENDED)
        return close_again(c, &a, transfer, out);
    if (!rc)
        rc = count_open(c, "SELECT COUNT(*) FROM deposit_standing WHERE payer_id=$1 AND state<3",
                        id, DEPOSIT_ORDERS_OPEN);
    if (rc)
        return rc;
    if (deposit_by_product(a.kind)) {
        rc = close_by_product(c, &a, contra, transfer, out);
    } else if (a.principal_minor) {
        const struct deposit_move m = { .id = transfer,
                                        .account = id,
                                        .contra = contra,
                                        .minor = a.principal_minor,
                                        .memo = "销户" };
        rc = contra.n ? draw_fixed(c, &m, &a, out)
                      : call_refuse(c, DEPOSIT_NO_CONTRA, "contra", "%s", "");
    }
    if (!rc)
        rc = count_open(c, "SELECT COUNT(*) FROM deposit_due WHERE account_id=$1 AND ended_day=0",
                        id, DEPOSIT_DUES_OPEN);
    return rc ? rc : deposit_end(c, &a);
}
