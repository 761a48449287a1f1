/* replay.c -- See replay.h. */
#include "app/replay.h"
#include "store/event.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum what { AT_END, AT_LEAVE };
struct coming { /* something that will happen */
    int64_t at_us;
    int64_t ticket;
    int32_t outlet, window;
    enum what what;
};

struct run {
    const struct replay *r;
    struct call c;
    struct rng rng;
    struct arena *arena; /* for one step */
    struct coming *heap; /* the earliest on top */
    size_t n_heap, cap_heap;
    struct { /* which arrival a ticket is: open addressing by ticket id */
        int64_t ticket;
        uint32_t arrival;
    } * map;
    size_t map_mask;
    int64_t **busy; /* [outlet][window]: the ticket there, 0: idle */
    date *open_day;
    struct replay_numbers *out;
    int in_group;
};

/* ---- the heap of what comes ---- */

static void heap_put(struct run *x, struct coming e)
{
    size_t i = x->n_heap++;
    CHECK(i < x->cap_heap);
    while (i && x->heap[(i - 1) / 2].at_us > e.at_us) {
        x->heap[i] = x->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    x->heap[i] = e;
}

static struct coming heap_take(struct run *x)
{
    struct coming top = x->heap[0], last = x->heap[--x->n_heap];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= x->n_heap)
            break;
        if (k + 1 < x->n_heap && x->heap[k + 1].at_us < x->heap[k].at_us)
            k++;
        if (last.at_us <= x->heap[k].at_us)
            break;
        x->heap[i] = x->heap[k];
        i = k;
    }
    if (x->n_heap)
        x->heap[i] = last;
    return top;
}

/* ---- which arrival a ticket is ---- */

static size_t map_place(const struct run *x, int64_t ticket)
{
    size_t i = (size_t)((uint64_t)ticket * UINT64_C(0x9E3779B97F4A7C15) >> 20) & x->map_mask;
    while (x->map[i].ticket && x->map[i].ticket != ticket)
        i = (i + 1) & x->map_mask;
    return i;
}

/* ---- steps ---- */

static int group_begin(struct run *x)
{
    x->in_group = 0;
    x->out->commits++;
    return db_begin(x->r->db, &x->c.tx);
}

/* After each step: a new arena, and a commit when the group is full. */
static int step_done(struct run *x, int64_t steps)
{
    arena_clear(x->arena);
    x->out->steps += steps;
    if (++x->in_group < (x->r->group ? x->r->group : 512))
        return 0;
    int rc = db_commit(&x->c.tx);
    return rc ? rc : group_begin(x);
}

/* Windows sit down, and the day opens, when the first of a day comes. */
static int open_day(struct run *x, int32_t outlet)
{
    const struct replay_outlet *o = &x->r->outlets[outlet];
    date d = date_of_instant(x->c.now_us);
    if (x->open_day[outlet].days == d.days)
        return 0;
    int rc = lobby_day_open(&x->c, o->id);
    for (int w = 0; !rc && w < o->n_windows; w++) {
        struct window_session s;
        rc = lobby_sign_in(&x->c, o->windows[w], &s);
    }
    x->open_day[outlet] = d;
    return rc;
}

static int call_next(struct run *x, int32_t outlet, int32_t w)
{
    struct ticket t;
    window_id window = x->r->outlets[outlet].windows[w];
    int rc = lobby_next(&x->c, window, &t);
    if (rc || !t.id.n)
        return rc;
    rc = lobby_serve(&x->c, window, &t);
    if (rc)
        return rc;
    uint32_t i = x->map[map_place(x, t.id.n)].arrival;
    CHECK(x->map[map_place(x, t.id.n)].ticket == t.id.n);
    x->busy[outlet][w] = t.id.n;
    x->out->called++;
    x->out->waits[i] = (struct wait){ x->c.now_us - x->r->arrivals[i].at_us, WAIT_SERVED };
    heap_put(x, (struct coming){ x->c.now_us + x->r->arrivals[i].service_us, t.id.n, outlet, w,
                                 AT_END });
    return step_done(x, 2);
}

