/* counter_test.c -- Runs the scripts of the counter, test/ledger/NAME.txt: one step a line.
 *
 *   account A 2011 CNY no_overdraft min=100 outlet=0 meta:phone=7
 *   post r1 A B 100 memo=rent value=2026-11-20      amounts in minor units, debit before credit
 *   hold h1 A B 100 timeout=60      capture r2 h1 [60]      void r3 h1      reverse r4 r1
 *   journal r5 CNY A:debit:100 B:credit:60 C:credit:40
 *   group / batch ... end           all or none / each for itself
 *   balance A 100     available A 0     totals A debits credits pending-debits pending-credits
 *   ... -> LEDGER_OVERDRAWN         a refusal is expected;  ... -> again: the first answer
 *
 * Each label stands for one id, so using it again asks again. The last test fails while a refusal
 * of the room has been met by no script. */
#include "books.h"

enum { WORDS = 24, NAMES = 64, BATCH = 16, LINE = 512 };

struct name {
    char text[40];
    int64_t account;
    transfer_id transfer;
    int64_t at_us;
};
struct run {
    struct books d;
    struct name names[NAMES];
    int n_names;
    struct ledger_order orders[BATCH];
    char expect[BATCH][48];
    struct ledger_leg legs[BATCH][LEDGER_LEGS_MAX + 8];
    struct ledger_pair meta[BATCH][LEDGER_META_MAX + 2];
    size_t n_orders;
    int collecting; /* 0, 'g'roup, 'b'atch */
    char *word[WORDS];
    int n;
    char expected[48];
    const char *file;
    int line;
};
static bool met[100]; /* refusals 600-699 */

#define WRONG(r, ...)                                     \
    do {                                                  \
        char why[300];                                    \
        snprintf(why, sizeof why, __VA_ARGS__);           \
        fail_msg("%s:%d: %s", (r)->file, (r)->line, why); \
    } while (0)

static const char *refusal_name(int rc)
{
#define ROW(name, code, http, zh, en) { name, #name },
    static const struct {
        int code;
        const char *name;
    } rows[] = { LEDGER_REFUSALS(ROW) };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].code == rc)
            return rows[i].name;
    return rc ? "?" : "ok";
}

static void expect_rc(struct run *r, const char *expected, int rc)
{
    const char *want = *expected && strcmp(expected, "again") ? expected : "ok";
    if (rc >= 600 && rc < 700)
        met[rc - 600] = true;
    if (strcmp(refusal_name(rc), want))
        WRONG(r, "%s (%d, %s), not %s", refusal_name(rc), rc, r->d.c.detail, want);
}

static struct name *name_of(struct run *r, const char *text)
{
    for (int i = 0; i < r->n_names; i++)
        if (!strcmp(r->names[i].text, text))
            return &r->names[i];
    assert_true(r->n_names < NAMES);
    struct name *n = &r->names[r->n_names++];
    memset(n, 0, sizeof *n);
    snprintf(n->text, sizeof n->text, "%s", text);
    return n;
}

static account_id account_of(struct run *r, const char *text)
{
    if (!strcmp(text, "nobody"))
        return (account_id){ 12345 };
    if (!strcmp(text, "none"))
        return (account_id){ 0 };
    struct name *n = name_of(r, text);
    if (!n->account)
        WRONG(r, "no account %s", text);
    return (account_id){ n->account };
}

static transfer_id id_of(struct run *r, const char *text)
{
    if (!strcmp(text, "zero"))
        return (transfer_id){ 0, 0 };
    if (!strcmp(text, "negative"))
        return (transfer_id){ -1, 1 };
    struct name *n = name_of(r, text);
    if (n->transfer.high)
        return n->transfer;
    n->transfer = ledger_id_make(&r->d.c);
    n->transfer.high = (n->transfer.high | 0xFFFF) - 0xFFFF + (n - r->names); /* in order */
    return n->transfer;
}

static int64_t number(struct run *r, const char *text)
{
    char *end;
    int64_t n = strtoll(text, &end, 10);
    if (!strcmp(text, "max"))
        return INT64_MAX;
    if (end == text || *end)
        WRONG(r, "'%s' is no number", text);
    return n;
}

static date day_of(struct run *r, const char *text)
{
    date d = { 0 };
    if (!date_parse(text, &d))
        WRONG(r, "'%s' is no date", text);
    return d;
}

static enum currency currency_of(const char *text)
{
    enum currency c = CNY;
    return currency_parse(text, &c) ? c : (enum currency)1;
}

