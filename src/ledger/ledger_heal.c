/* ledger_heal.c -- Fast layout: runs of the history file that cannot be read, or not merged, are
 * made again from what was booked, in one transaction; readers go on with the old ones until then.
 * What cannot be healed so (damaged pages, a list of runs that is wrong) is marked: the next start
 * makes the whole file again. */
#include "base/log.h"
#include "ledger/ledger_lines_priv.h"
#include <string.h>
#include "base/banned.h"

enum { HEAL_MEMORY = 1 << 20, PART = 512 << 10 /* transfers; as long as the largest runs */ };

struct healing {
    struct db_tx *tx, *books;
    struct history *before; /* the runs before those that are made again */
    struct lines_run list[LINES_RUNS_MAX];
    int n, from, k;
    int64_t after, until; /* numbers */
};

/* An account's totals before the first of them. */
static int base_of(void *ctx, struct arena *arena, const account_id *ids, size_t n,
                   struct ledger_entry *out)
{
    struct healing *g = ctx;
    struct lines_until until = LINES_ALL;
    until.number = g->after;
    memset(out, 0, n * sizeof *out);
    return lines_last_many(g->before, arena, ids, n, &until, out);
}

/* Which runs those are now; k 0: others are there meanwhile. The list itself must be whole. */
static int find(struct healing *g, struct lines_bad bad)
{
    int64_t mark = 0, last = 0;
    int rc = lines_runs(g->tx, g->list, &g->n);
    if (!rc)
        rc = db_one_i64(g->tx, "SELECT number FROM history_mark WHERE id=1", DB_NO_ARGS, 0, &mark);
    for (int i = 0; !rc && i < g->n; i++) {
        const struct lines_run *run = &g->list[i];
        if (run->number <= last || run->last_number < run->number)
            return RC_CORRUPT;
        last = run->last_number;
        if (run->run == bad.from)
            g->from = i;
        if (run->run == bad.to && g->list[g->from].run == bad.from)
            g->k = i + 1 - g->from;
    }
    if (rc || !g->k)
        return rc;
    if (last != mark)
        return RC_CORRUPT;
    g->after = g->from ? g->list[g->from - 1].last_number : 0;
    g->until = g->list[g->from + g->k - 1].last_number;
    g->before->tx = g->tx;
    g->before->n = g->from;
    memcpy(g->before->run, g->list, (size_t)g->from * sizeof *g->list);
    return 0;
}

static int put_parts(struct healing *g)
{
    struct tail *t = tail_new(g->after, base_of, g);
    struct tail_part part;
    int64_t done = g->after, rows;
    int rc = 0;
    while (!rc && done < g->until) {
        rc = tail_catch(t, g->books, g->until, PART);
        tail_lock(t);
        tail_part(t, done, PART, &part);
        tail_unlock(t);
        if (!rc && !part.moves)
            rc = RC_CORRUPT; /* nothing was booked that ends like this */
        if (!rc)
            rc = lines_put_part(NULL, g->tx, t, &part, &rows);
        done = part.last;
        tail_lock(t);
        tail_trim(t, done);
        tail_unlock(t);
    }
    tail_free(t);
    return rc ? rc : done == g->until ? 0 : RC_CORRUPT;
}

/* The file may be ahead of this snapshot: another time then. */
static int reaches(const struct healing *g)
{
    int64_t last = 0;
    int rc = db_one_i64(g->books, "SELECT last FROM ledger_chunk ORDER BY first DESC LIMIT 1",
                        DB_NO_ARGS, 0, &last);
    return rc ? rc : last < g->until ? RC_BUSY : 0;
}

static int heal(struct healing *g, struct lines_bad bad)
{
    int rc = find(g, bad);
    if (rc || !g->k)
        return rc;
    rc = reaches(g);
    for (int i = 0; !rc && i < g->k; i++)
        rc = lines_run_drop(g->tx, g->list[g->from + i].run);
    if (!rc)
        rc = put_parts(g);
    if (!rc)
        rc = db_exec(g->tx, "UPDATE history_mark SET turn=turn+1", DB_NO_ARGS);
    return rc ? rc : db_commit(&g->tx);
}

static int renew(struct healing *g)
{
    int rc =
        db_one_i64(g->tx, "SELECT number FROM history_mark WHERE id=1", DB_NO_ARGS, 0, &g->until);
    if (!rc)
        rc = reaches(g);
    if (!rc)
        rc = lines_empty(g->tx);
    if (!rc)
        rc = put_parts(g);
    if (!rc)
        rc =
            db_exec(g->tx, "UPDATE history_mark SET number=$1 WHERE id=1", DB_ARGS(DB_I(g->until)));
    g->k = 1;
    return rc ? rc : db_commit(&g->tx);
}

static int mark(struct lines *l)
{
    struct db_tx *tx = NULL;
    int rc = db_begin(atomic_load(&l->db), &tx);
    if (!rc)
        rc = db_exec(tx,
                     "INSERT INTO history_mark (id, number, id_high, id_low, turn)"
                     " VALUES (0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING",
                     DB_NO_ARGS);
    if (!rc)
        rc = db_commit(&tx);
    db_rollback(&tx);
    return rc;
}

/* Not to be healed: said, and durable if it can be, so that the next start makes it again. */
static void give_up(struct lines *l)
{
    int rc = mark(l);
    log_line(LOG_ERROR, "ledger.history",
             "damaged, and made again at the next start; what was booked is whole%s",
             rc ? " (it could not be marked)" : "");
    atomic_store(&l->given_up, true);
}

/* bad NULL: all; bad->from 0: it is not known where. */
static int make_again(struct lines *l, struct db_tx *books, const struct lines_bad *bad)
{
    struct arena *arena = arena_new(HEAL_MEMORY);
    struct healing *g = arena_alloc(arena, sizeof *g);
    g->books = books;
    g->before = arena_alloc(arena, sizeof *g->before);
    int rc = !bad || bad->from ? db_begin(atomic_load(&l->db), &g->tx) : RC_CORRUPT;
    if (!rc)
        rc = bad ? heal(g, *bad) : renew(g);
    db_rollback(&g->tx);
    if (!rc && g->k)
        log_line(LOG_WARN, "ledger.history", "numbers %lld to %lld: made again from the books",
                 (long long)g->after + 1, (long long)g->until);
    arena_free(arena);
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}

int lines_heal(struct lines *l, struct db_tx *books)
{
    pthread_mutex_lock(&l->telling);
    struct lines_bad bad = l->bad;
    pthread_mutex_unlock(&l->telling);
    if (!bad.some || lines_given_up(l))
        return 0;
    int rc = make_again(l, books, &bad);
    if (rc == RC_CORRUPT)
        give_up(l);
    pthread_mutex_lock(&l->telling);
    if (!rc && l->bad.from == bad.from && l->bad.to == bad.to)
        l->bad.some = false;
    pthread_mutex_unlock(&l->telling);
    return rc;
}

int lines_renew(struct lines *l, struct db_tx *books)
{
    return make_again(l, books, NULL);
}
