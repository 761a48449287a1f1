/* cash_test.c -- Drawers, counts, vaults: each rule by call, random days against a simple model,
 * and every database call failing once. */
#include "../approve/pair.h"
#include "cash/cash.h"
#include "cash/cash_rules.h"

#define FEN(yuan) (INT64_C(100) * (yuan))
static struct pair p;
static box_id drawer, spare, vault, far, central;
static account_id alice; /* a customer's account */

/* ---- the small world ---- */

static box_id box(int64_t outlet, enum cash_kind kind, int number)
{
    struct cash_box b = {
        .outlet_id = outlet, .kind = kind, .number = number, .currency = CNY, .active = true
    };
    PAIR_OK(cash_box_put(&p.c, &b));
    return b.id;
}

static int post(account_id debit, account_id credit, int64_t minor, transfer_id *id)
{
    struct ledger_result r;
    struct ledger_order o = { .id = ledger_id_make(&p.c),
                              .kind = LEDGER_POST,
                              .debit = debit,
                              .credit = credit,
                              .amount = { minor, CNY } };
    *id = o.id;
    return ledger_post(&p.c, &o, &r);
}

static struct cash_box get(box_id id)
{
    struct cash_box b;
    struct actor was = p.c.actor;
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    PAIR_OK(cash_box_get(&p.c, id, &b));
    p.c.actor = was;
    return b;
}

/* minor > 0: alice pays in; < 0: she draws. */
static int move(box_id id, int64_t minor, const char *note, int64_t customer, struct cash_move *out)
{
    struct cash_order o = { .box = id, .minor = minor, .note = note, .customer_id = customer };
    struct cash_box b;
    struct cash_move m;
    transfer_id t;
    int rc = cash_ready(&p.c, &o, &b);
    if (!rc)
        rc = minor > 0 ? post(b.account, alice, minor, &t) : post(alice, b.account, -minor, &t);
    if (!rc)
        rc = cash_moved(&p.c, &o, t, out ? out : &m);
    return rc;
}

static int count_fen(box_id id, enum cash_count_kind kind, int64_t minor, struct cash_counted *out)
{
    struct cash_pieces ps[2] = { { 100, minor / 100 }, { 1, minor % 100 } };
    struct cash_counted k;
    return cash_count(&p.c, id, kind, ps, 2, out ? out : &k);
}

static int recount_fen(box_id id, int64_t minor, struct cash_counted *out)
{
    struct cash_pieces ps[2] = { { 100, minor / 100 }, { 1, minor % 100 } };
    return cash_recount(&p.c, id, ps, 2, out);
}

static int transfer(box_id from, box_id to, int64_t minor, enum pair_person second)
{
    struct cash_move m;
    p.c.second_id = p.who[second].id.n;
    int rc = cash_transfer(&p.c, from, to, minor, NULL, 0, &m);
    p.c.second_id = 0;
    return rc;
}

