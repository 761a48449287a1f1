/* pair.c -- See pair.h. */
#include "pair.h"
#include "branch/branch.h"
#include "store/door.h"
#include "store/event.h"

static void add_outlet(struct pair *p, int i)
{
    struct branch_outlet o = { .lat_e6 = 35240000, .lon_e6 = 113230000, .active = true };
    (void)snprintf(o.code, sizeof o.code, "P%d", i);
    (void)snprintf(o.name_zh, sizeof o.name_zh, "网点%d", i);
    (void)snprintf(o.name_en, sizeof o.name_en, "Outlet %d", i);
    PAIR_OK(branch_outlet_put(&p->c, &o));
    p->outlet[i] = o.id.n;
}

static void add_person(struct pair *p, enum pair_person who, const char *username, int role,
                       int grade, const char *number)
{
    struct who_staff *s = &p->who[who];
    *s = (struct who_staff){ .role = role, .grade = grade, .active = true };
    s->outlet_id = role == ROLE_OFFICE || role == ROLE_ADMIN ? 0 : p->outlet[who == P_AWAY];
    (void)snprintf(s->username, sizeof s->username, "%s", username);
    (void)snprintf(s->name, sizeof s->name, "%s", username);
    (void)snprintf(s->number, sizeof s->number, "%s", number);
    PAIR_OK(who_staff_put(&p->c, s, "no password opens this"));
}

static void make_tables(const char *url)
{
    struct db *db;
    PAIR_OK(db_open(url, &db));
    PAIR_OK(db_migrate(db, event_migrations, event_migrations_count, 1));
    PAIR_OK(db_migrate(db, door_migrations, door_migrations_count, 1));
    PAIR_OK(db_migrate(db, who_migrations, who_migrations_count, 1));
    PAIR_OK(db_migrate(db, branch_migrations, branch_migrations_count, 1));
    PAIR_OK(db_migrate(db, ledger_migrations, ledger_migrations_count, 1));
    PAIR_OK(db_migrate(db, approve_migrations, approve_migrations_count, 1));
    db_close(db);
}

void pair_open(struct pair *p)
{
    memset(p, 0, sizeof *p);
    PAIR_OK(secret_init());
    PAIR_OK(db_open(test_db_of("pair", make_tables), &p->db));
    rng_seed(&p->rng, 1);
    ids_init(&p->ids, 0);
    p->c = (struct call){ .rng = &p->rng, .ids = &p->ids, .arena = arena_new(256 << 20) };
    p->c.now_us = date_instant((date){ 20780 }, 9 * 3600); /* 2026-11-23 */
    PAIR_OK(db_begin(p->db, &p->c.tx));
    if (test_fast_books())
        PAIR_OK(ledger_layout_set(&p->c, LEDGER_FAST));
    add_outlet(p, 0);
    add_outlet(p, 1);
    add_person(p, P_TELLER, "teller", ROLE_TELLER, 0, "7001");
    add_person(p, P_OTHER, "other", ROLE_TELLER, 0, "7002");
    add_person(p, P_SUPERVISOR, "supervisor", ROLE_TELLER, GRADE_SUPERVISOR, "");
    add_person(p, P_HEAD, "head", ROLE_HEAD, 0, "");
    add_person(p, P_OFFICE, "office", ROLE_OFFICE, 0, "");
    add_person(p, P_ADMIN, "admin", ROLE_ADMIN, 0, "");
    add_person(p, P_AWAY, "away", ROLE_HEAD, 0, "");
    add_person(p, P_TWIN, "twin", ROLE_FLOOR, GRADE_SUPERVISOR, "7001");
    PAIR_OK(ledger_prepare(&p->c));
    pair_save(p);
}

void pair_close(struct pair *p)
{
    db_rollback(&p->c.tx);
    arena_free(p->c.arena);
    db_close(p->db);
}

void pair_save(struct pair *p)
{
    PAIR_OK(db_commit(&p->c.tx));
    arena_clear(p->c.arena);
    PAIR_OK(db_begin(p->db, &p->c.tx));
}

void pair_undo(struct pair *p)
{
    db_rollback(&p->c.tx);
    arena_clear(p->c.arena);
    PAIR_OK(db_begin(p->db, &p->c.tx));
}

void pair_as(struct pair *p, enum pair_person who)
{
    const struct who_staff *s = &p->who[who];
    p->c.actor = (struct actor){ ACTOR_STAFF, s->id.n, s->role, s->outlet_id };
}
