/* approve.c -- Reads, asks the rules, writes, and leaves an event for each step. */
#include "approve/approve.h"
#include "approve/approve_rules.h"
#include "approve/approve_store.h"
#include "store/db_kept.h"
#include "store/event.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { LIFE_MIN_S = 60, LIFE_MAX_S = 86400, NAME = 32, LOOK_MAX = 500 };

void approve_digest(const char *what, const void *body, size_t len, char out[DIGEST_TEXT])
{
    struct buf b;
    uint8_t digest[DIGEST_BYTES];
    buf_init(&b, APPROVE_BODY + 4096);
    buf_printf(&b, "%s\n", what);
    if (len)
        buf_add(&b, body, len);
    CHECK(!b.overflow);
    digest_sha256(b.at, b.len, digest);
    digest_hex(digest, out);
    buf_release(&b);
}

/* ---- limits and settings ---- */

static void limit_name(const struct approve_limit *l, const char *which, char out[NAME])
{
    (void)snprintf(out, NAME, "%s:%d:%s", approve_kind_code(l->kind), l->grade, which);
}

/* A kept value replaces the usual one. */
static void limit_changed(void *ctx, const char *name, int64_t value)
{
    struct approve_limit *list = ctx;
    for (size_t i = 0; i < APPROVE_LIMITS; i++) {
        char own[NAME];
        limit_name(&list[i], "alone", own);
        if (!strcmp(own, name))
            list[i].alone_minor = value;
        limit_name(&list[i], "check", own);
        if (!strcmp(own, name))
            list[i].check_minor = value;
    }
}

int approve_limits(struct call *c, struct approve_limit out[APPROVE_LIMITS])
{
    static const struct db_kept_kind kept = { { "approve_setting" } };
    size_t len = 0;
    const void *known = db_kept(c->tx, &kept, NULL, 0, &len);
    memcpy(out, known ? known : approve_usual, sizeof approve_usual);
    if (known)
        return 0;
    int rc = approve_setting_all(c, limit_changed, out);
    if (!rc)
        db_keep(c->tx, &kept, NULL, 0, out, sizeof approve_usual);
    return rc;
}

static int limit_save(struct call *c, const struct approve_limit *l)
{
    char name[NAME];
    limit_name(l, "alone", name);
    int rc = approve_setting_put(c, name, l->alone_minor);
    limit_name(l, "check", name);
    return rc ? rc : approve_setting_put(c, name, l->check_minor);
}

static int settings_event(struct call *c, const char *what)
{
    struct jsonw *w = event_begin(c);
    jw_text(w, "what", what);
    jw_i64(w, "second", c->second_id);
    return event_add(c, 0, "approval.settings_changed", 0);
}

int approve_limits_put(struct call *c, const struct approve_limit *list, size_t n)
{
    struct approve_limit all[APPROVE_LIMITS];
    size_t wrong = 0;
    int rc = approve_limits(c, all);
    for (size_t i = 0; !rc && i < n; i++) {
        if (list[i].kind < 1 || list[i].kind >= APPROVE_KINDS || list[i].grade < GRADE_TELLER ||
            list[i].grade >= GRADES)
            return call_refuse(c, APPROVE_BAD_LIMIT, "grade", "%s", "");
        size_t at = ((size_t)list[i].kind - 1) * (GRADES - 1) + (size_t)list[i].grade - 1;
        all[at] = list[i];
    }
    if (!rc)
        rc = approve_limits_fit(all, &wrong);
    if (rc > 0)
        return call_refuse(c, rc, "items", "%s, %d", approve_kind_code(all[wrong].kind),
                           all[wrong].grade);
    for (size_t i = 0; !rc && i < n; i++)
        rc = limit_save(c, &list[i]);
    return rc ? rc : settings_event(c, "limits");
}

int approve_settings_get(struct call *c, struct approve_settings *out)
{
    int64_t life = approve_usual_settings.life_s;
    *out = approve_usual_settings;
    int rc = approve_setting(c, "rekey", out->rekey_minor, &out->rekey_minor);
    if (!rc)
        rc = approve_setting(c, "life", life, &life);
    out->life_s = (int)life;
    return rc;
}