static void proven(void)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    PAIR_OK(cash_check(&p.c, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("cash: %s", text);
    PAIR_OK(ledger_check_books(&p.c, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("books: %s", text);
    PAIR_OK(ledger_check_totals(&p.c, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("totals: %s", text);
}

static void fill(box_id into, int64_t minor)
{
    struct cash_move m;
    pair_as(&p, P_OFFICE);
    assert_int_equal(cash_supply(&p.c, into, minor, NULL, 0, &m), CASH_TWO_PEOPLE);
    p.c.second_id = p.who[P_ADMIN].id.n;
    assert_int_equal(cash_supply(&p.c, into, -minor, NULL, 0, &m), CASH_SHORT);
    PAIR_OK(cash_supply(&p.c, into, minor, NULL, 0, &m));
    p.c.second_id = 0;
}

static int setup(void **state)
{
    UNUSED(state);
    pair_open(&p);
    PAIR_OK(db_commit(&p.c.tx));
    PAIR_OK(db_migrate(p.db, cash_migrations, cash_migrations_count, 1));
    PAIR_OK(db_begin(p.db, &p.c.tx));
    drawer = box(p.outlet[0], CASH_DRAWER, 1);
    spare = box(p.outlet[0], CASH_DRAWER, 2);
    vault = box(p.outlet[0], CASH_VAULT, 1);
    far = box(p.outlet[1], CASH_VAULT, 1);
    central = box(0, CASH_CENTRAL, 1);
    struct ledger_account a = {
        .outlet_id = p.outlet[0], .currency = CNY, .subject = "2011", .name = "alice"
    };
    PAIR_OK(ledger_account_open(&p.c, &a, NULL, 0));
    alice = a.id;
    fill(vault, FEN(100000));
    pair_as(&p, P_TELLER);
    pair_save(&p);
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    proven();
    pair_close(&p);
    return 0;
}

static void open_with(int64_t minor)
{
    pair_as(&p, P_TELLER);
    PAIR_OK(count_fen(drawer, COUNT_OPEN, 0, NULL));
    if (minor)
        PAIR_OK(transfer(vault, drawer, minor, P_HEAD));
}

/* ---- rules ---- */

static void notes_are_added_up_and_must_exist(void **state)
{
    static const struct {
        struct cash_pieces p[2];
        int rc;
        int64_t minor;
    } row[] = { { { { 10000, 3 }, { 50, 1 } }, 0, 30050 },
                { { { 300, 1 }, { 100, 1 } }, CASH_BAD_PIECES, 0 },
                { { { 100, 1 }, { 100, 1 } }, CASH_BAD_PIECES, 0 },
                { { { 100, 10000001 }, { 50, 0 } }, CASH_BAD_PIECES, 0 },
                { { { 10000, -1 }, { 5000, 2 } }, 0, 0 } };
    int64_t faces[CASH_PIECES], minor = -1;
    UNUSED(state);
    assert_int_equal(cash_faces(CNY, faces), 13);
    assert_int_equal(faces[0], 10000);
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(cash_sum(CNY, row[i].p, 2, &minor), row[i].rc);
        if (!row[i].rc)
            assert_int_equal(minor, row[i].minor);
    }
}

static void a_count_means_what_the_table_says(void **state)
{
    static const struct {
        struct cash_tally list[3];
        int n;
        enum cash_outcome want;
        const char *why;
    } row[] = {
        { { { 1, 1, 1000 } }, 1, COUNT_AGREES, "as the book says" },
        { { { 1, 1, 990 } }, 1, COUNT_AGAIN, "the first that differs, also within the tolerance" },
        { { { 1, 1, 990 }, { 1, 1, 990 } }, 2, COUNT_BOOKED, "the same twice, within" },
        { { { 1, 1, 800 }, { 1, 1, 800 } }, 2, COUNT_SECOND, "the same twice, above" },
        { { { 1, 1, 990 }, { 1, 1, 980 } }, 2, COUNT_SECOND, "not even the same" },
        { { { 1, 1, 800 }, { 2, 2, 800 } }, 2, COUNT_BOOKED, "two people, one a supervisor" },
        { { { 1, 1, 800 }, { 2, 1, 800 } }, 2, COUNT_SECOND, "two tellers are not enough" },
        { { { 1, 1, 800 }, { 2, 2, 1000 } }, 2, COUNT_AGREES, "the first miscounted" },
        { { { 1, 1, 800 }, { 2, 2, 900 } }, 2, COUNT_SECOND, "the two differ" },
        { { { 1, 1, 800 }, { 2, 2, 900 }, { 1, 1, 900 } }, 3, COUNT_BOOKED, "now they agree" },
    };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(row); i++)
        if (cash_rule_count(row[i].list, row[i].n, 1000, 50) != row[i].want)
            fail_msg("%s", row[i].why);
}

/* ---- a teller's day ---- */

static void a_day_from_opening_to_closing_count(void **state)
{
    struct cash_counted k;
    struct cash_move m;
    struct cash_box b;
    UNUSED(state);
    open_with(FEN(5000));
    assert_int_equal(get(drawer).book_minor, FEN(5000));
    PAIR_OK(move(drawer, FEN(300), NULL, 0, &m));
    assert_int_equal(m.kind, MOVE_IN);
    PAIR_OK(move(drawer, -FEN(120), NULL, 0, &m));
    assert_int_equal(m.book_minor, FEN(5180));
    PAIR_OK(cash_mine(&p.c, CNY, &b));
    assert_int_equal(b.id.n, drawer.n);
    assert_int_equal(cash_mine(&p.c, USD, &b), CASH_NOT_OPEN);
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(5180), &k));
    assert_int_equal(k.outcome, COUNT_AGREES);
    assert_int_equal(get(drawer).state, BOX_CLOSED);
    assert_int_equal(move(drawer, FEN(1), NULL, 0, NULL), CASH_NOT_OPEN);
    /* the next morning it must be all there */
    PAIR_OK(count_fen(drawer, COUNT_OPEN, FEN(5180), &k));
    assert_int_equal(k.outcome, COUNT_AGREES);
}

static void a_drawer_is_moved_by_its_holder_and_holds_no_less_than_nothing(void **state)
{
    UNUSED(state);
    open_with(FEN(100));
    assert_int_equal(move(drawer, -FEN(101), NULL, 0, NULL), CASH_SHORT);
    assert_int_equal(move(drawer, 0, NULL, 0, NULL), CASH_BAD_AMOUNT);
    assert_int_equal(count_fen(drawer, COUNT_OPEN, 0, NULL), CASH_IS_OPEN);
    assert_int_equal(count_fen(spare, COUNT_OPEN, 0, NULL), CASH_HAS_BOX);
    assert_int_equal(count_fen(spare, COUNT_CLOSE, 0, NULL), CASH_NOT_OPEN);
    pair_as(&p, P_OTHER);
    assert_int_equal(move(drawer, FEN(1), NULL, 0, NULL), CASH_NOT_HOLDER);
    assert_int_equal(count_fen(drawer, COUNT_CLOSE, FEN(100), NULL), CASH_NOT_HOLDER);
    pair_as(&p, P_AWAY);
    assert_int_equal(move(drawer, FEN(1), NULL, 0, NULL), WHO_OTHER_OUTLET);
    pair_as(&p, P_TELLER);
    assert_int_equal(move((box_id){ 5 }, FEN(1), NULL, 0, NULL), CASH_NO_BOX);
}

static void boxes_are_refused_for_one_reason_each(void **state)
{
    struct cash_box b = {
        .outlet_id = p.outlet[0], .kind = CASH_DRAWER, .number = 1, .currency = CNY, .active = true
    };
    UNUSED(state);
    pair_as(&p, P_HEAD);
    assert_int_equal(cash_box_put(&p.c, &b), CASH_BOX_TAKEN);
    pair_undo(&p);
    b.id.n = 0;
    b.number = 1000;
    assert_int_equal(cash_box_put(&p.c, &b), CASH_BAD_BOX);
    b.number = 3;
    b.kind = CASH_CENTRAL;
    assert_int_equal(cash_box_put(&p.c, &b), CASH_BAD_BOX);
    b = get(vault);
    b.active = false;
    assert_int_equal(cash_box_put(&p.c, &b), CASH_BOX_IN_USE);
    b = get(spare);
    b.active = false;
    PAIR_OK(cash_box_put(&p.c, &b));
    pair_as(&p, P_TELLER);
    assert_int_equal(count_fen(spare, COUNT_OPEN, 0, NULL), CASH_NO_BOX);
}

static void notes_written_down_must_be_the_amount(void **state)
{
    struct cash_pieces ps[2] = { { 10000, 1 }, { 5000, 1 } };
    struct cash_order o = { .minor = FEN(200), .pieces = ps, .n_pieces = 2 };
    struct cash_box b;
    UNUSED(state);
    open_with(FEN(300));
    o.box = drawer;
    assert_int_equal(cash_ready(&p.c, &o, &b), CASH_PIECES_DIFFER);
    o.minor = FEN(150);
    PAIR_OK(cash_ready(&p.c, &o, &b));
    ps[0].n = -1;
    ps[1].n = 2;
    PAIR_OK(cash_change(&p.c, drawer, ps, 2));
    ps[1].n = 1;
    assert_int_equal(cash_change(&p.c, drawer, ps, 2), CASH_PIECES_DIFFER);
    assert_int_equal(cash_change(&p.c, drawer, NULL, 0), CASH_BAD_PIECES);
}

/* ---- counting ---- */

static void a_difference_above_the_tolerance_takes_two_people_and_is_booked_by_name(void **state)
{
    struct cash_counted k;
    struct ledger_account a;
    account_id own;
    UNUSED(state);
    open_with(FEN(500));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(480), &k));
    assert_int_equal(k.outcome, COUNT_AGAIN);
    assert_int_equal(k.over_minor, 0); /* blind */
    assert_int_equal(move(drawer, FEN(1), NULL, 0, NULL), CASH_COUNTING);
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(480), &k));
    assert_int_equal(k.outcome, COUNT_SECOND);
    assert_int_equal(recount_fen(drawer, FEN(480), &k), CASH_NO_SECOND);
    pair_as(&p, P_TWIN); /* the same person under another name */
    assert_int_equal(recount_fen(drawer, FEN(480), &k), CASH_NO_SECOND);
    pair_as(&p, P_OTHER); /* another person, but a teller */
    assert_int_equal(recount_fen(drawer, FEN(480), &k), CASH_NO_SECOND);
    pair_as(&p, P_SUPERVISOR);
    PAIR_OK(recount_fen(drawer, FEN(480), &k));
    assert_int_equal(k.outcome, COUNT_BOOKED);
    assert_int_equal(k.over_minor, -FEN(20));
    assert_int_equal(get(drawer).state, BOX_CLOSED);
    assert_int_equal(get(drawer).book_minor, FEN(480));
    PAIR_OK(
        db_one_i64(p.c.tx, "SELECT account_id FROM cash_own WHERE which=2", DB_NO_ARGS, 0, &own.n));
    PAIR_OK(ledger_account_get(&p.c, own, &a));
    assert_string_equal(a.subject, "1221");
    assert_int_equal(ledger_balance(&a), FEN(20));
    assert_int_equal(recount_fen(drawer, FEN(480), &k), CASH_NO_COUNT);
}

