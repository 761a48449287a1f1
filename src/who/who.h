/* who.h -- Staff, devices, roles, sessions.
 *
 * Owns staff, device, session, sign_in, setup. A password is kept as argon2id only; a session or
 * device token is kept as its SHA-256 only, so that a stolen database opens no door. */
#ifndef WHO_WHO_H
#define WHO_WHO_H
#include "base/call.h"
#include "base/date.h"
#include "base/rc.h"
#include "store/db.h"
#include "base/secret.h"
#include "store/db.h"

typedef struct {
    int64_t n;
} staff_id;
typedef struct {
    int64_t n;
} device_id;

enum who_role {
    ROLE_NONE = 0,
    ROLE_KIOSK = 1 << 0, /* device */
    ROLE_BOARD = 1 << 1, /* device */
    ROLE_TELLER = 1 << 2,
    ROLE_FLOOR = 1 << 3,  /* lobby manager, 大堂经理 */
    ROLE_HEAD = 1 << 4,   /* head of outlet, 网点负责人 */
    ROLE_OFFICE = 1 << 5, /* branch office, 分行 */
    ROLE_AUDITOR = 1 << 6,
    ROLE_ADMIN = 1 << 7,
};
#define WHO_STAFF_ROLES \
    (ROLE_TELLER | ROLE_FLOOR | ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR | ROLE_ADMIN)
#define WHO_DEVICE_ROLES (ROLE_KIOSK | ROLE_BOARD)
const char *who_role_code(int role);  /* "teller" ...; "none" */
int who_role_parse(const char *code); /* 0: unknown */

#define WHO_REFUSALS(X)                                                                           \
    X(WHO_BAD_SIGN_IN, 100, 401, "用户名或密码不对", "the user name or password is wrong")        \
    X(WHO_THROTTLED, 101, 429, "尝试次数过多，请稍后再试", "too many tries; wait a little")       \
    X(WHO_NO_SESSION, 102, 401, "请先登录", "sign in first")                                      \
    X(WHO_NOT_ALLOWED, 103, 403, "您没有这项权限", "your role may not do this")                   \
    X(WHO_OTHER_OUTLET, 104, 403, "不是您所在网点的业务", "this belongs to another outlet")       \
    X(WHO_NO_STAFF, 105, 404, "没有这名员工", "no such member of staff")                          \
    X(WHO_NO_DEVICE, 106, 404, "没有这台设备", "no such device")                                  \
    X(WHO_NAME_TAKEN, 107, 409, "用户名已被使用", "the user name is taken")                       \
    X(WHO_WEAK_PASSWORD, 108, 422, "密码至少十位，且不能是常见密码",                              \
      "a password needs ten characters and must not be a common one")                             \
    X(WHO_SETUP_DONE, 109, 409, "已经完成初始设置", "the set-up has been done")                   \
    X(WHO_BAD_SETUP, 110, 403, "设置链接无效或已过期", "the set-up link is wrong or has expired") \
    X(WHO_BAD_ROLE, 111, 422, "没有这个角色", "no such role")                                     \
    X(WHO_BAD_CSRF, 112, 403, "页面已过期，请刷新", "the page is stale; reload it")               \
    X(WHO_LAST_ADMIN, 113, 409, "不能停用最后一名管理员", "the last administrator must stay")     \
    X(WHO_BAD_GRADE, 114, 422, "这个岗位没有这一授权级别", "the role does not have this grade")   \
    X(WHO_BAD_NUMBER, 115, 422, "工号只能是字母和数字", "a staff number is letters and digits")
enum who_refusal { WHO_REFUSALS(RC_ENUM) };

struct who_staff {
    staff_id id;
    char username[32];
    char name[48];
    int role;          /* one of enum who_role */
    int64_t outlet_id; /* 0: the branch office, every outlet */
    bool active;
    int grade;       /* authority over money, enum who_grade; 0: as the role has it */
    char number[24]; /* 工号: one person's accounts share it; "" when not known */
};
/* 授权级别. A teller or floor manager may be made a supervisor; the others have their role's. */
enum who_grade { GRADE_NONE, GRADE_TELLER, GRADE_SUPERVISOR, GRADE_HEAD, GRADE_OFFICE, GRADES };
int who_grade(const struct who_staff *s); /* GRADE_NONE: no authority over money at all */
/* Is it one person, under one account or two? */
bool who_same_person(const struct who_staff *a, const struct who_staff *b);
struct who_device {
    device_id id;
    int role; /* ROLE_KIOSK or ROLE_BOARD */
    int64_t outlet_id;
    char name[48];
    bool active;
};
#define WHO_SESSION_US (12 * US_HOUR)              /* absolute: use does not lengthen it */
#define WHO_NEVER_US   INT64_C(253370764800000000) /* the year 9999: a device's session */
struct who_session {
    struct actor actor;
    char name[48];         /* the person's or the device's */
    char csrf[TOKEN_TEXT]; /* made from the token, kept nowhere */
    int64_t expires_us;
};

