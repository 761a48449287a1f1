/* rng.h -- Chance is handed in. Two kinds, never mixed: rng is seeded and replays a run
 * (PCG32 pairs; O'Neill 2014); secret_random() is for tokens and cannot be predicted. */
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state, stream;
};
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* 0..n-1 without bias; n > 0 */
double rng_unit(struct rng *r);                /* [0, 1) */
double rng_exponential(struct rng *r, double mean);
double rng_lognormal(struct rng *r, double log_mean, double log_sd);
int64_t rng_poisson(struct rng *r, double mean);
#endif
