/* http_request.c -- From the library's callbacks to an exchange: the head is copied and checked,
 * the body is collected, the handler is called, and what is not answered then is suspended. */
#include "base/log.h"
#include "http/http_priv.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { FIELDS_MAX = 256, TEXT_MAX = 4 * HTTP_HEAD_MAX };

static struct http_conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info->socket_context;
}

static void print_peer(struct MHD_Connection *mhd, char out[HTTP_PEER_TEXT])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info->client_addr;
    const void *bytes = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
    if (a->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (!http_address_print(a->sa_family, bytes, out))
        memcpy(out, "?", 2);
}

/* The peer may still be writing when we close: its next bytes would be met by a reset, which
 * wipes the answer it has not read yet. Such a socket is kept a while and drained. */
static bool wants_linger(const struct http_conn *c)
{
    int unread = 0;
    char byte;
    if (ioctl(c->fd, FIONREAD, &unread) == 0 && unread > 0)
        return true;
    return c->linger && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

void http_on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                        enum MHD_ConnectionNotificationCode toe)
{
    struct http *h = cls;
    struct http_conn *c = *socket_context;
    if (toe == MHD_CONNECTION_NOTIFY_STARTED) {
        c = calloc(1, sizeof(*c));
        CHECK(c != NULL);
        *c = (struct http_conn){ .watch = { WATCH_CONN }, .http = h, .since_ms = h->now_ms };
        c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        /* until a request has been read well, what ends it is a refusal of the library */
        c->linger = true;
        print_peer(mhd, c->peer);
        link_init(&c->link);
        link_add(&h->conns, &c->link);
        *socket_context = c;
        atomic_fetch_add(&h->connections, 1);
        return;
    }
    CHECK(c->x == NULL && !c->watched);
    if (!h->forced && wants_linger(c))
        http_linger_take(h, c->fd);
    link_remove(&c->link);
    atomic_fetch_sub(&h->connections, 1);
    free(c);
    *socket_context = NULL;
}

/* Called when the request line is in, before the library takes it apart. */
void *http_on_target(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct http *h = cls;
    struct http_exchange *x = calloc(1, sizeof(*x));
    CHECK(x != NULL);
    x->http = h;
    x->mhd = mhd;
    x->conn = conn_of(mhd);
    CHECK(x->conn->x == NULL);
    x->conn->x = x;
    x->conn->linger = true;
    memcpy(x->peer, x->conn->peer, sizeof(x->peer));
    x->target = strdup(uri ? uri : "");
    CHECK(x->target != NULL);
    buf_init(&x->text, TEXT_MAX);
    link_init(&x->link);
    link_init(&x->mail);
    link_add(&h->exchanges, &x->link);
    atomic_fetch_add(&h->requests, 1);
    pthread_mutex_lock(&h->lock);
    h->refs++;
    pthread_mutex_unlock(&h->lock);
    return x;
}

/* Only on the loop or, for an exchange that outlived its server, by whoever answers it late. */
void http_exchange_free(struct http_exchange *x)
{
    struct http *h = x->http;
    CHECK(x->conn == NULL);
    free(x->target);
    free(x->copy);
    buf_release(&x->text);
    if (x->headers.at)
        buf_release(&x->headers);
    if (x->body.at)
        buf_release(&x->body);
    free(x);
    http_unref(h);
}

void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                       enum MHD_RequestTerminationCode toe)
{
    struct http *h = cls;
    struct http_exchange *x = *con_cls;
    UNUSED(toe);
    if (!x)
        return;
    if (x->custom_timeout)
        MHD_set_connection_option(mhd, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)h->s.idle_s);
    if (x->conn->watched)
        epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, x->conn->fd, NULL);
    x->conn->watched = false;
    x->conn->x = NULL;
    x->conn->since_ms = h->now_ms;
    x->conn = NULL;
    link_remove(&x->link);
    if (x->stream)
        http_stream_over(x->stream);
    if (x->end)
        x->end(x->end_user);
    pthread_mutex_lock(&h->lock);
    /* After a stop that ran out of patience the handler still holds it: http_answer() frees it. */
    bool held = x->abandoned && !x->answered;
    x->finished = true;
    pthread_mutex_unlock(&h->lock);
    *con_cls = NULL;
    if (!held)
        http_exchange_free(x);
}

/* Escapes are decoded by http_parse.c from the raw target; the library shall leave its copy. */
size_t http_no_unescape(void *cls, struct MHD_Connection *mhd, char *s)
{
    UNUSED(cls);
    UNUSED(mhd);
    return strlen(s);
}

static bool method_of(const char *name, enum http_method *out)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum http_method)i;
            return true;
        }
    }
    return false;
}

