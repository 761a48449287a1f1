/* server.c -- One request from the route table to its answer.
 *
 *   match -> session -> role -> outlet -> CSRF -> rate -> body -> key -> read | door | worker
 * Each arrow may refuse; the order is fixed, so the same bad request always gets the same answer.
 */
#include "api/checked.h"
#include "api/handlers.h"
#include "api/planner.h"
#include "base/log.h"
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum { FAULT_LINES = 5 }; /* a second */
enum {
    REQUEST_MEMORY = 64 << 20,
    ANSWER_MAX = 16 << 20,
    BODY_MAX = 64 << 10,
    RAW_MAX = 4 << 20,
    RATE_MINUTE = 60
};
enum { ROSTER_MAX = 256 << 10 }; /* a hundred people's week */

/* ---- matching ---- */

/* Does path fit the pattern? Parameters are noted as [start, length). */
static bool route_fits(const char *pattern, const char *path, const char *at[ROUTE_PARAMS],
                       size_t len[ROUTE_PARAMS])
{
    int n = 0;
    while (*pattern && *path) {
        if (*pattern == '{') {
            size_t l = strcspn(path, "/");
            if (l == 0)
                return false;
            CHECK(n < ROUTE_PARAMS);
            at[n] = path;
            len[n++] = l;
            path += l;
            pattern = strchr(pattern, '}') + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && !*path;
}

static const struct route *route_find(enum http_method method, const char *path,
                                      const char *at[ROUTE_PARAMS], size_t len[ROUTE_PARAMS],
                                      bool *other_method)
{
    *other_method = false;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    for (size_t i = 0; i < api_routes_count; i++)
        if (api_routes[i].method == method && route_fits(api_routes[i].path, path, at, len))
            return &api_routes[i];
    for (size_t i = 0; i < api_routes_count; i++)
        *other_method = *other_method || route_fits(api_routes[i].path, path, at, len);
    return NULL;
}

int64_t api_body_limit(void *ctx, enum http_method method, const char *path)
{
    const char *at[ROUTE_PARAMS];
    size_t len[ROUTE_PARAMS];
    bool other;
    UNUSED(ctx);
    const struct route *r = route_find(method, path, at, len, &other);
    if (!r)
        return -1;
    if (r->flags & ROUTE_RAW)
        return RAW_MAX;
    return r->body && strstr(r->body, "work:list") ? ROSTER_MAX : BODY_MAX;
}

/* ---- answers ---- */

void request_free(struct request *q)
{
    json_free(q->doc);
    json_free(q->small);
    buf_release(&q->answer);
    arena_free(q->arena); /* q itself lives in it */
}

/* On a full disk every write fails, as fast as clients try again: a line for each would take the
 * room that the operator makes. The door says when it begins and when it is over. */
static void fault_log(struct request *q, const struct rc_info *info)
{
    static atomic_llong second;
    static atomic_int told;
    long long now = q->api->s.now_us(q->api->s.clock_ctx) / US_SECOND;
    if (atomic_exchange(&second, now) != now)
        atomic_store(&told, 0);
    if (atomic_fetch_add(&told, 1) < FAULT_LINES)
        log_line(LOG_ERROR, "api.fault", "%s %s", info->name, q->route ? q->route->path : "-");
}

static void problem(struct request *q, int rc)
{
    const struct rc_info *info = api_rc(rc);
    struct jsonw w;
    struct buf b;
    CHECK(info);
    buf_init(&b, 8 << 10);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_text(&w, "type", "about:blank");
    jw_text(&w, "title", q->english ? info->en : info->zh);
    jw_i64(&w, "status", info->http);
    jw_text(&w, "code", info->name);
    if (q->route && q->route->kind == ROUTE_WRITE)
        jw_text(&w, "outcome", rc > 0 ? "refused" : "unknown");
    if (rc == RC_UNKNOWN) /* done or not: the same Idempotency-Key asks, and never does it twice */
        jw_text(&w, "outcome", "unknown");
    if (rc > 0 && q->call.detail[0]) {
        const char *zh = q->english ? NULL : detail_zh(q->arena, q->call.detail);
        jw_text(&w, "detail", zh ? zh : q->call.detail);
    }
    if (rc > 0 && q->call.field)
        jw_text(&w, "field", q->call.field);
    jw_end(&w);
    if (info->http == 503 || rc == WHO_THROTTLED || rc == API_RATE)
        http_set_header(q->x, "Retry-After", "5");
    http_answer(q->x, info->http, "application/problem+json", b.at, b.len);
    buf_release(&b);
    if (rc < 0)
        fault_log(q, info);
}

static void answer_good(struct request *q)
{
    char text[160];
    if (q->file_name) {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"", q->file_name);
        http_set_header(q->x, "Content-Disposition", text);
    }
    http_answer(q->x, q->status ? q->status : 200, q->type ? q->type : "application/json",
                q->answer.at, q->answer.len);
}

void request_answer(struct request *q, int rc)
{
    if (!rc && q->answer.overflow) {
        log_line(LOG_ERROR, "api.answer_too_long", "%s", q->route->path);
        rc = RC_FULL;
    }
    if (rc)
        problem(q, rc);
    else
        answer_good(q);
    request_free(q);
}

/* ---- running ---- */

static void call_fill(struct request *q, struct db_tx *tx)
{
    struct api *a = q->api;
    q->call.now_us = a->s.now_us(a->s.clock_ctx);
    q->call.tx = tx;
    q->call.arena = q->arena;
    rng_seed(&q->rng, (uint64_t)q->call.now_us);
    q->call.rng = &q->rng;
    q->call.ids = NULL;
    q->call.actor = q->signed_in ? q->session.actor : (struct actor){ .kind = ACTOR_CUSTOMER };
}

/* What a handler made of a parameter that is none is not shown. */
static int query_done(struct request *q)
{
    return q->not_a_number ? call_refuse(&q->call, BASE_BAD_INPUT, q->not_a_number,
                                         "a whole number of at most 16 digits")
                           : 0;
}

int request_read(struct request *q, api_run *run, struct buf *answer)
{
    struct db_tx *tx;
    int rc = db_read(q->api->s.db, &tx);
    if (rc)
        return rc;
    call_fill(q, tx);
    rc = run(&q->call, q, answer);
    if (!rc)
        rc = query_done(q);
    db_read_done(&tx);
    q->call.tx = NULL;
    return rc;
}

static void run_slow(void *arg)
{
    struct request *q = arg;
    request_answer(q, request_read(q, q->route->run, &q->answer));
}

static void run_after(void *arg)
{
    struct request *q = arg;
    struct buf small = q->answer;
    char error[80];
    buf_init(&q->answer, ANSWER_MAX);
    int rc = json_parse(small.at, small.len, &q->small, error, sizeof error);
    CHECK(!rc); /* we wrote it */
    rc = request_read(q, q->route->after, &q->answer);
    buf_release(&small);
    request_answer(q, rc);
}

static int session_fits(struct request *q);

/* Who was known when the request came is asked for again, where nobody can change it meanwhile. */
static int session_again(struct call *c, struct request *q)
{
    int rc = who_session_find(c, q->again, &q->session);
    q->signed_in = rc == 0;
    c->actor = q->signed_in ? q->session.actor : (struct actor){ .kind = ACTOR_CUSTOMER };
    return rc && rc != WHO_NO_SESSION ? rc : session_fits(q);
}

static int write_run(struct call *c, void *order, struct buf *answer)
{
    struct request *q = order;
    int rc = q->again ? session_again(c, q) : 0;
    if (!rc)
        rc = checked_run(c, q, answer);
    if (rc > 0) { /* the door's call is cleared for the next order: keep the words */
        q->call.field = c->field ? arena_text(q->arena, c->field) : NULL;
        memcpy(q->call.detail, c->detail, sizeof q->call.detail);
    }
    return rc;
}

static void write_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    struct request *q = order;
    UNUSED(c);
    if (!rc)
        buf_add(&q->answer, answer->at, answer->len);
    if (!rc && checked_kept(answer, &q->approval)) {
        if (!pool_add(q->api->pool, checked_answer, q))
            request_answer(q, RC_FULL);
        return;
    }
    if (!rc && q->route->after && !q->minimal && pool_add(q->api->pool, run_after, q))
        return;
    request_answer(q, rc);
}

