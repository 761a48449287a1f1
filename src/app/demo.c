/* demo.c -- Who works in the demo bank, which devices stand in it, how its outlets are set. */
#include "app/demo.h"
#include "advise/tip.h"
#include "base/jsonw.h"
#include "base/secret.h"
#include "branch/demo_city.h"
#include "lobby/lobby.h"
#include "who/who.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct demo_account demo_accounts[] = {
    { "teller", "柜员（1号窗口）", "teller, window 1" },
    { "teller2", "柜员（2号窗口）", "teller, window 2" },
    { "verifier", "业务主管（复核授权）", "supervisor: approves" },
    { "floor", "大堂经理", "floor manager" },
    { "head", "网点负责人", "head of outlet" },
    { "office", "分行", "branch office, all outlets" },
    { "office2", "分行（复核）", "branch office, the second person" },
    { "auditor", "审计", "auditor" },
    { "admin", "管理员", "administrator" },
};
const size_t demo_accounts_count = COUNT(demo_accounts);

/* Invented persons: surnames and given names are drawn apart. */
const char *const demo_surnames[DEMO_SURNAMES] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄",
                                                   "周", "吴", "徐", "孙", "马", "朱", "胡", "郭",
                                                   "何", "林", "高", "罗", "郑", "梁", "谢", "宋",
                                                   "唐", "许", "韩", "冯", "邓", "曹" };
static const char *const givens[] = { "晓云", "文静", "志远", "丽华", "建平", "雨桐", "海燕",
                                      "明轩", "秀英", "国栋", "佳宁", "思源", "春梅", "子涵",
                                      "立新", "红霞", "俊杰", "玉兰", "浩然", "慧敏", "永强",
                                      "雪莲", "天佑", "淑芬", "凯文", "美玲", "长青", "若兰",
                                      "一鸣", "素琴", "向阳" };

struct making {
    const struct demo_settings *s;
    bool used[DEMO_SURNAMES][COUNT(givens)]; /* no two of one name: pages tell people by it */
    char hash[PASSWORD_TEXT];
    struct buf devices; /* the JSON of /api/info */
    struct jsonw json;
};

static int put_graded(struct call *c, struct making *m, const char *username, int role,
                      int64_t outlet, int grade)
{
    struct who_staff s = { .role = role, .outlet_id = outlet, .active = true, .grade = grade };
    snprintf(s.username, sizeof s.username, "%s", username);
    uint32_t a, b;
    do {
        a = rng_below(c->rng, DEMO_SURNAMES);
        b = rng_below(c->rng, COUNT(givens));
    } while (m->used[a][b]);
    m->used[a][b] = true;
    snprintf(s.name, sizeof s.name, "%s%s", demo_surnames[a], givens[b]);
    return who_staff_put(c, &s, m->hash);
}

static int put_person(struct call *c, struct making *m, const char *username, int role,
                      int64_t outlet)
{
    return put_graded(c, m, username, role, outlet, GRADE_NONE);
}

/* Last, so that everybody else keeps the name of before: who approves what tellers may not alone.
 */
static int put_seconds(struct call *c, struct making *m)
{
    char username[32];
    int rc = put_person(c, m, "office2", ROLE_OFFICE, 0);
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        demo_username("verifier", at + 1, 0, username);
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = put_graded(c, m, username, ROLE_TELLER, o.id.n, GRADE_SUPERVISOR);
    }
    return rc;
}

/* "teller", "teller2" in the first outlet; "teller-03-2" elsewhere. */
void demo_username(const char *role, int outlet, int window, char out[32])
{
    if (outlet == 1 && window <= 1)
        snprintf(out, 32, "%s", role);
    else if (outlet == 1)
        snprintf(out, 32, "%s%d", role, window);
    else if (window)
        snprintf(out, 32, "%s-%02d-%d", role, outlet, window);
    else
        snprintf(out, 32, "%s-%02d", role, outlet);
}

static int put_device(struct call *c, struct making *m, const struct branch_outlet *o, int role)
{
    struct who_device d = { .role = role, .outlet_id = o->id.n, .active = true };
    char token[TOKEN_TEXT];
    snprintf(d.name, sizeof d.name, "%s %s", o->code, role == ROLE_KIOSK ? "取号机" : "叫号屏");
    int rc = who_device_put(c, &d, token);
    if (rc)
        return rc;
    jw_object(&m->json, NULL);
    jw_text(&m->json, "role", who_role_code(role));
    jw_i64(&m->json, "outlet_id", o->id.n);
    jw_text(&m->json, "token", token);
    jw_end(&m->json);
    return 0;
}

