/* bank.c -- See bank.h. */
#include "bank.h"
#include "roster/roster.h"
#include "store/door.h"
#include "store/event.h"

static void migrate(struct db *db)
{
    BANK_OK(db_migrate(db, event_migrations, event_migrations_count, 1));
    BANK_OK(db_migrate(db, door_migrations, door_migrations_count, 1));
    BANK_OK(db_migrate(db, who_migrations, who_migrations_count, 1));
    BANK_OK(db_migrate(db, branch_migrations, branch_migrations_count, 1));
    BANK_OK(db_migrate(db, lobby_migrations, lobby_migrations_count, 1));
    BANK_OK(db_migrate(db, roster_migrations, roster_migrations_count, 1));
}

static void add_classes(struct bank *b)
{
    static const struct branch_class classes[] = {
        { 0, "normal", "普通客户", "Normal", 0, 1200, 950000, false },
        { 1, "mid", "中端客户", "Mid", 1, 600, 900000, true },
        { 2, "high", "高端客户", "High", 2, 600, 900000, true },
    };
    for (size_t i = 0; i < COUNT(classes); i++) {
        struct branch_class k = classes[i];
        BANK_OK(branch_class_put(&b->c, &k));
    }
}

static void add_services(struct bank *b)
{
    static const struct {
        char prefix;
        const char *code;
        int handling_s;
        bool bookable;
    } services[BANK_SERVICES] = {
        { 'A', "cash", 300, false },
        { 'B', "transfer", 240, true },
        { 'C', "company", 600, false },
        { 'D', "loan", 900, true },
    };
    for (int i = 0; i < BANK_SERVICES; i++) {
        struct branch_service s = { .prefix = services[i].prefix,
                                    .handling_s = services[i].handling_s,
                                    .bookable = services[i].bookable,
                                    .active = true,
                                    .sort = i };
        (void)snprintf(s.code, sizeof s.code, "%s", services[i].code);
        (void)snprintf(s.name_zh, sizeof s.name_zh, "业务%c", s.prefix);
        (void)snprintf(s.name_en, sizeof s.name_en, "Service %c", s.prefix);
        BANK_OK(branch_service_put(&b->c, &s));
        b->service[i] = s.id;
    }
}

static outlet_id add_outlet(struct bank *b, const char *code)
{
    struct branch_outlet o = { .lat_e6 = 35240000, .lon_e6 = 113230000, .active = true };
    (void)snprintf(o.code, sizeof o.code, "%s", code);
    (void)snprintf(o.name_zh, sizeof o.name_zh, "网点%s", code);
    (void)snprintf(o.name_en, sizeof o.name_en, "Outlet %s", code);
    BANK_OK(branch_outlet_put(&b->c, &o));
    for (int weekday = 1; weekday <= 7; weekday++)
        BANK_OK(
            branch_hours_put(&b->c, o.id, weekday, (struct branch_hours){ 9 * 3600, 17 * 3600 }));
    return o.id;
}

static window_id add_window(struct bank *b, outlet_id o, int number, enum bank_service first,
                            enum bank_service second)
{
    struct branch_window w = { .outlet = o, .number = number, .active = true, .n_services = 2 };
    (void)snprintf(w.name_zh, sizeof w.name_zh, "%d号窗口", number);
    (void)snprintf(w.name_en, sizeof w.name_en, "Window %d", number);
    w.services[0].service = b->service[first];
    w.services[0].preference = 1;
    w.services[1].service = b->service[second];
    w.services[1].preference = 2;
    BANK_OK(branch_window_put(&b->c, &w));
    return w.id;
}

static staff_id add_staff(struct bank *b, const char *username, int role, outlet_id o)
{
    struct who_staff s = { .role = role, .outlet_id = o.n, .active = true };
    (void)snprintf(s.username, sizeof s.username, "%s", username);
    (void)snprintf(s.name, sizeof s.name, "员工%s", username);
    BANK_OK(who_staff_put(&b->c, &s, "no password opens this"));
    return s.id;
}

