/* rng.c -- PCG-XSH-RR 64/32 (Melissa O'Neill, "PCG", HMC-CS-2014-0905), two draws for 64 bits.
 * The seed goes through SplitMix64, so that neighbouring seeds give unrelated runs. */
#include "base/rng.h"
#include "base/rc.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t pcg32(struct rng *r)
{
    uint64_t old = r->state;
    r->state = old * UINT64_C(6364136223846793005) + r->stream;
    uint32_t x = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return x >> turn | x << (-turn & 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
    r->stream = splitmix(&seed) | 1; /* must be odd */
    r->state = splitmix(&seed);
    pcg32(r);
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t high = pcg32(r);
    return high << 32 | pcg32(r);
}

/* Lemire, "Fast random integer generation in an interval", 2019. */
uint32_t rng_below(struct rng *r, uint32_t n)
{
    CHECK(n > 0);
    uint64_t m = (uint64_t)pcg32(r) * n;
    if ((uint32_t)m < n) {
        uint32_t biased = -n % n;
        while ((uint32_t)m < biased)
            m = (uint64_t)pcg32(r) * n;
    }
    return (uint32_t)(m >> 32);
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

double rng_exponential(struct rng *r, double mean)
{
    return -mean * log1p(-rng_unit(r)); /* 1 - u is never 0 */
}

double rng_lognormal(struct rng *r, double log_mean, double log_sd)
{
    double radius = sqrt(-2 * log1p(-rng_unit(r))); /* Box and Muller, one of the pair */
    double normal = radius * cos(6.283185307179586476925 * rng_unit(r));
    return exp(log_mean + log_sd * normal);
}

/* Knuth's product of uniforms, in portions: a sum of Poisson draws is a Poisson draw. */
int64_t rng_poisson(struct rng *r, double mean)
{
    CHECK(mean >= 0 && mean < 1e7);
    const double portion = 32;
    int64_t count = 0;
    while (mean > 0) {
        double part = mean < portion ? mean : portion;
        double floor_at = exp(-part), product = rng_unit(r);
        while (product > floor_at) {
            count++;
            product *= rng_unit(r);
        }
        mean -= part;
    }
    return count;
}
