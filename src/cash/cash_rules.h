/* cash_rules.h -- What a count means, what notes there are: pure. */
#ifndef CASH_CASH_RULES_H
#define CASH_CASH_RULES_H
#include "cash/cash.h"

struct cash_tally { /* one count of the round that is going on, oldest first */
    int64_t staff_id;
    int grade;
    int64_t minor;
};
/* What the newest count of a round, list[n - 1], means against the book. */
enum cash_outcome cash_rule_count(const struct cash_tally *list, int n, int64_t book_minor,
                                  int64_t tolerance_minor);
extern const struct cash_settings cash_usual;
/* The state a drawer or vault is in when nothing is going on with it. */
enum cash_state cash_rest(const struct cash_box *b);
#endif
