/* checked.c -- See checked.h. */
#include "api/checked.h"
#include "api/handlers.h"
#include "base/date.h"
#include "ledger/ledger_books.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { TRIAL_MAX = 4 << 20 };
#define KEPT "{\"approval_id\":"

static const struct api_checked *checked_find(const struct route *r)
{
    for (size_t i = 0; i < api_checked_count; i++)
        if (api_checked[i].method == r->method && !strcmp(api_checked[i].path, r->path))
            return &api_checked[i];
    return NULL;
}

/* Done and undone: what would be refused is refused before anybody is asked to approve it. */
static int trial(struct call *c, struct request *q)
{
    struct buf answer;
    int rc = db_savepoint(c->tx);
    if (rc)
        return rc;
    buf_init(&answer, TRIAL_MAX);
    c->second_id = CALL_TRIAL;
    rc = q->route->run(c, q, &answer);
    c->second_id = 0;
    buf_release(&answer);
    db_undo(c->tx);
    return rc;
}

static void key_of_bytes(struct call *c, const char *body, size_t len, char key[64])
{
    uint8_t digest[DIGEST_BYTES];
    char hex[DIGEST_TEXT];
    digest_sha256(body ? body : "", len, digest);
    digest_hex(digest, hex);
    (void)snprintf(key, 64, "b%" PRIx64 ":%.40s", (uint64_t)c->actor.id, hex);
}

/* The ids the orders brought with them: who asks for one is told that it waits. */
static const char *const *ids_of(struct call *c, const struct weight *w)
{
    const char **ids = arena_alloc(c->arena, (w->n_orders + 1) * sizeof *ids);
    for (size_t i = 0; i < w->n_orders; i++) {
        char text[TRANSFER_TEXT];
        ledger_id_print(w->orders[i].id, text);
        ids[i] = arena_text(c->arena, text);
    }
    return ids;
}

static int keep(struct call *c, struct request *q, const struct weight *w, struct buf *answer)
{
    static const char *const names[] = {
        [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE"
    };
    char what[APPROVE_PATH + 1], key[sizeof q->order.key];
    size_t len = 0;
    approval_id id;
    const char *body = http_body(q->x, &len);
    int n = snprintf(what, sizeof what, "%s %s", names[q->route->method], http_path(q->x));
    if (n >= (int)sizeof what)
        return call_refuse(c, BASE_TOO_LONG, "path", "at most %d bytes", APPROVE_PATH);
    if (!q->order.key[0]) /* a route without request keys: the bytes are the key */
        key_of_bytes(c, body, len, key);
    struct approve_ask a = { .kind = w->kind,
                             .outlet_id = w->outlet_id,
                             .amount = w->amount,
                             .what = what,
                             .key = q->order.key[0] ? q->order.key : key,
                             .body = body,
                             .body_len = len,
                             .summary_zh = w->zh,
                             .summary_en = w->en,
                             .about = ids_of(c, w),
                             .n_about = w->n_orders };
    int rc = approve_ask(c, &a, &id);
    if (!rc)
        buf_printf(answer, KEPT "%" PRId64 "}", id.n);
    return rc;
}

int checked_run(struct call *c, struct request *q, struct buf *answer)
{
    const struct api_checked *k = checked_find(q->route);
    struct weight w = { .amount = { 0, CNY } };
    bool second = false;
    int rc = k ? k->weigh(c, q, &w) : 0;
    if (!rc && k && !w.alone)
        rc = approve_need(c, w.kind, w.amount, &second);
    if (rc)
        return rc;
    if (!second)
        return q->route->run(c, q, answer);
    rc = trial(c, q);
    if (rc)
        return rc;
    /* a batch of which every order is refused: nobody need approve that */
    return q->nothing ? q->route->run(c, q, answer) : keep(c, q, &w, answer);
}

bool checked_kept(const struct buf *answer, int64_t *approval)
{
    size_t n = sizeof KEPT - 1;
    if (answer->len <= n || memcmp(answer->at, KEPT, n))
        return false;
    *approval = strtoll(answer->at + n, NULL, 10);
    return true;
}

/* ---- what became of it ---- */

static int approved(struct call *c, struct request *q, const struct approval *a, struct buf *answer)
{
    char error[80];
    if (!q->route->after || q->minimal) {
        buf_text(answer, a->answer);
        return 0;
    }
    json_free(q->small);
    int rc = json_parse(a->answer, strlen(a->answer), &q->small, error, sizeof error);
    CHECK(!rc); /* we wrote it */
    return q->route->after(c, q, answer);
}

/* Why nothing will come of it: 0 while something may. */
static int over(struct call *c, const struct approval *a)
{
    switch (a->state) {
    case APPROVAL_REJECTED:
        return call_refuse(c, APPROVE_REJECTED, NULL, "%s", a->reason);
    case APPROVAL_WITHDRAWN:
        return APPROVE_WITHDRAWN;
    case APPROVAL_EXPIRED:
        return APPROVE_EXPIRED;
    case APPROVAL_OPEN:
    case APPROVAL_APPROVED:
        break;
    }
    return 0;
}

static int state_now(struct call *c, struct request *q, struct buf *answer)
{
    struct approval a;
    struct jsonw w;
    int rc = approve_get(c, (approval_id){ q->approval }, &a);
    if (!rc)
        rc = over(c, &a);
    if (rc)
        return rc;
    if (a.state == APPROVAL_APPROVED)
        return approved(c, q, &a, answer);
    q->status = 202;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "outcome", "waiting");
    approval_json(c, &w, "approval", &a);
    jw_end(&w);
    return 0;
}

void checked_answer(void *arg)
{
    struct request *q = arg;
    buf_clear(&q->answer);
    request_answer(q, request_read(q, state_now, &q->answer));
}

