/* customer_alike.c -- Who may be the same customer twice: for a person to judge, never merged
 * alone. */
#include "who/customer.h"
#include <string.h>
#include "base/banned.h"

enum { LOOK = 50 };

struct alike {
    const struct customer *one;
    struct customer_like *out;
    int n, max;
};

static void add(struct alike *k, const struct customer *other, int why)
{
    if (other->id.n == k->one->id.n || other->kind != k->one->kind)
        return;
    for (int i = 0; i < k->n; i++)
        if (k->out[i].customer.id.n == other->id.n) {
            k->out[i].why |= why;
            return;
        }
    if (k->n < k->max)
        k->out[k->n++] = (struct customer_like){ .customer = *other, .why = why };
}

/* More that agrees comes first. */
static void sort(struct alike *k)
{
    for (int i = 1; i < k->n; i++)
        for (int j = i; j > 0 && __builtin_popcount((unsigned)k->out[j].why) >
                                     __builtin_popcount((unsigned)k->out[j - 1].why);
             j--) {
            struct customer_like one = k->out[j];
            k->out[j] = k->out[j - 1];
            k->out[j - 1] = one;
        }
}

int customer_alike(struct call *c, customer_id id, int max, struct customer_like **out, int *n)
{
    struct customer one, *list = NULL;
    struct alike k = { .one = &one, .max = max };
    int found = 0;
    CHECK(max > 0);
    *n = 0;
    k.out = *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    int rc = customer_get(c, id, &one);
    if (!rc && one.mobile[0])
        rc = customer_find(c, BY_MOBILE, one.mobile, LOOK, &list, &found);
    for (int i = 0; !rc && i < found; i++)
        add(&k, &list[i], ALIKE_MOBILE);
    found = 0;
    if (!rc)
        rc = customer_find(c, BY_NAME, one.name, LOOK, &list, &found);
    for (int i = 0; !rc && i < found; i++)
        if (!strcmp(list[i].name, one.name))
            add(&k, &list[i], ALIKE_NAME);
    for (int i = 0; !rc && one.birth.days && i < k.n; i++)
        if (k.out[i].customer.birth.days == one.birth.days)
            k.out[i].why |= ALIKE_BIRTH;
    sort(&k);
    *n = rc ? 0 : k.n;
    return rc;
}