static void a_little_too_much_is_booked_after_the_same_count_twice(void **state)
{
    struct cash_counted k;
    struct cash_count_row *rows;
    int n = 0;
    UNUSED(state);
    open_with(FEN(500));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(500) + 50, &k));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(500) + 50, &k));
    assert_int_equal(k.outcome, COUNT_BOOKED);
    assert_int_equal(k.over_minor, 50);
    PAIR_OK(cash_counts(&p.c, drawer, 10, &rows, &n));
    assert_int_equal(n, 3);
    assert_int_equal(rows[0].outcome, COUNT_BOOKED);
}

static void an_opening_that_differs_waits_for_a_second_person_too(void **state)
{
    struct cash_counted k;
    struct cash_box *open;
    int n = 0;
    UNUSED(state);
    open_with(FEN(500));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(500), &k));
    pair_as(&p, P_OTHER);
    PAIR_OK(count_fen(drawer, COUNT_OPEN, FEN(400), &k));
    assert_int_equal(k.outcome, COUNT_AGAIN);
    assert_int_equal(count_fen(drawer, COUNT_CLOSE, FEN(400), &k), CASH_COUNTING);
    PAIR_OK(cash_not_closed(&p.c, p.outlet[0], &open, &n));
    assert_int_equal(n, 1);
    pair_as(&p, P_HEAD);
    PAIR_OK(recount_fen(drawer, FEN(500), &k)); /* the teller had miscounted */
    assert_int_equal(k.outcome, COUNT_AGREES);
    assert_int_equal(get(drawer).state, BOX_OPEN);
    assert_int_equal(get(drawer).holder.n, p.who[P_OTHER].id.n);
}