/* Who is asked: no names of customers, no amounts; whoever may ask about an id may read it. */
static int waits_json(struct call *c, struct jsonw *w, const struct approval *a)
{
    struct who_staff *list;
    int n = 0, rc = approve_people(c, a, &list, &n);
    char page[60];
    (void)snprintf(page, sizeof page, "/counter.html?approval=%" PRId64, a->id.n);
    jw_object(w, "approval");
    jw_i64(w, "id", a->id.n);
    jw_text(w, "kind", approve_kind_code(a->kind));
    jw_i64(w, "outlet_id", a->outlet_id);
    jw_text(w, "maker", staff_name(c, a->maker.n));
    ms_json(w, "asked_ms", a->asked_us);
    ms_json(w, "expires_ms", a->expires_us);
    jw_text(w, "page", page);
    jw_i64(w, "grade", n ? who_grade(&list[0]) : 0);
    jw_array(w, "may_approve");
    for (int i = 0; i < n; i++) {
        jw_object(w, NULL);
        jw_i64(w, "id", list[i].id.n);
        jw_text(w, "name", list[i].name);
        jw_i64(w, "grade", who_grade(&list[i]));
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
    return rc;
}

int checked_about(struct call *c, struct request *q, const char *about, struct buf *answer,
                  int otherwise)
{
    struct approval a;
    struct jsonw w;
    bool found = false;
    int rc = approve_about(c, about, &a, &found);
    if (rc || !found || a.state == APPROVAL_APPROVED) /* a batch's order may be refused in it */
        return rc ? rc : otherwise;
    c->detail[0] = '\0';
    c->field = NULL;
    rc = over(c, &a);
    if (rc)
        return rc;
    q->status = 202;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "id", about);
    jw_text(&w, "outcome", "waiting");
    rc = waits_json(c, &w, &a);
    jw_end(&w);
    return rc;
}

/* ---- running an approved order ---- */

static int replay_parse(struct call *c, struct request *q, const struct approval *a)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = { { "POST ", HTTP_POST },
                    { "PUT ", HTTP_PUT },
                    { "PATCH ", HTTP_PATCH },
                    { "DELETE ", HTTP_DELETE } };
    char error[120];
    bool found = false;
    for (size_t i = 0; i < COUNT(methods) && !found; i++) {
        size_t n = strlen(methods[i].name);
        if (!strncmp(a->what, methods[i].name, n))
            found = request_bind(q, methods[i].method, a->what + n);
    }
    if (!found)
        return API_NO_ROUTE; /* an order of another version of the program */
    q->raw = a->body;
    q->raw_len = a->body_len;
    if (q->route->flags & ROUTE_RAW)
        return 0;
    int rc = json_parse(a->body_len ? a->body : "{}", a->body_len ? a->body_len : 2, &q->doc, error,
                        sizeof error);
    q->body = json_root(q->doc);
    return rc ? call_refuse(c, rc, NULL, "%s", error) : 0;
}

/* The second person agreed to an amount. What an order is about may have grown since: the balance
 * of an account that is closed, a standing order that was changed meanwhile. */
static int weigh_again(struct call *c, struct request *q, const struct approval *a)
{
    const struct api_checked *k = checked_find(q->route);
    struct weight w = { .amount = { 0, CNY } };
    int rc = k ? k->weigh(c, q, &w) : 0;
    if (rc)
        return rc;
    return approve_weight(w.amount) > approve_weight(a->amount) ? APPROVE_GREW : 0;
}

int checked_replay(struct call *c, const struct approval *a, void *ctx, struct buf *answer)
{
    struct request *by = ctx;
    struct request *q = arena_alloc(c->arena, sizeof *q);
    q->api = by->api;
    q->arena = c->arena;
    q->signed_in = true;
    q->session.actor = c->actor;
    q->peer = "";
    q->english = by->english;
    int rc = replay_parse(c, q, a);
    if (!rc && q->route->roles && !(q->route->roles & c->actor.role))
        rc = APPROVE_MAKER_GONE;
    if (!rc)
        rc = weigh_again(c, q, a);
    if (!rc)
        rc = q->route->run(c, q, answer);
    if (rc > 0 && c->field)
        c->field = arena_text(c->arena, c->field); /* may be borrowed from the document */
    json_free(q->doc);
    return rc;
}

void approval_json(struct call *c, struct jsonw *w, const char *key, const struct approval *a)
{
    char amount[MONEY_TEXT];
    money_print(a->amount, amount);
    jw_object(w, key);
    jw_i64(w, "id", a->id.n);
    jw_i64(w, "outlet_id", a->outlet_id);
    jw_text(w, "kind", approve_kind_code(a->kind));
    jw_text(w, "state", approve_state_code(a->state));
    jw_text(w, "amount", a->amount.minor ? amount : NULL);
    jw_text(w, "currency", currency_find((int)a->amount.currency)->code);
    pair_json(w, "summary", a->summary_zh, a->summary_en);
    jw_text(w, "what", a->what);
    jw_text(w, "digest", a->digest);
    jw_bool(w, "rekey", a->rekey);
    jw_i64(w, "maker_id", a->maker.n);
    jw_text(w, "maker", staff_name(c, a->maker.n));
    jw_text(w, "checker", a->checker.n ? staff_name(c, a->checker.n) : NULL);
    jw_bool(w, "mine", a->maker.n == c->actor.id);
    ms_json(w, "asked_ms", a->asked_us);
    ms_json(w, "expires_ms", a->expires_us);
    ms_json(w, "decided_ms", a->decided_us);
    jw_text(w, "reason", a->reason[0] ? a->reason : NULL);
    jw_end(w);
}
