/* approve_test.c -- Maker and checker: the rules, each refusal, random makers and checkers against
 * a simple model, and every database call failing once. */
#include "pair.h"
#include "approve/approve_rules.h"
#include "store/event.h"

#define YUAN(n) ((money){ INT64_C(100) * (n), CNY })
static struct pair p;
static int ran;             /* how often the order was run */
static int run_rc;          /* what it says */
static struct actor ran_as; /* as whom */
static int64_t ran_second;

static int run(struct call *c, const struct approval *a, void *ctx, struct buf *answer)
{
    UNUSED(a);
    UNUSED(ctx);
    if (run_rc)
        return run_rc;
    ran++;
    ran_as = c->actor;
    ran_second = c->second_id;
    buf_text(answer, "{\"done\":true}");
    return 0;
}

static approval_id ask_for(enum approve_kind kind, money amount, const char *key)
{
    struct approve_ask a = { .kind = kind,
                             .outlet_id = p.outlet[0],
                             .amount = amount,
                             .what = "POST /api/x",
                             .key = key,
                             .body = "{\"a\":1}",
                             .body_len = 7,
                             .summary_zh = "转账",
                             .summary_en = "a transfer" };
    approval_id id = { 0 };
    PAIR_OK(approve_ask(&p.c, &a, &id));
    return id;
}

static int decide(approval_id id, const char *digest, const char *rekey)
{
    struct approval a;
    struct buf answer;
    struct actor was = p.c.actor;
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    int rc = approve_get(&p.c, id, &a);
    p.c.actor = was;
    if (rc)
        return rc;
    buf_init(&answer, 1000);
    rc = approve_decide(&p.c, id, digest ? digest : a.digest, rekey, run, NULL, &answer);
    buf_release(&answer);
    return rc;
}