/* Sign-in in three steps, because the hash takes its time and must not hold the writer:
 *   1. who_sign_in_read (read snapshot): throttle, find the hash        (reader)
 *   2. secret_password_ok                                                (worker, 15-60 ms)
 *   3. who_sign_in_write: note the attempt; on success make the session (write door)
 * An unknown user name is verified against a dummy hash: the same time, the same answer.
 *
 * A failed try must be committed, so step 3 gives 0 for it, too (a refusal would be rolled back);
 * after the commit who_sign_in_answer() says what the person gets. */
struct who_sign_in {
    char username[64];
    char peer[64];
    staff_id staff; /* 0: unknown */
    char hash[PASSWORD_TEXT];
    bool ok;                /* the outcome of step 2 */
    char token[TOKEN_TEXT]; /* out of step 3: for the cookie, never stored */
};
MUST_USE int who_sign_in_read(struct call *c, struct who_sign_in *s);
MUST_USE int who_sign_in_write(struct call *c, struct who_sign_in *s, struct who_session *out);
/* 0, or WHO_BAD_SIGN_IN when the try that was written failed. */
MUST_USE int who_sign_in_answer(struct call *c, const struct who_sign_in *s);
/* WHO_NO_SESSION when it ended already. */
MUST_USE int who_sign_out(struct call *c, const char *token);
/* Is the person signed in anywhere? */
MUST_USE int who_signed_in(struct call *c, staff_id id, bool *out);
/* Finds the session of a cookie token or of a device token. 0, WHO_NO_SESSION, or a fault. */
MUST_USE int who_session_find(struct call *c, const char *token, struct who_session *out);

/* May the caller do what one of these roles may, at this outlet (0: not about an outlet)?
 * WHO_NO_SESSION, WHO_NOT_ALLOWED, WHO_OTHER_OUTLET. The system itself may do everything. */
MUST_USE int who_allow(struct call *c, int roles, int64_t outlet_id);
MUST_USE int who_csrf_check(struct call *c, const struct who_session *s, const char *given);

/* Staff and devices (administrator). Passwords come already hashed (secret_password_hash). */
MUST_USE int who_password_fit(struct call *c, const char *username, const char *password);
/* id 0: a new one (the id comes back). password_hash NULL: keep. A new password, like deactivating,
 * ends the person's sessions at once. Tellers, floor managers and heads need an outlet. */
MUST_USE int who_staff_put(struct call *c, struct who_staff *s, const char *password_hash);
MUST_USE int who_staff_get(struct call *c, staff_id id, struct who_staff *out);
MUST_USE int who_staff_list(struct call *c, int64_t outlet_id, struct who_staff **out, int *count);
/* A new device, and one that becomes active again, gets a token; otherwise token_out is "".
 * Deactivating forgets the token for good. */
MUST_USE int who_device_put(struct call *c, struct who_device *d, char token_out[TOKEN_TEXT]);
MUST_USE int who_device_list(struct call *c, int64_t outlet_id, struct who_device **out,
                             int *count);
/* Sign-in attempts of the last days, newest first: for the audit page. */
/* An unknown user name may be a password typed into the wrong field: only a tag ("?3f9c") is kept.
 */
struct who_attempt {
    int64_t at_us;
    char username[64];
    char peer[64];
    bool ok;
};
MUST_USE int who_attempts(struct call *c, int max, struct who_attempt **out, int *count);

/* First start: no staff yet. Makes a one-time set-up token (only its digest is kept, valid 24 h).
 */
MUST_USE int who_setup_needed(struct call *c, bool *needed);
MUST_USE int who_setup_begin(struct call *c, char token_out[TOKEN_TEXT]);
MUST_USE int who_setup_finish(struct call *c, const char *token, struct who_staff *first,
                              const char *password_hash);
/* Removes what is over: sessions, an unused set-up link, sign-in attempts of half a year ago.
 * A job. */
MUST_USE int who_sweep(struct call *c);

/* For `piaohao check`: sessions and people, and those of them that may not be: a session of
 * somebody who is not active, two of one user name, staff without an administrator. */
MUST_USE int who_check(struct db_tx *tx, int64_t *all, int64_t *bad);
/* The highest id in the room's tables, 0 when they are empty: at start, for ids_seen(). */
MUST_USE int who_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration who_migrations[];
extern const size_t who_migrations_count;
#endif
