/* http_priv.h -- The insides of the room, shared by its own files only.
 *
 * One thread, the loop, owns the library and every socket. Other threads reach it through the
 * mailbox: under http.lock they leave an answered exchange or a stream with news, and wake the
 * loop with one eventfd write for all that lies there. So no library call is ever made from
 * outside, and an answer cannot be lost between "the handler returned" and "it was suspended":
 * both happen on the loop, before it looks into the mailbox.
 *
 * Lock order: http.lock is innermost; no callback of the room's users runs under it. */
#ifndef HTTP_HTTP_PRIV_H
#define HTTP_HTTP_PRIV_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include "http/http.h"
#include "http/http_parse.h"

enum {
    HTTP_POOL_BYTES = 20 * 1024,    /* the library's memory of one connection */
    HTTP_STREAM_MAX = 256 * 1024,   /* a reader this far behind is dropped */
    HTTP_STREAMS_MAX = 8 << 20,     /* all readers together: then also who took nothing */
    HTTP_STREAM_STUCK_MS = 250,     /* ... for this long */
    HTTP_STREAM_STUCK_TURNS = 50,   /* ... while the loop turned so often */
    HTTP_STREAM_KEEP = 4 * 1024,    /* an empty stream buffer above this is given back */
    HTTP_STREAM_SNDBUF = 64 * 1024, /* what the kernel may hold for one stream */
    HTTP_BEAT_MS = 15 * 1000,       /* a comment line to every stream */
    HTTP_STOP_MS = 5 * 1000,        /* how long http_stop waits for answers */
    HTTP_HEAD_GRACE_MS = 15 * 1000, /* beyond idle_s: for a head that drips in */
    HTTP_LINGER_MS = 2 * 1000,      /* how long a refused upload is drained */
    HTTP_LINGER_BYTES = 8 << 20,
    HTTP_LINGER_COUNT = 256,
    HTTP_DROP_MAX = 1 << 20, /* of a body nobody wants (no such route) */
};

struct link {
    struct link *prev, *next;
};
void link_init(struct link *l);
void link_add(struct link *list, struct link *l); /* at the end */
void link_remove(struct link *l);                 /* also of one that is in no list */
bool link_empty(const struct link *list);
#define LINK_OF(l, type, field) ((type *)(void *)((char *)(l)-offsetof(type, field)))

/* What an epoll event points to. */
enum watch_kind { WATCH_LIBRARY, WATCH_WAKE, WATCH_CONN, WATCH_LINGER };
struct watch {
    enum watch_kind kind;
};

/* A client's connection; owned by the loop. */
struct http_conn {
    struct watch watch; /* in the loop's epoll only while a stream is open */
    struct link link;   /* http.conns */
    struct http *http;
    struct http_exchange *x; /* the one in progress, or NULL */
    int fd;
    bool watched, linger;
    int64_t since_ms; /* accepted, last answer done, or head complete */
    char peer[HTTP_PEER_TEXT];
};

/* See README.md for the picture. Changed under http.lock from HANDLING on. */
enum exchange_state { X_HEAD, X_BODY, X_HANDLING, X_WAITING, X_SENDING };

struct http_exchange {
    struct http *http;
    struct http_conn *conn; /* NULL when over */
    struct MHD_Connection *mhd;
    struct link link; /* http.exchanges; the loop's */
    struct link mail; /* http.mail_answers; under the lock */
    enum exchange_state state;
    bool answered, abandoned, finished; /* under the lock */
    bool queued, custom_timeout, drop_body;
    enum http_method method;
    int64_t body_max, body_seen;
    char *target;    /* raw, with its query */
    struct buf text; /* path, then header, query and cookie pairs */
    size_t headers_at, query_at, cookies_at;
    struct buf body;
    char peer[HTTP_PEER_TEXT];
    void *user, *end_user;
    void (*end)(void *user);
    /* the answer */
    int status;
    const char *type; /* in type_text or a literal of ours */
    char type_text[96];
    const void *bytes;
    size_t len;
    void *copy;         /* bytes, when they are ours to free */
    struct buf headers; /* "name\0value\0" */
    struct http_stream *stream;
};

