/* lobby_model.c -- The production lobby against a slow, obvious model: random operations, both must
 * say the same, always. `lobby-model --ops 1000000 --seed 1`; a failing seed is kept in
 * test/seeds.txt. Prints `N passed, N failed`, one test for each seed.
 *
 * The model keeps tickets in an array and finds everything by looking at all of them. After each
 * operation the touched row must equal the model's; every 500 operations all live rows, all
 * windows and the wall must, and each evening the whole day: no ticket lost, doubled, in two
 * states. */
#include "../lobby/bank.h"
#include "lobby/queue.h"
#include <time.h>

enum { TICKETS_MAX = 4096, OPS_A_DAY = 2000, WINDOWS = BANK_WINDOWS };

struct mticket {
    ticket_id id;
    enum ticket_state state;
    int service, only_window, only_staff, window, class_index, recalls; /* -1: none */
    bool first, courtesy;
    int64_t since, queued, called, serving, waited, recalled;
};
struct mundo {
    char what; /* 0: nothing to undo */
    int64_t until;
    struct mticket before;
};
struct mwindow {
    bool open, paused;
    int ticket, last; /* indexes; -1: none */
};
struct model {
    struct mticket ticket[TICKETS_MAX];
    struct mundo undo[TICKETS_MAX];
    int n;
    struct mwindow window[WINDOWS];
    enum day_state day;
    enum rule_base rule;
};

static struct model m;
static struct bank b;
static struct rng dice;
static long failures;
static int64_t ops_done, refusals;

#define SAME(want, got, what)                                                                 \
    do {                                                                                      \
        long long want_ = (long long)(want), got_ = (long long)(got);                         \
        if (want_ != got_ && failures++ < 10)                                                 \
            printf("op %lld %s: %s: model %lld, lobby %lld\n", (long long)ops_done, __func__, \
                   (what), want_, got_);                                                      \
    } while (0)

static bool handles(int w, int service)
{
    return w == 2 ? service == SERVICE_C || service == SERVICE_A
                  : service == SERVICE_A || service == SERVICE_B;
}

static int window_index(window_id w)
{
    for (int i = 0; i < WINDOWS; i++)
        if (b.window[i].n == w.n)
            return i;
    return -1;
}

static bool waits(const struct mticket *t)
{
    return t->state == TICKET_WAITING || t->state == TICKET_TRANSFERRED;
}

/* The row in the database is what the model says it is. */
static void same_row(int i)
{
    const struct mticket *t = &m.ticket[i];
    struct ticket row;
    SAME(0, lobby_ticket(&b.c, t->id, &row), "found");
    SAME(t->state, row.state, "state");
    SAME(b.service[t->service].n, row.service.n, "service");
    SAME(t->since, row.since_us, "since");
    SAME(t->queued, row.queued_us, "queued");
    SAME(t->called, row.called_us, "called");
    SAME(t->serving, row.serving_us, "serving");
    SAME(t->waited, row.waited_us, "waited");
    SAME(t->first, row.first_in_line, "first");
    SAME(t->courtesy, row.courtesy, "courtesy");
    SAME(t->class_index, row.class_index, "class");
    SAME(t->recalls, row.recalls, "recalls");
    if (t->state == TICKET_CALLED || t->state == TICKET_SERVING)
        SAME(t->window, window_index(row.window), "window");
}

/* Would a be called before b? first come; strict: rank; head: five minutes for each rank. */
static bool before(const struct mticket *a, const struct mticket *z)
{
    int64_t ka = a->since, kz = z->since;
    if (a->first != z->first)
        return a->first;
    if (!a->first && m.rule == RULE_STRICT && a->class_index != z->class_index)
        return a->class_index > z->class_index;
    if (!a->first && m.rule == RULE_HEAD) {
        ka -= a->class_index * 5 * US_MINUTE;
        kz -= z->class_index * 5 * US_MINUTE;
    }
    if (ka != kz)
        return ka < kz;
    if (a->since != z->since)
        return a->since < z->since;
    return a->id.n < z->id.n;
}