static int arrive(struct run *x, uint32_t i)
{
    const struct replay_arrival *a = &x->r->arrivals[i];
    struct take_order o = { .outlet = x->r->outlets[a->outlet].id,
                            .n_services = 1,
                            .class_index = a->class_index,
                            .source = SOURCE_IMPORT };
    struct ticket t;
    o.services[0] = x->r->services[a->service];
    x->c.now_us = a->at_us;
    int rc = open_day(x, a->outlet);
    if (!rc)
        rc = lobby_take(&x->c, &o, &t);
    if (rc)
        return rc;
    size_t at = map_place(x, t.id.n);
    x->map[at].ticket = t.id.n;
    x->map[at].arrival = i;
    x->out->taken++;
    x->out->waits[i] = (struct wait){ 0, WAIT_STILL };
    rc = step_done(x, 1);
    if (!rc && a->patience_us)
        heap_put(x, (struct coming){ a->at_us + a->patience_us, t.id.n, a->outlet, -1, AT_LEAVE });
    for (int32_t w = 0; !rc && w < x->r->outlets[a->outlet].n_windows; w++)
        if (!x->busy[a->outlet][w])
            return call_next(x, a->outlet, w);
    return rc;
}

static int happen(struct run *x, struct coming e)
{
    struct ticket t;
    int rc;
    x->c.now_us = e.at_us;
    if (e.what == AT_LEAVE) {
        size_t at = map_place(x, e.ticket);
        if (x->out->waits[x->map[at].arrival].end != WAIT_STILL)
            return 0; /* was called in time */
        rc = lobby_leave(&x->c, (ticket_id){ e.ticket }, "patience", &t);
        if (rc)
            return rc;
        uint32_t i = x->map[at].arrival;
        x->out->left++;
        x->out->waits[i] = (struct wait){ e.at_us - x->r->arrivals[i].at_us, WAIT_ABANDONED };
        return step_done(x, 1);
    }
    rc = lobby_end(&x->c, x->r->outlets[e.outlet].windows[e.window], &t);
    if (rc)
        return rc;
    x->busy[e.outlet][e.window] = 0;
    x->out->ended++;
    rc = step_done(x, 1);
    return rc ? rc : call_next(x, e.outlet, e.window);
}

static int run_all(struct run *x)
{
    size_t i = 0;
    int rc = group_begin(x);
    while (!rc && (i < x->r->n || x->n_heap)) {
        if (x->n_heap && (i == x->r->n || x->heap[0].at_us <= x->r->arrivals[i].at_us)) {
            if (x->r->pace)
                x->r->pace(x->r->ctx, x->heap[0].at_us);
            rc = happen(x, heap_take(x));
            continue;
        }
        if (x->r->pace)
            x->r->pace(x->r->ctx, x->r->arrivals[i].at_us);
        rc = arrive(x, (uint32_t)i++);
        if (x->r->progress && (i & 255) == 0)
            x->r->progress(x->r->ctx, i, x->r->n);
    }
    if (!rc)
        rc = db_commit(&x->c.tx);
    db_rollback(&x->c.tx);
    return rc;
}

int replay_run(const struct replay *r, struct arena *arena, struct replay_numbers *out, char *error,
               size_t error_size)
{
    struct run x = { .r = r, .out = out, .arena = arena_new(64 << 20) };
    size_t places = 1024;
    while (places < r->n * 2)
        places *= 2;
    *out = (struct replay_numbers){ 0 };
    out->waits = arena_alloc(arena, sizeof *out->waits * (r->n + 1));
    x.map = arena_alloc(arena, sizeof *x.map * places);
    x.map_mask = places - 1;
    x.cap_heap = 2 * r->n + 16;
    x.heap = arena_alloc(arena, sizeof *x.heap * x.cap_heap);
    x.busy = arena_alloc(arena, sizeof *x.busy * (size_t)r->n_outlets);
    x.open_day = arena_alloc(arena, sizeof *x.open_day * (size_t)r->n_outlets);
    for (int i = 0; i < r->n_outlets; i++)
        x.busy[i] = arena_alloc(arena, sizeof **x.busy * (size_t)r->outlets[i].n_windows);
    rng_seed(&x.rng, 1);
    x.c = (struct call){
        .rng = &x.rng, .ids = r->ids, .arena = x.arena, .actor = { .kind = ACTOR_SYSTEM }
    };
    int rc = run_all(&x);
    if (rc > 0)
        snprintf(error, error_size, "refusal %d at %lld us: %s", rc, (long long)x.c.now_us,
                 x.c.detail);
    else if (rc)
        snprintf(error, error_size, "%s", db_error(r->db));
    arena_free(x.arena);
    return rc;
}
