/* standing.c -- Standing orders: kept, and carried out by the day end. */
#include "deposit/deposit_priv.h"
#include "branch/branch.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { CHUNK = 100, OF_PAYER_MAX = 200, DUE_AT_ONCE = 400 };
enum { RUN_PAID = 1, RUN_FAILED, RUN_GIVEN_UP };

struct standing_row {
    struct standing_order o;
    int64_t nth; /* of the next due day, from 0 */
};

static void copy_text(char *out, size_t size, struct db_rows *r, int column)
{
    const char *text = db_text(r, column);
    snprintf(out, size, "%s", text ? text : "");
}

static date day_of(struct db_rows *r, int column)
{
    return (date){ (int32_t)db_i64(r, column) };
}

#define COLUMNS                                                                                 \
    "SELECT id, payer_id, payee_id, payee_bank, payee_account, payee_name, minor, memo, cycle," \
    " first_day, until_day, state, nth, next_day, try_day, tries, paid, holiday"                \
    " FROM deposit_standing"

static void read_row(struct db_rows *r, struct standing_row *row)
{
    *row = (struct standing_row){ .o = { .id = { db_i64(r, 0) },
                                         .payer = { db_i64(r, 1) },
                                         .payee = { db_i64(r, 2) },
                                         .minor = db_i64(r, 6),
                                         .cycle = (enum standing_cycle)db_i64(r, 8),
                                         .first = day_of(r, 9),
                                         .until = day_of(r, 10),
                                         .state = (enum standing_state)db_i64(r, 11),
                                         .next = day_of(r, 13),
                                         .pays = day_of(r, 14),
                                         .tries = (int32_t)db_i64(r, 15),
                                         .paid = db_i64(r, 16),
                                         .holiday = (enum standing_holiday)db_i64(r, 17) },
                                  .nth = db_i64(r, 12) };
    copy_text(row->o.payee_bank, sizeof row->o.payee_bank, r, 3);
    copy_text(row->o.payee_account, sizeof row->o.payee_account, r, 4);
    copy_text(row->o.payee_name, sizeof row->o.payee_name, r, 5);
    copy_text(row->o.memo, sizeof row->o.memo, r, 7);
}

static int read_rows(struct call *c, const char *sql, const struct db_value *args, int n_args,
                     int max, struct standing_row *out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, sql, args, n_args);
    *n = 0;
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        read_row(&r, &out[(*n)++]);
    }
    db_done(&r);
    return rc;
}

static int load(struct call *c, standing_id id, struct standing_row *out)
{
    int n = 0;
    *out = (struct standing_row){ 0 };
    int rc = read_rows(c, COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)), 1, out, &n);
    return rc || n ? rc : call_refuse(c, DEPOSIT_NO_ORDER, "order", "%lld", (long long)id.n);
}

static int save(struct call *c, const struct standing_row *row)
{
    const struct standing_order *o = &row->o;
    return db_exec(c->tx,
                   "INSERT INTO deposit_standing (id, payer_id, payee_id, payee_bank,"
                   " payee_account, payee_name, minor, memo, cycle, first_day, until_day, state,"
                   " nth, next_day, try_day, tries, paid, holiday) VALUES ($1, $2, $3, $4, $5,"
                   " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) "
                   "DO UPDATE SET"
                   " payee_id=excluded.payee_id, payee_bank=excluded.payee_bank,"
                   " payee_account=excluded.payee_account, payee_name=excluded.payee_name,"
                   " minor=excluded.minor, memo=excluded.memo, until_day=excluded.until_day,"
                   " state=excluded.state, nth=excluded.nth, next_day=excluded.next_day,"
                   " try_day=excluded.try_day, tries=excluded.tries, paid=excluded.paid,"
                   " holiday=excluded.holiday",
                   DB_ARGS(DB_I(o->id.n), DB_I(o->payer.n), DB_I(o->payee.n), DB_T(o->payee_bank),
                           DB_T(o->payee_account), DB_T(o->payee_name), DB_I(o->minor),
                           DB_T(o->memo), DB_I(o->cycle), DB_I(o->first.days), DB_I(o->until.days),
                           DB_I(o->state), DB_I(row->nth), DB_I(o->next.days), DB_I(o->pays.days),
                           DB_I(o->tries), DB_I(o->paid), DB_I(o->holiday)));
}