static int choose(int w)
{
    int best = -1;
    for (int i = 0; i < m.n; i++) {
        const struct mticket *t = &m.ticket[i];
        bool bound = t->only_window >= 0 || t->only_staff >= 0;
        if (!waits(t))
            continue;
        if (bound ? (t->only_window != w && t->only_staff != w) : !handles(w, t->service))
            continue;
        if (best < 0 || before(t, &m.ticket[best]))
            best = i;
    }
    return best;
}

static int pick(int from, int until)
{
    int n = 0, at = -1;
    for (int i = 0; i < m.n; i++)
        if ((int)m.ticket[i].state >= from && (int)m.ticket[i].state <= until &&
            rng_below(&dice, (uint32_t)++n) == 0)
            at = i;
    return at;
}

/* ---- operations; each predicts, asks, compares ---- */

static void op_take(void)
{
    struct take_order o = { .outlet = b.outlet, .n_services = 1, .source = SOURCE_KIOSK };
    int service = (int)rng_below(&dice, 4), class_index = (int)rng_below(&dice, 3);
    struct ticket t;
    if (m.n == TICKETS_MAX)
        return;
    o.services[0] = b.service[service];
    o.class_index = class_index;
    o.courtesy = rng_below(&dice, 20) == 0;
    int want = m.day == DAY_STOPPED   ? LOBBY_NOT_ISSUING
               : service == SERVICE_D ? BRANCH_NOT_OFFERED
                                      : 0;
    int rc = lobby_take(&b.c, &o, &t);
    SAME(want, rc, "rc");
    if (rc) {
        refusals++;
        return;
    }
    m.ticket[m.n] = (struct mticket){ .id = t.id,
                                      .state = TICKET_WAITING,
                                      .service = service,
                                      .only_window = -1,
                                      .only_staff = -1,
                                      .window = -1,
                                      .class_index = class_index,
                                      .courtesy = o.courtesy,
                                      .since = b.c.now_us,
                                      .queued = b.c.now_us };
    m.undo[m.n].what = 0;
    same_row(m.n++);
}

static void keep(int i, char what)
{
    m.undo[i] =
        (struct mundo){ .what = what, .until = b.c.now_us + 60 * US_SECOND, .before = m.ticket[i] };
}

static int may_call(int w)
{
    const struct mwindow *win = &m.window[w];
    return !win->open         ? LOBBY_NO_SESSION
           : win->paused      ? LOBBY_PAUSED
           : win->ticket >= 0 ? LOBBY_BUSY
                              : 0;
}

static void called(int i, int w)
{
    struct mticket *t = &m.ticket[i];
    keep(i, 'c');
    t->state = TICKET_CALLED;
    if (!t->queued)
        t->queued = b.c.now_us;
    t->called = t->recalled = b.c.now_us;
    t->serving = 0;
    t->recalls = 0;
    t->window = w;
    m.window[w].ticket = m.window[w].last = i;
}

static void op_next(void)
{
    int w = (int)rng_below(&dice, WINDOWS), want = may_call(w);
    struct ticket t;
    bank_as(&b, b.teller[w], ROLE_TELLER);
    int rc = lobby_next(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want) {
        refusals++;
        return;
    }
    int i = choose(w);
    SAME(i < 0 ? 0 : m.ticket[i].id.n, t.id.n, "who is called");
    if (i < 0)
        return;
    called(i, w);
    same_row(i);
}

static void op_call(void)
{
    int w = (int)rng_below(&dice, WINDOWS), i = pick(TICKET_BOOKED, TICKET_VOID);
    struct ticket t;
    if (i < 0)
        return;
    const struct mticket *x = &m.ticket[i];
    int want = may_call(w);
    if (!want && !handles(w, x->service))
        want = LOBBY_NOT_HANDLED;
    if (!want && !waits(x) && x->state != TICKET_PARKED)
        want = LOBBY_BAD_STEP;
    bank_as(&b, b.teller[w], ROLE_TELLER);
    int rc = lobby_call(&b.c, b.window[w], x->id, "known customer", &t);
    SAME(want, rc, "rc");
    if (rc || want) {
        refusals++;
        return;
    }
    called(i, w);
    same_row(i);
}