int approve_settings_put(struct call *c, const struct approve_settings *s)
{
    if (s->life_s < LIFE_MIN_S || s->life_s > LIFE_MAX_S)
        return call_refuse(c, APPROVE_BAD_SETTING, "life_s", "%d..%d", LIFE_MIN_S, LIFE_MAX_S);
    if (s->rekey_minor < 0)
        return call_refuse(c, APPROVE_BAD_SETTING, "rekey", "%s", "");
    int rc = approve_setting_put(c, "life", s->life_s);
    if (!rc)
        rc = approve_setting_put(c, "rekey", s->rekey_minor);
    return rc ? rc : settings_event(c, "settings");
}

/* ---- asking ---- */

/* The administrator keeps settings, and has no authority over money. */
static int grade_of(const struct who_staff *s, enum approve_kind kind)
{
    if (kind == APPROVE_SETTING && s->role == ROLE_ADMIN)
        return GRADE_OFFICE;
    return who_grade(s);
}

int approve_need(struct call *c, enum approve_kind kind, money amount, bool *second)
{
    struct approve_limit all[APPROVE_LIMITS];
    struct who_staff me;
    *second = false;
    if (c->actor.kind == ACTOR_SYSTEM || c->second_id)
        return 0;
    if (c->actor.kind != ACTOR_STAFF)
        return APPROVE_NO_GRADE;
    int rc = who_staff_get(c, (staff_id){ c->actor.id }, &me);
    if (!rc)
        rc = approve_limits(c, all);
    if (rc)
        return rc;
    const struct approve_limit *l = approve_limit_of(all, kind, grade_of(&me, kind));
    if (!l)
        return APPROVE_NO_GRADE;
    *second = !approve_within(l->alone_minor, approve_weight(amount));
    return 0;
}

static int second_ask(const struct approval *a, const struct who_staff *maker,
                      const struct who_staff *checker,
                      const struct approve_limit all[APPROVE_LIMITS])
{
    int rc = approve_rule_second(a, maker, checker, all);
    if (rc == APPROVE_TOO_HIGH && checker->active && a->kind == APPROVE_SETTING &&
        checker->role == ROLE_ADMIN)
        return 0;
    return rc;
}

/* Is there anybody at all who could be the second? An order that waits for nobody is no order. */
static int somebody(struct call *c, const struct approval *a, const struct who_staff *maker,
                    const struct approve_limit all[APPROVE_LIMITS])
{
    struct who_staff *list = NULL;
    int n = 0;
    int rc = who_staff_list(c, 0, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!second_ask(a, maker, &list[i], all))
            return 0;
    return rc ? rc : APPROVE_NOBODY;
}

static int approval_event(struct call *c, const struct approval *a, const char *topic)
{
    char text[MONEY_TEXT] = "";
    struct jsonw *w = event_begin(c);
    jw_text(w, "kind", approve_kind_code(a->kind));
    money_print(a->amount, text);
    jw_text(w, "amount", text);
    jw_text(w, "currency", currency_find((int)a->amount.currency)->code);
    jw_i64(w, "maker", a->maker.n);
    jw_i64(w, "checker", a->checker.n);
    jw_text(w, "digest", a->digest);
    return event_add(c, a->outlet_id, topic, a->id.n);
}

static int ask_fill(struct call *c, const struct approve_ask *in, struct approval *a)
{
    struct approve_settings s;
    int rc = approve_settings_get(c, &s);
    if (rc)
        return rc;
    *a = (struct approval){
        .id = { call_id(c) },
        .outlet_id = in->outlet_id,
        .kind = in->kind,
        .state = APPROVAL_OPEN,
        .amount = in->amount,
        .what = in->what,
        .summary_zh = in->summary_zh,
        .summary_en = in->summary_en,
        .body = in->body_len ? in->body : "",
        .body_len = in->body_len,
        .maker = { c->actor.id },
        .maker_role = c->actor.role,
        .rekey = in->amount.minor > 0 && approve_weight(in->amount) >= s.rekey_minor,
        .asked_us = c->now_us,
        .expires_us = c->now_us + s.life_s * US_SECOND,
    };
    approve_digest(a->what, a->body, a->body_len, a->digest);
    return 0;
}