/* "key=value": the value, or NULL when the word is another key's. */
static const char *value_of(const char *word, const char *key)
{
    size_t n = strlen(key);
    return !strncmp(word, key, n) && word[n] == '=' ? word + n + 1 : NULL;
}

/* Every pair that is written "meta:key=value"; "meta:" alone is a pair without a key. */
static size_t metadata(struct run *r, struct ledger_pair *out, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < r->n; i++) {
        if (strncmp(r->word[i], "meta:", 5))
            continue;
        assert_true(n < max);
        char *pair = arena_text(r->d.c.arena, r->word[i] + 5), *is = strchr(pair, '=');
        if (is)
            *is = '\0';
        out[n++] = (struct ledger_pair){ pair, is ? is + 1 : "" };
    }
    return n;
}

static int flags_of(struct run *r, int64_t *min, int64_t *max)
{
    static const struct {
        const char *name;
        int flag;
    } all[] = { { "no_overdraft", LEDGER_NO_OVERDRAFT },
                { "no_overcredit", LEDGER_NO_OVERCREDIT },
                { "hot", LEDGER_HOT },
                { "unknown_flag", 1 << 20 } };
    int flags = 0;
    for (int i = 0; i < r->n; i++) {
        for (size_t k = 0; k < COUNT(all); k++)
            if (!strcmp(r->word[i], all[k].name))
                flags |= all[k].flag;
        if (value_of(r->word[i], "min")) {
            flags |= LEDGER_HAS_MIN;
            *min = number(r, value_of(r->word[i], "min"));
        }
        if (value_of(r->word[i], "max")) {
            flags |= LEDGER_HAS_MAX;
            *max = number(r, value_of(r->word[i], "max"));
        }
    }
    return flags;
}

static void step_account(struct run *r)
{
    struct ledger_account a = { .currency = currency_of(r->word[3]) };
    struct ledger_pair meta[LEDGER_META_MAX + 2];
    snprintf(a.subject, sizeof a.subject, "%s", r->word[2]);
    snprintf(a.name, sizeof a.name, "%s", r->word[1]);
    a.flags = flags_of(r, &a.min_minor, &a.max_minor);
    for (int i = 4; i < r->n; i++) {
        if (value_of(r->word[i], "outlet"))
            a.outlet_id = !strcmp(r->word[i], "outlet=none")
                              ? 12345
                              : r->d.outlet[number(r, value_of(r->word[i], "outlet"))];
        if (!strcmp(r->word[i], "unnamed"))
            a.name[0] = '\0';
    }
    int rc = ledger_account_open(&r->d.c, &a, meta, metadata(r, meta, COUNT(meta)));
    expect_rc(r, r->expected, rc);
    if (!rc)
        name_of(r, r->word[1])->account = a.id.n;
}

static void add_leg(struct run *r, struct ledger_order *o, struct ledger_leg *legs, char *text)
{
    char *side = strchr(text, ':'), *minor = side ? strchr(side + 1, ':') : NULL;
    if (!minor || o->n_legs >= LEDGER_LEGS_MAX + 8)
        WRONG(r, "'%s' is no leg", text);
    *side++ = *minor++ = '\0';
    legs[o->n_legs++] = (struct ledger_leg){ account_of(r, text),
                                             !strcmp(side, "debit")    ? LEDGER_DEBIT
                                             : !strcmp(side, "credit") ? LEDGER_CREDIT
                                                                       : (enum ledger_side)0,
                                             number(r, minor) };
}

static void order_option(struct run *r, struct ledger_order *o, struct ledger_leg *legs, char *word)
{
    const char *v;
    if ((v = value_of(word, "timeout")))
        o->timeout_s = number(r, v);
    else if ((v = value_of(word, "value")))
        o->value_date = day_of(r, v);
    else if ((v = value_of(word, "code")))
        o->code = (int32_t)number(r, v);
    else if ((v = value_of(word, "memo")))
        o->memo = arena_text(r->d.c.arena, v);
    else if ((v = value_of(word, "cur")))
        o->amount.currency = currency_of(v);
    else if ((v = value_of(word, "amount")))
        o->amount.minor = number(r, v);
    else if ((v = value_of(word, "kind")))
        o->kind = (enum ledger_kind)number(r, v);
    else if ((v = value_of(word, "of")))
        o->of = id_of(r, v);
    else if ((v = value_of(word, "debit")))
        o->debit = account_of(r, v);
    else if ((v = value_of(word, "leg")))
        add_leg(r, o, legs, word + 4);
    else if ((v = value_of(word, "long_memo")))
        o->memo = arena_printf(r->d.c.arena, "%0*d", (int)number(r, v), 0);
    else if (strncmp(word, "meta:", 5))
        WRONG(r, "'%s' is no option", word);
}