struct fields {
    struct http_field at[FIELDS_MAX];
    size_t count;
    bool overflow;
};

static enum MHD_Result take_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct fields *f = cls;
    UNUSED(kind);
    if (f->count == FIELDS_MAX) {
        f->overflow = true;
        return MHD_NO;
    }
    f->at[f->count++] = (struct http_field){
        .name = name, .name_len = name_len, .value = value ? value : "", .value_len = value_len
    };
    return MHD_YES;
}

/* libmicrohttpd 0.9.75 reads lines leniently: a bare LF ends one, a NUL cuts one, a folded line is
 * glued to the *name* of the field before it, spaces may be doubled. It works in place, with each
 * CR LF overwritten by two zero bytes, so a head that was written strictly lies there without
 * gaps: "METHOD\0target\0HTTP/1.1\0\0name\0 value\0\0name\0...". Anything else is refused. */
static bool layout_strict(const struct http_exchange *x, const char *url, const char *method,
                          const char *version, const struct fields *f, size_t head_size)
{
    if (url != method + strlen(method) + 1 || version != url + strlen(x->target) + 1)
        return false;
    const char *next = version + strlen(version) + 2;
    for (size_t i = 0; i < f->count; i++) {
        const struct http_field *field = &f->at[i];
        if (field->name != next)
            return false;
        next = field->name + field->name_len + 1;
        while (*next == ' ' || *next == '\t')
            next++;
        if (field->value_len > 0 && field->value != next)
            return false;
        next += field->value_len + 2;
    }
    return next + 2 == method + head_size; /* the empty line */
}

static void keep_fields(struct http_exchange *x, const struct fields *f)
{
    x->headers_at = x->text.len;
    for (size_t i = 0; i < f->count; i++) {
        buf_add(&x->text, f->at[i].name, f->at[i].name_len);
        buf_char(&x->text, '\0');
        buf_add(&x->text, f->at[i].value, f->at[i].value_len);
        buf_char(&x->text, '\0');
    }
}

static void keep_cookies(struct http_exchange *x, const struct fields *f)
{
    x->cookies_at = x->text.len;
    for (size_t i = 0; i < f->count; i++)
        if (f->at[i].name_len == 6 && strncasecmp(f->at[i].name, "cookie", 6) == 0)
            http_parse_cookies(f->at[i].value, f->at[i].value_len, &x->text);
}

/* Behind a proxy all requests come from its address: one person's wrong passwords would make
 * everybody wait. It says whose a request is, in the last header line of the name (RFC 9110, 5.3).
 */
static void keep_peer(struct http_exchange *x, const struct fields *f)
{
    static const char name[] = "x-forwarded-for";
    const struct http *h = x->http;
    const struct http_field *last = NULL;
    if (!h->proxy[0] || strcmp(h->proxy, x->conn->peer) != 0)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (f->at[i].name_len == sizeof(name) - 1 &&
            strncasecmp(f->at[i].name, name, sizeof(name) - 1) == 0)
            last = &f->at[i];
    if (last && !http_forwarded(last->value, last->value_len, x->peer))
        memcpy(x->peer, x->conn->peer, sizeof(x->peer));
}

static enum http_refusal read_head(struct http_exchange *x, const char *url, const char *method,
                                   const char *version, struct fields *f)
{
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, take_field, f);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (f->overflow || !info || info->header_size > HTTP_HEAD_MAX)
        return HTTP_REFUSE_HEAD_SIZE;
    bool known = method_of(method, &x->method); /* first: a refused HEAD has no body either */
    if (!layout_strict(x, url, method, version, f, info->header_size))
        return HTTP_REFUSE_LAYOUT;
    enum http_refusal why = http_check_fields(f->at, f->count, strcmp(version, "HTTP/1.0") != 0);
    if (!why && !known)
        why = HTTP_REFUSE_METHOD;
    if (!why)
        why = http_parse_path(x->target, &x->text);
    if (why)
        return why;
    keep_fields(x, f);
    x->query_at = x->text.len;
    why = http_parse_query(x->target, &x->text);
    if (why)
        return why;
    keep_cookies(x, f);
    keep_peer(x, f);
    CHECK(!x->text.overflow);
    return HTTP_FINE;
}

static enum http_refusal begin(struct http_exchange *x, const char *url, const char *method,
                               const char *version)
{
    struct http *h = x->http;
    struct fields f;
    f.count = 0;
    f.overflow = false;
    enum http_refusal why = read_head(x, url, method, version, &f);
    if (why)
        return why;
    if (h->stop_ms)
        return HTTP_REFUSE_STOPPING;
    int64_t limit = h->s.body_limit ? h->s.body_limit(h->s.ctx, x->method, x->text.at) : -1;
    x->drop_body = limit < 0;
    x->body_max = limit < 0 ? HTTP_DROP_MAX : limit;
    int64_t declared = http_declared_length(f.at, f.count);
    if (declared > x->body_max)
        return HTTP_REFUSE_BODY_SIZE;
    if (!x->drop_body && declared != 0)
        buf_init(&x->body, (size_t)x->body_max);
    x->state = X_BODY;
    x->conn->since_ms = h->now_ms;
    x->conn->linger = false;
    return HTTP_FINE;
}

