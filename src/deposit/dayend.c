/* dayend.c -- The day end: which step, which chunk, what is noted. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include "base/banned.h"

typedef int step_run(struct call *c, struct dayend_chunk *k);

static const struct {
    const char *code;
    step_run *run;
} steps[] = {
    [DAYEND_EXPIRE] = { "expire", expire_chunk },
    [DAYEND_STANDING] = { "standing", standing_chunk },
    [DAYEND_FEES] = { "fees", fees_chunk },
    [DAYEND_COLLECT] = { "collect", collect_chunk },
    [DAYEND_ACCRUE] = { "accrue", accrue_chunk },
    [DAYEND_DORMANT] = { "dormant", dormant_chunk },
    [DAYEND_FOLD] = { "fold", fold_chunk },
    [DAYEND_ROLL] = { "roll", roll_chunk },
    [DAYEND_SETTLE] = { "settle", settle_chunk },
    [DAYEND_MATURE] = { "mature", mature_chunk },
    [DAYEND_PROVE] = { "prove", NULL },
    [DAYEND_DONE] = { "done", NULL },
};

const char *dayend_step_code(enum dayend_step step)
{
    CHECK(step >= DAYEND_EXPIRE && step <= DAYEND_DONE);
    return steps[step].code;
}

int dayend_guard(struct call *c, date day, enum dayend_step step, int64_t subject, bool *first)
{
    int rc = db_exec(c->tx,
                     "INSERT INTO deposit_done (day, step, subject_id) VALUES ($1, $2, $3)"
                     " ON CONFLICT (day, step, subject_id) DO NOTHING",
                     DB_ARGS(DB_I(day.days), DB_I(step), DB_I(subject)));
    *first = !rc && db_changed(c->tx) == 1;
    return rc;
}

/* ---- rows ---- */

#define COLUMNS "SELECT day, step, cursor_id, begun_us, ended_us, proven, text FROM deposit_dayend"

static void read_row(struct db_rows *r, struct dayend *d)
{
    const char *text = db_text(r, 6);
    *d = (struct dayend){ .day = { (int32_t)db_i64(r, 0) },
                          .step = (enum dayend_step)db_i64(r, 1),
                          .cursor = db_i64(r, 2),
                          .begun_us = db_i64(r, 3),
                          .ended_us = db_i64(r, 4),
                          .proven = db_i64(r, 5) != 0 };
    snprintf(d->text, sizeof d->text, "%s", text ? text : "");
}

static int read_counts(struct call *c, struct dayend *d)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT step, done, chunks, ended_us FROM deposit_dayend_step WHERE day=$1",
                      DB_ARGS(DB_I(d->day.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        int64_t step = db_i64(&r, 0);
        rc = 0;
        if (step < DAYEND_EXPIRE || step >= DAYEND_DONE)
            continue;
        d->done[step] = db_i64(&r, 1);
        d->chunks[step] = db_i64(&r, 2);
        d->over_us[step] = db_i64(&r, 3);
    }
    db_done(&r);
    return rc;
}

static int read_one(struct call *c, const char *sql, int64_t number, struct dayend *out,
                    bool *found)
{
    struct db_rows r;
    *found = false;
    int rc = db_query(c->tx, &r, sql, DB_ARGS(DB_I(number)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *found = true;
        read_row(&r, out);
    }
    db_done(&r);
    return rc || !*found ? rc : read_counts(c, out);
}

static int read_day(struct call *c, date day, struct dayend *out, bool *found)
{
    return read_one(c, COLUMNS " WHERE day=$1", day.days, out, found);
}

int dayend_list(struct call *c, int max, struct dayend **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    *n = 0;
    int rc = db_query(c->tx, &r, COLUMNS " ORDER BY day DESC LIMIT $1", DB_ARGS(DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        read_row(&r, &(*out)[(*n)++]);
    }
    db_done(&r);
    for (int i = 0; !rc && i < *n; i++)
        rc = read_counts(c, &(*out)[i]);
    return rc;
}

/* ---- beginning ---- */

static int begin_new(struct call *c, date day, struct dayend *out)
{
    bool found = false;
    int rc = db_exec(c->tx,
                     "INSERT INTO deposit_dayend (day, step, cursor_id, begun_us, ended_us,"
                     " proven, text) VALUES ($1, $2, 0, $3, 0, 0, '') ON CONFLICT (day) DO NOTHING",
                     DB_ARGS(DB_I(day.days), DB_I(DAYEND_EXPIRE), DB_I(c->now_us)));
    if (!rc && db_changed(c->tx) == 1) {
        struct jsonw *w = event_begin(c);
        jw_i64(w, "day", day.days);
        rc = event_add(c, 0, "dayend.begun", 0);
    }
    if (!rc)
        rc = read_day(c, day, out, &found);
    return rc || found ? rc : RC_CORRUPT;
}

int dayend_begin(struct call *c, date day, struct dayend *out)
{
    date today;
    struct dayend d;
    bool found = false;
    int rc = ledger_day(c, &today);
    if (!rc) /* the date has rolled, but not all of it is done: that first */
        rc = read_one(c, COLUMNS " WHERE step<$1 ORDER BY day LIMIT 1", DAYEND_DONE, &d, &found);
    if (rc)
        return rc;
    if (found) {
        *out = d;
        return 0;
    }
    if (!day.days)
        day = today;
    if (day.days < today.days)
        return call_refuse(c, DEPOSIT_DAY_OVER, "day", "the business date is %s",
                           date_text(today).at);
    if (today.days > date_of_instant(c->now_us).days || day.days > date_of_instant(c->now_us).days)
        return call_refuse(c, DEPOSIT_DAY_FUTURE, "day", "%s", date_text(today).at);
    rc = db_exec(c->tx, "DELETE FROM deposit_asked", DB_NO_ARGS);
    return rc ? rc : begin_new(c, today, out);
}

int dayend_may(struct call *c)
{
    date today;
    int64_t running = 0;
    int rc = ledger_day(c, &today);
    if (!rc)
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_dayend WHERE step<$1",
                        DB_ARGS(DB_I(DAYEND_DONE)), 0, &running);
    if (!rc && running)
        rc = call_refuse(c, DEPOSIT_DAY_RUNNING, "day", "%s", "");
    if (!rc && today.days > date_of_instant(c->now_us).days)
        rc = call_refuse(c, DEPOSIT_DAY_FUTURE, "day", "%s", date_text(today).at);
    return rc;
}

int dayend_ask(struct call *c)
{
    date today;
    int rc = dayend_may(c);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO deposit_asked (id, asked_us) VALUES (1, $1)"
                     " ON CONFLICT (id) DO UPDATE SET asked_us=excluded.asked_us",
                     DB_ARGS(DB_I(c->now_us)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "day", today.days);
    return event_add(c, 0, "dayend.asked", 0);
}

int dayend_asked(struct call *c, bool *asked)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_asked", DB_NO_ARGS, 0, &n);
    *asked = n > 0;
    return rc;
}

