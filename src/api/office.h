/* office.h -- What the office's two files share. */
#ifndef API_OFFICE_H
#define API_OFFICE_H
#include "api/handlers.h"
#include "lobby/stats.h"

/* ?outlet= (as request_outlet allows), ?from=, ?until=; not given: until today, that many days. */
MUST_USE int range_read(struct call *c, struct request *q, int days, struct stats_range *out);
void date_json(struct jsonw *w, const char *key, date d);
void share_json(struct jsonw *w, const char *key, const struct share *s);
#endif