static void begin(struct bank *b, const char *url)
{
    if (db_open(url, &b->db))
        fail_msg("%s", db_error(NULL));
    b->c.rng = &b->rng;
    b->c.ids = &b->ids;
    b->c.arena = arena_new(256 << 20);
}

/* The bank as every test finds it. */
static void build(struct bank *b, const char *url)
{
    begin(b, url);
    migrate(b->db);
    rng_seed(&b->rng, 1);
    ids_init(&b->ids, 0);
    bank_at(b, "09:00");
    bank_as_system(b);
    BANK_OK(db_begin(b->db, &b->c.tx));
    add_classes(b);
    add_services(b);
    b->outlet = add_outlet(b, "T01");
    b->other = add_outlet(b, "T02");
    b->window[0] = add_window(b, b->outlet, 1, SERVICE_A, SERVICE_B);
    b->window[1] = add_window(b, b->outlet, 2, SERVICE_A, SERVICE_B);
    b->window[2] = add_window(b, b->outlet, 3, SERVICE_C, SERVICE_A);
    b->other_window = add_window(b, b->other, 1, SERVICE_A, SERVICE_B);
    b->teller[0] = add_staff(b, "teller1", ROLE_TELLER, b->outlet);
    b->teller[1] = add_staff(b, "teller2", ROLE_TELLER, b->outlet);
    b->teller[2] = add_staff(b, "teller3", ROLE_TELLER, b->outlet);
    b->floor = add_staff(b, "floor", ROLE_FLOOR, b->outlet);
    b->head = add_staff(b, "head", ROLE_HEAD, b->outlet);
    b->other_teller = add_staff(b, "other", ROLE_TELLER, b->other);
    bank_rule(b, "fcfs;courtesy off");
    BANK_OK(db_commit(&b->c.tx));
    arena_free(b->c.arena);
    db_close(b->db);
}

/* Built once a run, then copied: a test pays for no commit. */
void bank_open(struct bank *b)
{
    static struct bank built;
    static char first[300];
    if (!first[0]) {
        (void)snprintf(first, sizeof first, "%s", test_db("bank"));
        build(&built, first);
    }
    const char *url = test_db_copy(first);
    *b = built;
    begin(b, url);
    BANK_OK(db_begin(b->db, &b->c.tx));
}

void bank_close(struct bank *b)
{
    db_rollback(&b->c.tx);
    arena_free(b->c.arena);
    db_close(b->db);
}

void bank_save(struct bank *b)
{
    BANK_OK(db_commit(&b->c.tx));
    arena_clear(b->c.arena);
    BANK_OK(db_begin(b->db, &b->c.tx));
}

void bank_undo(struct bank *b)
{
    db_rollback(&b->c.tx);
    arena_clear(b->c.arena);
    BANK_OK(db_begin(b->db, &b->c.tx));
}

int64_t bank_time(int days, const char *hms)
{
    int h = 0, m = 0, s = 0;
    assert_true(sscanf(hms, "%d:%d:%d", &h, &m, &s) >= 2);
    return date_instant((date){ BANK_DAY + days }, h * 3600 + m * 60 + s);
}

void bank_at(struct bank *b, const char *hms)
{
    b->c.now_us = bank_time(0, hms);
}

void bank_later(struct bank *b, int seconds)
{
    b->c.now_us += seconds * US_SECOND;
}

void bank_as(struct bank *b, staff_id who, int role)
{
    b->c.actor =
        (struct actor){ .kind = ACTOR_STAFF, .id = who.n, .role = role, .outlet_id = b->outlet.n };
}

void bank_as_customer(struct bank *b)
{
    b->c.actor = (struct actor){ .kind = ACTOR_CUSTOMER };
}

void bank_as_system(struct bank *b)
{
    b->c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
}