int approve_ask(struct call *c, const struct approve_ask *in, approval_id *out)
{
    struct approve_limit all[APPROVE_LIMITS];
    struct approval a = { 0 };
    struct who_staff maker;
    bool found = false;
    CHECK(in->key && *in->key && in->what && strlen(in->what) <= APPROVE_PATH);
    CHECK(c->actor.kind == ACTOR_STAFF && !c->second_id);
    if (in->body_len > APPROVE_BODY)
        return APPROVE_TOO_LONG;
    int rc = approve_row_keyed(c, in->key, out, &found);
    if (rc || found)
        return rc;
    rc = who_staff_get(c, (staff_id){ c->actor.id }, &maker);
    if (!rc)
        rc = approve_limits(c, all);
    if (!rc)
        rc = ask_fill(c, in, &a);
    if (!rc)
        rc = somebody(c, &a, &maker, all);
    if (!rc)
        rc = approve_row_add(c, &a, in->key);
    for (size_t i = 0; !rc && i < in->n_about; i++)
        rc = approve_row_about(c, a.id, in->about[i]);
    if (!rc)
        rc = approval_event(c, &a, "approval.asked");
    *out = a.id;
    return rc;
}

/* ---- reading ---- */

struct second { /* the two people and what they may */
    struct who_staff maker, me;
    struct approve_limit all[APPROVE_LIMITS];
};

static int second_read(struct call *c, const struct approval *a, struct second *s)
{
    if (c->actor.kind != ACTOR_STAFF)
        return WHO_NO_SESSION;
    int rc = who_staff_get(c, (staff_id){ c->actor.id }, &s->me);
    if (!rc)
        rc = who_staff_get(c, a->maker, &s->maker);
    return rc ? rc : approve_limits(c, s->all);
}

int approve_may(struct call *c, const struct approval *a)
{
    struct second s = { 0 };
    int rc = second_read(c, a, &s);
    if (!rc)
        rc = second_ask(a, &s.maker, &s.me, s.all);
    return rc ? rc : approve_rule_open(a->state);
}

/* The bytes may hold a customer's whole data: who has no part in it does not see them. */
static int sees(struct call *c, const struct approval *a)
{
    struct second s = { 0 };
    const struct actor *who = &c->actor;
    if (who->kind == ACTOR_SYSTEM || (who->kind == ACTOR_STAFF && a->maker.n == who->id))
        return 0;
    if (who->kind != ACTOR_STAFF || (who->outlet_id && who->outlet_id != a->outlet_id))
        return APPROVE_NOT_SEEN;
    if (who->role & (ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR))
        return 0;
    int rc = second_read(c, a, &s);
    if (!rc)
        rc = second_ask(a, &s.maker, &s.me, s.all);
    return rc > 0 ? APPROVE_NOT_SEEN : rc;
}

int approve_get(struct call *c, approval_id id, struct approval *out)
{
    bool found = false;
    int rc = approve_row(c, id, out, &found);
    if (rc)
        return rc;
    if (!found)
        return APPROVE_NO_SUCH;
    return sees(c, out);
}

int approve_list(struct call *c, int64_t outlet_id, enum approve_which which, int max,
                 struct approval **out, int *n)
{
    struct approval *all;
    int m = 0;
    staff_id maker = { which == APPROVE_MINE ? c->actor.id : 0 };
    int64_t outlet = c->actor.outlet_id ? c->actor.outlet_id : outlet_id;
    CHECK(max > 0 && max <= LOOK_MAX);
    if (which != APPROVE_FOR_ME)
        return approve_rows(c, outlet, maker, false, max, out, n);
    *n = 0;
    int rc = approve_rows(c, outlet, maker, true, LOOK_MAX, &all, &m);
    *out = all;
    for (int i = 0; !rc && i < m && *n < max; i++) {
        rc = approve_may(c, &all[i]);
        if (!rc)
            all[(*n)++] = all[i];
        if (rc > 0)
            rc = 0;
    }
    return rc;
}

int approve_about(struct call *c, const char *about, struct approval *out, bool *found)
{
    approval_id id = { 0 };
    *found = false;
    int rc = approve_row_of(c, about, &id);
    return rc || !id.n ? rc : approve_row(c, id, out, found);
}

static int lowest_first(const void *x, const void *y)
{
    const struct who_staff *a = x, *b = y;
    int d = who_grade(a) - who_grade(b);
    return d ? d : (a->id.n > b->id.n) - (a->id.n < b->id.n);
}

int approve_people(struct call *c, const struct approval *a, struct who_staff **out, int *n)
{
    struct approve_limit all[APPROVE_LIMITS];
    struct who_staff *list = NULL, maker;
    int m = 0;
    *n = 0;
    int rc = who_staff_get(c, a->maker, &maker);
    if (!rc)
        rc = approve_limits(c, all);
    if (!rc)
        rc = who_staff_list(c, 0, &list, &m);
    for (int i = 0; !rc && i < m; i++)
        if (!second_ask(a, &maker, &list[i], all))
            list[(*n)++] = list[i];
    if (*n)
        qsort(list, (size_t)*n, sizeof *list, lowest_first);
    if (*n > APPROVE_PEOPLE)
        *n = APPROVE_PEOPLE;
    *out = list;
    return rc;
}