static void proven(void)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    PAIR_OK(approve_check(&p.c, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("%s", text);
}

static int setup(void **state)
{
    UNUSED(state);
    pair_open(&p);
    ran = run_rc = 0;
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    proven();
    pair_close(&p);
    return 0;
}

/* ---- rules ---- */

static void the_usual_limits_fit_and_grow_with_the_grade(void **state)
{
    size_t at = 0;
    struct approve_limit worse[APPROVE_LIMITS];
    UNUSED(state);
    PAIR_OK(approve_limits_fit(approve_usual, &at));
    memcpy(worse, approve_usual, sizeof worse);
    worse[1].alone_minor = worse[0].alone_minor - 1;
    assert_int_equal(approve_limits_fit(worse, &at), APPROVE_BAD_LIMIT);
    assert_int_equal(at, 1);
    assert_true(approve_within(0, 0));
    assert_false(approve_within(APPROVE_NEVER, 0));
    assert_true(approve_within(APPROVE_UNLIMITED, INT64_MAX));
}

static void another_currency_is_judged_by_its_whole_units(void **state)
{
    UNUSED(state);
    assert_int_equal(approve_weight((money){ 100, JPY }), 10000);
    assert_int_equal(approve_weight((money){ 1001, KWD }), 101);
    assert_int_equal(approve_weight((money){ INT64_MAX, JPY }), APPROVE_UNLIMITED);
}

static void an_amount_typed_again_may_have_separators_and_full_width_digits(void **state)
{
    static const struct {
        const char *typed;
        int rc;
    } rows[] = { { "250000", 0 },
                 { "250,000.00", 0 },
                 { "２５００００", 0 },
                 { "250 000.0", 0 },
                 { "", APPROVE_REKEY_MISSING },
                 { NULL, APPROVE_REKEY_MISSING },
                 { "25000", APPROVE_REKEY_DIFFERS },
                 { "250000.01", APPROVE_REKEY_DIFFERS },
                 { "-250000", APPROVE_REKEY_DIFFERS },
                 { "250000.001", APPROVE_REKEY_DIFFERS },
                 { "1111111111111111111111111111111111111111111", APPROVE_REKEY_DIFFERS } };
    struct approval a = { .rekey = true, .amount = YUAN(250000) };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(approve_rule_rekey(&a, rows[i].typed), rows[i].rc);
    a.rekey = false;
    PAIR_OK(approve_rule_rekey(&a, NULL));
}

/* ---- asking ---- */

static void up_to_the_limit_one_person_is_enough_and_a_fen_above_two_are_needed(void **state)
{
    bool second = true;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    PAIR_OK(approve_need(&p.c, APPROVE_TRANSFER, YUAN(50000), &second));
    assert_false(second);
    PAIR_OK(approve_need(&p.c, APPROVE_TRANSFER, (money){ 5000001, CNY }, &second));
    assert_true(second);
    PAIR_OK(approve_need(&p.c, APPROVE_VAULT, (money){ 0, CNY }, &second));
    assert_true(second);
    p.c.second_id = p.who[P_HEAD].id.n;
    PAIR_OK(approve_need(&p.c, APPROVE_VAULT, (money){ 0, CNY }, &second));
    assert_false(second);
    p.c.second_id = 0;
    pair_as(&p, P_ADMIN);
    assert_int_equal(approve_need(&p.c, APPROVE_TRANSFER, YUAN(1), &second), APPROVE_NO_GRADE);
    PAIR_OK(approve_need(&p.c, APPROVE_SETTING, YUAN(0), &second));
    assert_true(second);
}

static void asking_again_with_the_same_key_gives_the_same_approval(void **state)
{
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id a = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:key-one");
    approval_id b = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:key-one");
    approval_id d = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:key-two");
    assert_int_equal(a.n, b.n);
    assert_int_not_equal(a.n, d.n);
}

static void what_nobody_could_approve_is_refused_at_once(void **state)
{
    struct approve_ask a = { .kind = APPROVE_TRANSFER,
                             .outlet_id = p.outlet[0],
                             .amount = YUAN(9000000),
                             .what = "POST /api/x",
                             .key = "s1:nobody-1",
                             .summary_zh = "转账",
                             .summary_en = "a transfer" };
    approval_id id;
    UNUSED(state);
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    p.who[P_OFFICE].active = false;
    PAIR_OK(who_staff_put(&p.c, &p.who[P_OFFICE], NULL));
    pair_as(&p, P_TELLER);
    assert_int_equal(approve_ask(&p.c, &a, &id), APPROVE_NOBODY);
}

static void an_order_longer_than_two_people_can_look_at_is_refused(void **state)
{
    static char body[APPROVE_BODY + 1];
    struct approve_ask a = { .kind = APPROVE_TRANSFER,
                             .outlet_id = p.outlet[0],
                             .amount = YUAN(60000),
                             .what = "POST /api/x",
                             .key = "s1:long-one",
                             .body = body,
                             .body_len = sizeof body,
                             .summary_zh = "转账",
                             .summary_en = "a transfer" };
    approval_id id;
    UNUSED(state);
    memset(body, ' ', sizeof body);
    pair_as(&p, P_TELLER);
    assert_int_equal(approve_ask(&p.c, &a, &id), APPROVE_TOO_LONG);
    a.body_len = APPROVE_BODY;
    PAIR_OK(approve_ask(&p.c, &a, &id));
}

/* ---- deciding ---- */

static void an_approved_order_runs_once_as_its_makers_with_the_checker_noted(void **state)
{
    struct approval a;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:run-once");
    pair_as(&p, P_SUPERVISOR);
    PAIR_OK(decide(id, NULL, NULL));
    assert_int_equal(ran, 1);
    assert_int_equal(ran_as.id, p.who[P_TELLER].id.n);
    assert_int_equal(ran_second, p.who[P_SUPERVISOR].id.n);
    assert_int_equal(p.c.actor.id, p.who[P_SUPERVISOR].id.n);
    assert_int_equal(p.c.second_id, 0);
    PAIR_OK(approve_get(&p.c, id, &a));
    assert_int_equal(a.state, APPROVAL_APPROVED);
    assert_string_equal(a.answer, "{\"done\":true}");
    assert_int_equal(decide(id, NULL, NULL), APPROVE_APPROVED);
    assert_int_equal(ran, 1);
}

static void the_second_person_is_always_another_one(void **state)
{
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:own-order");
    assert_int_equal(decide(id, NULL, NULL), APPROVE_SAME_PERSON);
    pair_as(&p, P_TWIN); /* the same staff number, another account */
    assert_int_equal(decide(id, NULL, NULL), APPROVE_SAME_PERSON);
    /* the maker became head meanwhile: still the maker */
    struct actor was = p.c.actor;
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    p.who[P_TELLER].role = ROLE_HEAD;
    PAIR_OK(who_staff_put(&p.c, &p.who[P_TELLER], NULL));
    pair_as(&p, P_TELLER);
    assert_int_equal(decide(id, NULL, NULL), APPROVE_SAME_PERSON);
    assert_int_equal(approve_reject(&p.c, id, "no"), APPROVE_SAME_PERSON);
    p.c.actor = was;
    assert_int_equal(ran, 0);
}

static void who_may_not_see_it_or_not_so_much_cannot_decide(void **state)
{
    struct approval a;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(600000), "s1:too-high");
    assert_int_equal(decide((approval_id){ 1 }, NULL, NULL), APPROVE_NO_SUCH);
    pair_as(&p, P_AWAY);
    assert_int_equal(decide(id, NULL, "600000"), APPROVE_NOT_SEEN);
    assert_int_equal(approve_get(&p.c, id, &a), APPROVE_NOT_SEEN);
    pair_as(&p, P_OTHER);
    assert_int_equal(decide(id, NULL, "600000"), APPROVE_TOO_HIGH);
    assert_int_equal(approve_get(&p.c, id, &a), APPROVE_NOT_SEEN);
    pair_as(&p, P_TELLER); /* its maker, and who could check it */
    PAIR_OK(approve_get(&p.c, id, &a));
    pair_as(&p, P_HEAD);
    PAIR_OK(approve_get(&p.c, id, &a));
    pair_as(&p, P_SUPERVISOR);
    assert_int_equal(decide(id, NULL, "600000"), APPROVE_TOO_HIGH);
    pair_as(&p, P_HEAD);
    assert_int_equal(decide(id, "00", "600000"), APPROVE_OTHER_BYTES);
    assert_int_equal(decide(id, NULL, NULL), APPROVE_REKEY_MISSING);
    assert_int_equal(decide(id, NULL, "60000"), APPROVE_REKEY_DIFFERS);
    PAIR_OK(decide(id, NULL, "600,000.00"));
}

