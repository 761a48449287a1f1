/* plan_spec_fuzz.c -- A planner's spec of any bytes is read, or refused with the reason. */
#include "plan/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct plan_spec s;
    char error[400] = "";
    if (size > 20000)
        return 0;
    struct arena *arena = arena_new((size_t)1 << 28);
    int rc = plan_spec_read((const char *)data, size, arena, &s, error, sizeof error);
    CHECK(rc == 0 || (rc > 0 && *error));
    if (!rc)
        CHECK(s.model.slots >= 1 && s.model.slots <= PLAN_SLOTS && s.crew.n <= PLAN_WINDOWS);
    arena_free(arena);
    return 0;
}
