/* customer.c -- Customers: reads, decides (customer_rules.c), writes (customer_store.c). */
#include "who/customer.h"
#include "store/event.h"
#include "who/customer_store.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { REASON_MAX = 200, CHECK_CHUNK = 500 };

/* ---- one customer's fields ---- */

static bool good_text(const char *s, size_t max, bool empty)
{
    size_t n = strlen(s);
    if ((!n && !empty) || n > max || (n && (s[0] == ' ' || s[n - 1] == ' ')))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7F)
            return false;
    return true;
}

/* Papers that have no rule of their own: 5 to 18 letters and digits, in capitals. */
static int plain_paper(char *number)
{
    size_t n = strlen(number);
    if (n < 5 || n > 18)
        return CUSTOMER_BAD_PAPER;
    for (size_t i = 0; i < n; i++) {
        if (number[i] >= 'a' && number[i] <= 'z')
            number[i] = (char)(number[i] - 'a' + 'A');
        if (!((number[i] >= 'A' && number[i] <= 'Z') || (number[i] >= '0' && number[i] <= '9')))
            return CUSTOMER_BAD_PAPER;
    }
    return 0;
}

static int check_paper(struct customer *one, date today)
{
    struct id_card card;
    char code[USCC_TEXT];
    int rc = 0;
    bool company = one->paper == PAPER_USCC;
    if (one->paper < PAPER_ID_CARD || (one->paper > PAPER_MILITARY && !company) ||
        company != (one->kind == CUSTOMER_COMPANY))
        return CUSTOMER_BAD_PAPER;
    if (one->paper == PAPER_ID_CARD) {
        rc = customer_id_card(one->paper_number, today, &card);
        if (!rc)
            memcpy(one->paper_number, card.number, sizeof card.number);
    } else if (company) {
        rc = customer_uscc(one->paper_number, code);
        if (!rc)
            memcpy(one->paper_number, code, sizeof code);
    } else {
        rc = plain_paper(one->paper_number);
    }
    return rc;
}

static int check_fields(struct call *c, struct customer *one)
{
    if (one->kind != CUSTOMER_PERSON && one->kind != CUSTOMER_COMPANY)
        return call_refuse(c, CUSTOMER_BAD_KIND, "kind", "%d", (int)one->kind);
    if (!good_text(one->name, CUSTOMER_NAME_MAX, false))
        return call_refuse(c, CUSTOMER_BAD_NAME, "name", "1 to %d bytes", CUSTOMER_NAME_MAX);
    int rc = check_paper(one, date_of_instant(c->now_us));
    if (rc)
        return call_refuse(c, rc, "paper_number", "%s", "");
    if (one->mobile[0] && customer_mobile(one->mobile, one->mobile))
        return call_refuse(c, CUSTOMER_BAD_MOBILE, "mobile", "%s", "");
    if (!good_text(one->address, CUSTOMER_ADDRESS_MAX, true))
        return call_refuse(c, BASE_TOO_LONG, "address", "at most %d bytes", CUSTOMER_ADDRESS_MAX);
    if (one->flags & ~CUSTOMER_FLAGS_ALL ||
        (one->kind == CUSTOMER_COMPANY && one->flags & (CUSTOMER_DECEASED | CUSTOMER_STAFF)))
        return call_refuse(c, CUSTOMER_BAD_FLAGS, "flags", "%d", one->flags);
    return 0;
}

/* What follows from the paper, as of today. */
static void derive(struct call *c, struct customer *one)
{
    struct id_card card;
    date today = date_of_instant(c->now_us);
    one->birth = (date){ 0 };
    one->woman = one->minor = false;
    if (one->paper != PAPER_ID_CARD || customer_id_card(one->paper_number, today, &card))
        return;
    one->birth = card.birth;
    one->woman = card.woman;
    one->minor = customer_age(card.birth, today) < CUSTOMER_ADULT_YEARS;
}

static int tell(struct call *c, const struct customer *one, const char *topic)
{
    struct jsonw *w = event_begin(c);
    jw_i64(w, "kind", one->kind);
    jw_i64(w, "paper", one->paper);
    jw_i64(w, "flags", one->flags);
    jw_bool(w, "mobile", one->mobile[0] != '\0');
    return event_add(c, one->outlet_id, topic, one->id.n);
}