static void read_order(struct run *r, struct ledger_order *o, size_t at)
{
    static const char *const kinds[] = { "post", "hold", "capture", "void", "reverse", "journal" };
    int k = 0, next = 3;
    while (strcmp(kinds[k], r->word[0]))
        k++;
    *o = (struct ledger_order){ .kind = (enum ledger_kind)(k + 1), .amount.currency = CNY };
    o->legs = r->legs[at];
    o->meta = r->meta[at];
    o->id = id_of(r, r->word[1]);
    if (o->kind == LEDGER_POST || o->kind == LEDGER_HOLD) {
        o->debit = account_of(r, r->word[2]);
        o->credit = account_of(r, r->word[3]);
        o->amount.minor = number(r, r->word[4]);
        next = 5;
    } else if (o->kind == LEDGER_JOURNAL) {
        o->amount.currency = currency_of(r->word[2]);
        for (; next < r->n && strchr(r->word[next], ':') && strncmp(r->word[next], "meta:", 5);
             next++)
            add_leg(r, o, r->legs[at], r->word[next]);
    } else {
        o->of = id_of(r, r->word[2]);
        if (o->kind == LEDGER_CAPTURE && r->n > 3 && strspn(r->word[3], "-0123456789") > 0)
            o->amount.minor = number(r, r->word[next++]);
    }
    for (; next < r->n; next++)
        order_option(r, o, r->legs[at], r->word[next]);
    o->n_meta = metadata(r, r->meta[at], LEDGER_META_MAX + 2);
}

static void step_order(struct run *r)
{
    struct ledger_result result = { 0 };
    size_t at = r->collecting ? r->n_orders : 0;
    assert_true(at < BATCH);
    read_order(r, &r->orders[at], at);
    if (r->collecting) {
        memcpy(r->expect[at], r->expected, sizeof r->expected);
        r->n_orders++;
        return;
    }
    expect_rc(r, r->expected, ledger_post(&r->d.c, &r->orders[0], &result));
    if (result.existed != !strcmp(r->expected, "again"))
        WRONG(r, "%s", result.existed ? "it existed" : "it did not exist");
}

/* "group", "batch", "open" (a group without an end) collect; "end" hands in. */
static void step_collect(struct run *r)
{
    struct ledger_result results[BATCH] = { 0 };
    if (strcmp(r->word[0], "end")) {
        r->collecting = r->word[0][0];
        r->n_orders = 0;
        return;
    }
    for (size_t i = 0; i < r->n_orders; i++)
        r->orders[i].linked = r->collecting == 'o' || (r->collecting == 'g' && i + 1 < r->n_orders);
    r->collecting = 0;
    BOOKS_OK(ledger_post_many(&r->d.c, r->orders, r->n_orders, results));
    for (size_t i = 0; i < r->n_orders; i++)
        expect_rc(r, r->expect[i], results[i].rc);
}

static void same(struct run *r, const char *what, int64_t got, const char *want)
{
    if (got != number(r, want))
        WRONG(r, "%s is %lld, not %s", what, (long long)got, want);
}

static void step_look(struct run *r)
{
    struct ledger_account a;
    int64_t n = 0;
    account_id id = account_of(r, r->word[1]);
    int rc = ledger_account_get(&r->d.c, id, &a);
    expect_rc(r, r->expected, rc);
    if (rc)
        return;
    if (!strcmp(r->word[0], "balance"))
        same(r, "the balance", ledger_balance(&a), r->word[2]);
    if (!strcmp(r->word[0], "available"))
        same(r, "available", ledger_available(&a), r->word[2]);
    if (!strcmp(r->word[0], "totals")) {
        same(r, "debits", a.totals.debits, r->word[2]);
        same(r, "credits", a.totals.credits, r->word[3]);
        same(r, "pending debits", a.totals.debits_pending, r->word[4]);
        same(r, "pending credits", a.totals.credits_pending, r->word[5]);
    }
    if (!strcmp(r->word[0], "balance_at")) {
        BOOKS_OK(ledger_balance_at(&r->d.c, id, name_of(r, r->word[2])->at_us, &n));
        same(r, "the balance then", n, r->word[3]);
    }
    if (!strcmp(r->word[0], "balance_on")) {
        BOOKS_OK(ledger_balance_on(&r->d.c, id, day_of(r, r->word[2]), &n));
        same(r, "the balance of that day", n, r->word[3]);
    }
    if (!strcmp(r->word[0], "balance_value")) {
        BOOKS_OK(ledger_balance_value(&r->d.c, id, day_of(r, r->word[2]), &n));
        same(r, "the balance by value", n, r->word[3]);
    }
}

