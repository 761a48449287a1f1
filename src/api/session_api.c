/* session_api.c -- Who one is: signing in and out, the first set-up; and what serves every page. */
#include "api/handlers.h"
#include "base/log.h"
#include "ledger/ledger_books.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static void session_json(struct jsonw *w, const struct request *q, const struct who_session *s,
                         bool in)
{
    jw_object(w, NULL);
    jw_bool(w, "signed_in", in);
    if (in) {
        jw_i64(w, "id", s->actor.id);
        jw_text(w, "name", s->name);
        jw_text(w, "role", who_role_code(s->actor.role));
        jw_text(w, "kind", s->actor.kind == ACTOR_DEVICE ? "device" : "staff");
        jw_i64(w, "outlet_id", s->actor.outlet_id);
        jw_text(w, "csrf", s->csrf);
        ms_json(w, "expires_ms", s->expires_us);
    }
    UNUSED(q);
    jw_end(w);
}

int api_session(struct call *c, struct request *q, struct buf *answer)
{
    struct jsonw w;
    UNUSED(c);
    jw_init(&w, answer);
    session_json(&w, q, &q->session, q->signed_in);
    return 0;
}

static void cookie_set(struct request *q, const char *token, int64_t seconds)
{
    char text[200];
    snprintf(text, sizeof text,
             "piaohao=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%" PRId64 "%s", token, seconds,
             q->api->s.secure ? "; Secure" : "");
    http_set_header(q->x, "Set-Cookie", text);
    secret_wipe(text, sizeof text);
}

struct sign_in_job {
    struct who_sign_in in;
    struct who_session out;
    struct request *q;
    const char *password;
};

static int sign_in_read(struct call *c, struct request *q, struct buf *answer)
{
    UNUSED(answer);
    struct sign_in_job *j = (struct sign_in_job *)(void *)q->order.order;
    return who_sign_in_read(c, &j->in);
}

static int sign_in_write(struct call *c, void *order, struct buf *answer)
{
    struct sign_in_job *j = order;
    UNUSED(answer);
    return who_sign_in_write(c, &j->in, &j->out); /* a failed attempt is written down too */
}

static void sign_in_work(void *arg)
{
    struct sign_in_job *j = arg;
    struct request *q = j->q;
    struct jsonw w;
    q->order.order = j;
    int rc = request_read(q, sign_in_read, &q->answer);
    if (!rc) {
        j->in.ok = secret_password_ok(j->in.hash, j->password) && j->in.staff.n;
        rc = door_write(q->api->s.door, (struct actor){ .kind = ACTOR_NOBODY }, "", sign_in_write,
                        j, NULL);
    }
    if (!rc)
        rc = who_sign_in_answer(&q->call, &j->in);
    if (!rc) {
        cookie_set(q, j->in.token, (j->out.expires_us - q->call.now_us) / US_SECOND);
        jw_init(&w, &q->answer);
        session_json(&w, q, &j->out, true);
    }
    secret_wipe(j->in.token, sizeof j->in.token);
    request_answer(q, rc);
}

void api_sign_in(struct api *a, struct request *q)
{
    struct sign_in_job *j = arena_alloc(q->arena, sizeof *j);
    const char *username = NULL, *path;
    json_need_text(q->doc, q->body, "username", 60, &username);
    json_need_text(q->doc, q->body, "password", 200, &j->password);
    int rc = json_finish(q->doc, &path);
    if (rc) {
        q->call.field = path;
        request_answer(q, rc);
        return;
    }
    j->q = q;
    snprintf(j->in.username, sizeof j->in.username, "%s", username);
    snprintf(j->in.peer, sizeof j->in.peer, "%s", q->peer);
    if (!pool_add(a->pool, sign_in_work, j))
        request_answer(q, RC_FULL);
}

struct device_job {
    struct request *q;
    const char *token;
    struct who_session session;
};

