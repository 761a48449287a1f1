/* cash_rules.c -- See cash_rules.h. */
#include "cash/cash_rules.h"
#include <string.h>
#include "base/banned.h"

enum { PIECES_MAX = 10000000 };

/* 大额现金: 5 万元 (金融机构大额交易和可疑交易报告管理办法, art. 5). */
const struct cash_settings cash_usual = {
    .large_minor = 5000000, .tolerance_minor = 100, .drawer_minor = 20000000, .demand_closed = true
};

const char *cash_kind_code(enum cash_kind k)
{
    static const char *const codes[] = {
        [CASH_DRAWER] = "drawer", [CASH_VAULT] = "vault", [CASH_CENTRAL] = "central"
    };
    CHECK(k >= CASH_DRAWER && k <= CASH_CENTRAL);
    return codes[k];
}

const char *cash_state_code(enum cash_state s)
{
    static const char *const codes[] = { [BOX_CLOSED] = "closed",
                                         [BOX_OPEN] = "open",
                                         [BOX_COUNTING] = "counting",
                                         [BOX_HANDED] = "handed" };
    CHECK(s >= BOX_CLOSED && s <= BOX_HANDED);
    return codes[s];
}

const char *cash_move_code(enum cash_move_kind k)
{
    static const char *const codes[] = {
        [MOVE_IN] = "in",       [MOVE_OUT] = "out",           [MOVE_CHANGE] = "change",
        [MOVE_SENT] = "sent",   [MOVE_RECEIVED] = "received", [MOVE_OVER] = "over",
        [MOVE_SHORT] = "short", [MOVE_REVERSED] = "reversed"
    };
    CHECK(k >= MOVE_IN && k <= MOVE_REVERSED);
    return codes[k];
}

int cash_faces(enum currency currency, int64_t out[CASH_PIECES])
{
    static const struct {
        enum currency currency;
        int64_t faces[CASH_PIECES];
    } all[] = {
        /* the fifth series, with the coins that are legal tender */
        { CNY, { 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1 } },
        { USD, { 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1 } },
        { EUR, { 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1 } },
        { HKD, { 100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10 } },
        { JPY, { 10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1 } },
        { GBP, { 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1 } },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        int n = 0;
        if (all[i].currency != currency)
            continue;
        for (; n < CASH_PIECES && all[i].faces[n]; n++)
            out[n] = all[i].faces[n];
        return n;
    }
    return 0;
}

static bool face_known(enum currency currency, int64_t face)
{
    int64_t faces[CASH_PIECES];
    int n = cash_faces(currency, faces);
    for (int i = 0; i < n; i++)
        if (faces[i] == face)
            return true;
    return n == 0 && face > 0;
}

int cash_sum(enum currency currency, const struct cash_pieces *p, int n, int64_t *minor)
{
    int64_t sum = 0;
    if (n < 0 || n > CASH_PIECES)
        return CASH_BAD_PIECES;
    for (int i = 0; i < n; i++) {
        int64_t part;
        if (!face_known(currency, p[i].face_minor) || p[i].n > PIECES_MAX || p[i].n < -PIECES_MAX)
            return CASH_BAD_PIECES;
        for (int k = 0; k < i; k++)
            if (p[k].face_minor == p[i].face_minor)
                return CASH_BAD_PIECES;
        if (__builtin_mul_overflow(p[i].face_minor, p[i].n, &part) ||
            __builtin_add_overflow(sum, part, &sum))
            return CASH_BAD_PIECES;
    }
    *minor = sum;
    return 0;
}

enum cash_outcome cash_rule_count(const struct cash_tally *list, int n, int64_t book_minor,
                                  int64_t tolerance_minor)
{
    CHECK(n > 0);
    const struct cash_tally *now = &list[n - 1];
    int64_t over = now->minor - book_minor;
    bool within = (over < 0 ? -over : over) <= tolerance_minor;
    int own = 1;
    bool same = false;
    if (over == 0)
        return COUNT_AGREES;
    for (int i = 0; i < n - 1; i++) {
        bool me = list[i].staff_id == now->staff_id;
        if (me) {
            own++;
            same = same || list[i].minor == now->minor;
        } else if (list[i].minor == now->minor &&
                   (list[i].grade >= GRADE_SUPERVISOR || now->grade >= GRADE_SUPERVISOR)) {
            return COUNT_BOOKED; /* two people found the same */
        }
    }
    if (same && within)
        return COUNT_BOOKED;
    return own == 1 && n == 1 ? COUNT_AGAIN : COUNT_SECOND;
}

enum cash_state cash_rest(const struct cash_box *b)
{
    return b->kind != CASH_DRAWER || b->session_id ? BOX_OPEN : BOX_CLOSED;
}
