/* statement_party.c -- Whose account it is, and what of that may be shown. */
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { DIGITS_MAX = 18 }; /* of the ledger's own ids; account numbers have 19 */

/* The bank's own accounts have no number but the ledger's, which is nobody else's business. */
static void own_account(const struct ledger_account *a, struct statement_party *out)
{
    snprintf(out->number, sizeof out->number, "%" PRId64, a->id.n);
    snprintf(out->name, sizeof out->name, "%s", a->name);
}

int statement_party(struct call *c, const struct ledger_account *a, bool full_name,
                    struct statement_party *out)
{
    UNUSED(c);
    UNUSED(full_name);
    *out = (struct statement_party){ 0 };
    own_account(a, out);
    return 0;
}

static int by_label(struct call *c, const char *text, const char *sign, account_id *out)
{
    account_id *found;
    int n = 0;
    char *key = arena_dup(c->arena, text, (size_t)(sign - text));
    int rc = ledger_find_accounts(c, key, sign + 1, (account_id){ 0 }, 1, &found, &n);
    if (!rc && n)
        *out = found[0];
    return rc || n ? rc : call_refuse(c, STATEMENT_NO_ACCOUNT, "account", "no such account");
}

int statement_find(struct call *c, const char *text, account_id *out)
{
    const char *sign = strchr(text, '=');
    size_t n = strlen(text);
    struct ledger_account a;
    if (sign)
        return by_label(c, text, sign, out);
    if (n && n <= DIGITS_MAX && strspn(text, "0123456789") == n) {
        out->n = strtoll(text, NULL, 10);
        int rc = ledger_account_get(c, *out, &a);
        if (rc <= 0)
            return rc;
    }
    return call_refuse(c, STATEMENT_NO_ACCOUNT, "account", "no such account");
}