static int tell(struct call *c, const struct standing_order *o, const char *topic)
{
    struct deposit_account payer;
    bool found = false;
    int rc = deposit_row(c, o->payer, &payer, &found);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "payer", o->payer.n);
    jw_i64(w, "payee", o->payee.n);
    jw_i64(w, "minor", o->minor);
    jw_i64(w, "cycle", o->cycle);
    jw_i64(w, "state", o->state);
    jw_i64(w, "next", o->next.days);
    return event_add(c, found ? payer.outlet_id : 0, topic, o->id.n);
}

/* ---- days ---- */

/* No row of days without work is longer; how far ahead of a due day the day before it may be. */
enum { LONGEST = 40 };

/* What the calendar says, asked once a day: 0 not yet, else 1 work, 2 none. */
struct work_days {
    int32_t from;
    char seen[4 * LONGEST];
};

static int is_work_day(struct call *c, struct work_days *w, date d, bool *work)
{
    size_t at = (size_t)(d.days - w->from);
    bool near = d.days >= w->from && at < sizeof w->seen;
    if (near && w->seen[at]) {
        *work = w->seen[at] == 1;
        return 0;
    }
    enum branch_day_kind kind;
    const char *name;
    int rc = branch_day(c, d, &kind, &name);
    *work = !rc && branch_is_work_day(kind);
    if (!rc && near)
        w->seen[at] = *work ? 1 : 2;
    return rc;
}

/* From d in steps of one day to the first with work. */
static int move_off(struct call *c, struct work_days *w, int step, date *d)
{
    bool work = false;
    int rc = 0;
    for (int i = 0; !rc && !work && i < LONGEST; i++) {
        rc = is_work_day(c, w, *d, &work);
        d->days += rc || work ? 0 : step;
    }
    return rc;
}

/* When the due day is paid, by the calendar as it is now: the last payment may be long ago. A try
 * after a failure keeps off days without work too; it can only be later. */
static int set_pays(struct call *c, struct work_days *w, struct standing_order *o)
{
    if (!o->tries)
        o->pays = o->next;
    if (o->holiday == STANDING_AS_IT_IS)
        return 0;
    bool before = !o->tries && o->holiday == STANDING_WORK_DAY_BEFORE;
    return move_off(c, w, before ? -1 : 1, &o->pays);
}

static struct work_days *days_around(struct call *c, date d)
{
    struct work_days *w = arena_alloc(c->arena, sizeof *w);
    memset(w, 0, sizeof *w);
    w->from = d.days - LONGEST;
    return w;
}

/* The next due day is after the last possible one: nothing is paid any more. */
static bool run_out(const struct standing_order *o)
{
    return o->until.days && o->next.days > o->until.days;
}

/* ---- keeping ---- */

/* An account's number elsewhere: letters, digits, hyphens. */
static bool good_number(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
              *p == '-'))
            return false;
    return *text != 0;
}

/* A bank's code, or its name where nobody knows the code. */
static bool good_bank(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= 0x20 || *p == 0x7F)
            return false;
    return *text != 0;
}

static int check_elsewhere(struct call *c, const struct standing_order *o)
{
    if (!o->payee_bank[0] && !o->payee_account[0])
        return call_refuse(c, DEPOSIT_BAD_PAYEE, "payee",
                           "an account here, or a bank and an account");
    if (!good_bank(o->payee_bank))
        return call_refuse(c, DEPOSIT_BAD_PAYEE, "payee_bank", "a code without blanks");
    if (!good_number(o->payee_account))
        return call_refuse(c, DEPOSIT_BAD_PAYEE, "payee_account", "letters and digits");
    return 0;
}

static int check_payee(struct call *c, const struct standing_order *o,
                       const struct deposit_account *payer)
{
    struct deposit_account payee;
    if (!o->payee.n)
        return check_elsewhere(c, o);
    if (o->payee.n == o->payer.n)
        return call_refuse(c, DEPOSIT_PAYEE_SELF, "payee", "%s", "");
    int rc = deposit_get(c, o->payee, &payee);
    if (rc == DEPOSIT_NO_ACCOUNT ||
        (!rc && (payee.state == DEPOSIT_ENDED || payee.currency != payer->currency ||
                 !deposit_by_product(payee.kind))))
        rc = call_refuse(c, DEPOSIT_BAD_PAYEE, "payee", "an open demand account");
    return rc;
}