static void write_submit(struct request *q)
{
    q->order.run = write_run;
    q->order.done = write_done;
    if (q->route->run == api_transfer) {
        api_transfer_taken(q);
        q->order.ahead = api_transfers_ahead;
    }
    q->order.order = q;
    q->order.actor = q->signed_in ? q->session.actor : (struct actor){ .kind = ACTOR_CUSTOMER };
    int rc = door_submit(q->api->s.door, &q->order);
    if (rc)
        request_answer(q, rc);
}

static void hash_then_write(void *arg)
{
    struct request *q = arg;
    const char *password = NULL;
    char hash[PASSWORD_TEXT];
    json_want_text(q->doc, q->body, "password", 200, &password);
    if (password && *password) {
        int rc =
            secret_password_hash(password, q->api->s.demo ? PASSWORD_TEST : PASSWORD_NORMAL, hash);
        if (rc) {
            request_answer(q, rc);
            return;
        }
        q->password_hash = arena_text(q->arena, hash);
        secret_wipe(hash, sizeof hash);
    }
    write_submit(q);
}

/* ---- checking ---- */

/* No browser sends this by itself, as it does with other credentials: of a proxy's Basic sign-in,
 * for one. NULL: none. */
static const char *bearer_token(struct http_exchange *x)
{
    const char *given = http_header(x, "Authorization");
    return given && !strncmp(given, "Bearer ", 7) ? given + 7 : NULL;
}

