/* planner_jobs.c -- Computations that take seconds: own threads, progress, a stop, a result.
 *
 * A job reads through snapshots and never writes: what it found is taken over by the person, with
 * an ordinary write. Results are kept until their place is needed. */
#include "api/planner.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

enum { JOBS = 16, RUNNING = 2, CTX = 1 << 19, RESULT = 8 << 20 };
enum job_state { JOB_FREE, JOB_RUNNING, JOB_DONE, JOB_FAILED };

struct planner_job {
    struct planner *planner;
    int64_t id, outlet;
    char kind[16];
    enum job_state state;
    atomic_bool stop;
    pthread_t thread;
    bool joinable;
    planner_run *run;
    struct actor actor;
    struct arena *arena;
    void *ctx;
    int done, all, rc;
    double best, bound, seconds, started;
    struct buf result, partial; /* partial: while it runs, empty when there is none */
};
struct planner {
    struct api *api;
    struct arena *arena;
    pthread_mutex_t lock;
    struct planner_job job[JOBS];
    int64_t last;
    struct planner_cache *cache;
    struct planner_kept *kept;
};

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct planner *planner_new(struct api *a)
{
    struct arena *arena = arena_new(sizeof(struct planner) + 65536);
    struct planner *p = arena_alloc(arena, sizeof *p);
    p->api = a;
    p->arena = arena;
    p->cache = planner_cache_new();
    p->kept = planner_kept_new();
    CHECK(!pthread_mutex_init(&p->lock, NULL));
    return p;
}

static void job_empty(struct planner_job *j)
{
    if (j->joinable)
        pthread_join(j->thread, NULL);
    if (j->state != JOB_FREE) {
        buf_release(&j->result);
        buf_release(&j->partial);
    }
    arena_free(j->arena);
    struct planner *p = j->planner;
    memset(j, 0, sizeof *j);
    j->planner = p;
}

void planner_free(struct planner *p)
{
    for (int i = 0; i < JOBS; i++)
        atomic_store(&p->job[i].stop, true);
    for (int i = 0; i < JOBS; i++)
        job_empty(&p->job[i]);
    pthread_mutex_destroy(&p->lock);
    planner_cache_free(p->cache);
    planner_kept_free(p->kept);
    arena_free(p->arena);
}

struct planner_cache *planner_cache_of(struct planner *p)
{
    return p->cache;
}

struct planner_kept *planner_kept_of(struct planner *p)
{
    return p->kept;
}

/* ---- for the job itself ---- */

void planner_partial(struct planner_job *j, const struct buf *result)
{
    pthread_mutex_lock(&j->planner->lock);
    buf_clear(&j->partial);
    buf_add(&j->partial, result->at, result->len);
    pthread_mutex_unlock(&j->planner->lock);
}

struct half {
    void (*run)(void *arg);
    void *arg;
};

static void *half_main(void *arg)
{
    struct half *h = arg;
    h->run(h->arg);
    return NULL;
}

void planner_both(void (*run)(void *arg), void *here, void *there)
{
    struct half h = { run, there };
    pthread_t thread;
    bool own = !pthread_create(&thread, NULL, half_main, &h);
    run(here);
    if (own)
        pthread_join(thread, NULL);
    else
        run(there);
}

struct arena *planner_arena(struct planner_job *j)
{
    return j->arena;
}

void *planner_ctx(struct planner_job *j)
{
    return j->ctx;
}

bool planner_stopping(struct planner_job *j)
{
    return atomic_load(&j->stop);
}

void planner_progress(struct planner_job *j, int done, int all, double best, double bound)
{
    pthread_mutex_lock(&j->planner->lock);
    j->done = done;
    j->all = all;
    j->best = best;
    j->bound = bound;
    pthread_mutex_unlock(&j->planner->lock);
}

int planner_read(struct planner_job *j, planner_reads *read, void *ctx)
{
    struct db_tx *tx;
    struct rng rng;
    struct api *a = j->planner->api;
    int rc = db_read(a->s.db, &tx);
    if (rc)
        return rc;
    struct call c = { .now_us = a->s.now_us(a->s.clock_ctx),
                      .rng = &rng,
                      .tx = tx,
                      .arena = j->arena,
                      .actor = j->actor };
    rng_seed(&rng, (uint64_t)c.now_us);
    rc = read(&c, ctx);
    db_read_done(&tx);
    return rc;
}

static void *job_main(void *arg)
{
    struct planner_job *j = arg;
    struct buf out;
    buf_init(&out, RESULT);
    int rc = j->run(j, &out);
    pthread_mutex_lock(&j->planner->lock);
    buf_release(&j->result);
    j->result = out;
    j->rc = rc;
    j->seconds = clock_s() - j->started;
    j->state = rc ? JOB_FAILED : JOB_DONE;
    pthread_mutex_unlock(&j->planner->lock);
    return NULL;
}

