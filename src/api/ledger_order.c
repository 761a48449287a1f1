/* ledger_order.c -- See ledger_order.h. One reader for a single order and for thousands: it pulls,
 * so that a batch is not a document first. */
#include "api/ledger_order.h"
#include "deposit/deposit.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static const char *const kinds[] = {
    [LEDGER_POST] = "post", [LEDGER_HOLD] = "hold",       [LEDGER_CAPTURE] = "capture",
    [LEDGER_VOID] = "void", [LEDGER_REVERSE] = "reverse", [LEDGER_JOURNAL] = "journal",
};

const char *order_kind_code(enum ledger_kind kind)
{
    return kinds[kind];
}

const char *order_side_code(enum ledger_side side)
{
    return side == LEDGER_DEBIT ? "debit" : "credit";
}

/* ---- one order ---- */

struct reading {
    struct call *c;
    struct jsonr r;
    int64_t at; /* in the batch; -1: it is alone */
    const char *field, *part;
    struct ledger_order *o;
    char amount[MONEY_TEXT * 2];
    const char **leg_amounts;
    unsigned seen; /* fields, a bit each */
};

static bool read_id(struct reading *g, transfer_id *out)
{
    char text[TRANSFER_TEXT];
    return jr_text(&g->r, text, sizeof text) &&
           (ledger_id_parse(text, out) || jr_fail(&g->r, BASE_BAD_INPUT, "32 digits 0-9 a-f"));
}

static bool read_own_id(struct reading *g)
{
    return read_id(g, &g->o->id) &&
           (!deposit_is_own_id(g->o->id) || jr_fail(&g->r, LEDGER_ID_RANGE, "the day end's"));
}

static bool read_of(struct reading *g)
{
    return read_id(g, &g->o->of);
}

static bool read_kind(struct reading *g)
{
    char text[16];
    if (!jr_text(&g->r, text, sizeof text))
        return false;
    for (size_t i = LEDGER_POST; i < COUNT(kinds); i++)
        if (!strcmp(text, kinds[i])) {
            g->o->kind = (enum ledger_kind)i;
            return true;
        }
    return jr_fail(&g->r, BASE_BAD_INPUT, "post, hold, capture, void, reverse or journal");
}

static bool read_debit(struct reading *g)
{
    return jr_i64(&g->r, &g->o->debit.n);
}

static bool read_credit(struct reading *g)
{
    return jr_i64(&g->r, &g->o->credit.n);
}

static bool read_amount(struct reading *g)
{
    return jr_text(&g->r, g->amount, sizeof g->amount);
}

static bool read_currency(struct reading *g)
{
    char text[8];
    return jr_text(&g->r, text, sizeof text) && (currency_parse(text, &g->o->amount.currency) ||
                                                 jr_fail(&g->r, BASE_BAD_INPUT, "CNY, USD ..."));
}

static bool read_timeout(struct reading *g)
{
    return jr_i64(&g->r, &g->o->timeout_s);
}

static bool read_value_date(struct reading *g)
{
    char text[DATE_TEXT];
    return jr_text(&g->r, text, sizeof text) &&
           (date_parse(text, &g->o->value_date) || jr_fail(&g->r, BASE_BAD_INPUT, "YYYY-MM-DD"));
}

static bool read_code(struct reading *g)
{
    int64_t n = 0;
    if (!jr_i64(&g->r, &n))
        return false;
    g->o->code = (int32_t)n;
    return (n >= INT32_MIN && n <= INT32_MAX) || jr_fail(&g->r, BASE_RANGE, "the business code");
}

static bool read_memo(struct reading *g)
{
    char text[LEDGER_MEMO_MAX + 1];
    if (!jr_text(&g->r, text, sizeof text))
        return false;
    g->o->memo = arena_text(g->c->arena, text);
    return true;
}

static bool read_linked(struct reading *g)
{
    return jr_bool(&g->r, &g->o->linked);
}