static int check_schedule(struct call *c, const struct standing_order *o, bool fresh)
{
    date today;
    int rc = ledger_day(c, &today);
    if (!rc && (o->cycle < STANDING_ONCE || o->cycle > STANDING_YEARLY ||
                o->holiday > STANDING_WORK_DAY_BEFORE || (fresh && o->first.days < today.days) ||
                (o->until.days && o->until.days < o->first.days)))
        rc = call_refuse(c, DEPOSIT_BAD_SCHEDULE, "first", "from today on, in order");
    return rc;
}

static int check_order(struct call *c, const struct standing_order *o, bool fresh)
{
    struct deposit_account payer;
    if (o->minor <= 0)
        return call_refuse(c, DEPOSIT_BAD_AMOUNT, "amount", "%s", "");
    int rc = deposit_load(c, o->payer, &payer);
    if (!rc && payer.kind != DEPOSIT_DEMAND && payer.kind != DEPOSIT_OVERDRAFT)
        rc = call_refuse(c, DEPOSIT_WRONG_KIND, "payer", "a demand account");
    if (!rc)
        rc = check_payee(c, o, &payer);
    return rc ? rc : check_schedule(c, o, fresh);
}

int standing_put(struct call *c, struct standing_order *o)
{
    struct standing_row row = { .nth = 0 };
    bool fresh = !o->id.n;
    int rc = fresh ? 0 : load(c, o->id, &row);
    if (!rc && !fresh && row.o.state == STANDING_ENDED)
        rc = call_refuse(c, DEPOSIT_ORDER_ENDED, "order", "%s", "");
    if (rc)
        return rc;
    struct standing_order was = row.o;
    row.o = *o;
    if (fresh) {
        row.o.next = o->first;
        row.o.state = STANDING_ACTIVE;
        row.o.tries = 0;
        row.o.paid = 0;
    } else { /* whom, how much and until when may change; whose and when it began may not */
        row.o.payer = was.payer;
        row.o.cycle = was.cycle;
        row.o.first = was.first;
        row.o.state = was.state;
        row.o.next = was.next;
        row.o.tries = was.tries;
        row.o.paid = was.paid;
        row.o.pays = was.pays;
    }
    if (!row.o.holiday)
        row.o.holiday = fresh ? STANDING_AS_IT_IS : was.holiday;
    rc = check_order(c, &row.o, fresh);
    if (!rc)
        rc = set_pays(c, days_around(c, row.o.next), &row.o);
    if (rc)
        return rc;
    if (run_out(&row.o))
        row.o.state = STANDING_ENDED;
    if (fresh)
        row.o.id.n = call_id(c);
    rc = save(c, &row);
    if (!rc)
        rc = tell(c, &row.o,
                  fresh                           ? "order.made"
                  : row.o.state == STANDING_ENDED ? "order.ended"
                                                  : "order.changed");
    if (!rc)
        *o = row.o;
    return rc;
}

int standing_get(struct call *c, standing_id id, struct standing_order *out)
{
    struct standing_row row;
    int rc = load(c, id, &row);
    if (!rc)
        *out = row.o;
    return rc;
}

int standing_of(struct call *c, deposit_id payer, struct standing_order **out, int *n)
{
    struct standing_row *rows = arena_alloc(c->arena, OF_PAYER_MAX * sizeof *rows);
    int rc = read_rows(c, COLUMNS " WHERE payer_id=$1 ORDER BY id LIMIT $2",
                       DB_ARGS(DB_I(payer.n), DB_I(OF_PAYER_MAX)), OF_PAYER_MAX, rows, n);
    *out = arena_alloc(c->arena, OF_PAYER_MAX * sizeof **out);
    for (int i = 0; !rc && i < *n; i++)
        (*out)[i] = rows[i].o;
    return rc;
}

/* Due days whose day of paying passed while it was paused are not paid afterwards; one that was
 * moved to a day still to come is, and what was being tried again goes on. */