static const char *session_token(struct http_exchange *x)
{
    const char *bearer = bearer_token(x);
    return bearer ? bearer : http_cookie(x, "piaohao");
}

static int session_read(struct call *c, struct request *q, struct buf *answer)
{
    UNUSED(answer);
    const char *token = session_token(q->x);
    int rc = who_session_find(c, token, &q->session);
    q->signed_in = rc == 0;
    return rc == WHO_NO_SESSION ? 0 : rc;
}

static bool writes(const struct route *r)
{
    return r->method != HTTP_GET;
}

static int session_fits(struct request *q)
{
    const struct route *r = q->route;
    if (r->roles && !q->signed_in)
        return WHO_NO_SESSION;
    if (r->roles && !(r->roles & q->session.actor.role))
        return WHO_NOT_ALLOWED;
    bool outlet_path = strstr(r->path, "/outlets/{outlet}") != NULL;
    if (r->roles && outlet_path && !(r->flags & ROUTE_ANY_OUTLET) && q->session.actor.outlet_id &&
        q->session.actor.outlet_id != q->id[0])
        return WHO_OTHER_OUTLET;
    /* A cookie is sent by the browser even when another site asks: the header is not. (Who signs in
     * or sets up need not have a session; one of before does no harm.) */
    bool own = r->kind == ROUTE_OWN && !r->roles;
    if (writes(r) && q->signed_in && !bearer_token(q->x) && !own) {
        const char *csrf = http_header(q->x, "X-CSRF");
        if (!csrf || !secret_equal(q->session.csrf, csrf))
            return WHO_BAD_CSRF;
    }
    return 0;
}

/* An order without a request key may go to the door with a session that was seen lately. (One with
 * a key may get a stored answer there, before anybody asks who wants it.) */
static bool session_known(struct request *q, const char *token, int64_t now_us)
{
    if (q->route->kind != ROUTE_WRITE || !(q->route->flags & ROUTE_NO_KEY) ||
        !known_session(q->api->known, token, now_us, &q->session))
        return false;
    q->signed_in = true;
    if (!session_fits(q)) {
        q->again = arena_text(q->arena, token);
        return true;
    }
    q->signed_in = false; /* perhaps that has changed */
    return false;
}

