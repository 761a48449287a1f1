/* floor_api.c -- The floor manager's screen: everything at once, and a hand on each ticket. */
#include "api/handlers.h"
#include "store/event.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- the screen ---- */

struct floor {
    struct lobby_scene s;
    struct branch_hours hours;
    struct ticket *today; /* every ticket of the business day */
    int n_today;
};

static int floor_load(struct call *c, outlet_id o, struct floor *f)
{
    int rc = scene_load(c, o, &f->s);
    if (!rc)
        rc = branch_hours_on(c, o, f->s.day.day, &f->hours);
    if (!rc)
        rc = lobby_day_tickets(c, o, f->s.day.day, &f->today, &f->n_today);
    return rc;
}

static const char *day_state_code(enum day_state s)
{
    static const char *const codes[] = { "before", "open", "issuing_stopped", "closed" };
    return codes[s];
}

static void day_json(struct jsonw *w, const struct floor *f)
{
    char text[DATE_TEXT];
    date_print(f->s.day.day, text);
    jw_object(w, "day");
    jw_text(w, "date", text);
    jw_text(w, "state", day_state_code(f->s.day.state));
    ms_json(w, "opened_ms", f->s.day.opened_us);
    jw_i64(w, "opens_s", f->hours.open_s);
    jw_i64(w, "closes_s", f->hours.close_s);
    jw_text(w, "stop_reason", f->s.day.reason[0] ? f->s.day.reason : NULL);
    jw_end(w);
}

static int64_t idle_s(const struct lobby_scene *s, const struct window_session *session)
{
    if (!session || session->state != SESSION_OPEN || session->ticket.n)
        return 0;
    return (s->now_us - session->last_us) / US_SECOND;
}

/* Somebody waits for it, it is open, and it has called nobody for too long. */
static bool not_calling(const struct lobby_scene *s, const struct branch_window *win,
                        const struct window_session *session)
{
    if (idle_s(s, session) < s->plan->settings.idle_alarm_s)
        return false;
    for (int i = 0; i < s->n_live; i++)
        if (ticket_waits(s->live[i].state) && window_handles(win, s->live[i].service))
            return true;
    return false;
}

static void windows_json(struct call *c, struct jsonw *w, const struct floor *f)
{
    jw_array(w, "windows");
    for (int i = 0; i < f->s.plan->n_windows; i++) {
        const struct branch_window *win = &f->s.plan->windows[i];
        const struct window_session *session = scene_session(&f->s, win->id);
        const struct ticket *t = session ? scene_ticket(&f->s, session->ticket) : NULL;
        jw_object(w, NULL);
        jw_i64(w, "id", win->id.n);
        jw_i64(w, "number", win->number);
        pair_json(w, "name", win->name_zh, win->name_en);
        jw_bool(w, "corporate", win->corporate);
        if (session) {
            jw_object(w, "session");
            jw_i64(w, "staff_id", session->staff.n);
            jw_text(w, "staff_name", staff_name(c, session->staff.n));
            jw_text(w, "state", session->state == SESSION_PAUSED ? "paused" : "open");
            ms_json(w, "since_ms",
                    session->state == SESSION_PAUSED ? session->paused_us : session->opened_us);
            jw_text(w, "pause_reason", session->pause_reason[0] ? session->pause_reason : NULL);
            jw_end(w);
        } else {
            jw_null(w, "session");
        }
        if (t) {
            jw_object(w, "ticket");
            jw_i64(w, "id", t->id.n);
            jw_text(w, "number", t->number);
            jw_text(w, "state", ticket_state_code(t->state));
            ms_json(w, "since_ms", t->state == TICKET_SERVING ? t->serving_us : t->called_us);
            jw_end(w);
        } else {
            jw_null(w, "ticket");
        }
        jw_i64(w, "idle_s", idle_s(&f->s, session));
        jw_bool(w, "not_calling", not_calling(&f->s, win, session));
        jw_end(w);
    }
    jw_end(w);
}

static void bound_json(struct call *c, struct jsonw *w, const struct lobby_plan *p,
                       const struct ticket *t)
{
    const struct branch_window *win =
        t->only_window ? plan_window(p, (window_id){ t->only_window }) : NULL;
    if (!win && !t->only_staff) {
        jw_null(w, "bound");
        return;
    }
    jw_object(w, "bound");
    if (win)
        jw_i64(w, "window", win->number);
    else
        jw_null(w, "window");
    jw_text(w, "staff_name", t->only_staff ? staff_name(c, t->only_staff) : NULL);
    jw_end(w);
}