static int skip_passed(struct call *c, struct standing_row *row, date today)
{
    struct standing_order *o = &row->o;
    struct work_days *w = days_around(c, today);
    if (o->tries && o->pays.days < today.days)
        o->tries = 0;
    int rc = set_pays(c, w, o);
    while (!rc && o->pays.days < today.days && o->cycle != STANDING_ONCE && !run_out(o)) {
        o->next = standing_due(o->cycle, o->first, (int)++row->nth);
        rc = set_pays(c, w, o);
    }
    bool late = o->cycle == STANDING_ONCE && o->pays.days < today.days;
    if (run_out(o) || (late && o->until.days && o->until.days < today.days))
        o->state = STANDING_ENDED;
    return rc;
}

int standing_set_state(struct call *c, standing_id id, enum standing_state state)
{
    static const char *const topics[] = { [STANDING_ACTIVE] = "order.resumed",
                                          [STANDING_PAUSED] = "order.paused",
                                          [STANDING_ENDED] = "order.cancelled" };
    struct standing_row row;
    date today;
    CHECK(state >= STANDING_ACTIVE && state <= STANDING_ENDED);
    int rc = load(c, id, &row);
    if (!rc && row.o.state == STANDING_ENDED)
        rc = call_refuse(c, DEPOSIT_ORDER_ENDED, "order", "%s", "");
    if (!rc)
        rc = ledger_day(c, &today);
    if (rc || row.o.state == state)
        return rc;
    bool resumed = state == STANDING_ACTIVE;
    row.o.state = state;
    if (resumed)
        rc = skip_passed(c, &row, today); /* it may end it */
    if (!rc)
        rc = save(c, &row);
    bool over = resumed && row.o.state == STANDING_ENDED;
    return rc ? rc : tell(c, &row.o, over ? "order.ended" : topics[state]);
}

int standing_runs(struct call *c, standing_id id, int max, struct standing_run **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT due_day, tried_day, tries, rc, state, id_high, id_low"
                      " FROM deposit_standing_run WHERE order_id=$1 ORDER BY due_day DESC LIMIT $2",
                      DB_ARGS(DB_I(id.n), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        (*out)[(*n)++] = (struct standing_run){ .due = day_of(&r, 0),
                                                .tried = day_of(&r, 1),
                                                .tries = (int32_t)db_i64(&r, 2),
                                                .rc = (int)db_i64(&r, 3),
                                                .given_up = db_i64(&r, 4) == RUN_GIVEN_UP,
                                                .transfer = { db_i64(&r, 5), db_i64(&r, 6) } };
    }
    db_done(&r);
    return rc;
}

/* ---- carrying out ---- */

static int pay(struct call *c, const struct standing_order *o, transfer_id id)
{
    struct deposit_account payer;
    struct deposit_done done;
    char number[24];
    struct ledger_pair meta[4] = { { "standing", number } };
    size_t n = 1;
    snprintf(number, sizeof number, "%lld", (long long)o->id.n);
    if (!o->payee.n) {
        meta[n++] = (struct ledger_pair){ "payee_bank", o->payee_bank };
        meta[n++] = (struct ledger_pair){ "payee_account", o->payee_account };
    }
    if (!o->payee.n && o->payee_name[0])
        meta[n++] = (struct ledger_pair){ "payee_name", o->payee_name };
    struct deposit_move m = { .id = id,
                              .account = o->payer,
                              .minor = o->minor,
                              .code = CODE_STANDING,
                              .memo = o->memo[0] ? o->memo : "约定转账",
                              .meta = meta,
                              .n_meta = n };
    if (o->payee.n)
        return deposit_transfer(c, &m, o->payee, &done);
    int rc = deposit_get(c, o->payer, &payer);
    if (!rc)
        rc = deposit_own(c, OWN_CLEARING, payer.outlet_id, payer.currency, &m.contra);
    return rc ? rc : deposit_out(c, &m, &done);
}

static int note_run(struct call *c, const struct standing_row *row, date tried, int rc_of,
                    int state, transfer_id id)
{
    return db_exec(c->tx,
                   "INSERT INTO deposit_standing_run (order_id, due_day, tried_day, tries, rc,"
                   " state, id_high, id_low) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                   " ON CONFLICT (order_id, due_day) DO UPDATE SET tried_day=excluded.tried_day,"
                   " tries=excluded.tries, rc=excluded.rc, state=excluded.state",
                   DB_ARGS(DB_I(row->o.id.n), DB_I(row->o.next.days), DB_I(tried.days),
                           DB_I(row->o.tries), DB_I(rc_of), DB_I(state), DB_I(id.high),
                           DB_I(id.low)));
}

