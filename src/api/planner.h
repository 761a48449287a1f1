/* planner.h -- What the planner's files share. */
#ifndef API_PLANNER_H
#define API_PLANNER_H
#include "api/handlers.h"
#include "roster/need.h"

/* ---- computations that take longer than a request: planner_jobs.c ---- */
struct planner; /* of the api: a few threads, each with one computation */
struct planner *planner_new(struct api *a);
void planner_free(struct planner *p); /* stops what runs, waits for it */

struct planner_job;
/* Works on its own thread; reads through planner_read(). The result goes into out. */
typedef int planner_run(struct planner_job *j, struct buf *out);
typedef int planner_reads(struct call *c, void *ctx);
MUST_USE int planner_read(struct planner_job *j, planner_reads *read, void *ctx);
struct arena *planner_arena(struct planner_job *j);
void *planner_ctx(struct planner_job *j);
bool planner_stopping(struct planner_job *j);
/* What is being done, of how much; best and bound: NAN when not known. */
void planner_progress(struct planner_job *j, int done, int all, double best, double bound);
/* An answer that is good already while a better one is looked for: shown with the running job. */
void planner_partial(struct planner_job *j, const struct buf *result);
/* Runs one here and one on a thread of its own; returns when both are done. */
void planner_both(void (*run)(void *arg), void *here, void *there);
/* ctx is copied (bytes of it). ROSTER_BUSY when the outlet has one already or all threads work. */
MUST_USE int planner_start(struct planner *p, const struct request *q, outlet_id o,
                           const char *kind, planner_run *run, const void *ctx, size_t bytes,
                           int64_t *id);

/* ---- an outlet on a day, with its forecast: planner_model.c ---- */
struct planner_day {
    struct roster_model m; /* arrivals are the forecast's where there is one */
    bool forecast;         /* enough history for one */
    double mean[48], low[48], high[48], total, total_low, total_high;
    int history_days;
};
/* Reads, or takes what was read within the last minute. out keeps pointers into itself. */
MUST_USE int planner_day(struct call *c, struct planner *p, outlet_id o, date day,
                         struct planner_day *out);
struct planner_cache;
struct planner_cache *planner_cache_new(void);
void planner_cache_free(struct planner_cache *k);
struct planner_cache *planner_cache_of(struct planner *p);

/* "day" of the body, today when it is not there; {"job": id}. */
MUST_USE int planner_body_day(struct call *c, struct request *q, date *out);
MUST_USE int planner_answer(int rc, int64_t id, struct buf *answer);
/* Computed answers, by what they were computed from: planner_kept.c. */
struct planner_kept;
struct planner_kept *planner_kept_new(void);
void planner_kept_free(struct planner_kept *k);
struct planner_kept *planner_kept_of(struct planner *p);
/* Of the model and what else decides (more: bytes of it); the outlet's and day's names do not. */
uint64_t planner_key(const struct roster_model *m, const void *more, size_t bytes);
bool planner_kept_find(struct planner_kept *k, uint64_t key, void *small, size_t bytes,
                       struct buf *json);
void planner_keep(struct planner_kept *k, uint64_t key, const void *small, size_t bytes,
                  const struct buf *json);

/* BASE_RANGE, naming the field, when the day is more than two years from today: nothing is known of
 * it, and no window is planned for it. */
MUST_USE int planner_near(struct call *c, const char *field, date day);

/* ---- reading and writing what several handlers know: planner_json.c ---- */
void week_read(struct request *q, struct roster_week *w, const char *key, struct arena *arena,
               struct week_roster *out);
void week_work_json(struct jsonw *w, const char *key, const struct week *week,
                    const struct week_roster *r);
void week_judged_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_roster *r, const struct week_report *report);
void need_json(struct jsonw *w, const char *key, const struct roster_need *n);
void need_read(struct request *q, struct roster_need *out);
#endif