static int put_outlet(struct call *c, struct making *m, const struct branch_outlet *o, int at)
{
    char username[32];
    int windows = (int)strlen(demo_outlets[at].windows), rc = 0;
    for (int w = 1; !rc && w <= windows; w++) {
        demo_username("teller", at + 1, w, username);
        rc = put_person(c, m, username, ROLE_TELLER, o->id.n);
    }
    demo_username("floor", at + 1, 0, username);
    if (!rc)
        rc = put_person(c, m, username, ROLE_FLOOR, o->id.n);
    demo_username("head", at + 1, 0, username);
    if (!rc)
        rc = put_person(c, m, username, ROLE_HEAD, o->id.n);
    if (!rc)
        rc = put_device(c, m, o, ROLE_KIOSK);
    if (!rc)
        rc = put_device(c, m, o, ROLE_BOARD);
    return rc;
}

/* Tellers without a window of their own: so that people can be away and have their lunch. */
static int put_reliefs(struct call *c, struct making *m, const struct branch_outlet *o, int at)
{
    char username[32];
    int rc = 0, n = (int)strlen(demo_outlets[at].windows) / 3 + 1;
    for (int i = 1; !rc && i <= n; i++) {
        demo_username("relief", at + 1, i, username);
        rc = put_person(c, m, username, ROLE_TELLER, o->id.n);
    }
    return rc;
}

/* Each outlet is set a little differently, as branches are: so that rules can be compared. */
static int put_settings(struct call *c, const struct branch_outlet *o, int at)
{
    static const char *const rules[] = {
        "promise; finally 40m; courtesy head 10m",
        "strict; finally 40m; courtesy head 10m",
        "fcfs; courtesy head 10m",
        "head:mid=10m,high=20m; courtesy head 10m",
        "ratio:high=3,mid=2,normal=2; courtesy first",
        "accumulate:normal=1,mid=2,high=3; prefer service",
    };
    struct lobby_settings s;
    int rc = lobby_settings_get(c, o->id, &s);
    if (rc)
        return rc;
    snprintf(s.rule, sizeof s.rule, "%s", rules[at % (int)COUNT(rules)]);
    s.alarm_count = at == 0 ? 20 : 15;
    s.slot_s = 900;
    s.slot_capacity = at == 0 ? 4 : 3;
    return lobby_settings_put(c, o->id, &s);
}

static int make(struct call *c, void *ctx)
{
    struct making *m = ctx;
    struct branch_outlet *outlets;
    bool empty = false;
    int n = 0, rc = who_setup_needed(c, &empty);
    if (!rc && !empty)
        rc = WHO_SETUP_DONE;
    if (!rc)
        rc = branch_demo_city(c);
    if (!rc)
        rc = tip_demo(c);
    if (!rc)
        rc = put_person(c, m, "admin", ROLE_ADMIN, 0);
    if (!rc)
        rc = put_person(c, m, "office", ROLE_OFFICE, 0);
    if (!rc)
        rc = put_person(c, m, "auditor", ROLE_AUDITOR, 0);
    if (!rc)
        rc = branch_outlets(c, &outlets, &n);
    jw_array(&m->json, NULL);
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = put_settings(c, &o, at);
        if (!rc)
            rc = put_outlet(c, m, &o, at);
    }
    jw_end(&m->json);
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = put_reliefs(c, m, &o, at);
    }
    if (!rc)
        rc = put_seconds(c, m);
    if (!rc)
        rc = app_bank_setting_put(c->tx, "demo_devices", m->devices.at);
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, m->s->seed);
    if (!rc)
        rc = app_bank_setting_put(c->tx, "demo_seed", seed);
    if (!rc)
        rc = app_bank_setting_put(c->tx, "demo", "1");
    return rc;
}

int demo_make(struct bank *b, const struct demo_settings *s)
{
    struct making m = { .s = s };
    int64_t at = date_instant(s->first, 0) - US_DAY;
    buf_init(&m.devices, BANK_VALUE - 1);
    jw_init(&m.json, &m.devices);
    int rc = secret_password_hash("demo", PASSWORD_TEST, m.hash);
    if (!rc)
        rc = app_bank_write(b, at, make, &m);
    if (!rc)
        b->demo = true;
    buf_release(&m.devices);
    return rc;
}
