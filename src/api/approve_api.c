/* approve_api.c -- What waits for a second person: to see it, to decide it; the limits by grade. */
#include "api/checked.h"
#include "api/handlers.h"
#include "cash/cash.h"
#include "store/event.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { LIST_MAX = 100, DESK_MAX = 20, DIGEST_SEEN = 80 };

int api_approvals(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const names[] = {
        [APPROVE_FOR_ME] = "me", [APPROVE_MINE] = "mine", [APPROVE_ALL] = "all"
    };
    const char *which = request_text(q, "which");
    struct approval *list;
    struct jsonw w;
    outlet_id o;
    int n = 0, i = 0;
    while (which && i < (int)COUNT(names) && strcmp(which, names[i]))
        i++;
    if (i == (int)COUNT(names))
        return call_refuse(c, BASE_BAD_INPUT, "which", "me, mine, all");
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = approve_list(c, o.n, (enum approve_which)i, LIST_MAX, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    jw_array(&w, "items");
    for (i = 0; i < n; i++)
        approval_json(c, &w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

static int approval_whole(struct call *c, const struct approval *a, struct buf *answer)
{
    struct jsonw w;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    approval_json(c, &w, "approval", a);
    /* the very bytes, as text: what is hashed and what will be run */
    jw_text_n(&w, "body", a->body, a->body_len);
    if (a->answer[0])
        jw_raw(&w, "answer", a->answer);
    else
        jw_null(&w, "answer");
    int may = approve_may(c, a);
    const struct rc_info *info = may > 0 ? api_rc(may) : NULL;
    jw_bool(&w, "may", may == 0);
    jw_text(&w, "why_not", info ? info->name : NULL);
    pair_json(&w, "why_not", info ? info->zh : "", info ? info->en : "");
    jw_end(&w);
    return may < 0 ? may : 0;
}

int api_approval(struct call *c, struct request *q, struct buf *answer)
{
    struct approval a;
    int rc = approve_get(c, (approval_id){ q->id[0] }, &a);
    return rc ? rc : approval_whole(c, &a, answer);
}

/* The answer kept with the key says which one; what it shows is read after the commit. */
static int decided(int rc, struct request *q, struct buf *answer)
{
    return answer_id(rc, q->id[0], answer);
}

int api_approval_approve(struct call *c, struct request *q, struct buf *answer)
{
    const char *digest = NULL, *amount = NULL;
    struct buf done;
    json_need_text(q->doc, q->body, "digest", DIGEST_SEEN, &digest);
    json_want_text(q->doc, q->body, "amount", MONEY_TEXT * 3, &amount);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    buf_init(&done, 4 << 20);
    rc = approve_decide(c, (approval_id){ q->id[0] }, digest, amount, checked_replay, q, &done);
    buf_release(&done);
    return decided(rc, q, answer);
}

int api_approval_reject(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", APPROVE_REASON, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = approve_reject(c, (approval_id){ q->id[0] }, reason);
    return decided(rc, q, answer);
}

int api_approval_withdraw(struct call *c, struct request *q, struct buf *answer)
{
    int rc = body_done(c, q);
    if (!rc)
        rc = approve_withdraw(c, (approval_id){ q->id[0] });
    return decided(rc, q, answer);
}

int api_approval_after(struct call *c, struct request *q, struct buf *answer)
{
    return api_approval(c, q, answer);
}

/* What the counter's page shows all the time: what waits for me, what of mine waits, my drawer. */
int api_counter_desk(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const keys[] = { "for_me", "mine" };
    static const enum approve_which which[] = { APPROVE_FOR_ME, APPROVE_MINE };
    struct cash_box box;
    struct jsonw w;
    outlet_id o;
    int64_t seq = 0;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = event_last_seq(c->tx, o.n, &seq);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    jw_i64(&w, "seq", seq);
    for (int k = 0; k < 2; k++) {
        struct approval *list = NULL;
        int n = 0;
        rc = approve_list(c, o.n, which[k], DESK_MAX, &list, &n);
        if (rc)
            return rc;
        jw_array(&w, keys[k]);
        for (int i = 0; i < n; i++)
            approval_json(c, &w, NULL, &list[i]);
        jw_end(&w);
    }
    rc = cash_held(c, CNY, &box);
    if (!rc)
        jw_i64(&w, "box_id", box.id.n);
    else if (rc > 0)
        jw_null(&w, "box_id");
    jw_end(&w);
    return rc < 0 ? rc : 0;
}

/* Who else works with money here: for handing a drawer over. */
int api_counter_people(struct call *c, struct request *q, struct buf *answer)
{
    struct who_staff *list;
    struct jsonw w;
    outlet_id o;
    int n = 0;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = who_staff_list(c, o.n, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        if (!list[i].active || who_grade(&list[i]) == GRADE_NONE || list[i].id.n == c->actor.id)
            continue;
        jw_object(&w, NULL);
        jw_i64(&w, "id", list[i].id.n);
        jw_text(&w, "name", list[i].name);
        jw_i64(&w, "grade", who_grade(&list[i]));
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* ---- limits ---- */

static void limit_amount(struct jsonw *w, const char *key, int64_t minor)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, CNY }, text);
    jw_text(w, key, minor == APPROVE_NEVER ? "never" : minor == APPROVE_UNLIMITED ? "any" : text);
}

int api_approve_limits(struct call *c, struct request *q, struct buf *answer)
{
    struct approve_limit all[APPROVE_LIMITS];
    struct approve_settings s;
    struct who_staff me = { 0 };
    struct jsonw w;
    UNUSED(q);
    int rc = approve_limits(c, all);
    if (!rc)
        rc = approve_settings_get(c, &s);
    if (!rc && c->actor.kind == ACTOR_STAFF)
        rc = who_staff_get(c, (staff_id){ c->actor.id }, &me);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "grade", who_grade(&me));
    limit_amount(&w, "rekey", s.rekey_minor);
    jw_i64(&w, "life_s", s.life_s);
    jw_array(&w, "items");
    for (size_t i = 0; i < APPROVE_LIMITS; i++) {
        jw_object(&w, NULL);
        jw_text(&w, "kind", approve_kind_code(all[i].kind));
        jw_i64(&w, "grade", all[i].grade);
        limit_amount(&w, "alone", all[i].alone_minor);
        limit_amount(&w, "check", all[i].check_minor);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

static bool read_limit(const char *text, int64_t *out)
{
    money m;
    if (!strcmp(text, "never") || !strcmp(text, "any")) {
        *out = text[0] == 'n' ? APPROVE_NEVER : APPROVE_UNLIMITED;
        return true;
    }
    if (!money_parse(text, CNY, &m) || m.minor < 0)
        return false;
    *out = m.minor;
    return true;
}

static void read_item(struct request *q, struct json_node *n, struct approve_limit *l)
{
    const char *kind = "", *alone = "", *check = "";
    int64_t grade = 0;
    json_need_text(q->doc, n, "kind", 20, &kind);
    json_need_i64(q->doc, n, "grade", GRADE_TELLER, GRADES - 1, &grade);
    json_need_text(q->doc, n, "alone", MONEY_TEXT, &alone);
    json_need_text(q->doc, n, "check", MONEY_TEXT, &check);
    l->grade = (int)grade;
    if (!approve_kind_parse(kind, &l->kind))
        json_note(q->doc, BASE_BAD_INPUT, "kind");
    if (!read_limit(alone, &l->alone_minor))
        json_note(q->doc, APPROVE_BAD_LIMIT, "alone");
    if (!read_limit(check, &l->check_minor))
        json_note(q->doc, APPROVE_BAD_LIMIT, "check");
}

int api_approve_limits_put(struct call *c, struct request *q, struct buf *answer)
{
    struct approve_limit list[APPROVE_LIMITS];
    struct approve_settings s;
    const char *rekey = NULL;
    size_t n = 0;
    int rc = approve_settings_get(c, &s);
    if (rc)
        return rc;
    int64_t life = s.life_s;
    struct json_node *items = json_want_array(q->doc, q->body, "items", APPROVE_LIMITS, &n);
    for (size_t i = 0; i < n; i++)
        read_item(q, json_item(items, i), &list[i]);
    json_want_text(q->doc, q->body, "rekey", MONEY_TEXT, &rekey);
    json_want_i64(q->doc, q->body, "life_s", 0, INT32_MAX, &life);
    if (rekey && !read_limit(rekey, &s.rekey_minor))
        json_note(q->doc, APPROVE_BAD_SETTING, "rekey");
    s.life_s = (int)life;
    rc = body_done(c, q);
    if (!rc)
        rc = approve_limits_put(c, list, n);
    if (!rc)
        rc = approve_settings_put(c, &s);
    return rc ? rc : api_approve_limits(c, q, answer);
}

static int weigh_limits(struct call *c, struct request *q, struct weight *w)
{
    UNUSED(q);
    w->kind = APPROVE_SETTING;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "修改授权额度");
    (void)snprintf(w->en, sizeof w->en, "change the limits of authority");
    return 0;
}

/* ---- which writes are weighed ---- */

const struct api_checked api_checked[] = {
    { HTTP_POST, "/api/transfers", weigh_transfer },
    { HTTP_POST, "/api/transfers/batch", weigh_transfers },
    { HTTP_PUT, "/api/approve-limits", weigh_limits },
    { HTTP_PUT, "/api/books/subjects/{subject}", weigh_subject },
    { HTTP_PUT, "/api/books/accounts/{account}/limits", weigh_account_step },
    { HTTP_POST, "/api/books/accounts/{account}/freeze", weigh_account_step },
    { HTTP_POST, "/api/books/accounts/{account}/stop", weigh_account_step },
    { HTTP_POST, "/api/books/accounts/{account}/dormant", weigh_account_step },
    { HTTP_POST, "/api/books/accounts/{account}/close", weigh_account_step },
    { HTTP_PATCH, "/api/deposits/{number}", weigh_deposit_patch },
    { HTTP_POST, "/api/deposits/{number}/wake", weigh_account_step },
    { HTTP_POST, "/api/deposits/{number}/release", weigh_account_step },
    { HTTP_POST, "/api/deposits/{number}/orders", weigh_standing },
    { HTTP_PATCH, "/api/standing-orders/{order}", weigh_standing },
    { HTTP_POST, "/api/customers/{customer}/merge", weigh_account_step },
    { HTTP_POST, "/api/customers/{customer}/part", weigh_account_step },
    { HTTP_POST, "/api/deposit-products", weigh_product },
    { HTTP_PUT, "/api/deposit-products/{product}", weigh_product },
    { HTTP_POST, "/api/deposit-products/{product}/rates", weigh_rate },
    { HTTP_POST, "/api/deposit-fees", weigh_fee },
    { HTTP_PUT, "/api/deposit-fees/{fee}", weigh_fee },
    { HTTP_PUT, "/api/deposit-settings", weigh_deposit_settings },
    { HTTP_POST, "/api/counter/in", weigh_counter_in },
    { HTTP_POST, "/api/counter/out", weigh_counter_out },
    { HTTP_POST, "/api/counter/transfer", weigh_counter_transfer },
    { HTTP_POST, "/api/counter/close", weigh_counter_close },
    { HTTP_POST, "/api/counter/state", weigh_counter_state },
    { HTTP_PATCH, "/api/counter/customers/{customer}", weigh_counter_customer },
    { HTTP_POST, "/api/cash/moves/{move}/reverse", weigh_counter_reverse },
    { HTTP_POST, "/api/cash/transfer", weigh_cash_transfer },
    { HTTP_POST, "/api/cash/send", weigh_cash_transfer },
    { HTTP_POST, "/api/cash/transits/{transit}/arrive", weigh_cash_arrive },
    { HTTP_POST, "/api/cash/boxes/{box}/supply", weigh_cash_supply },
    { HTTP_PUT, "/api/cash/settings", weigh_cash_settings },
};
const size_t api_checked_count = COUNT(api_checked);