static void rejected_withdrawn_and_expired_ones_are_over(void **state)
{
    struct approval *list;
    int n = 0, gone = 0;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id no = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:rejected-1");
    approval_id back = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:withdrawn-1");
    approval_id old = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:expired-1");
    PAIR_OK(approve_withdraw(&p.c, back));
    pair_as(&p, P_HEAD);
    PAIR_OK(approve_list(&p.c, 0, APPROVE_FOR_ME, 10, &list, &n));
    assert_int_equal(n, 2);
    assert_int_equal(approve_withdraw(&p.c, no), APPROVE_NOT_MAKER);
    assert_int_equal(approve_reject(&p.c, no, ""), APPROVE_NO_REASON);
    PAIR_OK(approve_reject(&p.c, no, "对不上"));
    assert_int_equal(decide(no, NULL, NULL), APPROVE_REJECTED);
    assert_non_null(strstr(p.c.detail, "对不上"));
    assert_int_equal(decide(back, NULL, NULL), APPROVE_WITHDRAWN);
    p.c.now_us += 1800 * US_SECOND;
    assert_int_equal(decide(old, NULL, NULL), APPROVE_EXPIRED);
    PAIR_OK(approve_expire(&p.c, 10, &gone));
    assert_int_equal(gone, 1);
    PAIR_OK(approve_expire(&p.c, 10, &gone));
    assert_int_equal(gone, 0);
    PAIR_OK(approve_list(&p.c, 0, APPROVE_FOR_ME, 10, &list, &n));
    assert_int_equal(n, 0);
    assert_int_equal(ran, 0);
}

static void an_order_whose_maker_has_gone_is_not_run(void **state)
{
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:maker-gone");
    p.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    p.who[P_TELLER].active = false;
    PAIR_OK(who_staff_put(&p.c, &p.who[P_TELLER], NULL));
    pair_as(&p, P_HEAD);
    assert_int_equal(decide(id, NULL, NULL), APPROVE_MAKER_GONE);
    assert_int_equal(ran, 0);
}

static void a_refused_order_stays_open_and_may_be_approved_later(void **state)
{
    struct approval a;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:refused-1");
    pair_save(&p);
    pair_as(&p, P_HEAD);
    run_rc = LEDGER_OVERDRAWN;
    assert_int_equal(decide(id, NULL, NULL), LEDGER_OVERDRAWN);
    assert_int_equal(p.c.actor.id, p.who[P_HEAD].id.n);
    pair_undo(&p); /* as the door does */
    PAIR_OK(approve_get(&p.c, id, &a));
    assert_int_equal(a.state, APPROVAL_OPEN);
    run_rc = 0;
    PAIR_OK(decide(id, NULL, NULL));
}

