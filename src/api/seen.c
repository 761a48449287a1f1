/* seen.c -- Reads that show customers: who looked at whom is kept before anything is shown. */
#include "api/api_priv.h"
#include "store/door.h"
#include "who/customer.h"
#include <string.h>
#include "base/banned.h"

struct seen {
    int64_t *ids;
    int n, room;
    const char *what; /* "search": the last word of the path */
};

void request_saw(struct request *q, int64_t id)
{
    if (!id || q->route->kind != ROUTE_SEEN)
        return;
    if (!q->seen) {
        q->seen = arena_alloc(q->arena, sizeof *q->seen);
        *q->seen = (struct seen){ .what = strrchr(q->route->path, '/') + 1 };
    }
    struct seen *s = q->seen;
    for (int i = 0; i < s->n; i++)
        if (s->ids[i] == id)
            return;
    if (s->n == s->room) {
        int64_t *more = arena_alloc(q->arena, (size_t)(s->room * 2 + 64) * sizeof *more);
        if (s->n)
            memcpy(more, s->ids, (size_t)s->n * sizeof *more);
        s->ids = more;
        s->room = s->room * 2 + 64;
    }
    s->ids[s->n++] = id;
}

static int seen_write(struct call *c, void *order, struct buf *answer)
{
    struct request *q = order;
    int rc = 0;
    UNUSED(answer);
    for (int i = 0; !rc && i < q->seen->n; i++)
        rc = customer_viewed(c, (customer_id){ q->seen->ids[i] }, q->seen->what, NULL);
    return rc;
}

static void seen_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    UNUSED(c);
    UNUSED(answer);
    request_answer(order, rc);
}

/* Read first, so that no search keeps writers waiting; sent once the events are durable. */
void seen_run(void *arg)
{
    struct request *q = arg;
    int rc = request_read(q, q->route->run, &q->answer);
    if (rc || q->answer.overflow || !q->seen) {
        request_answer(q, rc);
        return;
    }
    q->order = (struct door_order){
        .run = seen_write, .done = seen_done, .order = q, .actor = q->session.actor
    };
    rc = door_submit(q->api->s.door, &q->order);
    if (rc)
        request_answer(q, rc);
}
