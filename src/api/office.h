/* office.h -- What the office's two files share. */
#ifndef API_OFFICE_H
#define API_OFFICE_H
#include "api/handlers.h"
#include "lobby/stats.h"

/* ?outlet= (as request_outlet allows), ?from=, ?until=; not given: until today, that many days. */
MUST_USE int range_read(struct call *c, struct request *q, int days, struct stats_range *out);
/* Work over all outlets, one after another, in memory that is emptied between them: a bank may have
 * a thousand outlets, a request's own memory is bounded. */
struct apart {
    struct call c;
};
void apart_begin(struct apart *a, const struct call *c);
void apart_clear(struct apart *a);
/* Frees; gives rc back, and its words to c. */
int apart_end(struct apart *a, struct call *c, int rc);
void date_json(struct jsonw *w, const char *key, date d);
void share_json(struct jsonw *w, const char *key, const struct share *s);
#endif
