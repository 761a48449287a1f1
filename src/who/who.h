/* who.h -- Staff, devices, roles, sessions.
 *
 * Owns staff, device, session, sign_in, setup. A password is kept as argon2id only; a session or
 * device token is kept as its SHA-256 only, so that a stolen database opens no door. */
#ifndef WHO_WHO_H
#define WHO_WHO_H
#include "base/call.h"
#include "base/rc.h"
#include "store/db.h"
#include "base/secret.h"

typedef struct { int64_t n; } staff_id;
typedef struct { int64_t n; } device_id;

enum who_role {
    ROLE_NONE = 0,
    ROLE_KIOSK = 1 << 0,   /* device */
    ROLE_BOARD = 1 << 1,   /* device */
    ROLE_TELLER = 1 << 2,
    ROLE_FLOOR = 1 << 3,   /* lobby manager, 大堂经理 */
    ROLE_HEAD = 1 << 4,    /* head of outlet, 网点负责人 */
    ROLE_OFFICE = 1 << 5,  /* branch office, 分行 */
    ROLE_AUDITOR = 1 << 6,
    ROLE_ADMIN = 1 << 7,
};
const char *who_role_code(int role);   /* "teller" ... */
int who_role_parse(const char *code);  /* 0: unknown */

#define WHO_REFUSALS(X)                                                                            \
    X(WHO_BAD_SIGN_IN, 100, 401, "用户名或密码不对", "the user name or password is wrong")         \
    X(WHO_THROTTLED, 101, 429, "尝试次数过多，请稍后再试", "too many tries; wait a little")        \
    X(WHO_NO_SESSION, 102, 401, "请先登录", "sign in first")                                       \
    X(WHO_NOT_ALLOWED, 103, 403, "您没有这项权限", "your role may not do this")                    \
    X(WHO_OTHER_OUTLET, 104, 403, "不是您所在网点的业务", "this belongs to another outlet")        \
    X(WHO_NO_STAFF, 105, 404, "没有这名员工", "no such member of staff")                           \
    X(WHO_NO_DEVICE, 106, 404, "没有这台设备", "no such device")                                   \
    X(WHO_NAME_TAKEN, 107, 409, "用户名已被使用", "the user name is taken")                        \
    X(WHO_WEAK_PASSWORD, 108, 422, "密码至少十位，且不能是常见密码",                               \
      "a password needs ten characters and must not be a common one")                              \
    X(WHO_SETUP_DONE, 109, 409, "已经完成初始设置", "the set-up has been done")                    \
    X(WHO_BAD_SETUP, 110, 403, "设置链接无效或已过期", "the set-up link is wrong or has expired")  \
    X(WHO_BAD_ROLE, 111, 422, "没有这个角色", "no such role")                                      \
    X(WHO_BAD_CSRF, 112, 403, "页面已过期，请刷新", "the page is stale; reload it")                \
    X(WHO_LAST_ADMIN, 113, 409, "不能停用最后一名管理员", "the last administrator must stay")
enum who_refusal { WHO_REFUSALS(RC_ENUM) };

struct who_staff {
    staff_id id;
    char username[32];
    char name[48];
    int role;             /* one of enum who_role */
    int64_t outlet_id;    /* 0: the branch office, every outlet */
    bool active;
};
struct who_device {
    device_id id;
    int role;             /* ROLE_KIOSK or ROLE_BOARD */
    int64_t outlet_id;
    char name[48];
    bool active;
};
struct who_session {
    struct actor actor;
    char name[48];        /* the person's or the device's */
    char csrf[TOKEN_TEXT];
    int64_t expires_us;
};

/* Sign-in in three steps, because the hash takes its time and must not hold the writer:
 *   1. who_sign_in_read (read snapshot): throttle, find the hash        (reader)
 *   2. secret_password_ok                                                (worker, 15-60 ms)
 *   3. who_sign_in_write: note the attempt; on success make the session (write door)
 * An unknown user name is verified against a dummy hash: the same time, the same answer. */
struct who_sign_in {
    char username[64];
    char peer[64];
    staff_id staff;               /* 0: unknown */
    char hash[PASSWORD_TEXT];
    bool ok;                      /* the outcome of step 2 */
    char token[TOKEN_TEXT];       /* out of step 3: for the cookie, never stored */
};
MUST_USE int who_sign_in_read(struct call *c, struct who_sign_in *s);
MUST_USE int who_sign_in_write(struct call *c, struct who_sign_in *s, struct who_session *out);
MUST_USE int who_sign_out(struct call *c, const char *token);
/* Finds the session of a cookie token or of a device token. 0, WHO_NO_SESSION, or a fault. */
MUST_USE int who_session_find(struct call *c, const char *token, struct who_session *out);

/* Staff and devices (administrator). Passwords come already hashed (secret_password_hash). */
MUST_USE int who_password_fit(struct call *c, const char *username, const char *password);
MUST_USE int who_staff_put(struct call *c, struct who_staff *s, const char *password_hash); /* hash NULL: keep */
MUST_USE int who_staff_get(struct call *c, staff_id id, struct who_staff *out);
MUST_USE int who_staff_list(struct call *c, int64_t outlet_id, struct who_staff **out, int *count);
MUST_USE int who_device_put(struct call *c, struct who_device *d, char token_out[TOKEN_TEXT]); /* new: a token */
MUST_USE int who_device_list(struct call *c, int64_t outlet_id, struct who_device **out, int *count);
/* Sign-in attempts of the last days, newest first: for the audit page. */
struct who_attempt { int64_t at_us; char username[64]; char peer[64]; bool ok; };
MUST_USE int who_attempts(struct call *c, int max, struct who_attempt **out, int *count);

/* First start: no staff yet. Makes a one-time set-up token (only its digest is kept, valid 24 h). */
MUST_USE int who_setup_needed(struct call *c, bool *needed);
MUST_USE int who_setup_begin(struct call *c, char token_out[TOKEN_TEXT]);
MUST_USE int who_setup_finish(struct call *c, const char *token, struct who_staff *first,
                              const char *password_hash);
/* Sessions past their end are removed: a job. */
MUST_USE int who_sweep(struct call *c);

extern const struct db_migration who_migrations[];
extern const size_t who_migrations_count;
#endif