/* 轧账: the day does not end over an open drawer, unless somebody says why. */
static void the_day_ends_with_every_drawer_closed_or_a_reason(void **state)
{
    struct cash_counted k;
    struct cash_settings s;
    struct cash_pass pass;
    bool found = false;
    date today;
    UNUSED(state);
    open_with(FEN(500));
    assert_int_equal(cash_day_ready(&p.c), CASH_DRAWERS_OPEN);
    assert_non_null(strstr(p.c.detail, "drawer 1"));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(400), &k)); /* being counted is not closed */
    assert_int_equal(cash_day_ready(&p.c), CASH_DRAWERS_OPEN);
    assert_int_equal(cash_day_pass(&p.c, ""), CASH_NO_REASON);
    assert_int_equal(cash_day_pass(&p.c, NULL), CASH_NO_REASON);
    PAIR_OK(cash_settings_get(&p.c, &s));
    assert_true(s.demand_closed);
    s.demand_closed = false; /* listed only */
    PAIR_OK(cash_settings_put(&p.c, &s));
    PAIR_OK(cash_day_ready(&p.c));
    s.demand_closed = true;
    PAIR_OK(cash_settings_put(&p.c, &s));
    assert_int_equal(cash_day_ready(&p.c), CASH_DRAWERS_OPEN);
    PAIR_OK(ledger_day(&p.c, &today));
    PAIR_OK(cash_day_passed(&p.c, today, &pass, &found));
    assert_false(found);
    PAIR_OK(cash_day_pass(&p.c, "停电，次日清点"));
    PAIR_OK(cash_day_ready(&p.c));
    PAIR_OK(cash_day_passed(&p.c, today, &pass, &found));
    assert_true(found && pass.drawers == 1 && pass.by.n == p.c.actor.id);
    assert_string_equal(pass.reason, "停电，次日清点");
    PAIR_OK(ledger_day_set(&p.c, (date){ today.days + 1 })); /* for that date alone */
    assert_int_equal(cash_day_ready(&p.c), CASH_DRAWERS_OPEN);
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(500), &k));
    assert_int_equal(k.outcome, COUNT_AGREES);
    PAIR_OK(cash_day_ready(&p.c));
    PAIR_OK(cash_day_pass(&p.c, "nothing to answer for"));
    PAIR_OK(cash_day_passed(&p.c, (date){ today.days + 1 }, &pass, &found));
    assert_false(found);
}