static void limits_and_settings_are_kept_and_checked(void **state)
{
    struct approve_limit all[APPROVE_LIMITS];
    struct approve_limit one = { APPROVE_TRANSFER, GRADE_TELLER, 100, APPROVE_NEVER };
    struct approve_settings s;
    bool second = false;
    UNUSED(state);
    PAIR_OK(approve_limits_put(&p.c, &one, 1));
    PAIR_OK(approve_limits(&p.c, all));
    assert_int_equal(approve_limit_of(all, APPROVE_TRANSFER, GRADE_TELLER)->alone_minor, 100);
    pair_as(&p, P_TELLER);
    PAIR_OK(approve_need(&p.c, APPROVE_TRANSFER, YUAN(2), &second));
    assert_true(second);
    one.alone_minor = YUAN(900000).minor; /* more than the supervisor */
    assert_int_equal(approve_limits_put(&p.c, &one, 1), APPROVE_BAD_LIMIT);
    one.grade = 9;
    assert_int_equal(approve_limits_put(&p.c, &one, 1), APPROVE_BAD_LIMIT);
    PAIR_OK(approve_settings_get(&p.c, &s));
    s.life_s = 59;
    assert_int_equal(approve_settings_put(&p.c, &s), APPROVE_BAD_SETTING);
    s.life_s = 600;
    PAIR_OK(approve_settings_put(&p.c, &s));
    PAIR_OK(approve_settings_get(&p.c, &s));
    assert_int_equal(s.life_s, 600);
}

static void a_change_of_bytes_is_seen_by_the_proof(void **state)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:bytes-1");
    PAIR_OK(db_exec(p.c.tx, "UPDATE approval SET body=$1", DB_ARGS(DB_B("{\"a\":2}", 7))));
    PAIR_OK(approve_check(&p.c, &count, &bad, text, sizeof text));
    assert_int_equal(count, 1);
    assert_int_equal(bad, 1);
    assert_non_null(strstr(text, "bytes"));
    PAIR_OK(db_exec(p.c.tx, "DELETE FROM approval", DB_NO_ARGS));
}

/* ---- a simple model: who asked, what became of it ---- */

enum { ORDERS = 60, STEPS = 4000 };
struct m_order {
    approval_id id;
    enum pair_person maker;
    int64_t yuan, expires;
    enum approve_state state;
    int runs;
};

static int model_second(const struct m_order *o, enum pair_person who)
{
    static const int64_t up_to[P_PEOPLE] = { [P_SUPERVISOR] = 500000,
                                             [P_HEAD] = 5000000,
                                             [P_OFFICE] = INT64_MAX,
                                             [P_TWIN] = 500000,
                                             [P_AWAY] = 5000000 };
    bool one = o->maker == who || (o->maker == P_TELLER && who == P_TWIN) ||
               (o->maker == P_TWIN && who == P_TELLER);
    if (who == P_AWAY)
        return APPROVE_NOT_SEEN;
    if (one)
        return APPROVE_SAME_PERSON;
    return o->yuan > up_to[who] ? APPROVE_TOO_HIGH : 0;
}

static int model_state(const struct m_order *o)
{
    static const int over[] = { [APPROVAL_OPEN] = 0,
                                [APPROVAL_APPROVED] = APPROVE_APPROVED,
                                [APPROVAL_REJECTED] = APPROVE_REJECTED,
                                [APPROVAL_WITHDRAWN] = APPROVE_WITHDRAWN,
                                [APPROVAL_EXPIRED] = APPROVE_EXPIRED };
    if (o->state == APPROVAL_OPEN && o->expires <= p.c.now_us)
        return APPROVE_EXPIRED;
    return over[o->state];
}

static void model_step(struct m_order *o)
{
    static const enum pair_person people[] = { P_TELLER, P_OTHER, P_SUPERVISOR, P_HEAD,
                                               P_OFFICE, P_AWAY,  P_TWIN };
    enum pair_person who = people[rng_below(&p.rng, COUNT(people))];
    char typed[30];
    int want = model_second(o, who), got, before = ran;
    if (!want)
        want = model_state(o);
    pair_as(&p, who);
    switch (rng_below(&p.rng, 4)) {
    case 0:
    case 1:
        (void)snprintf(typed, sizeof typed, "%lld", (long long)o->yuan);
        got = decide(o->id, NULL, typed);
        o->runs += ran - before;
        if (!want)
            o->state = APPROVAL_APPROVED;
        break;
    case 2:
        got = approve_reject(&p.c, o->id, "r");
        if (!want)
            o->state = APPROVAL_REJECTED;
        break;
    default:
        want = who != o->maker ? APPROVE_NOT_MAKER : model_state(o);
        got = approve_withdraw(&p.c, o->id);
        if (!want)
            o->state = APPROVAL_WITHDRAWN;
    }
    assert_int_equal(got, want);
}

