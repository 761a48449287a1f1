/* hand_api.c -- What the floor manager does: the day, a ticket, paper rolls, blackouts, printing.
 */
#include "api/handlers.h"
#include "api/slip.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- the day ---- */

int api_day_open(struct call *c, struct request *q, struct buf *answer)
{
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_day_open(c, (outlet_id){ q->id[0] });
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_day_stop(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_day_stop(c, (outlet_id){ q->id[0] }, reason);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_day_resume(struct call *c, struct request *q, struct buf *answer)
{
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_day_resume(c, (outlet_id){ q->id[0] });
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_day_close(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL;
    bool carry = false;
    int left = 0;
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    json_want_bool(q->doc, q->body, "carry_over", &carry);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_day_close(c, (outlet_id){ q->id[0] }, carry, reason, &left);
    if (!rc)
        buf_printf(answer, "{\"left\":%d}", left);
    return rc;
}

/* ---- a ticket ---- */

int api_move(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_target to = { 0 };
    struct ticket t;
    const char *reason = NULL;
    target_read(q, &to);
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_move(c, (ticket_id){ q->id[0] }, &to, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_void(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_void(c, (ticket_id){ q->id[0] }, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_left(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_leave(c, (ticket_id){ q->id[0] }, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_return(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    bool first = false;
    json_want_bool(q->doc, q->body, "first", &first);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_return(c, (ticket_id){ q->id[0] }, first, &t);
    return ticket_small(rc, &t, answer);
}

int api_class(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_class *list;
    struct ticket t;
    const char *class = NULL, *reason = NULL;
    int n = 0, index = -1;
    json_need_text(q->doc, q->body, "class", 15, &class);
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = branch_classes(c, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].code, class))
            index = list[i].index;
    if (!rc && index < 0)
        rc = call_refuse(c, BRANCH_NO_CLASS, "class", "%s", class);
    if (!rc)
        rc = lobby_set_class(c, (ticket_id){ q->id[0] }, index, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_courtesy(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    const char *reason = NULL;
    bool courtesy = false;
    json_want_bool(q->doc, q->body, "courtesy", &courtesy);
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_set_courtesy(c, (ticket_id){ q->id[0] }, courtesy, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_correct(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    const char *reason = NULL;
    int64_t ended_ms = 0;
    json_need_i64(q->doc, q->body, "ended_ms", 1, INT64_MAX / 1000, &ended_ms);
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_correct(c, (ticket_id){ q->id[0] }, ended_ms * 1000, reason, &t);
    return ticket_small(rc, &t, answer);
}

/* ---- paper rolls: each line on its own, the good ones stay ---- */

enum { ROLL_LINES = 200 };

static void roll_read(struct request *q, struct json_node *n, struct roll_entry *e, int64_t *window)
{
    const char *number = NULL;
    json_need_text(q->doc, n, "number", 11, &number);
    json_need_i64(q->doc, n, "service_id", 1, INT64_MAX, &e->service.n);
    json_need_i64(q->doc, n, "taken_ms", 1, INT64_MAX / 1000, &e->taken_us);
    json_want_i64(q->doc, n, "called_ms", 1, INT64_MAX / 1000, &e->called_us);
    json_want_i64(q->doc, n, "ended_ms", 1, INT64_MAX / 1000, &e->ended_us);
    json_want_i64(q->doc, n, "window_number", 1, 999, window);
    snprintf(e->number, sizeof e->number, "%s", number ? number : "");
    e->taken_us *= 1000;
    e->called_us *= 1000;
    e->ended_us *= 1000;
}

static int roll_window(struct call *c, outlet_id o, int64_t number, struct roll_entry *e)
{
    struct branch_window *list;
    int n = 0;
    if (!number)
        return 0;
    int rc = branch_windows(c, o, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (list[i].number == number) {
            e->window = list[i].id;
            return 0;
        }
    return rc ? rc : call_refuse(c, BRANCH_NO_WINDOW, "window_number", "%d", (int)number);
}

int api_rolls(struct call *c, struct request *q, struct buf *answer)
{
    struct roll_entry *list = arena_alloc(c->arena, sizeof *list * ROLL_LINES);
    int64_t *window = arena_alloc(c->arena, sizeof *window * ROLL_LINES);
    outlet_id o = { q->id[0] };
    struct jsonw w;
    size_t n = 0;
    int added = 0;
    struct json_node *items = json_need_array(q->doc, q->body, "items", ROLL_LINES, &n);
    for (size_t i = 0; items && i < n; i++)
        roll_read(q, json_item(items, i), &list[i], &window[i]);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "refused");
    for (size_t i = 0; i < n && rc >= 0; i++) {
        struct ticket t;
        rc = roll_window(c, o, window[i], &list[i]);
        if (!rc)
            rc = lobby_roll(c, o, &list[i], &t); /* refuses before it writes anything */
        added += rc == 0;
        if (rc <= 0)
            continue;
        jw_object(&w, NULL);
        jw_i64(&w, "index", (int64_t)i);
        jw_text(&w, "number", list[i].number);
        jw_text(&w, "code", api_rc(rc)->name);
        jw_text(&w, "title", q->english ? api_rc(rc)->en : api_rc(rc)->zh);
        jw_end(&w);
    }
    jw_end(&w);
    jw_i64(&w, "added", added);
    jw_end(&w);
    return rc < 0 ? rc : 0;
}

/* ---- a blackout: warns before it cancels ---- */

int api_blackout(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_scene s;
    struct ticket *hit;
    struct jsonw w;
    const char *reason = NULL;
    int64_t from_ms = 0, until_ms = 0;
    bool confirm = false;
    int n = 0;
    json_need_i64(q->doc, q->body, "from_ms", 1, INT64_MAX / 1000, &from_ms);
    json_need_i64(q->doc, q->body, "until_ms", 1, INT64_MAX / 1000, &until_ms);
    json_need_text(q->doc, q->body, "reason_zh", LOBBY_REASON - 1, &reason);
    json_want_bool(q->doc, q->body, "confirm", &confirm);
    int rc = body_done(c, q);
    if (!rc)
        rc = scene_load(c, (outlet_id){ q->id[0] }, &s);
    if (!rc)
        rc = lobby_blackout(c, s.outlet.id, from_ms * 1000, until_ms * 1000, reason, confirm, &hit,
                            &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, confirm ? "cancelled" : "would_cancel");
    for (int i = 0; i < n; i++) {
        jw_object(&w, NULL);
        ticket_row_json(&w, &hit[i], &s);
        ms_json(&w, "slot_ms", hit[i].slot_us);
        jw_text(&w, "phone_tail", hit[i].phone_tail);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- printing ---- */

struct print_job {
    struct request *q;
    struct buf slip;
    char printer[96];
};

static int print_read(struct call *c, struct request *q, struct buf *answer)
{
    struct print_job *j = (struct print_job *)(void *)q->order.order;
    struct ticket t;
    struct lobby_scene s;
    char token[TICKET_TOKEN];
    UNUSED(answer);
    int rc = lobby_ticket(c, (ticket_id){ q->id[0] }, &t);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != t.outlet.n)
        rc = LOBBY_NO_TICKET;
    if (!rc)
        rc = scene_load(c, t.outlet, &s);
    if (!rc)
        rc = lobby_token(c, t.id, token);
    if (rc)
        return rc;
    const char *url = arena_printf(c->arena, "%s/me.html#%s", q->api->s.origin, token);
    snprintf(j->printer, sizeof j->printer, "%s", s.plan->settings.printer);
    return slip_escpos(&t, &s, q->english ? q->api->s.bank_en : q->api->s.bank_zh, url, q->english,
                       &j->slip);
}

static void print_work(void *arg)
{
    struct print_job *j = arg;
    struct request *q = j->q;
    q->order.order = j;
    buf_init(&j->slip, 64 << 10);
    int rc = request_read(q, print_read, &q->answer);
    bool sent = false;
    if (!rc && j->printer[0])
        sent =
            slip_send(j->printer, j->slip.at, j->slip.len, q->call.detail, sizeof q->call.detail);
    if (!rc && j->printer[0] && !sent)
        rc = API_PRINTER;
    if (!rc) {
        struct jsonw w;
        jw_init(&w, &q->answer);
        jw_object(&w, NULL);
        jw_bool(&w, "printed", sent);
        slip_base64(&w, "bytes_base64", j->slip.at, j->slip.len);
        jw_end(&w);
    }
    buf_release(&j->slip);
    request_answer(q, rc);
}

void api_print(struct api *a, struct request *q)
{
    struct print_job *j = arena_alloc(q->arena, sizeof *j);
    j->q = q;
    if (!pool_add(a->printers, print_work, j))
        request_answer(q, RC_FULL);
}