static void tickets_json(struct call *c, struct jsonw *w, const struct floor *f)
{
    jw_array(w, "tickets");
    for (int i = 0; i < f->s.n_live; i++) {
        const struct ticket *t = &f->s.live[i];
        const struct branch_window *win = t->window.n ? plan_window(f->s.plan, t->window) : NULL;
        jw_object(w, NULL);
        ticket_row_json(w, t, &f->s);
        if (win)
            jw_i64(w, "window", win->number);
        else
            jw_null(w, "window");
        bound_json(c, w, f->s.plan, t);
        jw_end(w);
    }
    jw_end(w);
}

static void alarm(struct jsonw *w, const char *kind, bool loud, const char *zh, const char *en,
                  int64_t ticket, int64_t window)
{
    jw_object(w, NULL);
    jw_text(w, "kind", kind);
    jw_text(w, "level", loud ? "alarm" : "warn");
    pair_json(w, "text", zh, en);
    if (ticket)
        jw_i64(w, "ticket_id", ticket);
    if (window)
        jw_i64(w, "window_id", window);
    jw_end(w);
}

static int target_of(const struct lobby_plan *p, int class_index)
{
    for (int i = 0; i < p->n_classes; i++)
        if (p->classes[i].index == class_index)
            return p->classes[i].target_s;
    return 1200;
}

/* Waits over the threshold, and those that are about to break the promise. */
static int wait_alarms(struct jsonw *w, const struct lobby_scene *s)
{
    int waiting = 0, shown = 0;
    char zh[160], en[160];
    for (int i = 0; i < s->n_live; i++) {
        const struct ticket *t = &s->live[i];
        if (!ticket_waits(t->state))
            continue;
        waiting++;
        int wait_s = (int)(ticket_wait_us(t, s->now_us) / US_SECOND);
        int target = target_of(s->plan, t->class_index);
        bool over = wait_s > target, soon = wait_s > target * 3 / 4;
        if ((!over && !soon && wait_s < s->plan->settings.alarm_wait_s) || shown++ >= 8)
            continue;
        snprintf(zh, sizeof zh,
                 over ? "%s 已等 %d 分钟，超过 %d 分钟承诺" : "%s 已等 %d 分钟，承诺 %d 分钟",
                 t->number, wait_s / 60, target / 60);
        snprintf(en, sizeof en, "%s has waited %d min; the promise is %d min", t->number,
                 wait_s / 60, target / 60);
        alarm(w, over ? "promise" : "wait", over, zh, en, t->id.n, 0);
    }
    return waiting;
}

static void alarms_json(struct jsonw *w, const struct floor *f)
{
    const struct lobby_scene *s = &f->s;
    char zh[160], en[160];
    int now_s = date_second_of_day(s->now_us);
    jw_array(w, "alarms");
    int waiting = wait_alarms(w, s);
    if (waiting >= s->plan->settings.alarm_count) {
        snprintf(zh, sizeof zh, "等候 %d 人，达到警戒 %d 人", waiting,
                 s->plan->settings.alarm_count);
        snprintf(en, sizeof en, "%d people wait; the alarm is at %d", waiting,
                 s->plan->settings.alarm_count);
        alarm(w, "count", waiting >= s->plan->settings.alarm_count * 3 / 2, zh, en, 0, 0);
    }
    for (int i = 0; i < s->plan->n_windows; i++) {
        const struct branch_window *win = &s->plan->windows[i];
        const struct window_session *session = scene_session(s, win->id);
        if (!not_calling(s, win, session))
            continue;
        snprintf(zh, sizeof zh, "%d 号窗口开着，%d 分钟没有叫号", win->number,
                 (int)(idle_s(s, session) / 60));
        snprintf(en, sizeof en, "window %d is open and has called nobody for %d min", win->number,
                 (int)(idle_s(s, session) / 60));
        alarm(w, "not_calling", true, zh, en, 0, win->id.n);
    }
    if (s->day.state == DAY_OPEN && f->hours.close_s - now_s < 1800 && f->hours.close_s > now_s) {
        snprintf(zh, sizeof zh, "%d 分钟后停止营业", (f->hours.close_s - now_s) / 60);
        snprintf(en, sizeof en, "closing in %d min", (f->hours.close_s - now_s) / 60);
        alarm(w, "closing", false, zh, en, 0, 0);
    }
    jw_end(w);
}

/* ---- the numbers of today: the same functions as the office's ---- */