static int device_read(struct call *c, struct request *q, struct buf *answer)
{
    struct jsonw w;
    const char *token = (const char *)q->order.order;
    int rc = who_session_find(c, token, &q->session);
    if (!rc && q->session.actor.kind != ACTOR_DEVICE)
        rc = WHO_NO_SESSION;
    if (rc)
        return rc;
    jw_init(&w, answer);
    session_json(&w, q, &q->session, true);
    return 0;
}

void api_device_in(struct api *a, struct request *q)
{
    const char *token = NULL, *path;
    UNUSED(a);
    json_need_text(q->doc, q->body, "token", 100, &token);
    int rc = json_finish(q->doc, &path);
    q->order.order = (void *)(uintptr_t)token;
    if (rc)
        q->call.field = path;
    else
        rc = request_read(q, device_read, &q->answer);
    if (!rc)
        cookie_set(q, token, 10 * 365 * 86400);
    request_answer(q, rc);
}

static int sign_out_write(struct call *c, void *order, struct buf *answer)
{
    UNUSED(answer);
    return who_sign_out(c, order);
}

static void sign_out_work(void *arg)
{
    struct request *q = arg;
    char token[100];
    snprintf(token, sizeof token, "%s", http_cookie(q->x, "piaohao"));
    int rc = door_write(q->api->s.door, q->session.actor, "", sign_out_write, token, NULL);
    secret_wipe(token, sizeof token);
    cookie_set(q, "", 0);
    buf_text(&q->answer, "{}");
    request_answer(q, rc);
}

void api_sign_out(struct api *a, struct request *q)
{
    const char *csrf = http_header(q->x, "X-CSRF");
    if (!q->signed_in || !http_cookie(q->x, "piaohao")) {
        cookie_set(q, "", 0);
        buf_text(&q->answer, "{}");
        request_answer(q, 0);
    } else if (!csrf || !secret_equal(q->session.csrf, csrf)) {
        request_answer(q, WHO_BAD_CSRF);
    } else if (q->session.actor.kind == ACTOR_DEVICE) { /* a device stays valid until revoked */
        cookie_set(q, "", 0);
        buf_text(&q->answer, "{}");
        request_answer(q, 0);
    } else if (!pool_add(a->pool, sign_out_work, q)) {
        request_answer(q, RC_FULL);
    }
}

/* ---- the first set-up ---- */

struct setup_job {
    struct request *q;
    struct who_staff first;
    const char *token, *password, *hash;
};

static int setup_write(struct call *c, void *order, struct buf *answer)
{
    struct setup_job *j = order;
    UNUSED(answer);
    int rc = who_setup_finish(c, j->token, &j->first, j->hash);
    if (rc > 0) {
        j->q->call.field = c->field;
        memcpy(j->q->call.detail, c->detail, sizeof c->detail);
    }
    return rc;
}

static int setup_read(struct call *c, struct request *q, struct buf *answer)
{
    struct setup_job *j = (struct setup_job *)(void *)q->order.order;
    UNUSED(answer);
    return who_password_fit(c, j->first.username, j->password);
}

static void setup_work(void *arg)
{
    struct setup_job *j = arg;
    char hash[PASSWORD_TEXT];
    j->q->order.order = j;
    int rc = request_read(j->q, setup_read, &j->q->answer);
    if (!rc)
        rc = secret_password_hash(j->password, PASSWORD_NORMAL, hash);
    j->hash = hash;
    if (!rc)
        rc = door_write(j->q->api->s.door, (struct actor){ .kind = ACTOR_NOBODY }, "", setup_write,
                        j, NULL);
    buf_text(&j->q->answer, "{}");
    request_answer(j->q, rc);
}

void api_setup(struct api *a, struct request *q)
{
    struct setup_job *j = arena_alloc(q->arena, sizeof *j);
    const char *username = NULL, *name = NULL, *path;
    json_need_text(q->doc, q->body, "token", 100, &j->token);
    json_need_text(q->doc, q->body, "username", sizeof j->first.username - 1, &username);
    json_need_text(q->doc, q->body, "name", sizeof j->first.name - 1, &name);
    json_need_text(q->doc, q->body, "password", 200, &j->password);
    int rc = json_finish(q->doc, &path);
    if (rc) {
        q->call.field = path;
        request_answer(q, rc);
        return;
    }
    j->q = q;
    j->first.role = ROLE_ADMIN;
    j->first.active = true;
    snprintf(j->first.username, sizeof j->first.username, "%s", username);
    snprintf(j->first.name, sizeof j->first.name, "%s", name);
    if (!pool_add(a->pool, setup_work, j))
        request_answer(q, RC_FULL);
}

