/* http_stream_test.c -- Event streams: they begin, go on, are dropped, and end with the server. */
#include "desk.h"
#include "http/http_priv.h"
#include <sys/socket.h>

static struct http_client *subscribe(struct desk *d)
{
    struct http_client *c = desk_client(d);
    char text[4000], all[8000] = "";
    static const char request[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_int_equal(http_client_write(c, request, sizeof(request) - 1), 0);
    while (!strstr(all, ": hello\n\n")) {
        int n = http_client_bytes(c, text, sizeof(text));
        assert_true(n > 0);
        strncat(all, text, (size_t)n);
    }
    assert_non_null(strstr(all, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(all, "Content-Type: text/event-stream\r\n"));
    assert_non_null(strstr(all, "Cache-Control: no-store\r\n"));
    return c;
}

static void await_text(struct http_client *c, const char *text)
{
    char all[8000] = "", piece[2000];
    while (!strstr(all, text)) {
        int n = http_client_bytes(c, piece, sizeof(piece));
        if (n <= 0)
            fail_msg("the stream ended before %s", text);
        strncat(all, piece, (size_t)n);
    }
}

static void a_stream_goes_on_after_each_silence(void **state)
{
    static struct desk d;
    char event[40];
    (void)state;
    desk_open(&d);
    struct http_client *c = subscribe(&d);
    for (int i = 0; i < 100; i++) {
        int n = snprintf(event, sizeof(event), "id: %d\ndata: {}\n\n", i);
        assert_true(http_stream_send(d.streams[0].s, event, (size_t)n));
        await_text(c, event);
    }
    http_beat(d.http);
    await_text(c, ":\n\n");
    http_client_close(c);
    desk_await(&d, &d.streams[0].closed, 1);
    assert_false(http_stream_send(d.streams[0].s, "x", 1));
    desk_await(&d, &d.ends, 1);
    desk_shut(&d);
    assert_int_equal(desk_read(&d, &d.streams[0].closed), 1);
}

static void a_stream_that_its_owner_closes_ends_well_and_silently(void **state)
{
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    struct http_client *c = subscribe(&d);
    assert_true(http_stream_send(d.streams[0].s, "data: last\n\n", 12));
    http_stream_close(d.streams[0].s);
    d.streams[0].s = NULL;
    await_text(c, "data: last\n\n\r\n0\r\n\r\n");
    desk_await(&d, &d.ends, 1);
    assert_int_equal(http_client_call(c, "GET", "/hello", NULL, NULL, 0, &r), 0);
    assert_int_equal(desk_read(&d, &d.streams[0].closed), 0);
    http_client_close(c);
    desk_shut(&d);
}

static void a_reader_that_does_not_read_is_dropped(void **state)
{
    static struct desk d;
    char big[4096];
    (void)state;
    memset(big, 'x', sizeof(big));
    desk_open(&d);
    struct http_client *slow = subscribe(&d), *good = subscribe(&d);
    int sent = 0;
    while (http_stream_send(d.streams[0].s, big, sizeof(big)) && sent < 10000)
        sent++;
    assert_true(sent < 10000);
    desk_await(&d, &d.streams[0].closed, 1);
    assert_true(http_stream_send(d.streams[1].s, "data: on\n\n", 10));
    await_text(good, "data: on\n\n");
    assert_int_equal(desk_read(&d, &d.streams[1].closed), 0);
    http_client_close(slow);
    http_client_close(good);
    desk_shut(&d);
}

static void a_client_that_vanishes_is_noticed_without_a_send(void **state)
{
    static struct desk d;
    struct linger hard = { .l_onoff = 1 };
    (void)state;
    desk_open(&d);
    struct http_client *a = subscribe(&d), *b = subscribe(&d);
    setsockopt(http_client_fd(a), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    http_client_close(a);
    http_client_close(b);
    desk_await(&d, &d.streams[0].closed, 1);
    desk_await(&d, &d.streams[1].closed, 1);
    desk_shut(&d);
}

static void a_stream_may_be_asked_for_with_head_or_by_an_old_client(void **state)
{
    static const char old[] = "GET /stream HTTP/1.0\r\n\r\n";
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_call(c, "HEAD", "/stream", NULL, NULL, 0, &r), 0);
    assert_int_equal(r.status, 200);
    desk_await(&d, &d.streams[0].closed, 1);
    http_client_close(c);
    c = desk_client(&d);
    assert_int_equal(http_client_write(c, old, sizeof(old) - 1), 0);
    await_text(c, "\r\n\r\n: hello\n\n");
    assert_true(http_stream_send(d.streams[1].s, "data: 1\n\n", 9));
    await_text(c, "data: 1\n\n");
    http_client_close(c);
    desk_shut(&d);
}

static void the_stop_ends_streams_and_kept_exchanges(void **state)
{
    static struct desk d;
    char piece[200];
    (void)state;
    desk_open(&d);
    struct http_client *c = subscribe(&d), *kept = desk_client(&d);
    static const char request[] = "GET /keep HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_int_equal(http_client_write(kept, request, sizeof(request) - 1), 0);
    desk_await(&d, &d.kept_count, 1);
    http_set_patience(d.http, 20);
    http_stop(d.http);
    d.http = NULL;
    await_text(c, "retry: 2000\n\n");
    int n = http_client_bytes(c, piece, sizeof(piece));
    assert_true(n == 0 || http_client_bytes(c, piece, sizeof(piece)) == 0);
    assert_int_equal(desk_read(&d, &d.streams[0].closed), 1);
    struct http_reply r;
    assert_int_equal(http_client_read(kept, &r), 0);
    assert_int_equal(r.status, 503);
    assert_non_null(strstr(r.body, "\"code\":\"stopping\""));
    http_answer(d.kept[0], 200, "text/plain", "too late", 8); /* and it is freed */
    http_client_close(c);
    http_client_close(kept);
    desk_shut(&d);
}

struct counts {
    int events[20];
};

static void count_event(void *ctx, const struct http_load_event *e)
{
    struct counts *c = ctx;
    assert_string_equal(e->event, "tick");
    assert_string_equal(e->data, "{\"n\":1}\nmore");
    c->events[e->stream]++;
}

static void every_subscriber_gets_every_event(void **state)
{
    static const char event[] = "id: 7\nevent: tick\ndata: {\"n\":1}\ndata: more\n\n";
    enum { STREAMS = 20, EVENTS_SENT = 50 };
    static struct desk d;
    struct counts counts = { { 0 } };
    struct http_load_streams *s;
    (void)state;
    desk_open(&d);
    assert_int_equal(
        http_load_streams_open(d.port, STREAMS, "/stream?n=%d", NULL, count_event, &counts, &s), 0);
    desk_await(&d, &d.streams_count, STREAMS);
    for (int i = 0; i < EVENTS_SENT; i++)
        for (int k = 0; k < STREAMS; k++)
            assert_true(http_stream_send(d.streams[k].s, event, sizeof(event) - 1));
    int got = 0;
    for (int i = 0; i < 1000 && got < STREAMS * EVENTS_SENT; i++)
        got += http_load_streams_poll(s, 100);
    for (int k = 0; k < STREAMS; k++)
        assert_int_equal(counts.events[k], EVENTS_SENT);
    assert_int_equal(http_load_streams_alive(s), STREAMS);
    http_load_streams_close(s);
    desk_shut(&d);
}

/* A server under load from all sides: requests, answers from another thread, events, readers. */
struct rush {
    struct desk *d;
    pthread_mutex_t lock;
    bool quit;
};

static bool next_rush(void *ctx, int connection, struct buf *request)
{
    (void)ctx;
    http_load_write(request, "POST", connection % 2 ? "/later" : "/echo", NULL, "rush", 4);
    return true;
}

static void *post_rush(void *ctx)
{
    struct rush *r = ctx;
    int rc = http_load_run(&(struct http_load){
        .port = r->d->port, .connections = 10, .next = next_rush, .ctx = r, .patience_ms = 1000 });
    return rc ? NULL : r; /* it ends when the server does */
}

static void *send_rush(void *ctx)
{
    struct rush *r = ctx;
    bool quit = false;
    while (!quit) {
        for (int k = 0; k < r->d->streams_count; k++)
            http_stream_send(r->d->streams[k].s, "data: rush\n\n", 12);
        pthread_mutex_lock(&r->lock);
        quit = r->quit;
        pthread_mutex_unlock(&r->lock);
    }
    return NULL;
}

static void ignore_event(void *ctx, const struct http_load_event *e)
{
    (void)ctx;
    (void)e;
}

static void a_busy_server_stops_cleanly_at_any_moment(void **state)
{
    static struct desk d;
    (void)state;
    for (int round = 0; round < 8; round++) {
        struct rush r = { .d = &d, .lock = PTHREAD_MUTEX_INITIALIZER };
        struct http_load_streams *readers;
        pthread_t poster, sender;
        desk_open(&d);
        assert_int_equal(
            http_load_streams_open(d.port, 8, "/stream", NULL, ignore_event, NULL, &readers), 0);
        pthread_create(&poster, NULL, post_rush, &r);
        pthread_create(&sender, NULL, send_rush, &r);
        desk_await(&d, &d.handled, 8 + 10 * round);
        http_load_streams_poll(readers, 1);
        if (round % 3 == 1) /* readers go first, and their streams with them */
            http_load_streams_close(readers);
        http_set_patience(d.http, 20);
        http_stop(d.http);
        d.http = NULL;
        pthread_mutex_lock(&r.lock);
        r.quit = true;
        pthread_mutex_unlock(&r.lock);
        pthread_join(sender, NULL);
        pthread_join(poster, NULL);
        if (round % 3 != 1)
            http_load_streams_close(readers);
        for (int k = 0; k < 8; k++)
            assert_int_equal(desk_read(&d, &d.streams[k].closed), 1);
        desk_shut(&d);
    }
}

SUITE(http_stream, cmocka_unit_test(a_stream_goes_on_after_each_silence),
      cmocka_unit_test(a_stream_that_its_owner_closes_ends_well_and_silently),
      cmocka_unit_test(a_reader_that_does_not_read_is_dropped),
      cmocka_unit_test(a_client_that_vanishes_is_noticed_without_a_send),
      cmocka_unit_test(a_stream_may_be_asked_for_with_head_or_by_an_old_client),
      cmocka_unit_test(the_stop_ends_streams_and_kept_exchanges),
      cmocka_unit_test(every_subscriber_gets_every_event),
      cmocka_unit_test(a_busy_server_stops_cleanly_at_any_moment))