static int check_session(struct request *q)
{
    struct api *a = q->api;
    const char *token = session_token(q->x);
    if (!token || !*token)
        return session_fits(q);
    int64_t now_us = a->s.now_us(a->s.clock_ctx);
    if (session_known(q, token, now_us))
        return 0;
    int rc = request_read(q, session_read, &q->answer);
    if (!rc && q->signed_in)
        known_session_add(a->known, token, now_us, &q->session);
    return rc ? rc : session_fits(q);
}

/* A form of another site can send JSON, too, but only under a type that is a form's. */
static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof json - 1;
    return !type || (!strncasecmp(type, json, n) && (!type[n] || strchr("; \t", type[n])));
}

static int check_body(struct request *q)
{
    size_t len = 0;
    char error[120];
    const char *body = http_body(q->x, &len);
    bool none = !body || len == 0;
    if (!none && !is_json(http_header(q->x, "Content-Type")))
        return API_NOT_JSON;
    q->raw = none ? "" : body;
    q->raw_len = none ? 0 : len;
    if (q->route->flags & ROUTE_RAW)
        return 0;
    int rc = json_parse(none ? "{}" : body, none ? 2 : len, &q->doc, error, sizeof error);
    if (rc)
        return call_refuse(&q->call, rc, NULL, "%s", error);
    q->body = json_root(q->doc);
    return 0;
}

/* The key is scoped by who asks, the digest covers method, path and body. */
static int check_key(struct request *q)
{
    const char *key = http_header(q->x, "Idempotency-Key");
    size_t len = 0, n = key ? strlen(key) : 0;
    const char *body = http_body(q->x, &len);
    if (q->route->flags & ROUTE_NO_KEY)
        return 0;
    if (n < 8 || n >= KEY_MAX)
        return call_refuse(&q->call, API_NO_KEY, "Idempotency-Key", "8..%d", KEY_MAX - 1);
    if (q->signed_in)
        snprintf(q->order.key, sizeof q->order.key, "%c%" PRIx64 ":%s",
                 q->session.actor.kind == ACTOR_DEVICE ? 'd' : 's', (uint64_t)q->session.actor.id,
                 key);
    else
        snprintf(q->order.key, sizeof q->order.key, "p:%s", key);
    struct buf b;
    buf_init(&b, ROSTER_MAX + 4096);
    buf_printf(&b, "%d %s\n", (int)q->route->method, http_path(q->x));
    buf_add(&b, body, len);
    digest_sha256(b.at, b.len, q->order.digest);
    buf_release(&b);
    return 0;
}

static void dispatch(struct request *q)
{
    const struct route *r = q->route;
    int rc = 0;
    switch (r->kind) {
    case ROUTE_READ:
        request_answer(q, request_read(q, r->run, &q->answer));
        return;
    case ROUTE_SLOW:
        if (!pool_add(q->api->pool, run_slow, q))
            request_answer(q, RC_FULL);
        return;
    case ROUTE_SEEN:
        if (!pool_add(q->api->pool, seen_run, q))
            request_answer(q, RC_FULL);
        return;
    case ROUTE_OWN:
        r->own(q->api, q);
        return;
    case ROUTE_WRITE:
        rc = check_key(q);
        if (rc)
            request_answer(q, rc);
        else if (!(r->flags & ROUTE_PASSWORD))
            write_submit(q);
        else if (!pool_add(q->api->pool, hash_then_write, q))
            request_answer(q, RC_FULL);
        return;
    }
    CHECK(!"a route kind");
}

static struct request *request_new(struct api *a, struct http_exchange *x)
{
    struct arena *arena = arena_new(REQUEST_MEMORY);
    struct request *q = arena_alloc(arena, sizeof *q);
    const char *lang = http_header(x, "Accept-Language");
    const char *prefer = http_header(x, "Prefer");
    q->arena = q->call.arena = arena;
    q->api = a;
    q->x = x;
    const char *asked = http_query(x, "lang"); /* of links, which have no header of their own */
    q->english = asked ? !strncmp(asked, "en", 2) : lang && !strncmp(lang, "en", 2);
    q->minimal = prefer && strstr(prefer, "return=minimal");
    q->peer = arena_text(arena, http_peer(x));
    buf_init(&q->answer, ANSWER_MAX);
    return q;
}