static void random_makers_and_checkers_never_run_an_order_twice_or_by_its_maker(void **state)
{
    static const enum pair_person makers[] = { P_TELLER, P_OTHER, P_SUPERVISOR, P_HEAD, P_TWIN };
    struct m_order all[ORDERS];
    int n = 0, approved = 0, gone = 0;
    UNUSED(state);
    for (int i = 0; i < STEPS; i++) {
        if (n < ORDERS && rng_below(&p.rng, 20) == 0) {
            char key[40];
            struct m_order *o = &all[n++];
            *o = (struct m_order){ .maker = makers[rng_below(&p.rng, COUNT(makers))],
                                   .yuan = 1 + rng_below(&p.rng, 6000000),
                                   .expires = p.c.now_us + 1800 * US_SECOND,
                                   .state = APPROVAL_OPEN };
            (void)snprintf(key, sizeof key, "s1:model-%d", n);
            pair_as(&p, o->maker);
            o->id = ask_for(APPROVE_TRANSFER, YUAN(o->yuan), key);
        } else if (n) {
            model_step(&all[rng_below(&p.rng, (uint32_t)n)]);
        }
        p.c.now_us += rng_below(&p.rng, 60) * US_SECOND;
        if (i % 100 == 0) {
            PAIR_OK(approve_expire(&p.c, 100, &gone));
            pair_save(&p);
        }
    }
    for (int i = 0; i < n; i++) {
        assert_int_equal(all[i].runs, all[i].state == APPROVAL_APPROVED);
        approved += all[i].runs;
    }
    assert_int_equal(ran, approved);
    assert_true(approved > 5);
}

/* ---- every database call fails once ---- */

static void a_fault_anywhere_leaves_an_open_order_that_can_still_be_approved(void **state)
{
    struct approval a;
    UNUSED(state);
    pair_as(&p, P_TELLER);
    approval_id id = ask_for(APPROVE_TRANSFER, YUAN(60000), "s1:torture-1");
    pair_save(&p);
    pair_as(&p, P_HEAD);
    for (int n = 1;; n++) {
        assert_true(n < 200);
        PAIR_OK(approve_get(&p.c, id, &a));
        struct buf answer;
        buf_init(&answer, 1000);
        char digest[DIGEST_TEXT];
        memcpy(digest, a.digest, sizeof digest);
        db_fail_at(p.db, n, RC_IO);
        int rc = approve_decide(&p.c, id, digest, NULL, run, NULL, &answer);
        db_fail_at(p.db, 0, 0);
        buf_release(&answer);
        if (!rc)
            break;
        assert_int_equal(rc, RC_IO);
        pair_undo(&p);
        PAIR_OK(approve_get(&p.c, id, &a));
        assert_int_equal(a.state, APPROVAL_OPEN);
        pair_as(&p, P_HEAD);
    }
    PAIR_OK(approve_get(&p.c, id, &a));
    assert_int_equal(a.state, APPROVAL_APPROVED);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
SUITE(approve, CASE(the_usual_limits_fit_and_grow_with_the_grade),
      CASE(another_currency_is_judged_by_its_whole_units),
      CASE(an_amount_typed_again_may_have_separators_and_full_width_digits),
      CASE(up_to_the_limit_one_person_is_enough_and_a_fen_above_two_are_needed),
      CASE(asking_again_with_the_same_key_gives_the_same_approval),
      CASE(what_nobody_could_approve_is_refused_at_once),
      CASE(an_order_longer_than_two_people_can_look_at_is_refused),
      CASE(an_approved_order_runs_once_as_its_makers_with_the_checker_noted),
      CASE(the_second_person_is_always_another_one),
      CASE(who_may_not_see_it_or_not_so_much_cannot_decide),
      CASE(rejected_withdrawn_and_expired_ones_are_over),
      CASE(an_order_whose_maker_has_gone_is_not_run),
      CASE(a_refused_order_stays_open_and_may_be_approved_later),
      CASE(limits_and_settings_are_kept_and_checked), CASE(a_change_of_bytes_is_seen_by_the_proof),
      CASE(random_makers_and_checkers_never_run_an_order_twice_or_by_its_maker),
      CASE(a_fault_anywhere_leaves_an_open_order_that_can_still_be_approved))
