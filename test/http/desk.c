/* desk.c -- See desk.h. */
#include "desk.h"
#include <poll.h>
#include <time.h>
#include <unistd.h>

static void on_end(void *user)
{
    struct desk *d = user;
    pthread_mutex_lock(&d->lock);
    d->ends++;
    pthread_cond_broadcast(&d->news);
    pthread_mutex_unlock(&d->lock);
}

static void on_closed(void *user)
{
    struct desk_stream *s = user;
    pthread_mutex_lock(&s->desk->lock);
    s->closed++;
    pthread_cond_broadcast(&s->desk->news);
    pthread_mutex_unlock(&s->desk->lock);
}

static void answer_read(struct http_exchange *x)
{
    char text[1000];
    const char *a = http_query(x, "a"), *s = http_cookie(x, "s"), *h = http_header(x, "x-a");
    int n =
        snprintf(text, sizeof(text), "%d %s a=%s s=%s h=%s %s %d", (int)http_method_of(x),
                 http_path(x), a ? a : "-", s ? s : "-", h ? h : "-", http_peer(x), http_is_tls(x));
    http_set_header(x, "Cache-Control", "max-age=60");
    http_set_header(x, "Set-Cookie", "s=1; HttpOnly");
    http_set_header(x, "Set-Cookie", "t=2");
    http_answer(x, 200, "text/plain; charset=utf-8", text, (size_t)n);
}

static void open_stream(struct desk *d, struct http_exchange *x)
{
    struct desk_stream *s = &d->streams[d->streams_count];
    s->desk = d;
    s->s = http_stream_open(x, on_closed, s);
    assert_true(http_stream_send(s->s, ": hello\n\n", 9));
    d->streams_count++;
    pthread_cond_broadcast(&d->news);
}

static void handle(void *ctx, struct http_exchange *x)
{
    struct desk *d = ctx;
    const char *path = http_path(x);
    size_t len;
    const char *body = http_body(x, &len);
    http_on_end(x, on_end, d);
    pthread_mutex_lock(&d->lock);
    d->handled++;
    if (!strcmp(path, "/later")) {
        d->waiting[d->waiting_count++] = x;
        pthread_cond_broadcast(&d->news);
    } else if (!strcmp(path, "/keep")) {
        d->kept[d->kept_count++] = x;
        pthread_cond_broadcast(&d->news);
    } else if (!strcmp(path, "/stream")) {
        open_stream(d, x);
    } else if (!strcmp(path, "/echo")) {
        http_answer(x, 200, "text/plain", body, len);
    } else if (!strcmp(path, "/static")) {
        http_answer_static(x, 200, "text/plain", "static", 6);
    } else if (!strcmp(path, "/read")) {
        answer_read(x);
    } else if (!strcmp(path, "/empty")) {
        http_answer(x, 204, NULL, NULL, 0);
    } else if (!strcmp(path, "/hello")) {
        http_answer(x, 200, "text/plain", "hello", 5);
    } else {
        http_answer(x, 404, "text/plain", "no", 2);
    }
    pthread_mutex_unlock(&d->lock);
}

static int64_t limit(void *ctx, enum http_method method, const char *path)
{
    (void)ctx;
    (void)method;
    return strncmp(path, "/no", 3) ? DESK_LIMIT : -1;
}

static void *answer_later(void *ctx)
{
    struct desk *d = ctx;
    pthread_mutex_lock(&d->lock);
    while (!d->quit) {
        if (d->waiting_count > 0) {
            struct http_exchange *x = d->waiting[--d->waiting_count];
            pthread_mutex_unlock(&d->lock);
            size_t len;
            const char *body = http_body(x, &len);
            http_answer(x, 201, "text/plain", body, len);
            pthread_mutex_lock(&d->lock);
        } else {
            pthread_cond_wait(&d->news, &d->lock);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

void desk_open_with(struct desk *d, const struct http_settings *more)
{
    char error[200] = "";
    struct http_settings s = *more;
    *d = (struct desk){ 0 };
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->news, NULL);
    s.address = "127.0.0.1";
    s.handler = handle;
    s.body_limit = limit;
    s.ctx = d;
    int rc = http_start(&s, &d->http, error, sizeof(error));
    if (rc)
        fail_msg("http_start: %s", error);
    d->port = http_port(d->http);
    assert_int_equal(pthread_create(&d->later, NULL, answer_later, d), 0);
}

void desk_open(struct desk *d)
{
    desk_open_with(d, &(struct http_settings){ 0 });
}

void desk_shut(struct desk *d)
{
    if (d->http)
        http_stop(d->http);
    d->http = NULL;
    for (int i = 0; i < d->streams_count; i++)
        if (d->streams[i].s)
            http_stream_close(d->streams[i].s);
    pthread_mutex_lock(&d->lock);
    d->quit = true;
    pthread_cond_broadcast(&d->news);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->later, NULL);
}

struct http_client *desk_client(struct desk *d)
{
    struct http_client *c = NULL;
    assert_int_equal(http_client_open(d->port, &c), 0);
    return c;
}

void desk_await(struct desk *d, const int *number, int n)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    pthread_mutex_lock(&d->lock);
    while (*number < n)
        if (pthread_cond_timedwait(&d->news, &d->lock, &until))
            break;
    int is = *number;
    pthread_mutex_unlock(&d->lock);
    assert_true(is >= n);
}

int desk_read(struct desk *d, const int *number)
{
    pthread_mutex_lock(&d->lock);
    int n = *number;
    pthread_mutex_unlock(&d->lock);
    return n;
}

void desk_await_number(struct desk *d, int64_t (*get)(const struct http_numbers *), int64_t n)
{
    struct http_numbers now;
    for (int i = 0; i < 5000; i++) {
        http_numbers(d->http, &now);
        if (get(&now) == n)
            return;
        poll(NULL, 0, 1);
    }
    fail_msg("it stayed at %lld", (long long)get(&now));
}

void desk_raw(struct desk *d, const char *bytes, size_t len, int status, const char *code)
{
    struct http_client *c = desk_client(d);
    struct http_reply r;
    char value[200];
    assert_int_equal(http_client_write(c, bytes, len), 0);
    if (http_client_read(c, &r))
        fail_msg("no answer to %.*s", (int)len, bytes);
    if (r.status != status)
        fail_msg("%d instead of %d to %.*s", r.status, status, (int)len, bytes);
    if (code) {
        assert_true(http_reply_header(&r, "Content-Type", value, sizeof(value)));
        assert_string_equal(value, "application/problem+json");
        assert_true(http_reply_header(&r, "Content-Security-Policy", value, sizeof(value)));
        assert_true(http_reply_header(&r, "Connection", value, sizeof(value)));
        assert_string_equal(value, "close");
        snprintf(value, sizeof(value), "\"code\":\"%s\"", code);
        if (!strstr(r.body, value))
            fail_msg("%s instead of %s", r.body, value);
    }
    int more = http_client_bytes(c, value, sizeof(value));
    if (more)
        fail_msg("%d bytes more after %s: %.*s", more, r.head, more > 0 ? more : 0, value);
    http_client_close(c);
}