static bool read_leg(struct reading *g, struct ledger_leg *leg, const char **amount)
{
    struct jr_key k;
    char text[MONEY_TEXT * 2], side[8];
    unsigned seen = 0;
    if (!jr_object(&g->r))
        return false;
    while (jr_key(&g->r, &k)) {
        unsigned bit = jr_is(&k, "account")  ? 1
                       : jr_is(&k, "side")   ? 2
                       : jr_is(&k, "amount") ? 4
                                             : 0;
        if (!bit)
            return jr_fail(&g->r, BASE_UNKNOWN_FIELD, "of a leg");
        if (seen & bit)
            return jr_fail(&g->r, BASE_BAD_INPUT, "twice");
        seen |= bit;
        if (bit == 1 && !jr_i64(&g->r, &leg->account.n))
            return false;
        if (bit == 4 && !jr_text(&g->r, text, sizeof text))
            return false;
        if (bit == 2 && !jr_text(&g->r, side, sizeof side))
            return false;
        if (bit == 2)
            leg->side = !strcmp(side, "debit")    ? LEDGER_DEBIT
                        : !strcmp(side, "credit") ? LEDGER_CREDIT
                                                  : 0;
    }
    if (!g->r.rc && seen != 7)
        return jr_fail(&g->r, BASE_MISSING, "account, side or amount of a leg");
    *amount = arena_text(g->c->arena, text);
    return !g->r.rc;
}

static bool read_legs(struct reading *g)
{
    struct ledger_leg *legs = arena_alloc(g->c->arena, (LEDGER_LEGS_MAX + 1) * sizeof *legs);
    g->leg_amounts = arena_alloc(g->c->arena, (LEDGER_LEGS_MAX + 1) * sizeof *g->leg_amounts);
    size_t n = 0;
    if (!jr_array(&g->r))
        return false;
    while (jr_item(&g->r)) {
        if (n > LEDGER_LEGS_MAX) /* one too many is the room's to refuse */
            return jr_fail(&g->r, BASE_TOO_LONG, "at most 64 legs");
        if (!read_leg(g, &legs[n], &g->leg_amounts[n]))
            return false;
        n++;
    }
    g->o->legs = legs;
    g->o->n_legs = n;
    return !g->r.rc;
}

static bool read_meta(struct reading *g)
{
    struct ledger_pair *pairs = arena_alloc(g->c->arena, (LEDGER_META_MAX + 1) * sizeof *pairs);
    struct jr_key k;
    char text[LEDGER_VALUE_MAX + 2];
    size_t n = 0;
    if (!jr_object(&g->r))
        return false;
    while (jr_key(&g->r, &k)) {
        if (n > LEDGER_META_MAX)
            return jr_fail(&g->r, BASE_TOO_LONG, "at most 8 pairs");
        if (!jr_text(&g->r, text, sizeof text))
            return false;
        pairs[n].key = arena_text(g->c->arena, k.text);
        pairs[n++].value = arena_text(g->c->arena, text);
    }
    g->o->meta = pairs;
    g->o->n_meta = n;
    return !g->r.rc;
}

static const struct {
    const char *name;
    bool (*read)(struct reading *g);
} fields[] = {
    { "id", read_own_id },     { "kind", read_kind },
    { "debit", read_debit },   { "credit", read_credit },
    { "amount", read_amount }, { "currency", read_currency },
    { "memo", read_memo },     { "of", read_of },
    { "code", read_code },     { "value_date", read_value_date },
    { "meta", read_meta },     { "linked", read_linked },
    { "legs", read_legs },     { "timeout_s", read_timeout },
};

/* Amounts are read when the currency is known. */
static bool read_money(struct reading *g)
{
    money m;
    enum currency currency = g->o->amount.currency;
    g->field = "amount";
    if (g->amount[0]) {
        if (!money_parse(g->amount, currency, &m))
            return jr_fail(&g->r, BASE_BAD_INPUT, "a decimal, as \"12.34\"");
        g->o->amount.minor = m.minor;
    }
    for (size_t i = 0; i < g->o->n_legs; i++) {
        g->field = "legs";
        if (!money_parse(g->leg_amounts[i], currency, &m))
            return jr_fail(&g->r, BASE_BAD_INPUT, "a decimal, as \"12.34\"");
        ((struct ledger_leg *)g->o->legs)[i].minor = m.minor;
    }
    return true;
}

