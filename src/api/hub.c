/* hub.c -- Event streams: what was committed goes to every screen that watches the outlet.
 *
 * A stream first gets what it missed (from the log, by Last-Event-ID), then every event as the door
 * hands it out. One lock orders the two, so no event is lost or doubled between them. Customers
 * and wall boards see public topics only; a phone sees its own ticket and that the queue moved. */
#include "api/api_priv.h"
#include "base/log.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* What a stream is given of its past: far from what makes http drop it as too slow. */
enum { MISSED_MAX = 2000, MISSED_BYTES = 128 << 10 };

struct watcher {
    struct hub *hub;
    struct request *q;
    struct http_stream *stream;
    struct watcher *next, **link;
    int64_t outlet, only, last_seq;
    bool staff, dead;
};
enum { LISTS = 1024 }; /* watchers hang at their outlet's list */
struct hub {
    pthread_mutex_t lock;
    struct api *api;
    struct arena *arena;
    struct watcher *list[LISTS];
    struct watcher *gone; /* to be freed outside the callbacks */
    int64_t count;
    bool stopping;
};

static struct watcher **place(struct hub *h, int64_t outlet)
{
    return &h->list[(uint64_t)outlet * UINT64_C(0x9E3779B97F4A7C15) >> 54];
}

static bool topic_public(const char *topic)
{
    static const char *const hidden[] = { "ticket.class_changed", "ticket.courtesy_changed",
                                          "ticket.corrected", "ticket.booked" };
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (!strcmp(hidden[i], topic))
            return false;
    return !strncmp(topic, "ticket.", 7) || !strncmp(topic, "window.", 7) ||
           !strncmp(topic, "day.", 4);
}

/* id, event, data: the whole message. body is a JSON object; its fields follow ours. */
static void message(struct buf *b, const struct event *e, bool whole)
{
    const char *body =
        whole && e->body && e->body[0] == '{' && e->body[1] != '}' ? e->body + 1 : NULL;
    buf_printf(b,
               "id: %" PRId64 "\nevent: %s\ndata: {\"seq\":%" PRId64 ",\"at_ms\":%" PRId64
               ",\"topic\":\"%s\",\"subject\":%" PRId64,
               e->seq, whole ? e->topic : "queue", e->seq, e->at_us / 1000,
               whole ? e->topic : "queue", whole ? e->subject_id : 0);
    if (body) {
        buf_char(b, ',');
        buf_text(b, body);
    } else {
        buf_char(b, '}');
    }
    buf_text(b, "\n\n");
}

/* What this watcher is told of the event: NULL for nothing. */
static const struct buf *watcher_part(const struct watcher *w, const struct event *e,
                                      const struct buf *whole, const struct buf *hint)
{
    if (!w->staff && !topic_public(e->topic))
        return NULL;
    return w->only && w->only != e->subject_id ? hint : whole;
}

static void watcher_send(struct watcher *w, const struct event *e, const struct buf *whole,
                         const struct buf *hint)
{
    if (w->dead || w->outlet != e->outlet_id || e->seq <= w->last_seq)
        return;
    w->last_seq = e->seq;
    const struct buf *b = watcher_part(w, e, whole, hint);
    if (b && !http_stream_send(w->stream, b->at, b->len))
        w->dead = true;
}

void hub_events(struct hub *h, const struct event *events, size_t count)
{
    struct buf whole, hint;
    buf_init(&whole, 64 << 10);
    buf_init(&hint, 4 << 10);
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < count; i++) {
        struct watcher *w = *place(h, events[i].outlet_id);
        if (!w)
            continue;
        buf_clear(&whole);
        buf_clear(&hint);
        message(&whole, &events[i], true);
        message(&hint, &events[i], false);
        for (; w; w = w->next)
            watcher_send(w, &events[i], &whole, &hint);
    }
    pthread_mutex_unlock(&h->lock);
    buf_release(&whole);
    buf_release(&hint);
}

static void clock_message(struct hub *h, const char *name, int64_t seq, struct buf *b)
{
    struct api_settings *s = &h->api->s;
    struct api_clock clock = { 1, false, false };
    if (s->clock_get)
        s->clock_get(s->clock_ctx, &clock);
    buf_printf(b,
               "event: %s\ndata: {\"seq\":%" PRId64 ",\"now_ms\":%" PRId64
               ",\"clock\":{\"speed\":%d,\"paused\":%s,\"controllable\":%s},\"speed\":%d,"
               "\"paused\":%s}\n\n",
               name, seq, s->now_us(s->clock_ctx) / 1000, clock.speed,
               clock.paused ? "true" : "false", clock.controllable ? "true" : "false", clock.speed,
               clock.paused ? "true" : "false");
}