/* RFC 9110, 15.5.6: a 405 says which methods there are. */
static void allow(struct http_exchange *x)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET, HEAD", [HTTP_POST] = "POST",     [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH",   [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS"
    };
    const char *at[ROUTE_PARAMS];
    size_t len[ROUTE_PARAMS];
    char text[80] = "";
    for (size_t i = 0; i < api_routes_count; i++) {
        const char *name = names[api_routes[i].method];
        size_t n = strlen(text);
        if (route_fits(api_routes[i].path, http_path(x), at, len) && !strstr(text, name))
            snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "", name);
    }
    http_set_header(x, "Allow", text);
}

static void no_route(struct api *a, struct http_exchange *x, bool other_method)
{
    struct request *q;
    enum http_method m = http_method_of(x);
    if (!other_method && (m == HTTP_GET || m == HTTP_HEAD) && a->s.asset &&
        a->s.asset(a->s.asset_ctx, x))
        return;
    q = request_new(a, x);
    if (other_method)
        allow(x);
    request_answer(q, other_method ? API_METHOD : API_NO_ROUTE);
}

static void params_keep(struct request *q, const struct route *r, const char *at[ROUTE_PARAMS],
                        const size_t len[ROUTE_PARAMS])
{
    q->route = r;
    for (int i = 0; i < ROUTE_PARAMS && at[i]; i++) {
        q->param[i] = arena_dup(q->arena, at[i], len[i]);
        q->id[i] = strspn(q->param[i], "0123456789") == len[i] && len[i] < 17
                       ? strtoll(q->param[i], NULL, 10)
                       : 0;
    }
}

bool request_bind(struct request *q, enum http_method method, const char *path)
{
    const char *at[ROUTE_PARAMS] = { NULL };
    size_t len[ROUTE_PARAMS] = { 0 };
    bool other;
    const struct route *r = route_find(method, path, at, len, &other);
    if (r)
        params_keep(q, r, at, len);
    return r && r->kind == ROUTE_WRITE;
}

void api_handle(void *ctx, struct http_exchange *x)
{
    struct api *a = ctx;
    const char *at[ROUTE_PARAMS] = { NULL };
    size_t len[ROUTE_PARAMS] = { 0 };
    bool other;
    const struct route *r = route_find(http_method_of(x), http_path(x), at, len, &other);
    if (!r) {
        no_route(a, x, other);
        return;
    }
    struct request *q = request_new(a, x);
    params_keep(q, r, at, len);
    int rc = check_session(q);
    if (!rc && (r->flags & ROUTE_RATED) && !a->s.demo &&
        !rate_ok(a->rate, q->peer, a->s.now_us(a->s.clock_ctx), RATE_MINUTE))
        rc = API_RATE;
    if (!rc)
        rc = check_body(q);
    if (rc)
        request_answer(q, rc);
    else
        dispatch(q);
}

int api_open(const struct api_settings *s, struct api **out)
{
    CHECK(s->db && s->door && s->now_us);
    struct arena *arena = arena_new(1 << 16);
    struct api *a = arena_alloc(arena, sizeof *a);
    a->arena = arena;
    a->s = *s;
    a->hub = hub_new(a);
    a->pool = pool_new(2);
    a->printers = pool_new(2);
    a->rate = rate_new();
    a->known = known_sessions_new();
    a->planner = planner_new(a);
    a->started_us = s->now_us(s->clock_ctx);
    *out = a;
    return 0;
}

void api_close(struct api *a)
{
    planner_free(a->planner);
    pool_free(a->pool);
    pool_free(a->printers);
    hub_free(a->hub);
    rate_free(a->rate);
    known_sessions_free(a->known);
    arena_free(a->arena);
}

void api_events(void *ctx, const struct event *events, size_t count)
{
    struct api *a = ctx;
    hub_events(a->hub, events, count);
}

void api_clock_changed(struct api *a)
{
    hub_clock(a->hub);
}
