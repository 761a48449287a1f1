/* http.h -- The web server around the library. Knows no bank.
 *
 * One thread reads and answers; a handler that cannot answer at once keeps the exchange and
 * answers later from any thread with http_answer(). An exchange is answered exactly once.
 * An event stream is an exchange that stays open: http_stream_send() from any thread.
 *
 * Refused here, before any handler, with a problem document (http_parse.h lists all): two
 * Content-Length, Content-Length with Transfer-Encoding, no Host in HTTP/1.1, a loose head, a
 * broken target, a head over 16 KiB (431), a body over the limit (413), unknown methods (501). Only
 * loopback addresses are listened on unless the operator says otherwise. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H
#include "base/rc.h"
#include "base/buf.h"

struct http;          /* a running server */
struct http_exchange; /* one request and its answer */
struct http_stream;   /* an open event stream */

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS
};

typedef void http_handler(void *ctx, struct http_exchange *x);
/* The body limit for a request, asked when its head is in: bytes, or -1 for "no such route" (404
 * is then the handler's word; the body is dropped). */
typedef int64_t http_body_limit(void *ctx, enum http_method method, const char *path);

struct http_settings {
    const char *address; /* "127.0.0.1" */
    const char *proxy;   /* numeric: requests from it name their client, X-Forwarded-For; or NULL */
    int port;            /* 0: the system chooses; see http_port() */
    const char *tls_certificate, *tls_key; /* PEM files; both NULL: plain HTTP */
    int connections_max;                   /* 0: 16384 */
    int idle_s;                            /* 0: 60; streams and suspended exchanges are not idle */
    http_handler *handler;
    http_body_limit *body_limit;
    void *ctx;
};
/* 0; RC_IO with error filled (port taken, no address, certificate unreadable: says which and why).
 */
MUST_USE int http_start(const struct http_settings *s, struct http **out, char *error,
                        size_t error_size);
int http_port(struct http *h);
/* Refuses new connections, lets open exchanges answer (bounded, 5 s), ends streams with a retry
 * line, stops. Never aborts while exchanges are suspended. Who has not answered by then may do it
 * later: the answer goes nowhere and frees the exchange. Not from a handler. */
void http_stop(struct http *h);

enum http_method http_method_of(struct http_exchange *x);
const char *http_path(struct http_exchange *x);                     /* decoded, without query */
const char *http_query(struct http_exchange *x, const char *name);  /* NULL: not given */
const char *http_header(struct http_exchange *x, const char *name); /* NULL: not given */
const char *http_cookie(struct http_exchange *x, const char *name); /* NULL: not given */
const char *http_body(struct http_exchange *x, size_t *len);
const char *http_peer(struct http_exchange *x); /* "127.0.0.1"; behind a proxy the client's */
bool http_is_tls(struct http_exchange *x);
void http_set_user(struct http_exchange *x, void *user); /* the handler's own pointer */
void *http_user(struct http_exchange *x);
/* Called once, on the loop, when the exchange is over, answered or dropped by the client. */
void http_on_end(struct http_exchange *x, void (*end)(void *user), void *user);

/* A response header; before http_answer. Name and value are copied; CR or LF in them: CHECK. */
void http_set_header(struct http_exchange *x, const char *name, const char *value);
/* Answers. The bytes are copied. Security headers (CSP, nosniff, no-referrer, frame-ancestors
 * none, no-store unless a Cache-Control was set) are added to every answer by this room. */
void http_answer(struct http_exchange *x, int status, const char *type, const void *body,
                 size_t len);
/* The same without a copy for bytes that live as long as the program (embedded pages). */
void http_answer_static(struct http_exchange *x, int status, const char *type, const void *body,
                        size_t len);

/* Turns the exchange into a text/event-stream. closed(user) is called once, on the loop and under
 * no lock, when the client has gone or was dropped: it was 256 KiB behind, or all streams together
 * 8 MiB and this one took nothing. No send may follow it. The stream is freed by
 * http_stream_close() only, which is called by its owner exactly once, best in closed(). After it
 * has returned closed() does not run: on another thread it waits for a closed() that is running,
 * so do not hold a lock that closed() takes. */
struct http_stream *http_stream_open(struct http_exchange *x, void (*closed)(void *user),
                                     void *user);
/* Queues bytes ("id: 7\nevent: x\ndata: {}\n\n"). False: the client is gone or too slow. */
bool http_stream_send(struct http_stream *s, const void *bytes, size_t len);
void http_stream_close(struct http_stream *s);

struct http_numbers {
    int64_t requests, connections, streams, refused_413, refused_431, refused_400;
};
void http_numbers(struct http *h, struct http_numbers *out);
#endif