/* ---- what serves every page ---- */

static void clock_json(struct jsonw *w, struct api *a)
{
    struct api_clock clock = { 1, false, false };
    if (a->s.clock_get)
        a->s.clock_get(a->s.clock_ctx, &clock);
    jw_object(w, "clock");
    jw_i64(w, "speed", clock.speed);
    jw_bool(w, "paused", clock.paused);
    jw_bool(w, "controllable", clock.controllable);
    jw_end(w);
}

static int demo_accounts_json(struct call *c, struct jsonw *w)
{
    struct who_staff *list;
    int n = 0, shown = 0;
    int rc = who_staff_list(c, 0, &list, &n);
    jw_array(w, "demo_accounts");
    for (int i = 0; !rc && i < n && shown < 40; i++) {
        if (!list[i].active || !list[i].role || strchr(list[i].username, '-'))
            continue; /* "teller-02-3": the other outlets' people, too many to choose from */
        jw_object(w, NULL);
        jw_text(w, "username", list[i].username);
        jw_text(w, "password", "demo");
        jw_text(w, "role", who_role_code(list[i].role));
        jw_i64(w, "outlet_id", list[i].outlet_id);
        jw_text(w, "name", list[i].name);
        jw_i64(w, "grade", who_grade(&list[i]));
        jw_end(w);
        shown++;
    }
    jw_end(w);
    return rc;
}

int api_info(struct call *c, struct request *q, struct buf *answer)
{
    struct api_settings *s = &q->api->s;
    struct jsonw w;
    bool needed = false;
    int rc = who_setup_needed(c, &needed);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    pair_json(&w, "bank", s->bank_zh, s->bank_en);
    jw_text(&w, "version", s->version);
    jw_bool(&w, "demo", s->demo);
    jw_bool(&w, "setup_needed", needed);
    jw_text(&w, "lang", "zh");
    jw_text(&w, "map_tiles", s->map_tiles);
    ms_json(&w, "now_ms", c->now_us);
    clock_json(&w, q->api);
    if (s->demo)
        rc = demo_accounts_json(c, &w);
    if (s->demo && s->demo_devices)
        jw_raw(&w, "demo_devices", s->demo_devices);
    jw_end(&w);
    return rc;
}

void api_clock_put(struct api *a, struct request *q)
{
    int64_t speed = 1;
    bool paused = false;
    const char *path;
    struct jsonw w;
    json_need_i64(q->doc, q->body, "speed", 1, 60, &speed);
    json_want_bool(q->doc, q->body, "paused", &paused);
    int rc = json_finish(q->doc, &path);
    if (!rc && (!a->s.demo || !a->s.clock_set))
        rc = API_NOT_DEMO;
    if (!rc && speed != 1 && speed != 20 && speed != 60) {
        rc = BASE_RANGE;
        path = "speed";
        snprintf(q->call.detail, sizeof q->call.detail, "1, 20, 60");
    }
    if (rc) {
        q->call.field = path;
        request_answer(q, rc);
        return;
    }
    a->s.clock_set(a->s.clock_ctx, (int)speed, paused);
    hub_clock(a->hub);
    jw_init(&w, &q->answer);
    jw_object(&w, NULL);
    clock_json(&w, a);
    ms_json(&w, "now_ms", a->s.now_us(a->s.clock_ctx));
    jw_end(&w);
    request_answer(q, 0);
}

