/* roster.h -- Who works when, kept: contracts, absences, needs, each week's roster.
 *
 * A week begins on Monday. Its draft (version 0) is changed as often as one likes; publishing
 * copies it to the next version, which never changes again: the latest is what holds. A draft
 * carries a revision, so that two people cannot overwrite each other unseen. A published roster
 * breaks no hard rule of plan/week.h.
 *
 * Owns roster_rules, roster_pattern, roster_contract, roster_absence, roster_wish, roster_need,
 * roster_week, roster_work. */
#ifndef ROSTER_ROSTER_H
#define ROSTER_ROSTER_H
#include "branch/branch.h"
#include "plan/week.h"
#include "who/who.h"

#define ROSTER_REFUSALS(X)                                                                       \
    X(ROSTER_BAD_WEEK, 870, 422, "周次须从星期一开始", "a week begins on a Monday")              \
    X(ROSTER_NOT_STAFF, 871, 422, "不是本网点的在岗柜员", "not an active teller of this outlet") \
    X(ROSTER_BAD_SHIFT, 872, 422, "班次时间有误", "the shift's times are not valid")             \
    X(ROSTER_BAD_CONTRACT, 873, 422, "工时约定有误", "the contract's hours are not valid")       \
    X(ROSTER_BAD_ABSENCE, 874, 422, "请假日期有误", "the absence's dates are not valid")         \
    X(ROSTER_NO_ABSENCE, 875, 404, "没有这条请假记录", "no such absence")                        \
    X(ROSTER_BAD_NEED, 876, 422, "窗口需求有误", "the need is not valid")                        \
    X(ROSTER_STALE, 877, 409, "草稿已被他人修改，请刷新",                                        \
      "somebody else changed the draft; reload")                                                 \
    X(ROSTER_BROKEN, 878, 409, "排班违反规则，不能发布",                                         \
      "the roster breaks a rule: not published")                                                 \
    X(ROSTER_NO_DRAFT, 879, 404, "本周还没有草稿", "there is no draft of this week")             \
    X(ROSTER_BAD_RULES, 880, 422, "排班规则有误", "the rules are not valid")                     \
    X(ROSTER_NO_JOB, 881, 404, "没有这项计算任务", "no such computation")                        \
    X(ROSTER_BUSY, 882, 409, "已有计算在进行，请稍候", "a computation is running already; wait") \
    X(ROSTER_CLOSED, 883, 409, "网点当天不营业", "the outlet is closed that day")
enum roster_refusal { ROSTER_REFUSALS(RC_ENUM) };

enum { ROSTER_PATTERNS = 20, ROSTER_STAFF = 120, ROSTER_NOTE = 120, ROSTER_PARTS = 2 };
/* The two skills of a week: personal customers' windows, companies' windows. */
enum roster_skill { SKILL_PERSONAL, SKILL_CORPORATE };

struct roster_pattern {
    char code[16];
    int from, until, break_from, break_until, break_minutes; /* minutes of the day */
};
struct roster_setup {
    struct week_rules rules;
    int n_patterns;
    struct roster_pattern patterns[ROSTER_PATTERNS];
    bool own; /* somebody has set them; else made from the opening hours */
};
struct roster_contract {
    staff_id staff;
    unsigned skills; /* bits of enum roster_skill */
    int minutes_min, minutes_max, likes;
    bool lend;
};
struct roster_absence {
    int64_t id;
    staff_id staff;
    date from, until;
    char kind[16]; /* "leave" "sick" "training" "other" */
    char note[ROSTER_NOTE];
};
struct roster_need { /* windows in each half-hour of a day */
    bool planned;
    int windows[ROSTER_PARTS][WEEK_SLOTS];
    char source[16]; /* "certified" "textbook" "hand" */
};

/* Reading. A contract nobody made is the usual one: both skills, 36 to 40 hours. */
MUST_USE int roster_setup_get(struct call *c, outlet_id o, date monday, struct roster_setup *out);
MUST_USE int roster_contracts(struct call *c, outlet_id o, struct roster_contract **out, int *n);
MUST_USE int roster_absences(struct call *c, outlet_id o, date from, date until,
                             struct roster_absence **out, int *n);
MUST_USE int roster_need_get(struct call *c, outlet_id o, date day, struct roster_need *out);

/* Writing; each writes one event. */
MUST_USE int roster_setup_put(struct call *c, outlet_id o, const struct roster_setup *s);
MUST_USE int roster_contract_put(struct call *c, outlet_id o, const struct roster_contract *k);
MUST_USE int roster_absence_put(struct call *c, outlet_id o, struct roster_absence *a);
MUST_USE int roster_absence_end(struct call *c, outlet_id o, int64_t id);
MUST_USE int roster_wish_put(struct call *c, outlet_id o, staff_id s, date day, int wish);
MUST_USE int roster_need_put(struct call *c, outlet_id o, date day, const struct roster_need *n);

/* ---- weeks ---- */
struct roster_head {
    int version; /* 0: the draft */
    int64_t revision, saved_us, saved_by;
};
struct roster_week {
    date monday;
    struct roster_head draft, published; /* saved_us 0: there is none */
    struct week week;                    /* one outlet; people by staff id */
    struct week_roster work, published_work;
    struct branch_hours hours[7];
    struct roster_setup setup;
    int planned[7]; /* days with a need that was planned */
};
/* The whole week as the planner's problem, with draft and published roster: absences, wishes and
 * what earlier published weeks left over are in it. In the call's arena. ROSTER_BAD_WEEK. */
MUST_USE int roster_week_get(struct call *c, outlet_id o, date monday, struct roster_week *out);
/* Saves the draft. revision: the one it was made from (0: there was none). ROSTER_STALE,
 * ROSTER_NOT_STAFF, ROSTER_BAD_SHIFT. A draft may break rules. */
MUST_USE int roster_draft_put(struct call *c, outlet_id o, date monday, int64_t revision,
                              const struct week *w, const struct week_roster *r, int64_t *now);
/* ROSTER_NO_DRAFT, ROSTER_STALE, ROSTER_BROKEN (detail says the first rule). */
MUST_USE int roster_publish(struct call *c, outlet_id o, date monday, int64_t revision,
                            int *version);
/* Who should be at work at an instant, by the published roster. */
struct roster_duty {
    staff_id staff;
    int from, until, break_from, break_minutes;
    bool on_break, lent; /* lent: their home is another outlet */
    unsigned skills;     /* roster_day: bits of enum roster_skill */
    bool absent;         /* roster_day: away after all, noted after the roster was published */
};
MUST_USE int roster_on_duty(struct call *c, outlet_id o, int64_t at_us, struct roster_duty **out,
                            int *n);

/* A day's shifts by the published roster, by the time they begin. *published false: no roster of
 * that week was published, and nothing is known. */
MUST_USE int roster_day(struct call *c, outlet_id o, date day, struct roster_duty **out, int *n,
                        bool *published);

MUST_USE int roster_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration roster_migrations[];
extern const size_t roster_migrations_count;
#endif