static int to_next(struct call *c, struct work_days *w, struct standing_row *row)
{
    row->o.tries = 0;
    row->o.next = standing_due(row->o.cycle, row->o.first, (int)++row->nth);
    if (row->o.cycle == STANDING_ONCE || run_out(&row->o))
        row->o.state = STANDING_ENDED;
    return set_pays(c, w, &row->o);
}

struct round { /* of one chunk */
    date day;
    int tries_max;
    struct work_days *days;
};

/* One due day, tried once. Refused: all of the try is undone, and the failure is noted. */
static int try_once(struct call *c, struct standing_row *row, const struct round *on, bool *paid)
{
    transfer_id id = deposit_transfer_id(row->o.next, TAG_STANDING, row->o.id.n, 0);
    int rc = db_savepoint(c->tx);
    if (rc)
        return rc;
    int refused = pay(c, &row->o, id);
    if (refused) {
        db_undo(c->tx);
        if (refused < 0)
            return refused;
    } else {
        rc = db_release(c->tx);
    }
    *paid = !refused;
    row->o.tries++;
    row->o.paid += *paid;
    bool over = refused && row->o.tries >= on->tries_max;
    if (!rc)
        rc = note_run(c, row, on->day, refused,
                      *paid  ? RUN_PAID
                      : over ? RUN_GIVEN_UP
                             : RUN_FAILED,
                      id);
    if (!rc && refused && (over || row->o.tries == 1))
        rc = deposit_message_add(c, row->o.payer, over ? "order.given_up" : "order.failed",
                                 row->o.id.n, row->o.minor);
    if (!rc && (*paid || over))
        return to_next(c, on->days, row);
    row->o.pays.days = on->day.days + 1;
    return rc ? rc : set_pays(c, on->days, &row->o);
}

static bool is_due(const struct standing_order *o, date day)
{
    return o->state == STANDING_ACTIVE && o->pays.days <= day.days;
}

static int one_order(struct call *c, struct standing_row *row, const struct round *on,
                     int64_t *done)
{
    bool first = false;
    const struct standing_order was = row->o;
    int rc = set_pays(c, on->days, &row->o);
    if (run_out(&row->o))
        row->o.state = STANDING_ENDED;
    if (rc || (row->o.state == was.state && row->o.pays.days == was.pays.days &&
               !is_due(&row->o, on->day)))
        return rc; /* as it was, and not today */
    if (is_due(&row->o, on->day))
        rc = dayend_guard(c, on->day, DAYEND_STANDING, row->o.id.n, &first);
    for (int i = 0; !rc && first && i < DUE_AT_ONCE && is_due(&row->o, on->day); i++) {
        bool paid = false;
        rc = try_once(c, row, on, &paid);
        *done += paid;
    }
    if (!rc)
        rc = save(c, row);
    return !rc && row->o.state == STANDING_ENDED ? tell(c, &row->o, "order.ended") : rc;
}

int standing_chunk(struct call *c, struct dayend_chunk *k)
{
    struct standing_row *rows = arena_alloc(c->arena, CHUNK * sizeof *rows);
    struct deposit_settings s;
    int n = 0;
    int rc = deposit_settings_get(c, &s);
    if (!rc) /* the day before a due day to come may be this one */
        rc = read_rows(
            c,
            COLUMNS " WHERE +state=1 AND (next_day<=$1 OR holiday=3 AND next_day<=$2)"
                    " AND id>$3 ORDER BY id LIMIT $4",
            DB_ARGS(DB_I(k->day.days), DB_I(k->day.days + LONGEST), DB_I(k->cursor), DB_I(CHUNK)),
            CHUNK, rows, &n);
    const struct round on = { k->day, s.order_tries, days_around(c, k->day) };
    for (int i = 0; !rc && i < n; i++) {
        rc = one_order(c, &rows[i], &on, &k->done);
        k->cursor = rows[i].o.id.n;
    }
    k->more = n == CHUNK;
    return rc;
}