static int health_read(struct call *c, struct request *q, struct buf *answer)
{
    int64_t one = 0;
    struct ledger_history h;
    struct door_numbers d;
    door_numbers(q->api->s.door, &d);
    int rc = db_one_i64(c->tx, "SELECT 1", DB_NO_ARGS, 0, &one);
    if (!rc)
        rc = ledger_history(c->tx, &h);
    if (!rc) /* the books are whole also when their history is not */
        buf_printf(answer, "{\"status\":\"ok\",\"writes\":\"%s\",\"history\":\"%s\"}",
                   d.fault == RC_FULL ? "full"
                   : d.fault          ? "failing"
                                      : "ok",
                   h.damaged ? "damaged"
                   : h.fault ? "behind"
                             : "ok");
    return rc;
}

void api_health(struct api *a, struct request *q)
{
    UNUSED(a);
    request_answer(q, request_read(q, health_read, &q->answer));
}

void api_metrics(struct api *a, struct request *q)
{
    struct door_numbers d;
    struct buf *b = &q->answer;
    door_numbers(a->s.door, &d);
    buf_text(b, "# HELP piaohao_orders_total Writes that went through the door.\n"
                "# TYPE piaohao_orders_total counter\n");
    buf_printf(b, "piaohao_orders_total %" PRId64 "\n", d.orders);
    buf_text(b, "# TYPE piaohao_refused_total counter\n");
    buf_printf(b, "piaohao_refused_total %" PRId64 "\n", d.refused);
    buf_text(b, "# TYPE piaohao_faults_total counter\n");
    buf_printf(b, "piaohao_faults_total %" PRId64 "\n", d.faults);
    buf_text(b, "# HELP piaohao_commit_groups_total Commits, each one fsync for its group.\n"
                "# TYPE piaohao_commit_groups_total counter\n");
    buf_printf(b, "piaohao_commit_groups_total %" PRId64 "\n", d.groups);
    buf_text(b, "# TYPE piaohao_commit_seconds_total counter\n");
    buf_printf(b, "piaohao_commit_seconds_total %.6f\n", (double)d.commit_us_total / 1e6);
    buf_text(b, "# TYPE piaohao_orders_waiting gauge\n");
    buf_printf(b, "piaohao_orders_waiting %" PRId64 "\n", d.queued);
    buf_text(b,
             "# HELP piaohao_writes_failing 1 while the last group of writes was not committed.\n"
             "# TYPE piaohao_writes_failing gauge\n");
    buf_printf(b, "piaohao_writes_failing %d\n", d.fault != 0);
    buf_text(b, "# TYPE piaohao_streams gauge\n");
    buf_printf(b, "piaohao_streams %" PRId64 "\n", hub_count(a->hub));
    if (a->s.more_metrics)
        a->s.more_metrics(a->s.more_ctx, b);
    http_answer(q->x, 200, "text/plain; version=0.0.4; charset=utf-8", b->at, b->len);
    request_free(q);
}

void api_document(struct api *a, struct request *q)
{
    UNUSED(a);
    api_openapi(&q->answer);
    request_answer(q, 0);
}

static int stream_read(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet o;
    UNUSED(answer);
    return branch_outlet_get(c, (outlet_id){ q->id[0] }, &o);
}

void api_stream(struct api *a, struct request *q)
{
    int rc = request_read(q, stream_read, &q->answer);
    if (rc) {
        request_answer(q, rc);
        return;
    }
    bool staff = q->signed_in && q->session.actor.kind == ACTOR_STAFF &&
                 (!q->session.actor.outlet_id || q->session.actor.outlet_id == q->id[0]);
    hub_subscribe(a->hub, q, (outlet_id){ q->id[0] }, (ticket_id){ 0 }, staff);
}

struct own_stream {
    struct ticket t;
};

static int own_stream_read(struct call *c, struct request *q, struct buf *answer)
{
    UNUSED(answer);
    struct own_stream *s = (struct own_stream *)(void *)q->order.order;
    return lobby_token_ticket(c, q->param[0], &s->t);
}

void api_own_stream(struct api *a, struct request *q)
{
    struct own_stream *s = arena_alloc(q->arena, sizeof *s);
    q->order.order = s;
    int rc = request_read(q, own_stream_read, &q->answer);
    if (rc)
        request_answer(q, rc);
    else
        hub_subscribe(a->hub, q, s->t.outlet, s->t.id, false);
}
