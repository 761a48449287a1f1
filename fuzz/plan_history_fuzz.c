/* plan_history_fuzz.c -- A history of any bytes is refused, or is days in order that can be fitted.
 */
#include "plan/history.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan_series *s = NULL;
    struct plan_forecast f;
    char error[300] = "";
    int n = 0;
    if (size < 1 || size > 20000)
        return 0;
    struct arena *arena = arena_new((size_t)1 << 28);
    char *text = arena_dup(arena, (const char *)data + 1, size - 1);
    if (plan_history_read(text, size - 1, data[0] % PLAN_HISTORY_FORMATS, arena, &s, &n, error,
                          sizeof error)) {
        CHECK(*error);
        arena_free(arena);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        for (int d = 1; d < s[i].h.n; d++)
            CHECK(s[i].h.day[d - 1].days < s[i].h.day[d].days);
        if (!s[i].h.n || s[i].h.n > 60)
            continue;
        struct plan_forecast_model *m = plan_forecast_fit(&s[i].h, (date){ INT32_MAX }, arena);
        plan_forecast_day(m, (date){ s[i].h.day[s[i].h.n - 1].days + 1 }, NULL, 0, .9, &f);
        CHECK(isfinite(f.total) && f.total >= 0);
    }
    arena_free(arena);
    return 0;
}