static bool read_field(struct reading *g, const struct jr_key *k)
{
    size_t i = 0;
    while (i < COUNT(fields) && !jr_is(k, fields[i].name))
        i++;
    g->field = i < COUNT(fields) ? fields[i].name : arena_text(g->c->arena, k->text);
    if (i == COUNT(fields))
        return jr_fail(&g->r, BASE_UNKNOWN_FIELD, "of an order");
    if (g->seen & 1U << i)
        return jr_fail(&g->r, BASE_BAD_INPUT, "twice");
    g->seen |= 1U << i;
    if (jr_peek(&g->r) == JR_NULL) /* null is the same as missing */
        return jr_null(&g->r);
    return fields[i].read(g);
}

static bool read_order(struct reading *g, struct ledger_order *o)
{
    struct jr_key k;
    *o = (struct ledger_order){ .amount = { 0, CNY } };
    g->o = o;
    g->seen = 0;
    g->amount[0] = '\0';
    g->field = NULL;
    if (!jr_object(&g->r))
        return false;
    while (jr_key(&g->r, &k))
        if (!read_field(g, &k))
            return false;
    if (g->r.rc)
        return false;
    g->field = !(g->seen & 1) ? "id" : "kind";
    if ((g->seen & 3) != 3)
        return jr_fail(&g->r, BASE_MISSING, "of an order");
    return read_money(g);
}

/* ---- the request ---- */

static int finish(struct reading *g)
{
    int rc = jr_end(&g->r);
    if (!rc)
        return 0;
    const char *field = g->field;
    if (g->at >= 0 && field)
        field = arena_printf(g->c->arena, "orders[%lld].%s", (long long)g->at, field);
    else if (g->at >= 0)
        field = arena_printf(g->c->arena, "orders[%lld]", (long long)g->at);
    return call_refuse(g->c, rc, field, "byte %td: %s", g->r.at - g->r.begin,
                       g->r.why ? g->r.why : "not valid");
}

int order_read_one(struct call *c, struct request *q, struct ledger_order *out)
{
    struct reading g = { .c = c, .at = -1 };
    jr_init(&g.r, q->raw, q->raw_len);
    (void)read_order(&g, out);
    return finish(&g);
}

int order_read_many(struct call *c, struct request *q, struct ledger_order **out, size_t *n)
{
    struct reading g = { .c = c, .at = -1 };
    struct jr_key k;
    /* An order is at least 60 bytes: room for as many as the body may have. */
    size_t room = q->raw_len / 40 + 1;
    if (room > API_ORDERS_MAX)
        room = API_ORDERS_MAX;
    *out = arena_alloc(c->arena, room * sizeof **out);
    *n = 0;
    jr_init(&g.r, q->raw, q->raw_len);
    g.field = "orders";
    if (jr_object(&g.r) && jr_key(&g.r, &k)) {
        if (!jr_is(&k, "orders"))
            (void)jr_fail(&g.r, BASE_UNKNOWN_FIELD, "orders is the one");
        else if (jr_array(&g.r))
            while (jr_item(&g.r)) {
                g.at = (int64_t)*n;
                if (*n == room) {
                    (void)jr_fail(&g.r, BASE_TOO_LONG, "too many orders");
                    break;
                }
                if (!read_order(&g, &(*out)[*n]))
                    break;
                ++*n;
            }
        if (!g.r.rc && jr_key(&g.r, &k))
            (void)jr_fail(&g.r, BASE_UNKNOWN_FIELD, "orders is the one");
    }
    if (!g.r.rc && !*n)
        (void)jr_fail(&g.r, BASE_MISSING, "orders");
    return finish(&g);
}