static void promise_json(struct jsonw *w, const struct floor *f, const char *code, const char *zh,
                         const char *en, int target_s, int goal_ppm, int class_index,
                         struct arena *arena)
{
    struct wait *waits = arena_alloc(arena, sizeof *waits * ((size_t)f->n_today + 1));
    size_t n = 0;
    for (int i = 0; i < f->n_today; i++)
        if ((class_index < 0 || f->today[i].class_index == class_index) &&
            ticket_wait(&f->today[i], f->s.now_us, &waits[n]))
            n++;
    struct share s = promise_share(waits, n, target_s * US_SECOND, PROMISE_SERVED, arena);
    jw_object(w, NULL);
    jw_text(w, "class_code", code);
    pair_json(w, "name", zh, en);
    jw_i64(w, "target_s", target_s);
    jw_i64(w, "goal_ppm", goal_ppm);
    jw_i64(w, "kept", s.kept);
    jw_i64(w, "of", s.of);
    jw_f64(w, "value", s.value, 4);
    jw_f64(w, "low", s.low, 4);
    jw_f64(w, "high", s.high, 4);
    jw_text(w, "verdict", verdict_code(promise_verdict(s, goal_ppm)));
    jw_bool(w, "sure", promise_sure(s, goal_ppm));
    jw_end(w);
}

static void numbers_json(struct jsonw *w, const struct floor *f, struct arena *arena)
{
    struct wait *waits = arena_alloc(arena, sizeof *waits * ((size_t)f->n_today + 1));
    struct wait_summary sum;
    size_t n = 0;
    int64_t waiting = 0, longest = 0, no_show = 0, left = 0, guided = 0, open = 0;
    for (int i = 0; i < f->n_today; i++) {
        const struct ticket *t = &f->today[i];
        int64_t wait = ticket_wait_us(t, f->s.now_us);
        n += ticket_wait(t, f->s.now_us, &waits[n]);
        no_show += t->state == TICKET_NO_SHOW && t->called_us;
        left += t->state == TICKET_LEFT && t->queued_us && !ticket_guided(t);
        guided += ticket_guided(t);
        if (ticket_waits(t->state)) {
            waiting++;
            longest = wait > longest ? wait : longest;
        }
    }
    for (int i = 0; i < f->s.n_sessions; i++)
        open += f->s.sessions[i].state == SESSION_OPEN;
    wait_summarise(waits, n, arena, &sum);
    jw_object(w, "numbers");
    jw_i64(w, "taken", (int64_t)n);
    jw_i64(w, "waiting", waiting);
    jw_i64(w, "longest_wait_s", longest / US_SECOND);
    jw_i64(w, "served", sum.served);
    jw_i64(w, "left", left);
    jw_i64(w, "guided", guided);
    jw_i64(w, "no_show", no_show);
    jw_i64(w, "windows_open", open);
    jw_f64(w, "mean_wait_s", sum.mean_s, 0);
    jw_array(w, "promise");
    promise_json(w, f, "all", "全体客户", "everybody", 1200, 950000, -1, arena);
    for (int i = 0; i < f->s.plan->n_classes; i++) {
        const struct branch_class *k = &f->s.plan->classes[i];
        promise_json(w, f, k->code, k->name_zh, k->name_en, k->target_s, k->goal_ppm, k->index,
                     arena);
    }
    jw_end(w);
    jw_end(w);
    jw_array(w, "buckets");
    for (int i = 0; i < WAIT_BUCKETS; i++) {
        jw_object(w, NULL);
        if (i < WAIT_BUCKETS - 1)
            jw_i64(w, "up_to_min", wait_bucket_minutes[i]);
        else
            jw_null(w, "up_to_min");
        jw_i64(w, "count", sum.bucket[i]);
        jw_end(w);
    }
    jw_end(w);
}

int api_floor(struct call *c, struct request *q, struct buf *answer)
{
    struct floor f;
    struct jsonw w;
    int64_t seq = 0;
    int rc = floor_load(c, (outlet_id){ q->id[0] }, &f);
    if (!rc)
        rc = event_last_seq(c->tx, q->id[0], &seq);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_object(&w, "outlet");
    jw_i64(&w, "id", f.s.outlet.id.n);
    jw_text(&w, "code", f.s.outlet.code);
    pair_json(&w, "name", f.s.outlet.name_zh, f.s.outlet.name_en);
    jw_end(&w);
    jw_i64(&w, "seq", seq);
    ms_json(&w, "now_ms", c->now_us);
    day_json(&w, &f);
    windows_json(c, &w, &f);
    tickets_json(c, &w, &f);
    alarms_json(&w, &f);
    numbers_json(&w, &f, c->arena);
    jw_end(&w);
    return 0;
}