void hub_clock(struct hub *h)
{
    struct buf b;
    buf_init(&b, 1024);
    clock_message(h, "clock", 0, &b);
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < LISTS; i++)
        for (struct watcher *w = h->list[i]; w; w = w->next)
            if (!w->dead && !http_stream_send(w->stream, b.at, b.len))
                w->dead = true;
    pthread_mutex_unlock(&h->lock);
    buf_release(&b);
}

/* The client has gone (called by http, not under our lock). */
static void watcher_closed(void *user)
{
    struct watcher *w = user;
    struct hub *h = w->hub;
    pthread_mutex_lock(&h->lock);
    w->dead = true;
    if (w->link) {
        *w->link = w->next;
        if (w->next)
            w->next->link = w->link;
        w->link = NULL;
        h->count--;
    }
    pthread_mutex_unlock(&h->lock);
    http_stream_close(w->stream);
    request_free(w->q);
}

struct missed {
    const struct watcher *w;
    struct buf whole, hint, all;
    int count;
};

static bool add_missed(void *ctx, const struct event *e)
{
    struct missed *m = ctx;
    buf_clear(&m->whole);
    buf_clear(&m->hint);
    message(&m->whole, e, true);
    message(&m->hint, e, false);
    const struct buf *b = watcher_part(m->w, e, &m->whole, &m->hint);
    if (b)
        buf_add(&m->all, b->at, b->len);
    return ++m->count < MISSED_MAX && !m->all.overflow;
}

/* False: that is too far back, or too much, to be told; the reader fetches the whole again. */
static bool missed_read(struct db_tx *tx, struct missed *m, int64_t after, int64_t last, int *rc)
{
    if (after > last || last - after >= MISSED_MAX)
        return false;
    *rc = event_after(tx, m->w->outlet, after, MISSED_MAX, add_missed, m);
    return !*rc && !m->all.overflow;
}

/* What the stream missed since its last event, or a word that it must fetch the whole again. */
static void catch_up(struct watcher *w, int64_t after)
{
    struct hub *h = w->hub;
    struct missed m = { .w = w };
    struct db_tx *tx;
    struct buf b;
    int64_t last = 0;
    buf_init(&b, 4096);
    buf_init(&m.whole, 64 << 10);
    buf_init(&m.hint, 4 << 10);
    buf_init(&m.all, MISSED_BYTES);
    int rc = db_read(h->api->s.db, &tx);
    if (!rc) {
        rc = event_last_seq(tx, w->outlet, &last);
        bool resume = !rc && after >= 0 && missed_read(tx, &m, after, last, &rc);
        buf_text(&b, "retry: 2000\n");
        clock_message(h, "hello", last, &b);
        if (after >= 0 && !resume)
            buf_printf(&b, "id: %" PRId64 "\nevent: reset\ndata: {\"seq\":%" PRId64 "}\n\n", last,
                       last);
        w->dead = !http_stream_send(w->stream, b.at, b.len) ||
                  (resume && m.all.len && !http_stream_send(w->stream, m.all.at, m.all.len));
        w->last_seq = last;
        db_read_done(&tx);
    }
    if (rc)
        log_line(LOG_ERROR, "hub.catch_up", "%d", rc);
    buf_release(&m.whole);
    buf_release(&m.hint);
    buf_release(&m.all);
    buf_release(&b);
}

void hub_subscribe(struct hub *h, struct request *q, outlet_id o, ticket_id only, bool staff)
{
    struct watcher *w = arena_alloc(q->arena, sizeof *w);
    const char *last = http_header(q->x, "Last-Event-ID");
    int64_t after = request_i64(q, "after", -1);
    if (last && *last && sscanf(last, "%" SCNd64, &after) != 1)
        after = -1;
    *w = (struct watcher){ .hub = h, .q = q, .outlet = o.n, .only = only.n, .staff = staff };
    /* Under the lock: no event can come between what was missed and what comes. */
    pthread_mutex_lock(&h->lock);
    w->stream = http_stream_open(q->x, watcher_closed, w);
    catch_up(w, after);
    struct watcher **head = place(h, o.n);
    w->next = *head;
    if (w->next)
        w->next->link = &w->next;
    w->link = head;
    *head = w;
    h->count++;
    pthread_mutex_unlock(&h->lock);
}

struct hub *hub_new(struct api *a)
{
    struct arena *arena = arena_new(sizeof(struct hub) + 4096);
    struct hub *h = arena_alloc(arena, sizeof *h);
    h->arena = arena;
    h->api = a;
    CHECK(!pthread_mutex_init(&h->lock, NULL));
    return h;
}

int64_t hub_count(struct hub *h)
{
    pthread_mutex_lock(&h->lock);
    int64_t n = h->count;
    pthread_mutex_unlock(&h->lock);
    return n;
}

void hub_free(struct hub *h)
{
    pthread_mutex_destroy(&h->lock);
    arena_free(h->arena);
}