void bank_rule(struct bank *b, const char *rule)
{
    struct lobby_settings s;
    BANK_OK(lobby_settings_get(&b->c, b->outlet, &s));
    (void)snprintf(s.rule, sizeof s.rule, "%s", rule);
    BANK_OK(lobby_settings_put(&b->c, b->outlet, &s));
}

void bank_open_day(struct bank *b, int n)
{
    bank_as_system(b);
    BANK_OK(lobby_day_open(&b->c, b->outlet));
    for (int i = 0; i < n; i++) {
        struct window_session s;
        bank_as(b, b->teller[i], ROLE_TELLER);
        BANK_OK(lobby_sign_in(&b->c, b->window[i], &s));
    }
    bank_as_system(b);
}

struct ticket bank_take(struct bank *b, enum bank_service s, int class_index)
{
    struct ticket t;
    struct take_order o = { .outlet = b->outlet,
                            .services = { b->service[s] },
                            .n_services = 1,
                            .class_index = class_index,
                            .source = SOURCE_KIOSK };
    BANK_OK(lobby_take(&b->c, &o, &t));
    return t;
}

int bank_next(struct bank *b, int i, struct ticket *out)
{
    bank_as(b, b->teller[i], ROLE_TELLER);
    return lobby_next(&b->c, b->window[i], out);
}

int bank_serve(struct bank *b, int i)
{
    struct ticket t;
    bank_as(b, b->teller[i], ROLE_TELLER);
    return lobby_serve(&b->c, b->window[i], &t);
}

int bank_end(struct bank *b, int i)
{
    struct ticket t;
    bank_as(b, b->teller[i], ROLE_TELLER);
    return lobby_end(&b->c, b->window[i], &t);
}

struct ticket bank_visit(struct bank *b, int i, int walk_s, int handling_s)
{
    struct ticket t;
    BANK_OK(bank_next(b, i, &t));
    assert_true(t.id.n > 0);
    bank_later(b, walk_s);
    BANK_OK(bank_serve(b, i));
    bank_later(b, handling_s);
    BANK_OK(bank_end(b, i));
    return bank_ticket(b, t.id);
}

struct ticket bank_ticket(struct bank *b, ticket_id t)
{
    struct ticket out;
    BANK_OK(lobby_ticket(&b->c, t, &out));
    return out;
}

int64_t bank_number(struct bank *b, const char *sql)
{
    int64_t n = -1;
    BANK_OK(db_one_i64(b->c.tx, sql, DB_NO_ARGS, -1, &n));
    return n;
}

void bank_proven(struct bank *b)
{
    int64_t tickets = 0, bad = 0;
    char text[200] = "";
    BANK_OK(lobby_check(&b->c, &tickets, &bad, text, sizeof text));
    if (bad)
        fail_msg("%s", text);
}

#define SAME(field) assert_int_equal(a->field, z->field)

void bank_same_ticket(const struct ticket *a, const struct ticket *z)
{
    SAME(id.n);
    SAME(outlet.n);
    SAME(day.days);
    SAME(service.n);
    SAME(prefix);
    SAME(class_index);
    SAME(courtesy);
    SAME(first_in_line);
    SAME(inaccurate);
    SAME(state);
    SAME(source);
    SAME(taken_us);
    SAME(since_us);
    SAME(queued_us);
    SAME(called_us);
    SAME(serving_us);
    SAME(ended_us);
    SAME(waited_us);
    SAME(window.n);
    SAME(staff.n);
    SAME(only_window);
    SAME(only_staff);
    SAME(recalls);
    SAME(recalled_us);
    SAME(slot_us);
    SAME(checked_in_us);
    SAME(notify_ahead);
    SAME(forecast_low_s);
    SAME(forecast_high_s);
    SAME(by_hand);
    SAME(choice.why);
    SAME(choice.when);
    SAME(choice.eligible);
    SAME(choice.waited_us);
    SAME(choice.credit_us);
    assert_string_equal(a->number, z->number);
    assert_string_equal(a->services, z->services);
    assert_string_equal(a->phone_tail, z->phone_tail);
    assert_string_equal(a->reason, z->reason);
}