static void step_state(struct run *r)
{
    static const char *const freezes[] = { "none", "out", "all" };
    struct call *c = &r->d.c;
    const char *verb = r->word[0];
    account_id id = account_of(r, r->word[1]);
    int64_t min = 0, max = 0;
    int rc = -1, how = 0;
    if (!strcmp(verb, "limits")) {
        int flags = flags_of(r, &min, &max);
        rc = ledger_limits(c, id, flags, min, max);
    } else if (!strcmp(verb, "freeze")) {
        while (how < 3 && strcmp(freezes[how], r->word[2]))
            how++;
        rc = ledger_freeze(c, id, (enum ledger_freeze)how);
    } else if (!strcmp(verb, "freeze_part")) {
        rc = ledger_freeze_part(c, id, number(r, r->word[2]));
    } else if (!strcmp(verb, "stop")) {
        rc = ledger_stop(c, id, !strcmp(r->word[2], "on"));
    } else if (!strcmp(verb, "dormant")) {
        rc = ledger_dormant(c, id, !strcmp(r->word[2], "on"));
    } else if (!strcmp(verb, "close")) {
        rc = ledger_close(c, id);
    } else if (!strcmp(verb, "label")) {
        struct ledger_pair meta[LEDGER_META_MAX + 2];
        rc = ledger_account_meta_put(c, id, meta, metadata(r, meta, COUNT(meta)));
    }
    expect_rc(r, r->expected, rc);
}

static void step_books(struct run *r)
{
    struct call *c = &r->d.c;
    const char *verb = r->word[0];
    int n = 0, rc = 0;
    if (!strcmp(verb, "clock"))
        c->now_us += number(r, r->word[1]) * US_SECOND;
    else if (!strcmp(verb, "mark"))
        name_of(r, r->word[1])->at_us = c->now_us;
    else if (!strcmp(verb, "day"))
        rc = ledger_day_set(c, day_of(r, r->word[1]));
    else if (!strcmp(verb, "fold"))
        rc = ledger_fold(c, 100, &n);
    else if (!strcmp(verb, "expire"))
        rc = ledger_expire(c, 100, &n);
    else if (!strcmp(verb, "subject")) {
        struct ledger_subject s = { .class = (enum ledger_class)number(r, r->word[2]) };
        snprintf(s.code, sizeof s.code, "%s", r->word[1]);
        snprintf(s.name_zh, sizeof s.name_zh, "%s", r->n > 3 ? "" : "科目");
        snprintf(s.name_en, sizeof s.name_en, "subject");
        rc = ledger_subject_put(c, &s);
    } else if (!strcmp(verb, "proven"))
        books_proven(&r->d);
    expect_rc(r, r->expected, rc);
    bool counts =
        !strcmp(verb, "expire") ||
        (!strcmp(verb, "fold") && books_layout == LEDGER_PLAIN); /* the other has no tail */
    if (counts && r->n > 1)
        same(r, verb, n, r->word[1]);
}

static void step_find(struct run *r)
{
    char *key = r->word[1], *is = strchr(key, '=');
    transfer_id *ids, after = { 0, 0 };
    account_id *accounts, after_account = { 0 };
    int n = 0;
    *is = '\0';
    if (!strcmp(r->word[0], "find_transfers")) {
        BOOKS_OK(ledger_find_transfers(&r->d.c, key, is + 1, after, 10, &ids, &n));
        for (int i = 0; i < n && i + 2 < r->n; i++)
            if (memcmp(&ids[i], &name_of(r, r->word[i + 2])->transfer, sizeof *ids))
                WRONG(r, "the %d. is not %s", i + 1, r->word[i + 2]);
    } else {
        BOOKS_OK(ledger_find_accounts(&r->d.c, key, is + 1, after_account, 10, &accounts, &n));
        for (int i = 0; i < n && i + 2 < r->n; i++)
            if (accounts[i].n != account_of(r, r->word[i + 2]).n)
                WRONG(r, "the %d. is not %s", i + 1, r->word[i + 2]);
    }
    if (n != r->n - 2)
        WRONG(r, "found %d", n);
}