static void a_spot_check_finds_what_is_missing_in_a_vault(void **state)
{
    struct cash_counted k;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    assert_int_equal(count_fen(vault, COUNT_SPOT, FEN(100000), &k), CASH_NO_SECOND);
    pair_as(&p, P_SUPERVISOR);
    assert_int_equal(count_fen(vault, COUNT_OPEN, FEN(100000), &k), CASH_IS_OPEN);
    PAIR_OK(count_fen(vault, COUNT_SPOT, FEN(100000), &k));
    assert_int_equal(k.outcome, COUNT_AGREES);
    PAIR_OK(count_fen(vault, COUNT_SPOT, FEN(99000), &k));
    assert_int_equal(k.outcome, COUNT_AGAIN);
    pair_as(&p, P_HEAD);
    PAIR_OK(recount_fen(vault, FEN(99000), &k));
    assert_int_equal(k.outcome, COUNT_BOOKED);
    assert_int_equal(get(vault).state, BOX_OPEN);
    assert_int_equal(get(vault).book_minor, FEN(99000));
}

static void a_drawer_is_handed_over_by_the_takers_count(void **state)
{
    struct cash_counted k;
    UNUSED(state);
    open_with(FEN(700));
    assert_int_equal(cash_hand_over(&p.c, drawer, p.who[P_AWAY].id), CASH_NO_TELLER);
    PAIR_OK(cash_hand_over(&p.c, drawer, p.who[P_OTHER].id));
    assert_int_equal(move(drawer, FEN(1), NULL, 0, NULL), CASH_HANDED);
    pair_as(&p, P_HEAD);
    assert_int_equal(count_fen(drawer, COUNT_OPEN, FEN(700), &k), CASH_HANDED);
    pair_as(&p, P_OTHER);
    assert_int_equal(cash_hand_over(&p.c, drawer, p.who[P_TELLER].id), CASH_NOT_HOLDER);
    PAIR_OK(count_fen(drawer, COUNT_OPEN, FEN(700), &k));
    assert_int_equal(get(drawer).holder.n, p.who[P_OTHER].id.n);
    PAIR_OK(move(drawer, FEN(1), NULL, 0, NULL));
}

/* ---- large cash, taking back ---- */

static void a_customers_cash_of_a_day_is_large_together(void **state)
{
    struct cash_move m, *list;
    struct cash_settings s;
    date day;
    int n = 0;
    UNUSED(state);
    open_with(0);
    PAIR_OK(move(drawer, FEN(30000), NULL, 77, &m));
    assert_false(m.large);
    assert_int_equal(move(drawer, FEN(20000), NULL, 77, &m), CASH_NOTE_MISSING);
    PAIR_OK(move(drawer, FEN(20000), "卖货款", 77, &m));
    assert_true(m.large);
    PAIR_OK(move(drawer, FEN(20000), NULL, 78, &m)); /* somebody else */
    assert_false(m.large);
    PAIR_OK(ledger_day(&p.c, &day));
    PAIR_OK(cash_large(&p.c, p.outlet[0], day, 10, &list, &n));
    assert_int_equal(n, 1);
    PAIR_OK(cash_settings_get(&p.c, &s));
    s.large_minor = 0;
    assert_int_equal(cash_settings_put(&p.c, &s), CASH_BAD_SETTING);
    s.large_minor = FEN(10000);
    PAIR_OK(cash_settings_put(&p.c, &s));
    assert_int_equal(move(drawer, FEN(10000), NULL, 79, &m), CASH_NOTE_MISSING);
}

