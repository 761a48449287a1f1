/* demo_live.c -- See demo_live.h. */
#include "app/demo_live.h"
#include "app/demo.h"
#include "base/json.h"
#include "branch/branch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct demo_live {
    struct bank *bank;
    struct door *door;
    struct clock *clock;
};

/* 10:10 of the next work day from a date on. */
static int64_t busy_moment(date d)
{
    while (!branch_is_work_day(branch_calendar(d)))
        d.days++;
    return date_instant(d, 10 * 3600 + 10 * 60);
}

int demo_live_start_us(struct bank *b, int64_t machine_us, int64_t *out)
{
    char stood[BANK_VALUE];
    struct db_tx *tx = NULL;
    int rc = db_read(b->db, &tx);
    if (!rc)
        rc = bank_setting_get(tx, "demo_now_us", stood);
    db_read_done(&tx);
    if (rc)
        return rc;
    int64_t at = strtoll(stood, NULL, 10);
    *out = at > 0 ? at + US_SECOND : busy_moment(date_of_instant(machine_us));
    return 0;
}

struct demo_live *demo_live_new(struct bank *b, struct door *door, struct clock *clock)
{
    struct demo_live *l = calloc(1, sizeof *l);
    CHECK(l);
    *l = (struct demo_live){ .bank = b, .door = door, .clock = clock };
    return l;
}

void demo_live_free(struct demo_live *l)
{
    free(l);
}

void demo_live_step(void *ctx, int64_t now_us)
{
    UNUSED(ctx);
    UNUSED(now_us);
}

/* The first kiosk's and the first board's token. */
static void tell_devices(const char *origin, const char *devices)
{
    struct json_doc *d = NULL;
    char error[80];
    if (!*devices || json_parse(devices, strlen(devices), &d, error, sizeof error))
        return;
    for (size_t i = 0; i < 2; i++) {
        struct json_node *n = json_item(json_root(d), i);
        const char *role = NULL, *token = NULL;
        json_want_text(d, n, "role", 16, &role);
        json_want_text(d, n, "token", 64, &token);
        if (role && token)
            printf("  %-9s %s/%s.html#device=%s\n", role, origin, role, token);
    }
    json_free(d);
}

void demo_live_tell(const char *origin, const char *devices)
{
    printf("\n  示范银行，密码都是 demo / demo bank, every password is: demo\n");
    for (size_t i = 0; i < demo_accounts_count; i++)
        printf("  %-9s %s / %s\n", demo_accounts[i].username, demo_accounts[i].what_zh,
               demo_accounts[i].what_en);
    tell_devices(origin, devices);
}