static void step_transfer(struct run *r)
{
    static const char *const states[] = { "", "open", "captured", "voided", "expired" };
    enum ledger_hold_state state = HOLD_OPEN;
    struct ledger_transfer t;
    int64_t minor, until;
    int rc;
    if (!strcmp(r->word[0], "hold_state")) {
        rc = ledger_hold_get(&r->d.c, id_of(r, r->word[1]), &state, &minor, &until);
        if (!rc && strcmp(states[state], r->word[2]))
            WRONG(r, "the hold is %s", states[state]);
    } else {
        rc = ledger_transfer_get(&r->d.c, id_of(r, r->word[1]), &t);
        if (!rc)
            same(r, "the amount", t.amount.minor, r->word[2]);
    }
    expect_rc(r, r->expected, rc);
}

/* line 2011 300: the balance on the credit side (below zero: on the debit side) */
static void step_report(struct run *r)
{
    struct ledger_trial t;
    struct ledger_sheet s;
    int64_t outlet = LEDGER_ALL_OUTLETS, got = 0;
    date d = day_of(r, r->word[2]);
    if (strcmp(r->word[1], "all"))
        outlet = r->d.outlet[number(r, r->word[1])];
    BOOKS_OK(ledger_trial(&r->d.c, outlet, d, CNY, &t));
    BOOKS_OK(ledger_sheet(&r->d.c, outlet, d, CNY, &s));
    if (!strcmp(r->word[0], "line")) {
        for (int i = 0; i < t.n_lines; i++)
            if (!strcmp(t.lines[i].subject, r->word[3]))
                got = t.lines[i].balance_credit - t.lines[i].balance_debit;
        same(r, "the subject", got, r->word[4]);
    } else { /* sheet OUTLET DAY assets liabilities profit between */
        same(r, "assets", s.assets, r->word[3]);
        same(r, "liabilities", s.liabilities, r->word[4]);
        same(r, "profit", s.profit, r->word[5]);
        same(r, "between", s.between, r->word[6]);
    }
}

static const struct {
    const char *verbs;
    void (*step)(struct run *r);
} steps[] = {
    { " account ", step_account },
    { " post hold capture void reverse journal ", step_order },
    { " group batch open end ", step_collect },
    { " balance available totals balance_at balance_on balance_value ", step_look },
    { " limits freeze freeze_part stop dormant close label ", step_state },
    { " clock mark day fold expire subject proven ", step_books },
    { " find_transfers find_accounts ", step_find },
    { " hold_state transfer ", step_transfer },
    { " line sheet ", step_report },
};

