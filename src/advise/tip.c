/* tip.c -- See tip.h. */
#include "advise/tip.h"
#include "advise/advise.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define COLUMNS                                                                              \
    "id, service_id, kind, from_day, until_day, active, sort, title_zh, title_en, bring_zh," \
    " bring_en, steps_zh, steps_en, elsewhere_zh, elsewhere_en"

static void text_read(struct db_rows *r, int column, char *out, size_t size)
{
    const char *text = db_text(r, column);
    snprintf(out, size, "%s", text ? text : "");
}

static void row_read(struct db_rows *r, struct tip *t)
{
    memset(t, 0, sizeof *t);
    t->id = db_i64(r, 0);
    t->service.n = db_i64(r, 1);
    t->kind = (enum tip_kind)db_i64(r, 2);
    t->from.days = (int32_t)db_i64(r, 3);
    t->until.days = (int32_t)db_i64(r, 4);
    t->active = db_i64(r, 5) != 0;
    t->sort = (int)db_i64(r, 6);
    text_read(r, 7, t->title_zh, sizeof t->title_zh);
    text_read(r, 8, t->title_en, sizeof t->title_en);
    text_read(r, 9, t->bring_zh, sizeof t->bring_zh);
    text_read(r, 10, t->bring_en, sizeof t->bring_en);
    text_read(r, 11, t->steps_zh, sizeof t->steps_zh);
    text_read(r, 12, t->steps_en, sizeof t->steps_en);
    text_read(r, 13, t->elsewhere_zh, sizeof t->elsewhere_zh);
    text_read(r, 14, t->elsewhere_en, sizeof t->elsewhere_en);
}