/* ---- writing ---- */

static int load(struct call *c, customer_id id, struct customer *out)
{
    bool found = false;
    int rc = customer_store_get(c, id, out, &found);
    if (!rc && !found)
        rc = call_refuse(c, CUSTOMER_NONE, "customer", "%lld", (long long)id.n);
    if (!rc)
        derive(c, out);
    return rc;
}

static int load_standing(struct call *c, customer_id id, struct customer *out)
{
    int rc = load(c, id, out);
    if (!rc && out->merged_into.n)
        rc = call_refuse(c, CUSTOMER_MERGED, "customer", "%lld", (long long)out->merged_into.n);
    return rc;
}

static int check_unique(struct call *c, const struct customer *one)
{
    struct customer other;
    bool found = false;
    int rc = customer_store_by_paper(c, one->paper, one->paper_number, &other, &found);
    if (!rc && found && other.id.n != one->id.n)
        rc = call_refuse(c, CUSTOMER_TAKEN, "paper_number", "%lld", (long long)other.id.n);
    return rc;
}

static int check_agent(struct call *c, const struct customer *one)
{
    struct customer agent;
    if (!one->agent.n)
        return 0;
    int rc = load_standing(c, one->agent, &agent);
    if (!rc && (agent.kind != CUSTOMER_PERSON || agent.id.n == one->id.n))
        rc = call_refuse(c, CUSTOMER_BAD_KIND, "agent", "an agent is another person");
    return rc;
}

int customer_put(struct call *c, struct customer *one)
{
    struct customer row = *one, was = { 0 };
    int rc = row.id.n ? load_standing(c, row.id, &was) : 0;
    if (!rc)
        rc = check_fields(c, &row);
    if (!rc && row.id.n && row.kind != was.kind)
        rc = call_refuse(c, CUSTOMER_BAD_KIND, "kind", "a customer's kind does not change");
    if (!rc)
        rc = check_agent(c, &row);
    if (!rc)
        rc = check_unique(c, &row);
    if (rc)
        return rc;
    bool fresh = !row.id.n;
    row.merged_into.n = 0;
    row.changed_us = c->now_us;
    row.created_us = fresh ? c->now_us : was.created_us;
    row.outlet_id = fresh ? row.outlet_id : was.outlet_id;
    if (fresh)
        row.id.n = call_id(c);
    rc = fresh ? customer_store_add(c, &row) : customer_store_save(c, &row);
    if (rc == RC_CONFLICT) /* another instance was first */
        rc = call_refuse(c, CUSTOMER_TAKEN, "paper_number", "%s", "");
    if (!rc)
        rc = tell(c, &row, fresh ? "customer.created" : "customer.changed");
    derive(c, &row);
    if (!rc)
        *one = row;
    return rc;
}

int customer_get(struct call *c, customer_id id, struct customer *out)
{
    struct customer one;
    int rc = load(c, id, &one);
    if (!rc)
        *out = one;
    return rc;
}

/* ---- merging ---- */

static int lead_row(struct call *c, customer_id id, struct customer *out)
{
    int rc = load(c, id, out);
    for (int i = 0; !rc && out->merged_into.n; i++) {
        if (i == CUSTOMER_MERGED_MAX)
            return RC_CORRUPT;
        rc = load(c, out->merged_into, out);
    }
    return rc;
}

int customer_lead(struct call *c, customer_id id, customer_id *out)
{
    struct customer one;
    int rc = lead_row(c, id, &one);
    if (!rc)
        *out = one.id;
    return rc;
}

int customer_ids(struct call *c, customer_id id, customer_id out[CUSTOMER_MERGED_MAX], int *n)
{
    *n = 0;
    int rc = customer_lead(c, id, &out[0]);
    if (!rc)
        *n = 1;
    for (int i = 0; !rc && i < *n; i++) { /* the list grows while it is walked */
        int more = 0;
        rc = customer_store_merged(c, out[i], CUSTOMER_MERGED_MAX - *n, out + *n, &more);
        *n += more;
    }
    return rc;
}