static void one_line(struct run *r, char *text)
{
    static char none[1];
    char verb[48], *arrow = strstr(text, "->"), *save = NULL;
    text[strcspn(text, "#\n")] = '\0';
    r->expected[0] = '\0';
    if (arrow && arrow < text + strlen(text)) {
        *arrow = '\0';
        sscanf(arrow + 2, "%47s", r->expected);
    }
    r->n = 0;
    for (char *w = strtok_r(text, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
        assert_true(r->n < WORDS);
        r->word[r->n++] = w;
    }
    if (!r->n)
        return;
    for (int i = r->n; i < WORDS; i++)
        r->word[i] = none;
    snprintf(verb, sizeof verb, " %s ", r->word[0]);
    for (size_t i = 0; i < COUNT(steps); i++)
        if (strstr(steps[i].verbs, verb)) {
            steps[i].step(r);
            return;
        }
    WRONG(r, "'%s' is no step", r->word[0]);
}

static void run_script(const char *name)
{
    char line[LINE];
    struct run *r = calloc(1, sizeof *r);
    char path[512];
    snprintf(path, sizeof path, "%s/ledger/%s", TEST_SOURCES, name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("no script %s", name);
    r->file = name;
    books_open(&r->d);
    while (fgets(line, sizeof line, f)) {
        r->line++;
        one_line(r, line);
    }
    fclose(f);
    books_proven(&r->d);
    books_close(&r->d);
    free(r);
}

#define SCRIPT(test, file)         \
    static void test(void **state) \
    {                              \
        UNUSED(state);             \
        run_script(file);          \
    }
SCRIPT(money_moves_and_never_appears, "moving.txt")
SCRIPT(an_order_that_is_not_whole_is_refused_before_anything_is_looked_up, "shape.txt")
SCRIPT(asking_again_gives_the_first_answer_and_another_order_is_named, "again.txt")
SCRIPT(holds_count_are_captured_voided_and_expire, "holds.txt")
SCRIPT(a_reversal_keeps_both_lines, "reversal.txt")
SCRIPT(limits_and_states_stop_what_they_must, "limits.txt")
SCRIPT(a_group_is_done_all_or_none, "groups.txt")
SCRIPT(accounts_are_opened_and_closed_by_rule, "accounts.txt")
SCRIPT(the_past_can_be_asked, "past.txt")
SCRIPT(hot_accounts_are_folded, "hot.txt")
SCRIPT(every_outlet_has_its_books, "reports.txt")

static void every_refusal_is_met_by_a_script(void **state)
{
    UNUSED(state);
    struct books d;
    struct ledger_order o = { 0 };
    struct ledger_result r;
    books_layout = LEDGER_PLAIN;
    books_open(&d);
    int rc = ledger_post_many(&d.c, &o, LEDGER_ORDERS_MAX + 1, &r);
    assert_int_equal(rc, LEDGER_TOO_MANY);
    met[LEDGER_TOO_MANY - 600] = true;
    struct ledger_account a = { .currency = CNY, .subject = "1001", .name = "x" };
    BOOKS_OK(ledger_account_open(&d.c, &a, NULL, 0));
    account_id to = books_account(&d, "2011", 0);
    books_post(&d, a.id, to, 1);
    books_post(&d, a.id, to, 2);
    /* as of two instances, whose numbers cross */
    BOOKS_OK(db_exec(d.c.tx, "UPDATE ledger_transfer SET number=number+(3-2*minor)*1000000",
                     DB_NO_ARGS));
    assert_int_equal(ledger_layout_set(&d.c, LEDGER_FAST),
                     test_on_server() ? LEDGER_LAYOUT_ENGINE : LEDGER_LAYOUT_ORDER);
    met[LEDGER_LAYOUT_ORDER - 600] = true; /* each engine's tests meet one of them */
    met[LEDGER_LAYOUT_ENGINE - 600] = true;
    books_close(&d);
#define CODE(name, code, http, zh, en) code,
    static const int codes[] = { LEDGER_REFUSALS(CODE) };
    for (size_t i = 0; i < COUNT(codes); i++)
        if (!met[codes[i] - 600])
            print_error("no script meets %s\n", refusal_name(codes[i]));
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_true(met[codes[i] - 600]);
}

static void refusals_are_numbered_in_the_order_in_which_they_are_checked(void **state)
{
    UNUSED(state);
    static const int codes[] = { LEDGER_REFUSALS(CODE) };
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_int_equal(codes[i], 600 + (int)i);
}

/* docs/ledger-results.md has these rows and no others, in this order. */
static void the_page_of_results_is_current(void **state)
{
    UNUSED(state);
#define INFO(name, code, http, zh, en) { #name, code, http, zh, en },
    static const struct {
        const char *name;
        int code, http;
        const char *zh, *en;
    } rows[] = { LEDGER_REFUSALS(INFO) };
    char path[512], line[LINE], want[LINE];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/../docs/ledger-results.md", TEST_SOURCES);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "| 6", 3))
            continue;
        assert_true(n < COUNT(rows));
        snprintf(want, sizeof want, "| %d | `%s` | %d | %s | %s |\n", rows[n].code, rows[n].name,
                 rows[n].http, rows[n].zh, rows[n].en);
        assert_string_equal(line, want);
        n++;
    }
    fclose(f);
    assert_int_equal(n, COUNT(rows));
}

SUITE(ledger_counter, cmocka_unit_test(the_page_of_results_is_current),
      BOTH(money_moves_and_never_appears),
      BOTH(an_order_that_is_not_whole_is_refused_before_anything_is_looked_up),
      BOTH(asking_again_gives_the_first_answer_and_another_order_is_named),
      BOTH(holds_count_are_captured_voided_and_expire), BOTH(a_reversal_keeps_both_lines),
      BOTH(limits_and_states_stop_what_they_must), BOTH(a_group_is_done_all_or_none),
      BOTH(accounts_are_opened_and_closed_by_rule), BOTH(the_past_can_be_asked),
      BOTH(hot_accounts_are_folded), BOTH(every_outlet_has_its_books),
      BOTH(every_refusal_is_met_by_a_script),
      BOTH(refusals_are_numbered_in_the_order_in_which_they_are_checked))
