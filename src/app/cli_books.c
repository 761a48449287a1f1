/* cli_books.c -- ledger subjects, ledger subject: the chart of accounts; deposit orders, deposit
 * order: an account's standing orders.
 *
 * What is written here is written as the system, by who has the machine: for a bank that is being
 * set up, or that has no server running. Money above what one teller may order alone is not ordered
 * here: that takes two people, and they are found at the counter. */
#include "app/cli_look.h"
#include "approve/approve.h"
#include "base/secret.h"
#include "deposit/standing.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MEMORY = 256 << 20 };

static int64_t machine_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Ends a look and shows what it found, if it did. */
static int shown(struct cli *c, struct cli_look *l, int rc, struct buf *out)
{
    int status = cli_look_close(c, l, rc);
    if (!status)
        cli_show(c, out);
    buf_release(out);
    return status;
}

/* Alone with the store: a server that runs on it is said. */
static int write_alone(struct cli *c, int (*run)(struct call *k, void *ctx), void *ctx,
                       const char *why)
{
    char error[600] = "";
    struct bank b;
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    if (app_bank_open(c->config.db, false, machine_now_us(), &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = app_bank_write(&b, machine_now_us(), run, ctx);
    int status = cli_rc(rc, c->verb->name, rc > 0 ? why : db_error(b.db));
    app_bank_close(&b);
    return status;
}

/* ---- the chart of accounts ---- */

static const struct {
    const char *name;
    enum ledger_class class;
} classes[] = {
    { "asset", SUBJECT_ASSET },   { "liability", SUBJECT_LIABILITY },
    { "common", SUBJECT_COMMON }, { "equity", SUBJECT_EQUITY },
    { "income", SUBJECT_INCOME }, { "expense", SUBJECT_EXPENSE },
};

static const char *class_name(enum ledger_class class)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (classes[i].class == class)
            return classes[i].name;
    return "";
}

static int run_subjects(struct cli *c)
{
    struct ledger_subject *list = NULL;
    struct cli_look l;
    struct buf out;
    struct jsonw w;
    int n = 0, status = cli_look_open(c, machine_now_us(), MEMORY, &l);
    if (status)
        return status;
    int rc = ledger_subjects(&l.c, &list, &n);
    buf_init(&out, 4 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_array(&w, "subjects");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(&w, NULL);
        jw_text(&w, "code", list[i].code);
        jw_text(&w, "class", class_name(list[i].class));
        jw_text(&w, "name", list[i].name_zh);
        jw_text(&w, "name_en", list[i].name_en);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return shown(c, &l, rc, &out);
}

struct subject_put {
    struct ledger_subject s;
    const char *class, *zh, *en;
    bool made;
    char why[200];
};

/* One that is there keeps what is not given. */
static int put_subject(struct call *c, void *ctx)
{
    struct subject_put *p = ctx;
    struct ledger_subject *list = NULL;
    int n = 0, rc = ledger_subjects(c, &list, &n);
    c->actor.kind = ACTOR_SYSTEM;
    p->made = true;
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].code, p->s.code)) {
            p->s = list[i];
            p->made = false;
        }
    for (size_t i = 0; p->class && i < COUNT(classes); i++)
        if (!strcmp(classes[i].name, p->class))
            p->s.class = classes[i].class;
    if (p->zh)
        snprintf(p->s.name_zh, sizeof p->s.name_zh, "%s", p->zh);
    if (p->en)
        snprintf(p->s.name_en, sizeof p->s.name_en, "%s", p->en);
    if (!rc)
        rc = ledger_subject_put(c, &p->s);
    snprintf(p->why, sizeof p->why, "%s", rc > 0 ? c->detail : "");
    return rc;
}

static int run_subject(struct cli *c)
{
    struct subject_put p = { .class = cli_flag(c, "class"),
                             .zh = cli_flag(c, "name"),
                             .en = cli_flag(c, "name-en") };
    bool known = !p.class;
    for (size_t i = 0; i < COUNT(classes); i++)
        known = known || !strcmp(classes[i].name, p.class);
    if (!known)
        return cli_fail(CLI_USAGE,
                        "--class %s: asset, liability, common, equity, income or expense", p.class);
    if (!p.class && !p.zh && !p.en)
        return cli_fail(CLI_USAGE, "ledger subject: what of it? --class, --name, --name-en");
    if ((p.zh && strlen(p.zh) > LEDGER_NAME_MAX) || (p.en && strlen(p.en) > LEDGER_NAME_MAX))
        return cli_fail(CLI_USAGE, "a name has at most %d bytes", LEDGER_NAME_MAX);
    if (snprintf(p.s.code, sizeof p.s.code, "%s", c->args[0]) >= (int)sizeof p.s.code)
        return cli_fail(CLI_USAGE, "%s: a code has 4 to 8 digits", c->args[0]);
    int status = write_alone(c, put_subject, &p, p.why);
    if (!status && c->json)
        printf("{\"code\":\"%s\",\"class\":\"%s\",\"made\":%s}\n", p.s.code, class_name(p.s.class),
               p.made ? "true" : "false");
    else if (!status)
        printf("%s %s / %s (%s): %s\n", p.s.code, p.s.name_zh, p.s.name_en, class_name(p.s.class),
               p.made ? "made" : "changed");
    return status;
}

