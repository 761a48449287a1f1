/* customer_api.c -- One customer twice: who may be the same, and which rows are one; and who looked
 * at whose account, for auditors. */
#include "api/counter.h"
#include "api/handlers.h"
#include "base/date.h"
#include "branch/branch.h"
#include "deposit/deposit.h"
#include "store/event.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { ALIKE_MAX = 20, LOOKS_MAX = 200 };

/* ---- duplicates ---- */

static int counted_json(struct call *c, struct request *q, struct jsonw *w,
                        const struct customer *m)
{
    struct deposit_account *list;
    int n = 0, open = 0, rc = deposit_of_customer(c, m->id, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        open += list[i].state != DEPOSIT_ENDED;
    request_saw(q, m->id.n);
    till_customer_json(w, "customer", m);
    jw_i64(w, "accounts", open);
    ms_json(w, "created_ms", m->created_us);
    return rc;
}

static int merged_json(struct call *c, struct jsonw *w, customer_id id)
{
    customer_id ids[CUSTOMER_MERGED_MAX];
    struct customer m;
    int n = 0, rc = customer_ids(c, id, ids, &n);
    jw_array(w, "merged");
    for (int i = 1; !rc && i < n; i++) {
        rc = customer_get(c, ids[i], &m);
        if (!rc)
            till_customer_json(w, NULL, &m);
    }
    jw_end(w);
    return rc;
}

int api_customer_alike(struct call *c, struct request *q, struct buf *answer)
{
    struct customer_like *list;
    struct customer one;
    customer_id lead;
    struct jsonw w;
    int n = 0, rc = customer_lead(c, (customer_id){ q->id[0] }, &lead);
    if (!rc)
        rc = customer_get(c, lead, &one);
    if (!rc)
        rc = customer_alike(c, lead, ALIKE_MAX, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    rc = counted_json(c, q, &w, &one);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(&w, NULL);
        rc = counted_json(c, q, &w, &list[i].customer);
        jw_bool(&w, "same_mobile", list[i].why & ALIKE_MOBILE);
        jw_bool(&w, "same_name", (list[i].why & ALIKE_NAME) != 0);
        jw_bool(&w, "same_birth", (list[i].why & ALIKE_BIRTH) != 0);
        jw_end(&w);
    }
    jw_end(&w);
    if (!rc)
        rc = merged_json(c, &w, lead);
    jw_end(&w);
    return rc;
}

/* ---- who looked ---- */

struct look {
    int64_t at_us, outlet_id, staff_id, row;
    const char *topic, *body;
};
struct looks {
    struct call *c;
    struct look *list;
    int n, room;
};

static bool see_look(void *ctx, const struct event *e)
{
    struct looks *k = ctx;
    if (k->n == k->room) {
        int room = k->room ? k->room * 2 : 64;
        struct look *more = arena_alloc(k->c->arena, (size_t)room * sizeof *more);
        if (k->n)
            memcpy(more, k->list, (size_t)k->n * sizeof *more);
        k->list = more;
        k->room = room;
    }
    k->list[k->n++] = (struct look){ .at_us = e->at_us,
                                     .outlet_id = e->outlet_id,
                                     .staff_id = e->actor_kind == ACTOR_STAFF ? e->actor_id : 0,
                                     .row = e->subject_id,
                                     .topic = arena_text(k->c->arena, e->topic),
                                     .body = arena_text(k->c->arena, e->body) };
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct look *x = a, *y = b;
    return (x->at_us < y->at_us) - (x->at_us > y->at_us);
}

/* The events lie in the chain of who looked: each outlet's, and the bank's own. */
static int gather(struct call *c, customer_id id, struct looks *k)
{
    customer_id ids[CUSTOMER_MERGED_MAX];
    struct branch_outlet *outlets;
    int n = 0, m = 0, rc = customer_ids(c, id, ids, &n);
    if (!rc)
        rc = branch_outlets(c, &outlets, &m);
    for (int o = -1; !rc && o < m; o++)
        for (int i = 0; !rc && i < n; i++)
            rc = event_of(c->tx, o < 0 ? 0 : outlets[o].id.n, ids[i].n, "customer.", see_look, k);
    if (!rc && k->n)
        qsort(k->list, (size_t)k->n, sizeof *k->list, newest_first);
    return rc;
}

int api_customer_looks(struct call *c, struct request *q, struct buf *answer)
{
    struct looks k = { .c = c };
    struct jsonw w;
    int shown, rc = gather(c, (customer_id){ q->id[0] }, &k);
    if (rc)
        return rc;
    shown = k.n < LOOKS_MAX ? k.n : LOOKS_MAX;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "all", k.n);
    jw_array(&w, "items");
    for (int i = 0; i < shown; i++) {
        const struct look *l = &k.list[i];
        jw_object(&w, NULL);
        ms_json(&w, "at_ms", l->at_us);
        jw_text(&w, "topic", l->topic);
        jw_i64(&w, "outlet_id", l->outlet_id);
        jw_i64(&w, "customer_id", l->row);
        jw_text(&w, "who", l->staff_id ? staff_name(c, l->staff_id) : NULL);
        jw_raw(&w, "body", l->body);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}