/* The present ticket of a random window, with what the lobby must say when there is none. */
static int at_window(int *w, int *want)
{
    *w = (int)rng_below(&dice, WINDOWS);
    bank_as(&b, b.teller[*w], ROLE_TELLER);
    *want = !m.window[*w].open ? LOBBY_NO_SESSION : m.window[*w].ticket < 0 ? LOBBY_NO_CURRENT : 0;
    return m.window[*w].ticket;
}

static void op_recall(void)
{
    int w, want, i = at_window(&w, &want);
    struct ticket t;
    if (!want) {
        const struct mticket *x = &m.ticket[i];
        want = x->state != TICKET_CALLED                   ? LOBBY_BAD_STEP
               : x->recalls >= 3                           ? LOBBY_RECALL_MAX
               : b.c.now_us - x->recalled < 10 * US_SECOND ? LOBBY_RECALL_SOON
                                                           : 0;
    }
    int rc = lobby_recall(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    m.ticket[i].recalls++;
    m.ticket[i].recalled = b.c.now_us;
    same_row(i);
}

static void op_serve(void)
{
    int w, want, i = at_window(&w, &want);
    struct ticket t;
    if (!want && m.ticket[i].state != TICKET_CALLED)
        want = LOBBY_BAD_STEP;
    int rc = lobby_serve(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    keep(i, 's');
    m.ticket[i].state = TICKET_SERVING;
    m.ticket[i].serving = b.c.now_us;
    same_row(i);
}

static void op_end(void)
{
    int w, want, i = at_window(&w, &want);
    struct ticket t;
    if (!want && m.ticket[i].state != TICKET_SERVING)
        want = LOBBY_BAD_STEP;
    int rc = lobby_end(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    keep(i, 'e');
    m.ticket[i].state = TICKET_DONE;
    m.window[w].ticket = -1;
    same_row(i);
}

static void op_no_show(void)
{
    int w, want, i = at_window(&w, &want);
    struct ticket t;
    if (!want && m.ticket[i].state != TICKET_CALLED)
        want = LOBBY_BAD_STEP;
    int rc = lobby_no_show(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    keep(i, 'n');
    m.ticket[i].state = TICKET_NO_SHOW;
    m.window[w].ticket = -1;
    same_row(i);
}

static void wait_again(struct mticket *t, bool now)
{
    if (t->called)
        t->waited += t->called - t->queued;
    t->queued = now ? b.c.now_us : 0;
    t->called = t->serving = 0;
    t->window = -1;
    t->recalls = 0;
}

static void op_park(void)
{
    int w, want, i = at_window(&w, &want);
    struct ticket t;
    int rc = lobby_park(&b.c, b.window[w], "forms", &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    keep(i, 'p');
    m.ticket[i].state = TICKET_PARKED;
    m.ticket[i].first = false;
    wait_again(&m.ticket[i], false);
    m.window[w].ticket = -1;
    same_row(i);
}

/* A random target; how the lobby must answer it for this ticket, and what it does. */
static int target(struct lobby_target *to, struct mticket *t)
{
    int kind = (int)rng_below(&dice, 5), n = (int)rng_below(&dice, 3);
    *to = (struct lobby_target){ .first = rng_below(&dice, 4) == 0 };
    bool first = to->first;
    if (kind == 0) { /* to a service; D is offered nowhere */
        n = (int)rng_below(&dice, 4);
        to->service = b.service[n];
    } else if (kind <= 2) {
        to->window = b.window[n];
    } else if (kind == 3) {
        to->staff = b.teller[n];
    } else if (!first) {
        return LOBBY_BAD_TARGET;
    }
    if (kind == 0 && n == SERVICE_D)
        return BRANCH_NOT_OFFERED;
    if ((kind == 1 || kind == 2) && !handles(n, t->service))
        return LOBBY_NOT_HANDLED;
    t->first = first;
    t->only_window = kind == 1 || kind == 2 ? n : -1;
    t->only_staff = kind == 3 ? n : -1;
    if (kind == 0)
        t->service = n;
    return 0;
}

static void op_transfer(void)
{
    int w, want, i = at_window(&w, &want);
    struct lobby_target to = { .first = true };
    struct mticket after;
    struct ticket t;
    if (!want) {
        after = m.ticket[i];
        want = target(&to, &after);
    }
    BANK_OK(db_savepoint(b.c.tx));
    int rc = lobby_transfer(&b.c, b.window[w], &to, "moved", &t);
    if (rc)
        db_undo(b.c.tx); /* as the door does with a refused order */
    else
        BANK_OK(db_release(b.c.tx));
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    keep(i, 't');
    m.ticket[i] = after;
    m.ticket[i].state = TICKET_TRANSFERRED;
    wait_again(&m.ticket[i], true);
    m.window[w].ticket = -1;
    same_row(i);
}

static void op_undo(void)
{
    int w = (int)rng_below(&dice, WINDOWS), want = 0;
    struct mwindow *win = &m.window[w];
    struct ticket t;
    int i = win->last;
    bank_as(&b, b.teller[w], ROLE_TELLER);
    const struct mundo *u = i >= 0 ? &m.undo[i] : NULL;
    if (!win->open)
        want = LOBBY_NO_SESSION;
    else if (i < 0 || !u->what)
        want = LOBBY_NO_UNDO;
    else if (!(u->before.window == w || (u->what == 'c' && m.ticket[i].window == w)))
        want = LOBBY_NO_UNDO;
    else if (win->ticket >= 0 && win->ticket != i)
        want = LOBBY_BUSY;
    else if (b.c.now_us > u->until)
        want = LOBBY_UNDO_LATE;
    int rc = lobby_undo(&b.c, b.window[w], &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    char what = u->what;
    bool courtesy = m.ticket[i].courtesy;
    int class_index = m.ticket[i].class_index;
    m.ticket[i] = u->before;
    m.ticket[i].courtesy = courtesy; /* changed by hand since: that stays */
    m.ticket[i].class_index = class_index;
    m.undo[i].what = 0;
    win->ticket = what == 'c' ? -1 : i;
    win->last = -1;
    same_row(i);
}

/* ---- the floor manager's hand ---- */

static void let_go(int i)
{
    for (int w = 0; w < WINDOWS; w++)
        if (m.window[w].ticket == i)
            m.window[w].ticket = m.window[w].last = -1;
}

static void op_stop(bool by_void)
{
    int i = pick(TICKET_BOOKED, TICKET_VOID);
    struct ticket t;
    if (i < 0)
        return;
    enum ticket_state s = m.ticket[i].state;
    bool can = s == TICKET_SERVING ? by_void : s < TICKET_DONE || s == TICKET_TRANSFERRED;
    bank_as(&b, b.floor, ROLE_FLOOR);
    int rc = by_void ? lobby_void(&b.c, m.ticket[i].id, "mistake", &t)
                     : lobby_leave(&b.c, m.ticket[i].id, "gone", &t);
    SAME(can ? 0 : LOBBY_BAD_STEP, rc, "rc");
    if (rc || !can)
        return;
    let_go(i);
    m.ticket[i].state = by_void ? TICKET_VOID : TICKET_LEFT;
    m.undo[i].what = 0;
    same_row(i);
}

static void op_return(void)
{
    int i = rng_below(&dice, 4) ? pick(TICKET_PARKED, TICKET_PARKED)
                                : pick(TICKET_NO_SHOW, TICKET_LEFT);
    bool first = rng_below(&dice, 3) == 0;
    struct ticket t;
    if (i < 0)
        return;
    struct mticket *x = &m.ticket[i];
    bool can = x->state == TICKET_PARKED || x->state == TICKET_NO_SHOW;
    bank_as(&b, b.floor, ROLE_FLOOR);
    int rc = lobby_return(&b.c, x->id, first, &t);
    SAME(can ? 0 : LOBBY_BAD_STEP, rc, "rc");
    if (rc || !can)
        return;
    if (x->state == TICKET_NO_SHOW)
        x->waited += x->called - x->queued;
    x->state = TICKET_TRANSFERRED;
    x->queued = b.c.now_us;
    x->called = x->serving = 0;
    x->window = -1;
    x->first = first;
    x->recalls = 0;
    m.undo[i].what = 0;
    same_row(i);
}

/* What the rule sees of a waiting ticket changes: the wait so far is added up, another begins. */
static void split(struct mticket *t)
{
    t->waited += b.c.now_us > t->queued ? b.c.now_us - t->queued : 0;
    t->queued = b.c.now_us > t->queued ? b.c.now_us : t->queued;
}

static void op_move(void)
{
    int i = pick(TICKET_WAITING, TICKET_TRANSFERRED);
    struct lobby_target to;
    struct ticket t;
    if (i < 0)
        return;
    struct mticket after = m.ticket[i];
    int want = waits(&after) || after.state == TICKET_PARKED ? 0 : LOBBY_BAD_STEP;
    int by_target = target(&to, &after);
    if (!want)
        want = by_target;
    bank_as(&b, b.floor, ROLE_FLOOR);
    int rc = lobby_move(&b.c, m.ticket[i].id, &to, "shorter there", &t);
    SAME(want, rc, "rc");
    if (rc || want)
        return;
    m.ticket[i] = after;
    if (waits(&after))
        split(&m.ticket[i]);
    m.ticket[i].state = TICKET_TRANSFERRED;
    if (!m.ticket[i].queued)
        m.ticket[i].queued = b.c.now_us;
    m.undo[i].what = 0;
    same_row(i);
}

static void op_change(void)
{
    int i = pick(TICKET_BOOKED, TICKET_VOID), class_index = (int)rng_below(&dice, 4);
    struct ticket t;
    if (i < 0)
        return;
    bool ended = m.ticket[i].state >= TICKET_DONE;
    bank_as(&b, b.floor, ROLE_FLOOR);
    if (rng_below(&dice, 2)) {
        bool courtesy = rng_below(&dice, 2);
        int rc = lobby_set_courtesy(&b.c, m.ticket[i].id, courtesy, "with a stick", &t);
        SAME(ended ? LOBBY_BAD_STEP : 0, rc, "courtesy");
        if (!rc && waits(&m.ticket[i]) && m.ticket[i].courtesy != courtesy) {
            split(&m.ticket[i]);
            m.undo[i].what = 0;
        }
        if (!rc)
            m.ticket[i].courtesy = courtesy;
    } else {
        int rc = lobby_set_class(&b.c, m.ticket[i].id, class_index, "gold card", &t);
        SAME(ended ? LOBBY_BAD_STEP : class_index == 3 ? BRANCH_NO_CLASS : 0, rc, "class");
        if (!rc && waits(&m.ticket[i]) && m.ticket[i].class_index != class_index) {
            split(&m.ticket[i]);
            m.undo[i].what = 0;
        }
        if (!rc)
            m.ticket[i].class_index = class_index;
    }
    same_row(i);
}

static void op_session(void)
{
    int w = (int)rng_below(&dice, WINDOWS), want = 0;
    struct mwindow *win = &m.window[w];
    struct window_session s;
    bank_as(&b, b.teller[w], ROLE_TELLER);
    switch (rng_below(&dice, 8)) {
    case 0:
        want = !win->open ? LOBBY_NO_SESSION : win->ticket >= 0 ? LOBBY_HAS_TICKET : 0;
        SAME(want, lobby_sign_out(&b.c, b.window[w]), "sign out");
        if (!want)
            *win = (struct mwindow){ .ticket = -1, .last = -1 };
        return;
    case 1:
        want = !win->open         ? LOBBY_NO_SESSION
               : win->paused      ? LOBBY_PAUSED
               : win->ticket >= 0 ? LOBBY_HAS_TICKET
                                  : 0;
        SAME(want, lobby_pause(&b.c, b.window[w], "lunch"), "pause");
        win->paused = win->paused || !want;
        return;
    case 2:
    case 3:
        want = !win->open ? LOBBY_NO_SESSION : 0;
        SAME(want, lobby_resume(&b.c, b.window[w]), "resume");
        win->paused = false;
        return;
    default: /* sitting down again changes nothing */
        SAME(0, lobby_sign_in(&b.c, b.window[w], &s), "sign in");
        if (!win->open)
            *win = (struct mwindow){ .open = true, .ticket = -1, .last = -1 };
        return;
    }
}

static void op_wrong_person(void)
{
    int w = (int)rng_below(&dice, WINDOWS);
    struct ticket t;
    bank_as(&b, b.teller[(w + 1) % WINDOWS], ROLE_TELLER);
    SAME(m.window[w].open ? LOBBY_NOT_YOURS : LOBBY_NO_SESSION, lobby_next(&b.c, b.window[w], &t),
         "rc");
}

static void op_day(void)
{
    bank_as(&b, b.floor, ROLE_FLOOR);
    if (rng_below(&dice, 3)) {
        SAME(0, lobby_day_resume(&b.c, b.outlet), "resume");
        m.day = DAY_OPEN;
    } else {
        SAME(0, lobby_day_stop(&b.c, b.outlet, "full"), "stop");
        m.day = DAY_STOPPED;
    }
}

static void one_operation(void)
{
    static const struct {
        int weight;
        void (*run)(void);
    } table[] = { { 26, op_take },    { 22, op_next },   { 14, op_serve },       { 12, op_end },
                  { 2, op_call },     { 3, op_recall },  { 3, op_no_show },      { 3, op_park },
                  { 3, op_transfer }, { 4, op_undo },    { 3, op_return },       { 2, op_move },
                  { 2, op_change },   { 4, op_session }, { 1, op_wrong_person }, { 1, op_day } };
    int sum = 0;
    for (size_t i = 0; i < COUNT(table); i++)
        sum += table[i].weight;
    int at = (int)rng_below(&dice, (uint32_t)sum + 2);
    bank_later(&b, (int)rng_below(&dice, 25));
    arena_clear(b.c.arena);
    for (size_t i = 0; i < COUNT(table); i++)
        if ((at -= table[i].weight) < 0) {
            table[i].run();
            ops_done++;
            return;
        }
    op_stop(at == -1 || rng_below(&dice, 3) == 0);
    ops_done++;
}

/* All live rows, all windows and the wall are what the model says. */
static void same_lobby(void)
{
    struct lobby_scene s;
    int live = 0;
    bank_as_system(&b);
    BANK_OK(scene_load(&b.c, b.outlet, &s));
    for (int i = 0; i < m.n; i++) {
        const struct mticket *t = &m.ticket[i];
        int seen = 0;
        live += t->state >= TICKET_WAITING && t->state <= TICKET_TRANSFERRED;
        for (int k = 0; k < s.n_live; k++)
            seen += s.live[k].id.n == t->id.n && s.live[k].state == t->state;
        SAME(t->state <= TICKET_TRANSFERRED, seen, "live rows of a ticket");
    }
    SAME(live, s.n_live, "live tickets");
    for (int w = 0; w < WINDOWS; w++) {
        const struct window_session *session = NULL;
        for (int k = 0; k < s.n_sessions; k++)
            if (s.sessions[k].window.n == b.window[w].n)
                session = &s.sessions[k];
        SAME(m.window[w].open, session != NULL, "window open");
        if (session)
            SAME(m.window[w].ticket < 0 ? 0 : m.ticket[m.window[w].ticket].id.n, session->ticket.n,
                 "ticket at the window");
    }
}

static void evening(void)
{
    int left = 0, at = 0, live = 0;
    for (int w = 0; w < WINDOWS; w++) { /* finish what is at the windows */
        struct ticket t;
        bank_as(&b, b.teller[w], ROLE_TELLER);
        int i = m.window[w].ticket;
        if (i < 0)
            continue;
        if (m.ticket[i].state == TICKET_CALLED) {
            bank_as(&b, b.floor, ROLE_FLOOR);
            SAME(LOBBY_OPEN_TICKETS, lobby_day_close(&b.c, b.outlet, false, "end", &left), "close");
            bank_as(&b, b.teller[w], ROLE_TELLER);
            SAME(0, lobby_serve(&b.c, b.window[w], &t), "serve");
        }
        SAME(0, lobby_end(&b.c, b.window[w], &t), "end");
        m.ticket[i].state = TICKET_DONE;
    }
    for (int i = 0; i < m.n; i++)
        live += m.ticket[i].state <= TICKET_TRANSFERRED;
    bank_as(&b, b.floor, ROLE_FLOOR);
    SAME(0, lobby_day_close(&b.c, b.outlet, false, "end", &left), "close");
    SAME(live, left, "voided at the end of the day");
    struct ticket *rows;
    BANK_OK(lobby_day_tickets(&b.c, b.outlet, date_of_instant(b.c.now_us), &rows, &at));
    SAME(m.n, at, "tickets of the day");
    for (int i = 0; i < at && i < m.n; i++) {
        SAME(m.ticket[i].id.n, rows[i].id.n, "order of taking");
        SAME(m.ticket[i].state <= TICKET_TRANSFERRED ? TICKET_VOID : m.ticket[i].state,
             rows[i].state, "state in the evening");
        for (int k = 0; k < i; k++)
            if (!strcmp(rows[i].number, rows[k].number))
                SAME(0, 1, "one number twice");
    }
}

static void morning(int day)
{
    static const struct {
        enum rule_base base;
        const char *text;
    } rules[] = { { RULE_FCFS, "fcfs;courtesy off" },
                  { RULE_STRICT, "strict;courtesy off" },
                  { RULE_HEAD, "head:mid=5m,high=10m;courtesy off" } };
    m = (struct model){ .day = DAY_OPEN, .rule = rules[day % 3].base };
    for (int w = 0; w < WINDOWS; w++)
        m.window[w] = (struct mwindow){ .ticket = -1, .last = -1 };
    b.c.now_us = bank_time(day, "09:00");
    bank_as_system(&b);
    bank_rule(&b, rules[day % 3].text);
    BANK_OK(lobby_day_open(&b.c, b.outlet));
}

static bool run_seed(uint64_t seed, int64_t ops)
{
    struct timespec from, until;
    clock_gettime(CLOCK_MONOTONIC, &from);
    failures = 0;
    ops_done = refusals = 0;
    rng_seed(&dice, seed);
    bank_open(&b);
    for (int day = 0; ops_done < ops && !failures; day++) {
        morning(day);
        for (int i = 1; i <= OPS_A_DAY && ops_done < ops && !failures; i++) {
            one_operation();
            if (i % 500 == 0) {
                same_lobby();
                bank_save(&b);
            }
        }
        evening();
        bank_save(&b);
    }
    int64_t tickets = 0, bad = 0;
    char text[200] = "";
    BANK_OK(lobby_check(&b.c, &tickets, &bad, text, sizeof text));
    SAME(0, bad, text);
    bank_close(&b);
    clock_gettime(CLOCK_MONOTONIC, &until);
    printf("seed %llu: %lld operations, %lld refused as predicted, %lld tickets, %.1f s: %s\n",
           (unsigned long long)seed, (long long)ops_done, (long long)refusals, (long long)tickets,
           (double)(until.tv_sec - from.tv_sec) + (double)(until.tv_nsec - from.tv_nsec) / 1e9,
           failures ? "DIFFERS" : "the same");
    return failures == 0;
}

int lobby_model(int argc, char **argv)
{
    int64_t ops = 1000000;
    int passed = 0, failed = 0, first = 1;
    if (argc > 2 && !strcmp(argv[1], "--ops")) {
        ops = strtoll(argv[2], NULL, 10);
        first = 3;
    }
    if (argc == first) {
        passed += run_seed(42, ops);
        failed = 1 - passed;
    }
    for (int i = first; i < argc; i++) {
        bool ok = run_seed(strtoull(argv[i], NULL, 10), ops);
        passed += ok;
        failed += !ok;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