/* ---- starting ---- */

/* A free place, or the oldest that is over; NULL: the outlet or all threads are at work. */
static struct planner_job *job_place(struct planner *p, outlet_id o)
{
    int running = 0;
    struct planner_job *place = NULL;
    for (int i = 0; i < JOBS; i++) {
        struct planner_job *j = &p->job[i];
        running += j->state == JOB_RUNNING;
        if (j->state == JOB_RUNNING && j->outlet == o.n)
            return NULL;
        if (j->state != JOB_RUNNING && (!place || j->id < place->id))
            place = j;
    }
    return running < RUNNING ? place : NULL;
}

int planner_start(struct planner *p, const struct request *q, outlet_id o, const char *kind,
                  planner_run *run, const void *ctx, size_t bytes, int64_t *id)
{
    pthread_mutex_lock(&p->lock);
    struct planner_job *j = job_place(p, o);
    int rc = j ? 0 : ROSTER_BUSY;
    if (j) {
        job_empty(j);
        j->planner = p;
        j->id = ++p->last;
        j->outlet = o.n;
        j->run = run;
        j->actor = q->session.actor;
        j->best = j->bound = NAN;
        j->started = clock_s();
        j->arena = arena_new((size_t)1 << 30);
        j->ctx = arena_alloc(j->arena, bytes + 1);
        memcpy(j->ctx, ctx, bytes);
        snprintf(j->kind, sizeof j->kind, "%s", kind);
        buf_init(&j->result, RESULT);
        buf_init(&j->partial, RESULT);
        j->state = JOB_RUNNING;
        j->joinable = true;
        *id = j->id;
        if (pthread_create(&j->thread, NULL, job_main, j)) {
            j->joinable = false;
            j->state = JOB_FAILED;
            rc = RC_FULL;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* ---- asking ---- */

static void job_json(const struct planner_job *j, struct jsonw *w, bool result)
{
    static const char *const state[] = { "free", "running", "done", "failed" };
    jw_object(w, NULL);
    jw_i64(w, "job", j->id);
    jw_text(w, "kind", j->kind);
    jw_text(w, "state", state[j->state]);
    jw_bool(w, "stopping", atomic_load(&j->stop));
    jw_i64(w, "done", j->done);
    jw_i64(w, "all", j->all);
    jw_f64(w, "best", isfinite(j->best) ? j->best : NAN, 2);
    jw_f64(w, "bound", isfinite(j->bound) ? j->bound : NAN, 2);
    jw_f64(w, "seconds", j->state == JOB_RUNNING ? clock_s() - j->started : j->seconds, 2);
    if (j->state == JOB_FAILED) {
        const struct rc_info *info = api_rc(j->rc);
        jw_text(w, "code", info ? info->name : "RC_IO");
        jw_text(w, "title_zh", info ? info->zh : "");
        jw_text(w, "title_en", info ? info->en : "");
    }
    if (result && j->state == JOB_DONE)
        jw_raw(w, "result", j->result.at);
    else if (result && j->state == JOB_RUNNING && j->partial.len)
        jw_raw(w, "partial", j->partial.at);
    jw_end(w);
}

static int with_job(struct call *c, struct request *q, struct buf *answer, bool stop)
{
    struct planner *p = q->api->planner;
    struct jsonw w;
    int rc = ROSTER_NO_JOB;
    jw_init(&w, answer);
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < JOBS; i++) {
        struct planner_job *j = &p->job[i];
        if (j->state == JOB_FREE || j->id != q->id[1] || j->outlet != q->id[0])
            continue;
        if (stop)
            atomic_store(&j->stop, true);
        job_json(j, &w, true);
        rc = 0;
    }
    pthread_mutex_unlock(&p->lock);
    UNUSED(c);
    return rc;
}

int api_plan_job(struct call *c, struct request *q, struct buf *answer)
{
    return with_job(c, q, answer, false);
}

int api_plan_job_stop(struct call *c, struct request *q, struct buf *answer)
{
    return with_job(c, q, answer, true);
}

/* The outlet's jobs, newest first: a page that was closed finds its computation again. */
int api_plan_jobs(struct call *c, struct request *q, struct buf *answer)
{
    struct planner *p = q->api->planner;
    struct jsonw w;
    UNUSED(c);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    pthread_mutex_lock(&p->lock);
    for (int64_t id = p->last; id > 0 && id > p->last - JOBS; id--)
        for (int i = 0; i < JOBS; i++)
            if (p->job[i].state != JOB_FREE && p->job[i].id == id && p->job[i].outlet == q->id[0])
                job_json(&p->job[i], &w, false);
    pthread_mutex_unlock(&p->lock);
    jw_end(&w);
    jw_end(&w);
    return 0;
}