/* ---- a chunk ---- */

/* The chunk belongs to who moves the cursor: another node's waits for this row, and then sees that
 * it has moved. */
static int claim(struct call *c, const struct dayend *d, bool *ours)
{
    int rc = db_exec(c->tx,
                     "UPDATE deposit_dayend SET cursor_id=cursor_id WHERE day=$1 AND step=$2"
                     " AND cursor_id=$3",
                     DB_ARGS(DB_I(d->day.days), DB_I(d->step), DB_I(d->cursor)));
    *ours = !rc && db_changed(c->tx) == 1;
    return rc;
}

static int note_chunk(struct call *c, struct dayend *d, const struct dayend_chunk *k)
{
    int64_t ended = k->more ? 0 : c->now_us;
    int rc = db_exec(c->tx,
                     "INSERT INTO deposit_dayend_step (day, step, done, chunks, ended_us)"
                     " VALUES ($1, $2, $3, 1, $4) ON CONFLICT (day, step) DO UPDATE SET"
                     " done=deposit_dayend_step.done+excluded.done,"
                     " chunks=deposit_dayend_step.chunks+1, ended_us=excluded.ended_us",
                     DB_ARGS(DB_I(d->day.days), DB_I(d->step), DB_I(k->done), DB_I(ended)));
    d->done[d->step] += k->done;
    if (!rc && !k->more) {
        struct jsonw *w = event_begin(c);
        jw_i64(w, "day", d->day.days);
        jw_text(w, "step", dayend_step_code(d->step));
        jw_i64(w, "done", d->done[d->step]);
        rc = event_add(c, 0, "dayend.step", 0);
    }
    d->cursor = k->more ? k->cursor : 0;
    d->step += !k->more;
    return rc ? rc
              : db_exec(c->tx, "UPDATE deposit_dayend SET step=$1, cursor_id=$2 WHERE day=$3",
                        DB_ARGS(DB_I(d->step), DB_I(d->cursor), DB_I(d->day.days)));
}

int dayend_run(struct call *c, struct dayend *d, bool *more)
{
    bool found = false, ours = false;
    *more = false;
    int rc = read_day(c, d->day, d, &found);
    if (!rc && !found)
        rc = RC_CORRUPT;
    if (rc || !steps[d->step].run)
        return rc;
    *more = true;
    rc = claim(c, d, &ours);
    if (rc || !ours)
        return rc;
    struct dayend_chunk k = { .day = d->day, .cursor = d->cursor };
    rc = steps[d->step].run(c, &k);
    if (!rc)
        rc = note_chunk(c, d, &k);
    *more = steps[d->step].run != NULL;
    return rc;
}

int dayend_proved(struct call *c, date day, bool good, const char *text)
{
    struct dayend d;
    bool found = false;
    int rc = read_day(c, day, &d, &found);
    if (rc || !found || d.step != DAYEND_PROVE)
        return rc; /* somebody else was faster */
    rc = db_exec(c->tx,
                 "UPDATE deposit_dayend SET step=$1, proven=$2, text=$3, ended_us=$4 WHERE day=$5"
                 " AND step=$6",
                 DB_ARGS(DB_I(DAYEND_DONE), DB_I(good), DB_T(text), DB_I(c->now_us), DB_I(day.days),
                         DB_I(DAYEND_PROVE)));
    if (rc || db_changed(c->tx) != 1)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "day", day.days);
    jw_bool(w, "good", good);
    return event_add(c, 0, "dayend.done", 0);
}
