/* http_answer.c -- An answer on its way out: taken from any thread, turned into a response of the
 * library on the loop, with the headers that every answer carries. */
#include "base/jsonw.h"
#include "base/log.h"
#include "http/http_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
    const char *name, *value;
    bool tls_only;
} always[] = {
    { "Content-Security-Policy",
      "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
      "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      false },
    { "X-Content-Type-Options", "nosniff", false },
    { "Referrer-Policy", "no-referrer", false },
    { "Cache-Control", "no-store", false },
    { "Permissions-Policy", "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
      false },
    { "Cross-Origin-Opener-Policy", "same-origin", false },
    { "Cross-Origin-Resource-Policy", "same-origin", false },
    { "Strict-Transport-Security", "max-age=31536000", true },
};

static const char problem_type[] = "application/problem+json";

void http_set_header(struct http_exchange *x, const char *name, const char *value)
{
    CHECK(http_header_name_ok(name, strlen(name)));
    CHECK(http_header_text_ok(value));
    if (!x->headers.at)
        buf_init(&x->headers, HTTP_HEAD_MAX);
    buf_add(&x->headers, name, strlen(name) + 1);
    buf_add(&x->headers, value, strlen(value) + 1);
    CHECK(!x->headers.overflow);
}

/* Puts an answer into its exchange and tells the loop. The fields of the answer were never read by
 * another thread before: the loop looks at them only once .answered is set, under the lock. */
static void give(struct http_exchange *x, int status, const char *type, const void *bytes,
                 size_t len, void *copy, struct http_stream *stream)
{
    struct http *h = x->http;
    CHECK(status >= 200 && status <= 599);
    CHECK(!type || (strlen(type) < sizeof(x->type_text) && http_header_text_ok(type)));
    pthread_mutex_lock(&h->lock);
    CHECK(!x->answered);
    x->answered = true;
    bool abandoned = x->abandoned, free_it = x->abandoned && x->finished;
    if (!abandoned) {
        x->status = status;
        x->bytes = bytes;
        x->len = len;
        x->copy = copy;
        x->stream = stream;
        if (type)
            memcpy(x->type_text, type, strlen(type) + 1);
        if (x->state == X_WAITING) {
            link_add(&h->mail_answers, &x->mail);
            http_wake_locked(h);
        }
    }
    pthread_mutex_unlock(&h->lock);
    /* x is the loop's now, and may be gone */
    if (free_it)
        http_exchange_free(x);
    if (abandoned)
        free(copy);
}

void http_answer(struct http_exchange *x, int status, const char *type, const void *body,
                 size_t len)
{
    void *copy = NULL;
    if (len > 0) {
        copy = malloc(len);
        CHECK(copy != NULL);
        memcpy(copy, body, len);
    }
    give(x, status, type, copy, len, copy, NULL);
}

void http_answer_static(struct http_exchange *x, int status, const char *type, const void *body,
                        size_t len)
{
    give(x, status, type, body, len, NULL, NULL);
}

void http_answer_stream(struct http_exchange *x, struct http_stream *s)
{
    give(x, 200, "text/event-stream", NULL, 0, NULL, s);
}

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
    CHECK(MHD_add_response_header(r, name, value) == MHD_YES);
}

static void add_always(struct http *h, struct MHD_Response *r, const struct buf *set)
{
    for (size_t i = 0; i < COUNT(always); i++) {
        if (always[i].tls_only && !h->tls)
            continue;
        if (!set || !http_pair_find(set->at, set->len, always[i].name, true))
            add_header(r, always[i].name, always[i].value);
    }
}

static bool queue(struct http_exchange *x, unsigned status, struct MHD_Response *r)
{
    x->state = X_SENDING;
    x->queued = MHD_queue_response(x->mhd, status, r) == MHD_YES;
    MHD_destroy_response(r); /* the library holds its own reference */
    if (!x->queued)
        log_line(LOG_ERROR, "http.answer", "the library did not take an answer");
    return x->queued;
}