/* In the middle of a body the library takes no response. Without TLS the refusal is written to
 * the socket past it, and the connection ends; with TLS the client learns from the end alone. */
static enum MHD_Result refuse_upload(struct http_exchange *x)
{
    x->conn->linger = true;
    http_note_refusal(x, HTTP_REFUSE_BODY_SIZE);
    if (!x->http->tls) {
        struct buf out;
        buf_init(&out, 4096);
        http_write_refusal(x, HTTP_REFUSE_BODY_SIZE, &out);
        if (send(x->conn->fd, out.at, out.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            log_line(LOG_DEBUG, "http.refused", "the refusal could not be sent");
        buf_release(&out);
    }
    return MHD_NO;
}

static enum MHD_Result collect(struct http_exchange *x, const char *upload, size_t *size)
{
    x->body_seen += (int64_t)*size;
    if (x->body_seen > x->body_max) {
        /* with TLS a while longer, in the hope that the client comes to its end */
        if (!x->http->tls || x->body_seen > x->body_max + HTTP_LINGER_BYTES)
            return refuse_upload(x);
    } else if (!x->drop_body) {
        buf_add(&x->body, upload, *size);
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result refuse(struct http_exchange *x, enum http_refusal why)
{
    http_note_refusal(x, why);
    x->conn->linger = true;
    return http_queue_refusal(x, why) ? MHD_YES : MHD_NO;
}

/* The whole request is in: the handler's turn. */
static enum MHD_Result handle(struct http_exchange *x)
{
    struct http *h = x->http;
    if (x->body_seen > x->body_max)
        return refuse(x, HTTP_REFUSE_BODY_SIZE);
    if (h->stop_ms)
        return refuse(x, HTTP_REFUSE_STOPPING);
    if (x->body.at)
        CHECK(!x->body.overflow);
    x->state = X_HANDLING;
    h->s.handler(h->s.ctx, x);
    pthread_mutex_lock(&h->lock);
    bool answered = x->answered;
    if (!answered)
        x->state = X_WAITING;
    pthread_mutex_unlock(&h->lock);
    if (answered)
        return http_queue(x) ? MHD_YES : MHD_NO;
    /* It may be answered by now, but that lies in the mailbox, which is read by this thread only,
     * and so after the connection has been suspended. */
    MHD_suspend_connection(x->mhd);
    return MHD_YES;
}

/* The library calls this when the head is in, for each piece of the body, and at its end. */
enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **con_cls)
{
    struct http_exchange *x = *con_cls;
    UNUSED(cls);
    CHECK(x != NULL && x->mhd == mhd);
    if (x->state == X_HEAD) {
        enum http_refusal why = begin(x, url, method, version);
        return why ? refuse(x, why) : MHD_YES;
    }
    if (x->state == X_BODY)
        return *upload_size ? collect(x, upload, upload_size) : handle(x);
    return x->queued ? MHD_YES : MHD_NO; /* resumed: its response is queued already */
}

enum http_method http_method_of(struct http_exchange *x)
{
    return x->method;
}

const char *http_path(struct http_exchange *x)
{
    return x->text.at;
}

const char *http_header(struct http_exchange *x, const char *name)
{
    return http_pair_find(x->text.at + x->headers_at, x->query_at - x->headers_at, name, true);
}

const char *http_query(struct http_exchange *x, const char *name)
{
    return http_pair_find(x->text.at + x->query_at, x->cookies_at - x->query_at, name, false);
}

const char *http_cookie(struct http_exchange *x, const char *name)
{
    return http_pair_find(x->text.at + x->cookies_at, x->text.len - x->cookies_at, name, false);
}

const char *http_body(struct http_exchange *x, size_t *len)
{
    *len = x->body.at ? x->body.len : 0;
    return x->body.at ? x->body.at : "";
}

const char *http_peer(struct http_exchange *x)
{
    return x->peer;
}

bool http_is_tls(struct http_exchange *x)
{
    return x->http->tls;
}

void http_set_user(struct http_exchange *x, void *user)
{
    x->user = user;
}

void *http_user(struct http_exchange *x)
{
    return x->user;
}

void http_on_end(struct http_exchange *x, void (*end)(void *user), void *user)
{
    x->end = end;
    x->end_user = user;
}
