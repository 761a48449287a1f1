/* ledger_view.c -- Fast layout: lines as one transaction sees them: the history file, then the
 * tail, then what the writer itself has not committed. */
#include "ledger/ledger_fast_priv.h"
#include "store/db_memory.h"
#include <string.h>
#include "base/banned.h"

void fast_view_begin(struct fast *f, struct call *c, int64_t number, struct fast_view *v)
{
    v->f = f;
    v->c = c;
    v->number = number;
    v->history.tx = NULL;
    v->history.n = 0;
    v->tail = fast_tail(f);
    v->own = NULL;
    tail_pin(v->tail); /* before the file's snapshot, so that it has all that the tail forgets */
}

int fast_view_open(struct fast *f, struct call *c, struct fast_view *v)
{
    int64_t committed = 0;
    fast_view_begin(f, c, 0, v);
    int rc = fast_last_number(c->tx, &v->number);
    committed = v->number;
    if (!rc && db_is_writer(c->tx))
        rc = fast_own_tail(f, c, &v->own, &committed);
    if (!rc)
        rc = tail_catch(v->tail, c->tx, committed, UINT64_MAX);
    if (!rc)
        rc = fast_history(f, &v->history);
    if (!rc && v->own)
        rc = tail_catch(v->own, c->tx, v->number, UINT64_MAX);
    if (rc)
        fast_view_close(v);
    return rc;
}

void fast_view_close(struct fast_view *v)
{
    lines_read_done(&v->history);
    tail_unpin(v->tail);
}

/* The newest line of a tail that fulfils the conditions. */
static bool tail_last_line(const struct fast_view *v, struct tail *t, account_id id,
                           const struct lines_until *until, struct ledger_entry *out)
{
    bool found = false;
    if (!t)
        return false;
    tail_lock(t);
    int64_t number = until->number < v->number ? until->number : v->number;
    const struct tail_line *l = tail_newest(t, id, number);
    for (; l && !found; l = tail_before(t, l)) {
        tail_entry(t, l, out);
        found = out->booked_us <= until->at_us && out->booked.days <= until->day;
    }
    tail_unlock(t);
    return found;
}

int fast_view_last(struct fast_view *v, account_id id, const struct lines_until *until,
                   struct ledger_entry *out)
{
    struct lines_until u = *until;
    if (tail_last_line(v, v->own, id, until, out) || tail_last_line(v, v->tail, id, until, out))
        return 0;
    if (u.number > v->number)
        u.number = v->number;
    return lines_last(&v->history, id, &u, out);
}

int fast_view_last_many(struct fast_view *v, struct arena *arena, const account_id *ids, size_t n,
                        const struct lines_until *until, struct ledger_entry *out)
{
    struct lines_until u = *until;
    for (size_t i = 0; i < n; i++)
        if (!tail_last_line(v, v->own, ids[i], until, &out[i]) &&
            !tail_last_line(v, v->tail, ids[i], until, &out[i]))
            out[i] = (struct ledger_entry){ 0 };
    if (u.number > v->number)
        u.number = v->number;
    return lines_last_many(&v->history, arena, ids, n, &u, out);
}

struct walk {
    lines_see *see;
    void *ctx;
    int64_t seq; /* of the last one seen */
    bool more;
};

static bool walk_see(void *ctx, const struct ledger_entry *e)
{
    struct walk *w = ctx;
    w->seq = e->seq;
    w->more = w->see(w->ctx, e);
    return w->more;
}

/* The account's lines of a tail after those seen, oldest first: copied, so that see() may take its
 * time. */
static void walk_tail(const struct fast_view *v, struct tail *t, account_id id, struct walk *w)
{
    size_t n = 0;
    if (!t || !w->more)
        return;
    tail_lock(t);
    const struct tail_line *newest = tail_newest(t, id, v->number);
    for (const struct tail_line *l = newest; l && l->seq > w->seq; l = tail_before(t, l))
        n++;
    struct ledger_entry *list = arena_alloc(v->c->arena, (n + 1) * sizeof *list);
    size_t i = n;
    for (const struct tail_line *l = newest; i > 0; l = tail_before(t, l))
        tail_entry(t, l, &list[--i]);
    tail_unlock(t);
    for (; i < n && w->more; i++)
        walk_see(w, &list[i]);
}

int fast_view_walk(struct fast_view *v, account_id id, int64_t after_seq, bool back, lines_see *see,
                   void *ctx)
{
    struct walk w = { see, ctx, after_seq, true };
    int rc = lines_walk(&v->history, id, after_seq, v->number, back, walk_see, &w);
    if (rc)
        return rc;
    if (back) { /* whole rows were left out: where does the file end? */
        struct ledger_entry e;
        struct lines_until until = LINES_ALL;
        until.number = v->number;
        rc = lines_last(&v->history, id, &until, &e);
        if (!rc && e.seq > w.seq)
            w.seq = e.seq;
    }
    if (!rc)
        walk_tail(v, v->tail, id, &w);
    if (!rc)
        walk_tail(v, v->own, id, &w);
    return rc;
}