struct http_stream {
    struct http *http;
    struct http_exchange *x; /* NULL when over */
    struct link link;        /* http.streams; the loop's */
    struct link mail;        /* http.mail_streams; under the lock */
    struct buf out;
    size_t sent; /* of out: given to the library already */
    /* when it last took something, or had nothing to take: by the clock and in turns */
    int64_t moved_ms, moved_turn;
    bool suspended, dropped, ending, over;
    bool owner_gone, told, telling;
    void (*closed)(void *user);
    void *user;
};

struct http {
    struct http_settings s;
    char *address;
    char proxy[HTTP_PEER_TEXT]; /* whose X-Forwarded-For is believed; "": nobody's */
    struct MHD_Daemon *daemon;
    struct watch library, wake; /* what the epoll set points to */
    int epoll_fd, wake_fd, listen_fd, port;
    bool tls;
    pthread_t thread;
    struct link conns, exchanges, streams, lingers; /* the loop's */
    int lingers_count;
    int64_t now_ms, beat_ms, tick_ms, look_ms;
    int64_t stop_ms; /* all monotonic; 0: not stopping */
    bool forced;     /* past the stop's patience: nothing waits */
    char *log_at;    /* while starting: where the library's words go */
    size_t log_size;

    pthread_mutex_t lock;
    pthread_cond_t told;
    struct link mail_answers, mail_streams;
    bool awake, stopping, beat_now;
    int patience_ms;
    size_t streams_waiting; /* bytes in all streams that their readers have not taken */
    int64_t turns;          /* of the loop */
    int refs;               /* the owner, and each exchange or stream that lives on */

    _Atomic int64_t requests, connections, streams_open, refused_413, refused_431, refused_400;
};

/* For the library's parameters that are not const and are not written to. */
static inline void *http_unconst(const void *p)
{
    union {
        const void *in;
        void *out;
    } u = { .in = p };
    return u.out;
}

/* http_server.c */
int64_t http_monotonic_ms(void);
void http_wake_locked(struct http *h); /* the lock is held */
void http_unref(struct http *h);
/* http_request.c: the library's callbacks */
void *http_on_target(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **con_cls);
void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                       enum MHD_RequestTerminationCode toe);
void http_on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                        enum MHD_ConnectionNotificationCode toe);
size_t http_no_unescape(void *cls, struct MHD_Connection *mhd, char *s);
void http_exchange_free(struct http_exchange *x);
/* http_answer.c, for the loop: the answer, or a refusal, becomes a response of the library.
 * False: the library would not take it; the connection is to be closed. */
MUST_USE bool http_queue(struct http_exchange *x);
MUST_USE bool http_queue_refusal(struct http_exchange *x, enum http_refusal why);
/* Both for an exchange that is suspended, and then it goes on. */
void http_resume(struct http_exchange *x, bool queued);
void http_note_refusal(struct http_exchange *x, enum http_refusal why); /* count and log */
void http_count_refusal(struct http *h, int status);
void http_answer_stream(struct http_exchange *x, struct http_stream *s); /* from any thread */
/* A whole answer as bytes, for the one place where the library takes no response (mid-body). */
void http_write_refusal(struct http_exchange *x, enum http_refusal why, struct buf *out);
/* http_stream.c */
struct MHD_Response *http_stream_response(struct http_stream *s);
void http_stream_begin(struct http_stream *s);   /* its answer is queued */
void http_stream_over(struct http_stream *s);    /* its exchange is over */
void http_stream_deliver(struct http_stream *s); /* mailbox: it has news */
void http_stream_drop(struct http_stream *s);    /* the client has gone or is to go */
void http_streams_beat(struct http *h);
void http_streams_end(struct http *h); /* stopping: a retry line, then the end */
/* http_linger.c */
void http_linger_take(struct http *h, int fd); /* a copy of fd is drained and closed in a while */
void http_linger_event(struct http *h, struct watch *w);
void http_linger_sweep(struct http *h, bool all);

/* For tests: every open stream gets its heartbeat now; http_stop() waits this long at most. */
void http_beat(struct http *h);
void http_set_patience(struct http *h, int ms);
#endif
