/* pool.c -- A few worker threads for what takes long: figures, passwords, answers after a write. */
#include "api/api_priv.h"
#include <pthread.h>
#include "base/banned.h"

enum { JOBS = 8192, THREADS_MAX = 8 };

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread[THREADS_MAX];
    int threads;
    bool stopping;
    size_t head, count;
    struct {
        void (*run)(void *arg);
        void *arg;
    } job[JOBS];
    struct arena *arena;
};

static void *pool_work(void *arg)
{
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->count == 0 && !p->stopping)
            pthread_cond_wait(&p->more, &p->lock);
        if (p->count == 0)
            break; /* stopping, and nothing is left to do */
        void (*run)(void *) = p->job[p->head].run;
        void *job = p->job[p->head].arg;
        p->head = (p->head + 1) % JOBS;
        p->count--;
        pthread_mutex_unlock(&p->lock);
        run(job);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pool *pool_new(int threads)
{
    struct arena *arena = arena_new(sizeof(struct pool) + 4096);
    struct pool *p = arena_alloc(arena, sizeof *p);
    CHECK(threads > 0 && threads <= THREADS_MAX);
    p->arena = arena;
    CHECK(!pthread_mutex_init(&p->lock, NULL));
    CHECK(!pthread_cond_init(&p->more, NULL));
    for (p->threads = 0; p->threads < threads; p->threads++)
        CHECK(!pthread_create(&p->thread[p->threads], NULL, pool_work, p));
    return p;
}

bool pool_add(struct pool *p, void (*run)(void *arg), void *arg)
{
    pthread_mutex_lock(&p->lock);
    bool taken = p->count < JOBS && !p->stopping;
    if (taken) {
        size_t at = (p->head + p->count++) % JOBS;
        p->job[at].run = run;
        p->job[at].arg = arg;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

void pool_free(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++)
        pthread_join(p->thread[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->more);
    arena_free(p->arena);
}