static int check_reason(struct call *c, const char *reason)
{
    return reason && good_text(reason, REASON_MAX, false)
               ? 0
               : call_refuse(c, CUSTOMER_NO_REASON, "reason", "1 to %d bytes", REASON_MAX);
}

static int rows_of(struct call *c, customer_id id, int *n)
{
    customer_id ids[CUSTOMER_MERGED_MAX];
    return customer_ids(c, id, ids, n);
}

static int tell_merge(struct call *c, const struct customer *from, customer_id into,
                      const char *topic, const char *reason)
{
    struct jsonw *w = event_begin(c);
    jw_i64(w, "into", into.n);
    jw_text(w, "reason", reason);
    return event_add(c, from->outlet_id, topic, from->id.n);
}

int customer_merge(struct call *c, customer_id from_id, customer_id into_id, const char *reason)
{
    struct customer from, into;
    int n = 0, m = 0;
    int rc = check_reason(c, reason);
    if (!rc)
        rc = load_standing(c, from_id, &from);
    if (!rc)
        rc = lead_row(c, into_id, &into);
    if (rc)
        return rc;
    if (from.id.n == into.id.n)
        return call_refuse(c, CUSTOMER_SAME, "into", "%s", "");
    if (from.kind != into.kind)
        return call_refuse(c, CUSTOMER_KINDS, "into", "%s", "");
    rc = rows_of(c, from.id, &n);
    if (!rc)
        rc = rows_of(c, into.id, &m);
    if (!rc && n + m > CUSTOMER_MERGED_MAX)
        rc = call_refuse(c, CUSTOMER_MANY_MERGED, "into", "at most %d", CUSTOMER_MERGED_MAX);
    if (rc)
        return rc;
    from.merged_into = into.id;
    from.changed_us = c->now_us;
    rc = customer_store_save(c, &from);
    return rc ? rc : tell_merge(c, &from, into.id, "customer.merged", reason);
}

int customer_part(struct call *c, customer_id from_id, const char *reason)
{
    struct customer from;
    int rc = check_reason(c, reason);
    if (!rc)
        rc = load(c, from_id, &from);
    if (!rc && !from.merged_into.n)
        rc = call_refuse(c, CUSTOMER_NOT_MERGED, "customer", "%lld", (long long)from_id.n);
    if (rc)
        return rc;
    customer_id into = from.merged_into;
    from.merged_into.n = 0;
    from.changed_us = c->now_us;
    rc = customer_store_save(c, &from);
    return rc ? rc : tell_merge(c, &from, into, "customer.parted", reason);
}

int customer_viewed(struct call *c, customer_id id, const char *what, const char *reason)
{
    struct customer one;
    int rc = load(c, id, &one);
    if (!rc && reason && *reason)
        rc = check_reason(c, reason);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "what", what);
    if (reason && *reason)
        jw_text(w, "reason", reason);
    return event_add(c, c->actor.outlet_id, "customer.viewed", id.n);
}

/* ---- finding ---- */

struct finding {
    struct customer *out;
    int n, max;
};

static int add_lead(struct call *c, struct finding *f, const struct customer *one)
{
    struct customer lead = *one;
    int rc = 0;
    if (one->merged_into.n)
        rc = lead_row(c, one->id, &lead);
    for (int i = 0; i < f->n; i++)
        if (f->out[i].id.n == lead.id.n)
            return rc;
    derive(c, &lead);
    if (!rc && f->n < f->max)
        f->out[f->n++] = lead;
    return rc;
}

static int find_text(struct call *c, struct finding *f, enum customer_by by, const char *text)
{
    struct customer *rows = arena_alloc(c->arena, (size_t)f->max * sizeof *rows);
    int n = 0, rc = customer_store_find(c, by, text, f->max, rows, &n);
    for (int i = 0; !rc && i < n; i++)
        rc = add_lead(c, f, &rows[i]);
    return rc;
}

