/* chance.h -- Fast seeded chance for the simulator (inside the room only).
 *
 * xoshiro256++ (Blackman and Vigna 2019), seeded through SplitMix64 from (seed, day, purpose): each
 * purpose of each day has its own stream, so that what one use draws never shifts another. */
#ifndef PLAN_CHANCE_H
#define PLAN_CHANCE_H
#include <math.h>
#include <stdint.h>

struct chance {
    uint64_t s[4];
};

static inline uint64_t chance_mix(uint64_t *x)
{
    uint64_t z = *x += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline struct chance chance_of(uint64_t seed, uint64_t day, uint64_t purpose)
{
    struct chance c;
    uint64_t x = seed, y;
    y = chance_mix(&x) ^ day * UINT64_C(0xD1342543DE82EF95);
    y = chance_mix(&y) ^ purpose * UINT64_C(0xA0761D6478BD642F);
    for (int i = 0; i < 4; i++)
        c.s[i] = chance_mix(&y);
    return c;
}

static inline uint64_t chance_turn(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline uint64_t chance_bits(struct chance *c)
{
    uint64_t *s = c->s, out = chance_turn(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = chance_turn(s[3], 45);
    return out;
}

/* In (0, 1): never 0, never 1. */
static inline double chance_unit(struct chance *c)
{
    return ((double)(chance_bits(c) >> 12) + 0.5) * 0x1p-52;
}

static inline double chance_exponential(struct chance *c)
{
    return -log(chance_unit(c));
}

static inline double chance_normal(struct chance *c)
{
    double radius = sqrt(-2 * log(chance_unit(c)));
    return radius * cos(6.283185307179586476925 * chance_unit(c));
}

/* Mean 1, deviation cv: Marsaglia and Tsang 2000; a shape below 1 through that shape plus 1. */
static inline double chance_gamma(struct chance *c, double cv)
{
    double shape = 1 / (cv * cv), boost = 1;
    double k = shape;
    if (k < 1) {
        boost = pow(chance_unit(c), 1 / k);
        k += 1;
    }
    double d = k - 1. / 3, e = 1 / sqrt(9 * d);
    for (;;) {
        double x = chance_normal(c), v = 1 + e * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(chance_unit(c)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v * boost / shape;
    }
}
#endif