/* ---- standing orders ---- */

static void day_text(struct jsonw *w, const char *key, date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    jw_text(w, key, d.days ? text : "");
}

static int order_json(struct call *c, struct jsonw *w, const struct standing_order *o,
                      enum currency currency)
{
    struct deposit_account payee = { .number = "" };
    char amount[MONEY_TEXT];
    int rc = o->payee.n ? deposit_get(c, o->payee, &payee) : 0;
    money_print((money){ o->minor, currency }, amount);
    jw_object(w, NULL);
    jw_i64(w, "id", o->id.n);
    jw_text(w, "state", standing_state_code(o->state));
    jw_text(w, "amount", amount);
    jw_text(w, "cycle", standing_cycle_code(o->cycle));
    day_text(w, "next", o->next);
    day_text(w, "until", o->until);
    jw_text(w, "bank", o->payee_bank);
    jw_text(w, "payee", o->payee.n ? payee.number : o->payee_account);
    jw_text(w, "memo", o->memo);
    jw_i64(w, "paid", o->paid);
    jw_end(w);
    return rc;
}

static int run_orders(struct cli *c)
{
    struct standing_order *list = NULL;
    struct deposit_account a;
    struct cli_look l;
    struct buf out;
    struct jsonw w;
    int n = 0, status = cli_look_open(c, machine_now_us(), MEMORY, &l);
    if (status)
        return status;
    int rc = deposit_by_number(&l.c, c->args[0], &a);
    if (!rc)
        rc = standing_of(&l.c, a.id, &list, &n);
    buf_init(&out, 4 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_array(&w, "orders");
    for (int i = 0; !rc && i < n; i++)
        rc = order_json(&l.c, &w, &list[i], a.currency);
    jw_end(&w);
    jw_end(&w);
    return shown(c, &l, rc, &out);
}

struct order_put {
    struct standing_order o;
    const char *number, *to, *amount;
    int64_t id;
    enum standing_state state; /* 0: stays */
    char why[200];
};

/* The same for who is at a window alone: approve_usual, or what the bank has set. */
static int within_alone(struct call *c, money amount)
{
    struct approve_limit all[APPROVE_LIMITS];
    char text[MONEY_TEXT];
    int rc = approve_limits(c, all);
    for (size_t i = 0; !rc && i < COUNT(all); i++)
        if (all[i].kind == APPROVE_TRANSFER && all[i].grade == GRADE_TELLER &&
            approve_weight(amount) > all[i].alone_minor) {
            money_print((money){ all[i].alone_minor, CNY }, text);
            rc = call_refuse(c, APPROVE_TOO_HIGH, "amount",
                             "above %s two people order it: at the counter", text);
        }
    return rc;
}

static int fresh_order(struct call *c, struct order_put *p)
{
    struct deposit_account payer, payee;
    money m = { 0, CNY };
    int rc = deposit_by_number(c, p->number, &payer);
    if (!rc && !money_parse(p->amount, payer.currency, &m))
        rc =
            call_refuse(c, DEPOSIT_BAD_AMOUNT, "amount", "%s: an amount such as 128.00", p->amount);
    if (!rc && p->to) {
        rc = deposit_by_number(c, p->to, &payee);
        p->o.payee = payee.id;
    }
    if (!rc && m.minor > 0)
        rc = within_alone(c, m);
    p->o.payer = payer.id;
    p->o.minor = m.minor;
    if (!rc)
        rc = standing_put(c, &p->o);
    p->id = p->o.id.n;
    return rc;
}

static int put_order(struct call *c, void *ctx)
{
    struct order_put *p = ctx;
    c->actor.kind = ACTOR_SYSTEM;
    int rc = p->state ? standing_set_state(c, (standing_id){ p->id }, p->state) : fresh_order(c, p);
    snprintf(p->why, sizeof p->why, "%s%s%s", c->field && rc > 0 ? c->field : "",
             c->field && rc > 0 && c->detail[0] ? ": " : "", rc > 0 ? c->detail : "");
    return rc;
}

static int flag_text(struct cli *c, const char *name, char *out, size_t size)
{
    const char *text = cli_flag(c, name);
    if (text && snprintf(out, size, "%s", text) >= (int)size)
        return cli_fail(CLI_USAGE, "--%s: at most %zu bytes", name, size - 1);
    return CLI_DONE;
}

static int flag_date(struct cli *c, const char *name, date *out)
{
    const char *text = cli_flag(c, name);
    return !text || date_parse(text, out) ? CLI_DONE
                                          : cli_fail(CLI_USAGE, "--%s %s: no such day", name, text);
}

static int read_order(struct cli *c, struct order_put *p)
{
    const char *cycle = cli_flag(c, "cycle"), *holiday = cli_flag(c, "holiday");
    struct standing_order *o = &p->o;
    if (!cycle || !standing_cycle_parse(cycle, &o->cycle))
        return cli_fail(CLI_USAGE, "--cycle is once, weekly, monthly or yearly");
    if (holiday && !standing_holiday_parse(holiday, &o->holiday))
        return cli_fail(CLI_USAGE, "--holiday is as_it_is, next_work_day or work_day_before");
    if (!p->amount || !cli_flag(c, "first"))
        return cli_fail(CLI_USAGE, "a new standing order has --amount, --first and --cycle");
    if (!p->to && !(cli_flag(c, "bank") && cli_flag(c, "account")))
        return cli_fail(CLI_USAGE, "who is paid? --to NUMBER, or --bank CODE --account NUMBER");
    int status = flag_date(c, "first", &o->first);
    if (!status)
        status = flag_date(c, "until", &o->until);
    if (!status)
        status = flag_text(c, "bank", o->payee_bank, sizeof o->payee_bank);
    if (!status)
        status = flag_text(c, "account", o->payee_account, sizeof o->payee_account);
    if (!status)
        status = flag_text(c, "payee-name", o->payee_name, sizeof o->payee_name);
    return status ? status : flag_text(c, "memo", o->memo, sizeof o->memo);
}

static int run_order(struct cli *c)
{
    const char *state = cli_flag(c, "state");
    struct order_put p = { .number = c->args[0],
                           .to = cli_flag(c, "to"),
                           .amount = cli_flag(c, "amount") };
    if (!cli_number(c, "id", 1, INT64_MAX, &p.id))
        return CLI_USAGE;
    if (state && !standing_state_parse(state, &p.state))
        return cli_fail(CLI_USAGE, "--state is active, paused or ended");
    if (!state != !p.id)
        return cli_fail(CLI_USAGE, "--id N and --state STATE go together");
    int status = state ? CLI_DONE : read_order(c, &p);
    if (!status)
        status = write_alone(c, put_order, &p, p.why);
    if (!status && c->json)
        printf("{\"id\":%lld}\n", (long long)p.id);
    else if (!status)
        printf("standing order %lld: %s\n", (long long)p.id, state ? state : "made");
    return status;
}

static const struct cli_flag subject_flags[] = {
    { "class", "CLASS", "asset, liability, common, equity, income or expense" },
    { "name", "TEXT", "its name" },
    { "name-en", "TEXT", "its name in English" },
};
static const struct cli_flag order_flags[] = {
    { "to", "NUMBER", "who is paid: an account of this bank" },
    { "bank", "CODE", "or an account of another bank" },
    { "account", "NUMBER", "its number there" },
    { "payee-name", "TEXT", "its holder" },
    { "amount", "AMOUNT", "what is paid each time: 128.00" },
    { "cycle", "CYCLE", "once, weekly, monthly or yearly" },
    { "first", "DAY", "the first day" },
    { "until", "DAY", "the last possible one (none)" },
    { "holiday", "HOW", "as_it_is, next_work_day or work_day_before (as_it_is)" },
    { "memo", "TEXT", "what the statement says" },
    { "id", "N", "one that is there, for --state" },
    { "state", "STATE", "active, paused or ended" },
};
const struct cli_verb cli_books_verbs[] = {
    { "ledger subjects", NULL, "the chart of accounts; also beside a server", NULL, 0, 0, 0, NULL,
      run_subjects },
    { "ledger subject", "CODE", "make or change a subject of the chart of accounts", subject_flags,
      COUNT(subject_flags), 1, 1, NULL, run_subject },
    { "deposit orders", "NUMBER", "an account's standing orders; also beside a server", NULL, 0, 1,
      1, NULL, run_orders },
    { "deposit order", "NUMBER", "a new standing order, or the state of one", order_flags,
      COUNT(order_flags), 1, 1, NULL, run_order },
};
const size_t cli_books_verbs_count = COUNT(cli_books_verbs);