static int find_paper(struct call *c, struct finding *f, const char *text)
{
    struct id_card card;
    char number[CUSTOMER_PAPER_MAX + 1];
    if (strlen(text) > CUSTOMER_PAPER_MAX)
        return CUSTOMER_BAD_SEARCH;
    snprintf(number, sizeof number, "%s", text);
    if (customer_id_card(text, date_of_instant(c->now_us), &card) == 0)
        snprintf(number, sizeof number, "%s", card.number);
    else if (plain_paper(number)) /* capitals, also of a credit code */
        return CUSTOMER_BAD_SEARCH;
    return find_text(c, f, BY_PAPER, number);
}

static int find_number(struct call *c, struct finding *f, const char *text)
{
    int64_t id = 0;
    struct customer one;
    bool found = false;
    size_t n = strlen(text);
    if (!n || n > 16)
        return CUSTOMER_BAD_SEARCH;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return CUSTOMER_BAD_SEARCH;
        id = id * 10 + (text[i] - '0');
    }
    int rc = customer_store_get(c, (customer_id){ id }, &one, &found);
    return rc || !found ? rc : add_lead(c, f, &one);
}

static int find_mobile(struct call *c, struct finding *f, const char *text)
{
    char mobile[MOBILE_TEXT];
    return customer_mobile(text, mobile) ? CUSTOMER_BAD_SEARCH : find_text(c, f, BY_MOBILE, mobile);
}

static int find_name(struct call *c, struct finding *f, const char *text)
{
    return good_text(text, CUSTOMER_NAME_MAX, false) ? find_text(c, f, BY_NAME, text)
                                                     : CUSTOMER_BAD_SEARCH;
}

/* Each way that fits the text; CUSTOMER_BAD_SEARCH when none does. */
static int find_any(struct call *c, struct finding *f, const char *text)
{
    static int (*const ways[])(struct call *, struct finding *,
                               const char *) = { find_paper, find_mobile, find_number, find_name };
    int fit = 0, rc = 0;
    for (size_t i = 0; rc >= 0 && i < COUNT(ways); i++) {
        rc = ways[i](c, f, text);
        fit += rc == 0;
    }
    return rc < 0 ? rc : fit ? 0 : CUSTOMER_BAD_SEARCH;
}

int customer_find(struct call *c, enum customer_by by, const char *text, int max,
                  struct customer **out, int *n)
{
    static int (*const ways[])(struct call *, struct finding *, const char *) = {
        [BY_PAPER] = find_paper,   [BY_MOBILE] = find_mobile, [BY_NAME] = find_name,
        [BY_NUMBER] = find_number, [BY_ANY] = find_any,
    };
    CHECK(max > 0 && by >= BY_PAPER && by <= BY_ANY);
    struct finding f = { arena_alloc(c->arena, (size_t)max * sizeof *f.out), 0, max };
    int rc = ways[by](c, &f, text ? text : "");
    *out = f.out;
    *n = f.n;
    return rc > 0 ? call_refuse(c, rc, "q", "%s", "") : rc;
}

/* ---- proof ---- */

static int check_one(struct call *c, const struct customer *one, bool *good)
{
    struct customer copy = *one, lead;
    int rc = one->merged_into.n ? lead_row(c, one->id, &lead) : 0;
    *good = rc == 0 && check_paper(&copy, (date){ INT32_MAX }) == 0 &&
            !strcmp(copy.paper_number, one->paper_number);
    return rc == RC_CORRUPT || rc > 0 ? 0 : rc;
}

int customer_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct customer *rows = arena_alloc(c->arena, CHECK_CHUNK * sizeof *rows);
    customer_id after = { 0 };
    int n = CHECK_CHUNK, rc = 0;
    *count = *bad = 0;
    while (!rc && n == CHECK_CHUNK) {
        rc = customer_store_all(c, after, CHECK_CHUNK, rows, &n);
        for (int i = 0; !rc && i < n; i++) {
            bool good = true;
            rc = check_one(c, &rows[i], &good);
            after = rows[i].id;
            ++*count;
            if (!rc && !good && !(*bad)++)
                snprintf(text, size, "customer %lld", (long long)rows[i].id.n);
        }
    }
    return rc;
}