int tip_list(struct call *c, service_id service, bool all, struct tip **out, int *n)
{
    struct db_rows r;
    int32_t today = date_of_instant(c->now_us).days;
    *out = arena_alloc(c->arena, sizeof **out * TIPS_MAX);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM advise_tip WHERE (service_id=$1 OR 0=$2)"
                      " ORDER BY sort, id DESC",
                      DB_ARGS(DB_I(service.n), DB_I(service.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct tip *t = &(*out)[*n];
        rc = 0;
        if (*n == TIPS_MAX)
            continue;
        row_read(&r, t);
        bool shown =
            t->active && today >= t->from.days && (t->until.days == 0 || today <= t->until.days);
        *n += all || shown;
    }
    db_done(&r);
    return rc;
}

int tip_get(struct call *c, int64_t id, struct tip *out)
{
    struct db_rows r;
    bool found = false;
    int rc =
        db_query(c->tx, &r, "SELECT " COLUMNS " FROM advise_tip WHERE id=$1", DB_ARGS(DB_I(id)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        found = true;
        row_read(&r, out);
    }
    db_done(&r);
    return rc ? rc : found ? 0 : ADVISE_NO_TIP;
}

static int fits(struct call *c, const struct tip *t)
{
    struct branch_service s;
    if (!t->title_zh[0])
        return call_refuse(c, BASE_MISSING, "title_zh", "%s", "");
    if (t->until.days && t->until.days < t->from.days)
        return call_refuse(c, BASE_RANGE, "until", "%s", "before from");
    return t->service.n ? branch_service_get(c, t->service, &s) : 0;
}

int tip_put(struct call *c, struct tip *t)
{
    struct tip before;
    int rc = t->id ? tip_get(c, t->id, &before) : 0;
    if (!rc)
        rc = fits(c, t);
    if (rc)
        return rc;
    if (!t->id)
        t->id = call_id(c);
    rc = db_exec(c->tx,
                 "INSERT INTO advise_tip (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                 " $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO UPDATE SET"
                 " service_id=excluded.service_id, kind=excluded.kind, from_day=excluded.from_day,"
                 " until_day=excluded.until_day, active=excluded.active, sort=excluded.sort,"
                 " title_zh=excluded.title_zh, title_en=excluded.title_en,"
                 " bring_zh=excluded.bring_zh, bring_en=excluded.bring_en,"
                 " steps_zh=excluded.steps_zh, steps_en=excluded.steps_en,"
                 " elsewhere_zh=excluded.elsewhere_zh, elsewhere_en=excluded.elsewhere_en",
                 DB_ARGS(DB_I(t->id), DB_I(t->service.n), DB_I(t->kind), DB_I(t->from.days),
                         DB_I(t->until.days), DB_I(t->active), DB_I(t->sort), DB_T(t->title_zh),
                         DB_T(t->title_en), DB_T(t->bring_zh), DB_T(t->bring_en), DB_T(t->steps_zh),
                         DB_T(t->steps_en), DB_T(t->elsewhere_zh), DB_T(t->elsewhere_en)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_bool(w, "active", t->active);
    return event_add(c, 0, "tip.changed", t->id);
}

/* ---- the demo bank's ---- */

static const struct {
    const char *service; /* code */
    enum tip_kind kind;
    const char *title_zh, *title_en, *bring_zh, *bring_en, *steps_zh, *steps_en, *elsewhere_zh,
        *elsewhere_en;
} demo_tips[] = {
    { "social", TIP_NEW, "社保卡立等可取", "Social-security cards made while you wait",
      "本人身份证；补换卡带旧卡", "ID card; the old card for a replacement",
      "大堂制卡机刷身份证\n拍照或用库存照片\n当场取卡，到窗口激活",
      "Swipe the ID card at the card machine in the lobby\nTake a photo or use the one on file\n"
      "Take the card and activate it at a window",
      "电子社保卡可在手机上申领，不用来网点", "The electronic card can be had by phone, at home" },
    { "account", TIP_COMPLEX, "给未成年人开户", "An account for a minor",
      "监护人和孩子的身份证或户口簿、出生证",
      "ID cards or household register of guardian and child, "
      "birth certificate",
      "监护人陪同取“开户开卡”号\n窗口核对亲属关系\n设置限额和手机提醒",
      "The guardian takes a number for account opening\nThe window checks the kinship\nLimits and "
      "messages are set",
      "不能在自助机具办理，请避开上午十点到十一点半",
      "Not at machines; better not between 10:00 and "
      "11:30" },
    { "loan", TIP_COMPLEX, "经营贷款初次咨询", "First talk about a business loan",
      "营业执照、近六个月流水、身份证、婚姻证明",
      "Licence, six months of statements, ID card, marriage "
      "certificate",
      "先在手机银行预约客户经理\n带齐资料到贷款理财窗口\n三个工作日内给答复",
      "Book an adviser in the mobile bank\nBring the papers to the loans window\nAn answer within "
      "three work days",
      "手机银行可先测额度", "The mobile bank shows the limit beforehand" },
};

int tip_demo(struct call *c)
{
    struct branch_service *list;
    int n = 0, rc = branch_services(c, &list, &n);
    for (size_t i = 0; !rc && i < COUNT(demo_tips); i++) {
        struct tip t = { .kind = demo_tips[i].kind,
                         .from = { date_of_instant(c->now_us).days - 365 },
                         .active = true,
                         .sort = (int)i };
        for (int k = 0; k < n; k++)
            if (!strcmp(list[k].code, demo_tips[i].service))
                t.service = list[k].id;
        snprintf(t.title_zh, sizeof t.title_zh, "%s", demo_tips[i].title_zh);
        snprintf(t.title_en, sizeof t.title_en, "%s", demo_tips[i].title_en);
        snprintf(t.bring_zh, sizeof t.bring_zh, "%s", demo_tips[i].bring_zh);
        snprintf(t.bring_en, sizeof t.bring_en, "%s", demo_tips[i].bring_en);
        snprintf(t.steps_zh, sizeof t.steps_zh, "%s", demo_tips[i].steps_zh);
        snprintf(t.steps_en, sizeof t.steps_en, "%s", demo_tips[i].steps_en);
        snprintf(t.elsewhere_zh, sizeof t.elsewhere_zh, "%s", demo_tips[i].elsewhere_zh);
        snprintf(t.elsewhere_en, sizeof t.elsewhere_en, "%s", demo_tips[i].elsewhere_en);
        rc = tip_put(c, &t);
    }
    return rc;
}