/* ---- deciding ---- */

static int end_as(struct call *c, struct approval *a, enum approve_state state, const char *topic)
{
    bool done = false;
    a->state = state;
    a->decided_us = c->now_us;
    int rc = approve_row_end(c, a, &done);
    if (!rc && !done)
        rc = RC_BUSY; /* another instance was faster: try again, and read the true state */
    return rc ? rc : approval_event(c, a, topic);
}

static int load_for_second(struct call *c, approval_id id, struct approval *a, struct second *s)
{
    bool found = false;
    int rc = approve_row(c, id, a, &found);
    if (!rc && !found)
        rc = APPROVE_NO_SUCH;
    if (!rc)
        rc = second_read(c, a, s);
    if (!rc)
        rc = second_ask(a, &s->maker, &s->me, s->all);
    if (!rc)
        rc = approve_rule_open(a->state);
    if (rc == APPROVE_REJECTED)
        return call_refuse(c, rc, NULL, "%s", a->reason);
    return rc;
}

/* As the maker, with the role and the outlet that person has now; then as before. */
static int run_as_maker(struct call *c, const struct approval *a, const struct who_staff *maker,
                        approve_run *run, void *ctx, struct buf *answer)
{
    struct actor checker = c->actor;
    c->actor = (struct actor){ ACTOR_STAFF, maker->id.n, maker->role, maker->outlet_id };
    c->second_id = checker.id;
    int rc = run(c, a, ctx, answer);
    c->actor = checker;
    c->second_id = 0;
    return rc;
}

int approve_decide(struct call *c, approval_id id, const char *digest, const char *rekey,
                   approve_run *run, void *ctx, struct buf *answer)
{
    struct approval a = { 0 };
    struct second s = { 0 };
    size_t before = answer->len;
    int rc = load_for_second(c, id, &a, &s);
    if (rc)
        return rc;
    if (!digest || strcmp(digest, a.digest))
        return call_refuse(c, APPROVE_OTHER_BYTES, "digest", "%s", "");
    rc = approve_rule_rekey(&a, rekey);
    if (rc)
        return call_refuse(c, rc, "amount", "%s", "");
    if (!s.maker.active || s.maker.role != a.maker_role)
        return APPROVE_MAKER_GONE;
    a.checker = s.me.id;
    rc = end_as(c, &a, APPROVAL_APPROVED, "approval.approved");
    if (!rc)
        rc = run_as_maker(c, &a, &s.maker, run, ctx, answer);
    if (!rc && answer->overflow)
        rc = RC_FULL;
    if (!rc) {
        CHECK(answer->len > before); /* an order that was run says so */
        rc = approve_row_answer(c, id, answer->at + before);
    }
    return rc;
}

int approve_reject(struct call *c, approval_id id, const char *reason)
{
    struct approval a = { 0 };
    struct second s = { 0 };
    int rc = load_for_second(c, id, &a, &s);
    if (!rc && (!reason || !*reason || strlen(reason) > APPROVE_REASON))
        return call_refuse(c, APPROVE_NO_REASON, "reason", "1..%d", APPROVE_REASON);
    if (rc)
        return rc;
    a.checker = s.me.id;
    a.reason = reason;
    return end_as(c, &a, APPROVAL_REJECTED, "approval.rejected");
}

int approve_withdraw(struct call *c, approval_id id)
{
    struct approval a = { 0 };
    bool found = false;
    int rc = approve_row(c, id, &a, &found);
    if (!rc && !found)
        rc = APPROVE_NO_SUCH;
    if (!rc && (c->actor.kind != ACTOR_STAFF || a.maker.n != c->actor.id))
        rc = APPROVE_NOT_MAKER;
    if (!rc)
        rc = approve_rule_open(a.state);
    return rc ? rc : end_as(c, &a, APPROVAL_WITHDRAWN, "approval.withdrawn");
}

int approve_expire(struct call *c, int max, int *expired)
{
    struct approval *list;
    int n = 0;
    *expired = 0;
    int rc = approve_rows_due(c, max, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        rc = end_as(c, &list[i], APPROVAL_EXPIRED, "approval.expired");
        *expired += !rc;
    }
    return rc;
}
