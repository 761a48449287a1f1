/* api_priv.h -- What the api's own files share: a request, a route, the JSON of tickets. */
#ifndef API_API_PRIV_H
#define API_API_PRIV_H
#include "api/api.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/money.h"
#include "http/http.h"
#include "lobby/queue.h"
#include "who/who.h"

enum { ROUTE_PARAMS = 2, KEY_MAX = 40 };

#define API_REFUSALS(X)                                                                      \
    X(API_NO_ROUTE, 500, 404, "没有这个地址", "there is nothing at this address")            \
    X(API_METHOD, 501, 405, "不支持这种请求方法", "this method is not for this address")     \
    X(API_NO_KEY, 502, 400, "缺少 Idempotency-Key", "the Idempotency-Key header is missing") \
    X(API_RATE, 503, 429, "请求太频繁，请稍候", "too many requests; wait a little")          \
    X(API_NOT_DEMO, 504, 404, "只有演示银行可以这样做", "only the demo bank can do this")    \
    X(API_PRINTER, 506, 502, "打印机没有响应", "the printer does not answer")                \
    X(API_NOT_JSON, 507, 415, "请求内容须为 JSON", "the body must be application/json")
enum api_refusal { API_REFUSALS(RC_ENUM) };

struct request;
/* Runs in a transaction (reads: a snapshot; writes: the writer's) and writes the JSON answer. */
typedef int api_run(struct call *c, struct request *q, struct buf *answer);

enum route_kind {
    ROUTE_READ,  /* at once, on a snapshot */
    ROUTE_SLOW,  /* a snapshot, on a worker: figures over many rows */
    ROUTE_SEEN,  /* a slow read that shows customers: each one is an event before it is sent */
    ROUTE_WRITE, /* through the write door, with a request key */
    ROUTE_OWN,   /* answers by itself: sign-in, streams, documents */
};
enum route_flags {
    ROUTE_NO_KEY = 1,    /* a write that needs no request key */
    ROUTE_PASSWORD = 2,  /* the body's password is hashed on a worker before the write */
    ROUTE_RATED = 4,     /* public: limited per peer */
    ROUTE_RAW = 16,      /* the handler reads the bytes itself (q->raw); a large body */
    ROUTE_ANY_OUTLET = 8 /* {outlet} in the path need not be one's own */
};

struct route {
    enum http_method method;
    const char *path; /* "/api/outlets/{outlet}/tickets" */
    int roles;        /* enum who_role bits; 0: everybody */
    enum route_kind kind;
    int flags;
    api_run *run;
    api_run *after; /* writes: reads what the person sees now, after the commit */
    void (*own)(struct api *a, struct request *q); /* ROUTE_OWN */
    const char *summary;
    const char *body;   /* fields of the request body: "service_id:int! class:text" */
    const char *answer; /* name of the answer's schema */
};
extern const struct route api_routes[];
extern const size_t api_routes_count;

struct request {
    struct api *api;
    struct http_exchange *x;
    const struct route *route;
    const char *param[ROUTE_PARAMS]; /* path parameters in order, in the arena */
    int64_t id[ROUTE_PARAMS];        /* the same as numbers; 0 when they are none */
    struct json_doc *doc;            /* the body; an empty object when there is none */
    struct json_node *body;
    const char *raw; /* the bytes of the body */
    size_t raw_len;
    const struct ledger_order *transfer; /* the body of a single order, when it could be read */
    struct ledger_order *transfers;      /* of a batch, once they were read */
    size_t n_transfers;
    bool signed_in, english;
    struct who_session session;
    const char *again; /* the token: the session was remembered, and is asked for under the pen */
    const char *peer;
    const char *password_hash; /* ROUTE_PASSWORD: made by the worker; NULL: no password given */
    struct json_doc *small;    /* after: the write's own answer */
    struct call call;
    struct rng rng;
    struct arena *arena;
    struct door_order order;
    struct buf answer;
    int rc;
    const char *not_a_number; /* a parameter of the query that should be one: refused in the end */
    bool nothing;             /* a trial in which nothing would be done (checked.c) */
    bool minimal;             /* Prefer: return=minimal */
    int status;               /* of an answer without a refusal; 0: 200 */
    struct seen *seen;        /* ROUTE_SEEN: whom the answer shows; NULL: nobody */
    int64_t approval;         /* the order was kept for a second person (checked.h) */
    const char *type, *file_name; /* a file instead of JSON: its media type and name; NULL: JSON */
};

