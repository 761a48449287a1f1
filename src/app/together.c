/* together.c -- See together.h. */
#include "app/together.h"
#include <pthread.h>

struct together {
    pthread_mutex_t lock;
    pthread_cond_t news;
    int pending;
};
struct one {
    struct door_order order;
    struct together *all;
    door_run *run;
    void *arg;
    int *rc;
};

static int one_run(struct call *c, void *order, struct buf *answer)
{
    struct one *o = order;
    return o->run(c, o->arg, answer);
}

static void one_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    struct one *o = order;
    UNUSED(c);
    UNUSED(answer);
    pthread_mutex_lock(&o->all->lock);
    *o->rc = rc;
    if (--o->all->pending == 0)
        pthread_cond_signal(&o->all->news);
    pthread_mutex_unlock(&o->all->lock);
}

void door_together(struct door *d, door_run *run, void *const orders[], int n, int rcs[])
{
    struct one list[TOGETHER_MAX];
    struct together all = { .pending = n };
    CHECK(n >= 0 && n <= TOGETHER_MAX);
    CHECK(!pthread_mutex_init(&all.lock, NULL) && !pthread_cond_init(&all.news, NULL));
    for (int i = 0; i < n; i++) {
        list[i] = (struct one){ .all = &all, .run = run, .arg = orders[i], .rc = &rcs[i] };
        list[i].order = (struct door_order){
            .run = one_run, .done = one_done, .order = &list[i], .actor = { .kind = ACTOR_SYSTEM }
        };
        int rc = door_submit(d, &list[i].order);
        if (!rc)
            continue;
        pthread_mutex_lock(&all.lock); /* not taken: nobody will tell */
        rcs[i] = rc;
        all.pending--;
        pthread_mutex_unlock(&all.lock);
    }
    pthread_mutex_lock(&all.lock);
    while (all.pending)
        pthread_cond_wait(&all.news, &all.lock);
    pthread_mutex_unlock(&all.lock);
    pthread_cond_destroy(&all.news);
    pthread_mutex_destroy(&all.lock);
}