static void taking_back_is_a_reversal_in_the_same_session_and_once(void **state)
{
    struct cash_move m, back;
    UNUSED(state);
    open_with(FEN(100));
    PAIR_OK(move(drawer, FEN(50), NULL, 0, &m));
    PAIR_OK(cash_reverse(&p.c, m.id, &back));
    assert_int_equal(back.kind, MOVE_REVERSED);
    assert_int_equal(get(drawer).book_minor, FEN(100));
    assert_int_equal(cash_reverse(&p.c, m.id, &back), CASH_NOT_LAST);
    PAIR_OK(move(drawer, FEN(50), NULL, 0, &m));
    PAIR_OK(count_fen(drawer, COUNT_CLOSE, FEN(150), NULL));
    PAIR_OK(count_fen(drawer, COUNT_OPEN, FEN(150), NULL));
    assert_int_equal(cash_reverse(&p.c, m.id, &back), CASH_NOT_LAST);
}

/* ---- between boxes ---- */

static void between_boxes_two_people_act_and_a_holder_is_one_of_them(void **state)
{
    struct cash_move m;
    bool is = false;
    UNUSED(state);
    open_with(FEN(100));
    assert_int_equal(cash_transfer(&p.c, drawer, vault, FEN(1), NULL, 0, &m), CASH_TWO_PEOPLE);
    assert_int_equal(transfer(drawer, vault, FEN(1), P_TELLER), CASH_TWO_PEOPLE);
    assert_int_equal(transfer(drawer, drawer, FEN(1), P_HEAD), CASH_SAME_BOX);
    assert_int_equal(transfer(drawer, vault, FEN(101), P_HEAD), CASH_SHORT);
    assert_int_equal(transfer(drawer, vault, 0, P_HEAD), CASH_BAD_AMOUNT);
    assert_int_equal(transfer(drawer, spare, FEN(1), P_HEAD), CASH_NOT_OPEN);
    PAIR_OK(transfer(drawer, vault, FEN(1), P_HEAD));
    pair_as(&p, P_OTHER);
    assert_int_equal(transfer(drawer, vault, FEN(1), P_HEAD), CASH_NOT_HOLDER);
    PAIR_OK(transfer(drawer, vault, FEN(1), P_TELLER));
    struct cash_box usd = {
        .outlet_id = p.outlet[0], .kind = CASH_VAULT, .number = 2, .currency = USD, .active = true
    };
    PAIR_OK(cash_box_put(&p.c, &usd));
    assert_int_equal(transfer(vault, usd.id, FEN(1), P_HEAD), CASH_CURRENCY);
    PAIR_OK(cash_account(&p.c, usd.account, &is));
    assert_true(is);
    PAIR_OK(cash_account(&p.c, alice, &is));
    assert_false(is);
}

static int send(box_id from, box_id to, int64_t minor, transit_id *out)
{
    p.c.second_id = p.who[P_SUPERVISOR].id.n;
    int rc = cash_send(&p.c, from, to, minor, NULL, 0, out);
    p.c.second_id = 0;
    return rc;
}

static int arrive(transit_id id, int64_t minor, enum pair_person second, int64_t *over)
{
    struct cash_pieces ps = { 100, minor / 100 };
    p.c.second_id = p.who[second].id.n;
    int rc = cash_arrive(&p.c, id, &ps, 1, over);
    p.c.second_id = 0;
    return rc;
}

