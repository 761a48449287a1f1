/* request.c -- What handlers read of a request, field by field, and what many answer alike. */
#include "api/api_priv.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

/* ---- the query ---- */

const char *request_text(struct request *q, const char *name)
{
    const char *v = q->x ? http_query(q->x, name) : NULL; /* an approved order has no query */
    return v ? arena_text(q->arena, v) : NULL;
}

int64_t request_i64(struct request *q, const char *name, int64_t otherwise)
{
    enum { DIGITS = 16 }; /* as many as 2^53, an id's bound, has: nothing made of it overflows */
    const char *v = q->x ? http_query(q->x, name) : NULL;
    if (!v || !*v)
        return otherwise;
    size_t n = strlen(v + (*v == '-'));
    if (n > 0 && n <= DIGITS && strspn(v + (*v == '-'), "0123456789") == n)
        return strtoll(v, NULL, 10);
    q->not_a_number = name;
    return otherwise;
}

int request_date(struct call *c, struct request *q, const char *name, date otherwise, date *out)
{
    const char *v = q->x ? http_query(q->x, name) : NULL;
    *out = otherwise;
    if (!v || !*v || date_parse(v, out))
        return 0;
    return call_refuse(c, BASE_BAD_INPUT, name, "YYYY-MM-DD");
}

int request_outlet(struct call *c, struct request *q, outlet_id *out)
{
    int64_t own = c->actor.outlet_id;
    out->n = request_i64(q, "outlet", own);
    if (own && out->n != own)
        return WHO_OTHER_OUTLET;
    if (!out->n)
        return 0;
    struct branch_outlet o;
    return branch_outlet_get(c, *out, &o);
}

int request_amount(struct call *c, struct request *q, const char *name, enum currency currency,
                   int64_t otherwise, int64_t *minor)
{
    const char *text = request_text(q, name);
    money m;
    *minor = otherwise;
    if (!text || !*text)
        return 0;
    if (!money_parse(text, currency, &m))
        return call_refuse(c, BASE_BAD_INPUT, name, "an amount such as 128.00");
    *minor = m.minor;
    return 0;
}

/* ---- the body ---- */

void body_text(struct request *q, const char *key, char *out, size_t size)
{
    const char *text = NULL;
    json_want_text(q->doc, q->body, key, size - 1, &text);
    if (text)
        snprintf(out, size, "%s", text);
}

int body_done(struct call *c, struct request *q)
{
    const char *path = NULL;
    int rc = json_finish(q->doc, &path);
    if (rc)
        c->field = path;
    return rc;
}

/* ---- answers ---- */

int answer_id(int rc, int64_t id, struct buf *answer)
{
    if (!rc)
        buf_printf(answer, "{\"id\":%lld}", (long long)id);
    return rc;
}
