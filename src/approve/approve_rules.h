/* approve_rules.h -- Who may do what alone and who may be the second: pure. */
#ifndef APPROVE_APPROVE_RULES_H
#define APPROVE_APPROVE_RULES_H
#include "approve/approve.h"

/* What holds until somebody sets it. */
extern const struct approve_limit approve_usual[APPROVE_LIMITS];
extern const struct approve_settings approve_usual_settings;

/* NULL: no such grade. */
const struct approve_limit *approve_limit_of(const struct approve_limit *all,
                                             enum approve_kind kind, int grade);
/* Is the amount within the limit? NEVER holds nothing, not even 0. */
bool approve_within(int64_t limit_minor, int64_t weight);
/* 0, or APPROVE_BAD_LIMIT with *at the first that is wrong. */
MUST_USE int approve_limits_fit(const struct approve_limit all[APPROVE_LIMITS], size_t *at);
/* 0 or the first refusal. */
MUST_USE int approve_rule_second(const struct approval *a, const struct who_staff *maker,
                                 const struct who_staff *checker,
                                 const struct approve_limit all[APPROVE_LIMITS]);
MUST_USE int approve_rule_open(enum approve_state s);
/* The amount typed again: "50,000.00", "50000" and "５００００" are one. */
MUST_USE int approve_rule_rekey(const struct approval *a, const char *typed);
#endif
