/* log.h -- Structured lines for the operator: one JSON object a line on standard error.
 * Never log a secret, a code, a card number or a whole phone number. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
void log_set_level(enum log_level least);
/* what: a fixed word ("http.refused"); then a printf text. */
void log_line(enum log_level level, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#endif