bool http_queue(struct http_exchange *x)
{
    struct MHD_Response *r;
    if (x->stream) {
        r = http_stream_response(x->stream);
        add_header(r, "X-Accel-Buffering", "no"); /* nginx would hold events back */
    } else {
        r = MHD_create_response_from_buffer(x->len, http_unconst(x->bytes),
                                            x->copy ? MHD_RESPMEM_MUST_FREE
                                                    : MHD_RESPMEM_PERSISTENT);
        x->copy = NULL;
    }
    CHECK(r != NULL);
    if (x->type_text[0])
        add_header(r, "Content-Type", x->type_text);
    for (size_t i = 0; i < x->headers.len;) {
        const char *name = x->headers.at + i, *value = name + strlen(name) + 1;
        add_header(r, name, value);
        i = (size_t)(value - x->headers.at) + strlen(value) + 1;
    }
    add_always(x->http, r, x->headers.at ? &x->headers : NULL);
    if (x->http->stop_ms)
        add_header(r, "Connection", "close");
    bool ok = queue(x, (unsigned)x->status, r);
    if (ok && x->stream)
        http_stream_begin(x->stream);
    return ok;
}

static void write_problem(const struct http_refusal_info *info, struct buf *out)
{
    struct jsonw w;
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_text(&w, "type", "about:blank");
    jw_text(&w, "title", info->title);
    jw_i64(&w, "status", info->status);
    jw_text(&w, "code", info->code);
    jw_end(&w);
}

/* Always with the end of the connection: where the next request would begin is not known. Takes
 * nothing from the exchange's answer, which a handler may be writing at this moment. */
bool http_queue_refusal(struct http_exchange *x, enum http_refusal why)
{
    const struct http_refusal_info *info = http_refusal_info(why);
    struct buf body;
    buf_init(&body, 1024);
    write_problem(info, &body);
    CHECK(!body.overflow);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body.len, body.at, MHD_RESPMEM_MUST_COPY);
    buf_release(&body);
    CHECK(r != NULL);
    add_header(r, "Content-Type", problem_type);
    add_header(r, "Connection", "close");
    add_always(x->http, r, NULL);
    return queue(x, (unsigned)info->status, r);
}

void http_write_refusal(struct http_exchange *x, enum http_refusal why, struct buf *out)
{
    const struct http_refusal_info *info = http_refusal_info(why);
    struct buf body;
    buf_init(&body, 1024);
    write_problem(info, &body);
    buf_printf(out, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: %s\r\n", info->status,
               MHD_get_reason_phrase_for((unsigned)info->status), problem_type);
    for (size_t i = 0; i < COUNT(always); i++)
        if (!always[i].tls_only || x->http->tls)
            buf_printf(out, "%s: %s\r\n", always[i].name, always[i].value);
    buf_printf(out, "Content-Length: %zu\r\n\r\n", body.len);
    buf_add(out, body.at, body.len);
    buf_release(&body);
    CHECK(!out->overflow);
}

void http_count_refusal(struct http *h, int status)
{
    if (status == 413)
        atomic_fetch_add(&h->refused_413, 1);
    else if (status == 431 || status == 414)
        atomic_fetch_add(&h->refused_431, 1);
    else if (status == 400 || status == 505)
        atomic_fetch_add(&h->refused_400, 1);
}

void http_note_refusal(struct http_exchange *x, enum http_refusal why)
{
    const struct http_refusal_info *info = http_refusal_info(why);
    log_line(LOG_DEBUG, "http.refused", "%s from %s", info->code, x->peer);
    http_count_refusal(x->http, info->status);
}

/* A resumed connection would be read before it is written, and a client that has closed its
 * sending side (printf ... | nc) would be dropped unanswered. The library goes through all
 * connections that have a timeout of their own before it reads any: there the answer gets ready,
 * and then it is written first. Saves one recv() as well. http_on_completed() undoes it. */
void http_resume(struct http_exchange *x, bool queued)
{
    if (queued) {
        MHD_set_connection_option(x->mhd, MHD_CONNECTION_OPTION_TIMEOUT,
                                  (unsigned)x->http->s.idle_s + 1);
        x->custom_timeout = true;
    } else {
        shutdown(x->conn->fd, SHUT_RDWR);
    }
    MHD_resume_connection(x->mhd);
}