static void between_outlets_cash_is_on_the_road_until_it_is_counted_in(void **state)
{
    struct cash_transit *list;
    transit_id t = { 0 };
    int64_t over = 0;
    int n = 0;
    UNUSED(state);
    pair_as(&p, P_HEAD);
    assert_int_equal(transfer(vault, far, FEN(1), P_SUPERVISOR), WHO_OTHER_OUTLET);
    assert_int_equal(send(vault, drawer, FEN(1), &t), CASH_FAR);
    PAIR_OK(send(vault, far, FEN(1000), &t));
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    proven();
    pair_as(&p, P_HEAD);
    assert_int_equal(arrive(t, FEN(1000), P_SUPERVISOR, &over), WHO_OTHER_OUTLET);
    pair_as(&p, P_AWAY);
    PAIR_OK(cash_transits(&p.c, p.outlet[1], true, 10, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(arrive((transit_id){ 9 }, FEN(1000), P_OFFICE, &over), CASH_NO_TRANSIT);
    PAIR_OK(arrive(t, FEN(990), P_OFFICE, &over));
    assert_int_equal(over, -FEN(10));
    assert_int_equal(get(far).book_minor, FEN(990));
    assert_int_equal(arrive(t, FEN(990), P_OFFICE, &over), CASH_ARRIVED);
    pair_as(&p, P_OFFICE);
    assert_int_equal(transfer(vault, far, FEN(1), P_HEAD), CASH_FAR);
}

static void an_order_past_the_drawer_is_refused(void **state)
{
    struct ledger_order o = { .kind = LEDGER_POST, .debit = alice, .amount = { 100, CNY } };
    struct cash_move m;
    UNUSED(state);
    open_with(FEN(100));
    o.credit = get(drawer).account;
    assert_int_equal(cash_untouched(&p.c, &o, 1), CASH_NOT_OURS);
    o.credit = (account_id){ 5 };
    PAIR_OK(cash_untouched(&p.c, &o, 1));
    const struct ledger_leg legs[] = { { alice, LEDGER_DEBIT, 1 },
                                       { get(vault).account, LEDGER_CREDIT, 1 } };
    o = (struct ledger_order){ .kind = LEDGER_JOURNAL, .legs = legs, .n_legs = 2 };
    assert_int_equal(cash_untouched(&p.c, &o, 1), CASH_NOT_OURS);
    PAIR_OK(move(drawer, FEN(5), NULL, 0, &m));
    o = (struct ledger_order){ .kind = LEDGER_REVERSE, .of = m.transfer };
    assert_int_equal(cash_untouched(&p.c, &o, 1), CASH_NOT_OURS);
    o.of.low++;
    PAIR_OK(cash_untouched(&p.c, &o, 1));
}

static void what_goes_past_the_drawer_is_seen_by_the_proof(void **state)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    transfer_id t;
    UNUSED(state);
    open_with(FEN(100));
    pair_save(&p);
    PAIR_OK(post(get(drawer).account, alice, FEN(5), &t));
    PAIR_OK(cash_check(&p.c, &count, &bad, text, sizeof text));
    assert_true(bad > 0);
    pair_undo(&p);
}

/* ---- random days against a simple model ---- */

struct m_world {
    int64_t book[3]; /* drawer, spare, vault */
    enum pair_person holder[2];
    bool open[2];
    int64_t over; /* booked differences */
    int done, refused;
};

static box_id m_box(int i)
{
    return i == 0 ? drawer : i == 1 ? spare : vault;
}

static void m_count(struct m_world *m, int i, enum pair_person who)
{
    struct cash_counted k;
    int64_t lost = rng_below(&p.rng, 4) ? 0 : (int64_t)rng_below(&p.rng, 300) - 150;
    if (m->book[i] + lost < 0)
        lost = 0;
    int64_t found = m->book[i] + lost;
    pair_as(&p, who);
    PAIR_OK(count_fen(m_box(i), m->open[i] ? COUNT_CLOSE : COUNT_OPEN, found, &k));
    if (lost) {
        assert_int_equal(k.outcome, COUNT_AGAIN);
        PAIR_OK(count_fen(m_box(i), m->open[i] ? COUNT_CLOSE : COUNT_OPEN, found, &k));
        if (lost > 100 || lost < -100) {
            assert_int_equal(k.outcome, COUNT_SECOND);
            pair_as(&p, P_HEAD);
            PAIR_OK(recount_fen(m_box(i), found, &k));
        }
        assert_int_equal(k.outcome, COUNT_BOOKED);
        assert_int_equal(k.over_minor, lost);
    }
    m->book[i] = found;
    m->over += lost;
    m->open[i] = !m->open[i];
    m->holder[i] = who;
    m->done++;
}

static void m_step(struct m_world *m)
{
    static const enum pair_person tellers[2] = { P_TELLER, P_OTHER };
    int i = (int)rng_below(&p.rng, 2);
    int64_t minor = 1 + rng_below(&p.rng, 40000);
    switch (rng_below(&p.rng, 8)) {
    case 0: { /* open or close */
        enum pair_person who = m->open[i] ? m->holder[i] : tellers[rng_below(&p.rng, 2)];
        if (!m->open[i] && m->open[!i] && m->holder[!i] == who)
            return;
        m_count(m, i, who);
        return;
    }
    case 1: { /* drawer <-> vault */
        bool out = rng_below(&p.rng, 2);
        int from = out ? i : 2, to = out ? 2 : i;
        pair_as(&p, m->open[i] ? m->holder[i] : P_TELLER);
        int want = !m->open[i] ? CASH_NOT_OPEN : m->book[from] < minor ? CASH_SHORT : 0;
        assert_int_equal(transfer(m_box(from), m_box(to), minor, P_SUPERVISOR), want);
        if (!want) {
            m->book[from] -= minor;
            m->book[to] += minor;
        }
        return;
    }
    default: { /* in and out */
        bool in = rng_below(&p.rng, 2);
        enum pair_person who = tellers[rng_below(&p.rng, 2)];
        pair_as(&p, who);
        int want = !m->open[i]                 ? CASH_NOT_OPEN
                   : m->holder[i] != who       ? CASH_NOT_HOLDER
                   : !in && m->book[i] < minor ? CASH_SHORT
                                               : 0;
        assert_int_equal(move(m_box(i), in ? minor : -minor, NULL, 0, NULL), want);
        if (!want)
            m->book[i] += in ? minor : -minor;
        m->refused += want != 0;
    }
    }
}

static void random_days_agree_with_a_simple_model_and_the_proof_holds(void **state)
{
    struct m_world m = { .book = { 0, 0, FEN(100000) } };
    UNUSED(state);
    for (int n = 0; n < 3000; n++) {
        m_step(&m);
        for (int i = 0; i < 3; i++)
            assert_int_equal(get(m_box(i)).book_minor, m.book[i]);
        if (n % 250 == 0) {
            p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
            proven();
            pair_save(&p);
        }
    }
    assert_true(m.done > 50 && m.refused > 50);
}

/* ---- every database call fails once ---- */

static int run_in(void)
{
    return move(drawer, FEN(10), NULL, 5, NULL);
}

static int run_booked(void)
{
    struct cash_counted k;
    int rc = count_fen(drawer, COUNT_CLOSE, FEN(100) + 50, &k);
    return rc ? rc : count_fen(drawer, COUNT_CLOSE, FEN(100) + 50, &k);
}

static int run_sent(void)
{
    transit_id t;
    return send(vault, far, FEN(1000), &t);
}

static void a_fault_anywhere_leaves_the_boxes_as_they_were(void **state)
{
    static int (*const runs[])(void) = { run_in, run_sent, run_booked };
    UNUSED(state);
    open_with(FEN(100));
    pair_save(&p);
    for (size_t i = 0; i < COUNT(runs); i++)
        for (int n = 1;; n++) {
            assert_true(n < 400);
            pair_as(&p, P_TELLER);
            db_fail_at(p.db, n, RC_IO);
            int rc = runs[i]();
            db_fail_at(p.db, 0, 0);
            if (!rc) {
                pair_undo(&p); /* the next one begins as this one did */
                break;
            }
            assert_int_equal(rc, RC_IO);
            pair_undo(&p);
            assert_int_equal(get(drawer).book_minor, FEN(100));
            assert_int_equal(get(drawer).state, BOX_OPEN);
            assert_int_equal(get(vault).book_minor, FEN(99900));
        }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
SUITE(cash, CASE(notes_are_added_up_and_must_exist), CASE(a_count_means_what_the_table_says),
      CASE(a_day_from_opening_to_closing_count),
      CASE(a_drawer_is_moved_by_its_holder_and_holds_no_less_than_nothing),
      CASE(boxes_are_refused_for_one_reason_each), CASE(notes_written_down_must_be_the_amount),
      CASE(a_difference_above_the_tolerance_takes_two_people_and_is_booked_by_name),
      CASE(a_little_too_much_is_booked_after_the_same_count_twice),
      CASE(an_opening_that_differs_waits_for_a_second_person_too),
      CASE(the_day_ends_with_every_drawer_closed_or_a_reason),
      CASE(a_spot_check_finds_what_is_missing_in_a_vault),
      CASE(a_drawer_is_handed_over_by_the_takers_count),
      CASE(a_customers_cash_of_a_day_is_large_together),
      CASE(taking_back_is_a_reversal_in_the_same_session_and_once),
      CASE(between_boxes_two_people_act_and_a_holder_is_one_of_them),
      CASE(between_outlets_cash_is_on_the_road_until_it_is_counted_in),
      CASE(an_order_past_the_drawer_is_refused),
      CASE(what_goes_past_the_drawer_is_seen_by_the_proof),
      CASE(random_days_agree_with_a_simple_model_and_the_proof_holds),
      CASE(a_fault_anywhere_leaves_the_boxes_as_they_were))
