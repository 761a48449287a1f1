/* branch_priv.h -- The seams inside the room: pure rules on one side, SQL on the other. */
#ifndef BRANCH_BRANCH_PRIV_H
#define BRANCH_BRANCH_PRIV_H
#include "branch/branch.h"

/* branch_rules.c: what is wrong with an input, whatever the tables hold. 0 or a refusal. */
MUST_USE int branch_rule_outlet(struct call *c, const struct branch_outlet *o);
MUST_USE int branch_rule_window(struct call *c, const struct branch_window *w);
MUST_USE int branch_rule_service(struct call *c, const struct branch_service *s);
MUST_USE int branch_rule_class(struct call *c, const struct branch_class *k);
MUST_USE int branch_rule_hours(struct call *c, int weekday, struct branch_hours h);
/* Which weekday's hours (1..7) hold on a day of this kind. */
int branch_rule_weekday(enum branch_day_kind kind, int weekday);

/* branch_store.c: the room's SQL. Finders give 0, the refusal or a fault; savers insert or change.
 */
MUST_USE int branch_store_outlet_save(struct call *c, const struct branch_outlet *o, bool added);
MUST_USE int branch_store_window_save(struct call *c, const struct branch_window *w, bool added);
MUST_USE int branch_store_service_save(struct call *c, const struct branch_service *s, bool added);
MUST_USE int branch_store_class_save(struct call *c, const struct branch_class *k);
MUST_USE int branch_store_hours_save(struct call *c, outlet_id outlet, int weekday,
                                     struct branch_hours h);
MUST_USE int branch_store_day_save(struct call *c, date d, enum branch_day_kind kind,
                                   const char *name_zh);
/* *found false: no row of calendar_day overrides the date. */
MUST_USE int branch_store_day(struct call *c, date d, bool *found, enum branch_day_kind *kind,
                              const char **name_zh);
/* The id of the other row that has the key already, or 0. */
MUST_USE int branch_store_outlet_by_code(struct call *c, const char *code, int64_t *id);
MUST_USE int branch_store_window_by_number(struct call *c, outlet_id outlet, int number,
                                           int64_t *id);
MUST_USE int branch_store_window_count(struct call *c, outlet_id outlet, int64_t *count);
MUST_USE int branch_store_service_by_code(struct call *c, const char *code, int64_t *id);
MUST_USE int branch_store_service_by_prefix(struct call *c, char prefix, int64_t *id);
MUST_USE int branch_store_class_by_code(struct call *c, const char *code, int64_t *index);
#endif
