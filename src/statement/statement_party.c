/* statement_party.c -- Whose account it is, and what of that may be shown. */
#include "deposit/deposit.h"
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { DIGITS_MAX = 18 }; /* of the ledger's own ids; account numbers have 19 */

/* The bank's own accounts have no number but the ledger's, which is no other's business. */
static void own_account(const struct ledger_account *a, struct statement_party *out)
{
    snprintf(out->number, sizeof out->number, "%" PRId64, a->id.n);
    snprintf(out->name, sizeof out->name, "%s", a->name);
}

static int customer_account(struct call *c, const struct deposit_account *d, bool full_name,
                            struct statement_party *out)
{
    struct deposit_product p;
    struct customer who;
    customer_id lead;
    int rc = customer_lead(c, d->customer, &lead);
    if (!rc)
        rc = customer_get(c, lead, &who);
    if (!rc)
        rc = product_get(c, d->product, &p);
    if (rc)
        return rc;
    out->customer = true;
    out->customer_id = lead.n;
    snprintf(out->number, sizeof out->number, "%s", d->number);
    deposit_number_mask(d->number, out->masked);
    snprintf(out->product_zh, sizeof out->product_zh, "%s", p.name_zh);
    snprintf(out->product_en, sizeof out->product_en, "%s", p.name_en);
    if (full_name)
        snprintf(out->name, sizeof out->name, "%s", who.name);
    else
        customer_mask_name(who.kind, who.name, out->name);
    return 0;
}

int statement_party(struct call *c, const struct ledger_account *a, bool full_name,
                    struct statement_party *out)
{
    struct deposit_account d;
    *out = (struct statement_party){ 0 };
    own_account(a, out);
    int rc = deposit_by_ledger(c, a->id, &d);
    if (rc == DEPOSIT_NO_ACCOUNT) { /* the bank's own */
        c->field = NULL;
        c->detail[0] = 0;
        return 0;
    }
    return rc ? rc : customer_account(c, &d, full_name, out);
}
_Static_assert(sizeof((struct statement_party *)0)->masked >= DEPOSIT_NUMBER_TEXT, "numbers fit");
_Static_assert(sizeof((struct statement_party *)0)->name > CUSTOMER_NAME_MAX, "names fit");

/* Nobody says whether it is a person: what is short is one, a longer name is a company's. */
void statement_mask_name(const char *name, char out[STATEMENT_MASK])
{
    enum { SHORT = 4 };
    char masked[CUSTOMER_NAME_MAX + 1], clipped[CUSTOMER_NAME_MAX + 1];
    int characters = 0;
    for (const char *at = name; *at; at++)
        characters += ((unsigned char)*at & 0xC0) != 0x80;
    snprintf(clipped, sizeof clipped, "%s", name);
    customer_mask_name(characters <= SHORT ? CUSTOMER_PERSON : CUSTOMER_COMPANY, clipped, masked);
    snprintf(out, STATEMENT_MASK, "%s", masked);
}

void statement_mask_number(const char *number, char out[STATEMENT_MASK])
{
    size_t n = strlen(number);
    snprintf(out, STATEMENT_MASK, "%s", number);
    for (size_t i = 4; n > 8 && i < n - 4 && i < STATEMENT_MASK - 1; i++)
        out[i] = '*';
}

static int no_account(struct call *c)
{
    return call_refuse(c, STATEMENT_NO_ACCOUNT, "account", "no such account");
}

static int by_label(struct call *c, const char *text, const char *sign, account_id *out)
{
    account_id *found;
    int n = 0;
    char *key = arena_dup(c->arena, text, (size_t)(sign - text));
    int rc = ledger_find_accounts(c, key, sign + 1, (account_id){ 0 }, 1, &found, &n);
    if (!rc && n)
        *out = found[0];
    return rc || n ? rc : no_account(c);
}

int statement_find(struct call *c, const char *text, account_id *out)
{
    const char *sign = strchr(text, '=');
    size_t n = strlen(text);
    struct ledger_account a;
    struct deposit_account d;
    int rc;
    if (sign)
        return by_label(c, text, sign, out);
    if (n > DIGITS_MAX) {
        rc = deposit_by_number(c, text, &d);
        *out = d.ledger;
        return rc > 0 ? no_account(c) : rc;
    }
    if (!n || strspn(text, "0123456789") != n)
        return no_account(c);
    *out = (account_id){ strtoll(text, NULL, 10) };
    rc = ledger_account_get(c, *out, &a);
    return rc > 0 ? no_account(c) : rc;
}