struct api {
    struct api_settings s;
    struct hub *hub;
    struct pool *pool;
    struct pool *printers; /* who waits for a printer that is dead holds nobody's figures */
    struct rate *rate;
    struct known *known;
    struct planner *planner; /* planner.h */
    struct arena *arena;     /* it lives in this itself */
    int64_t started_us;
};

/* A refusal's detail in Chinese, in the arena; NULL: there is no such text (detail.c). */
const char *detail_zh(struct arena *arena, const char *en);
/* Answers and frees the request. The body is q->answer when rc is 0, else a problem. */
void request_answer(struct request *q, int rc);
void request_free(struct request *q);
/* ROUTE_SEEN: the answer shows this customer (or an account of hers); 0: nobody. */
void request_saw(struct request *q, int64_t customer);
void seen_run(void *request); /* on a worker */
/* Runs a handler on a read snapshot. */
int request_read(struct request *q, api_run *run, struct buf *answer);
/* Route and parameters of a path; false: no write has it. */
bool request_bind(struct request *q, enum http_method method, const char *path);
const char *request_text(struct request *q, const char *name); /* query, in the arena; NULL */
/* A whole number of the query, at most 16 digits; missing or empty: otherwise. What is no number
 * is also that, and request_read() refuses the request for it when the handler is done. */
int64_t request_i64(struct request *q, const char *name, int64_t otherwise);
/* ?service=: an id, a letter or a code; id 0 when there is none. BRANCH_NO_SERVICE names the field
 * and what there is. */
MUST_USE int request_service(struct call *c, struct request *q, service_id *out);
MUST_USE int request_date(struct call *c, struct request *q, const char *name, date otherwise,
                          date *out);
/* The outlet a person may ask about: the asked one if allowed; the own one; {0} for all. */
MUST_USE int request_outlet(struct call *c, struct request *q, outlet_id *out);
/* A decimal of the query in a currency's minor units; missing or empty: otherwise. */
MUST_USE int request_amount(struct call *c, struct request *q, const char *name,
                            enum currency currency, int64_t otherwise, int64_t *minor);
/* A text of the body into an array; missing: as it is. What is too long is json_finish()'s. */
void body_text(struct request *q, const char *key, char *out, size_t size);
#define BODY_TEXT(q, key, field) body_text((q), (key), (field), sizeof(field))
MUST_USE int body_done(struct call *c,
                       struct request *q);             /* json_finish, as a refusal with a field */
int answer_id(int rc, int64_t id, struct buf *answer); /* {"id": id}, or the rc as it is */

/* pool.c: a few worker threads for what takes long. */
struct pool *pool_new(int threads);
bool pool_add(struct pool *p, void (*run)(void *arg), void *arg); /* false: full or stopping */
void pool_free(struct pool *p);

/* hub.c: event streams. */
struct hub *hub_new(struct api *a);
void hub_events(struct hub *h, const struct event *events, size_t count);
void hub_clock(struct hub *h);
void hub_free(struct hub *h);
void hub_subscribe(struct hub *h, struct request *q, outlet_id o, ticket_id only, bool staff);
int64_t hub_count(struct hub *h);

/* rate.c: so many requests a minute and peer. */
struct rate *rate_new(void);
bool rate_ok(struct rate *r, const char *peer, int64_t now_us, int per_minute);
void rate_free(struct rate *r);

/* known.c: sessions seen lately, the HTTP thread's own. Only a hint: whoever acts on one asks again
 * under the pen. */
struct known *known_sessions_new(void);
bool known_session(struct known *k, const char *token, int64_t now_us, struct who_session *out);
void known_session_add(struct known *k, const char *token, int64_t now_us,
                       const struct who_session *s);
void known_sessions_free(struct known *k);

/* ticket_json.c */
struct names; /* staff names of an outlet */
enum ticket_detail { TICKET_PLAIN, TICKET_WITH_TOKEN };
int ticket_json(struct call *c, struct request *q, struct jsonw *w, const char *key,
                const struct ticket *t, const struct lobby_scene *scene, enum ticket_detail detail);
void ticket_row_json(struct jsonw *w, const struct ticket *t, const struct lobby_scene *s);
void class_json(struct jsonw *w, const char *key, const struct lobby_plan *p, int index);
void range_json(struct jsonw *w, const char *key, struct wait_range r);
void ms_json(struct jsonw *w, const char *key, int64_t us); /* null for 0 */
void pair_json(struct jsonw *w, const char *key, const char *zh,
               const char *en); /* key_zh, key_en */
void outlet_place_json(struct jsonw *w,
                       const struct branch_outlet *o); /* id, code, names ... lat, lon */
const char *staff_name(struct call *c, int64_t id);    /* "" when there is none */
#endif
