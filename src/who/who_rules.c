/* who_rules.c -- See who_rules.h. */
#include "who/who_rules.h"
#include <string.h>
#include <strings.h>
#include "base/banned.h"

/* ---- roles ---- */

static const struct {
    int role;
    const char *code;
} roles[] = {
    { ROLE_KIOSK, "kiosk" },     { ROLE_BOARD, "board" }, { ROLE_TELLER, "teller" },
    { ROLE_FLOOR, "floor" },     { ROLE_HEAD, "head" },   { ROLE_OFFICE, "office" },
    { ROLE_AUDITOR, "auditor" }, { ROLE_ADMIN, "admin" },
};

const char *who_role_code(int role)
{
    for (size_t i = 0; i < COUNT(roles); i++) {
        if (roles[i].role == role)
            return roles[i].code;
    }
    return "none";
}

int who_role_parse(const char *code)
{
    for (size_t i = 0; code && i < COUNT(roles); i++) {
        if (strcmp(roles[i].code, code) == 0)
            return roles[i].role;
    }
    return ROLE_NONE;
}

bool who_rules_is_role(int role, int of)
{
    return role > 0 && (role & of) == role && (role & (role - 1)) == 0;
}

bool who_rules_needs_outlet(int role)
{
    return (role & (ROLE_TELLER | ROLE_FLOOR | ROLE_HEAD | WHO_DEVICE_ROLES)) != 0;
}

int who_rules_allow(const struct actor *a, int wanted, int64_t outlet_id)
{
    if (a->kind == ACTOR_SYSTEM)
        return 0;
    if (a->kind != ACTOR_STAFF && a->kind != ACTOR_DEVICE)
        return WHO_NO_SESSION;
    if (!(a->role & wanted))
        return WHO_NOT_ALLOWED;
    if (outlet_id != 0 && a->outlet_id != 0 && a->outlet_id != outlet_id)
        return WHO_OTHER_OUTLET;
    return 0;
}

/* ---- tries ---- */

enum { NAME_FREE = 5, PEER_FREE = 20, WAIT_MAX_MIN = 15 };

/* 1, 2, 4, 8, 15 minutes after the last failure, growing with every failure from free on. */
static int64_t wait_after(int64_t failures, int64_t free_tries, int64_t last_us, int64_t now_us)
{
    if (failures < free_tries)
        return 0;
    int64_t steps = failures - free_tries;
    int64_t minutes = steps < 4 ? (int64_t)1 << steps : WAIT_MAX_MIN;
    int64_t until = last_us + minutes * US_MINUTE;
    return until > now_us ? until - now_us : 0;
}

int64_t who_rules_wait(const struct who_tries *t, int64_t now_us)
{
    CHECK(t->name_failures >= 0 && t->peer_failures >= 0);
    int64_t name = wait_after(t->name_failures, NAME_FREE, t->name_last_us, now_us);
    int64_t peer = wait_after(t->peer_failures, PEER_FREE, t->peer_last_us, now_us);
    return name > peer ? name : peer;
}

/* ---- user names ---- */

static char lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

static bool is_letter_or_digit(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
}

bool who_rules_username(const char *text, char out[WHO_USERNAME_MAX + 1])
{
    size_t n = strlen(text);
    out[0] = '\0';
    if (n < 2 || n > WHO_USERNAME_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        char ch = lower(text[i]);
        if (!is_letter_or_digit(ch) && (i == 0 || !strchr("._-", ch))) {
            out[0] = '\0';
            return false;
        }
        out[i] = ch;
    }
    out[n] = '\0';
    return true;
}

bool who_rules_number(const char *text)
{
    for (; *text; text++)
        if (!is_letter_or_digit(lower(*text)))
            return false;
    return true;
}

int who_grade(const struct who_staff *s)
{
    switch (s->role) {
    case ROLE_TELLER:
    case ROLE_FLOOR:
        return s->grade == GRADE_SUPERVISOR ? GRADE_SUPERVISOR : GRADE_TELLER;
    case ROLE_HEAD:
        return GRADE_HEAD;
    case ROLE_OFFICE:
        return GRADE_OFFICE;
    default:
        return GRADE_NONE;
    }
}

bool who_same_person(const struct who_staff *a, const struct who_staff *b)
{
    return a->id.n == b->id.n || (a->number[0] && !strcasecmp(a->number, b->number));
}

/* Sixteen bits: enough to count the tries of one name, too few to tell a password by. */
void who_rules_tag(const char *text, char out[WHO_TAG_TEXT])
{
    uint8_t digest[DIGEST_BYTES];
    char hex[DIGEST_TEXT];
    digest_sha256(text, strlen(text), digest);
    digest_hex(digest, hex);
    out[0] = '?';
    memcpy(out + 1, hex, WHO_TAG_TEXT - 2);
    out[WHO_TAG_TEXT - 1] = '\0';
}

/* ---- passwords ---- */

enum { CHARACTERS_MIN = 10, DIFFERENT_MIN = 5, NAME_IN_IT_MIN = 4 };

/* Common passwords of ten characters and more, lower case; shorter ones are refused anyway. From
 * what leaked lists have in common, with the Chinese favourites and our own name. */
static const char *const common[] = {
    "password12",       "password123",
    "password1234",     "password12345",
    "passw0rd123",      "p@ssw0rd123",
    "p@ssword123",      "mypassword",
    "newpassword",      "changeme123",
    "letmein123",       "welcome123",
    "welcome1234",      "qwertyuiop",
    "qwerty12345",      "qwerty123456",
    "1qaz2wsx3edc",     "1q2w3e4r5t",
    "1q2w3e4r5t6y",     "q1w2e3r4t5",
    "qazwsxedcrfv",     "zaq12wsxcde3",
    "asdfghjkl123",     "asdfghjkl;",
    "zxcvbnm123",       "abcd123456",
    "abc1234567",       "abcdef123456",
    "admin12345",       "admin123456",
    "administrator",    "iloveyou123",
    "iloveyou1314",     "woaini1314",
    "woaini5201314",    "woaini520520",
    "woaiwojia123",     "aini1314520",
    "5201314520",       "1314520520",
    "5201314woaini",    "a123456789",
    "aa123456789",      "a1234567890",
    "123456789a",       "123456789q",
    "1234567890a",      "woshishei123",
    "zhongguo123",      "zhongguo2008",
    "beijing2008",      "sunshine123",
    "superman123",      "football123",
    "baseball123",      "princess123",
    "trustno1trustno1", "computer123",
    "internet123",      "dragon12345",
    "monkey12345",      "master12345",
    "qq123456789",      "wang123456",
    "zhang123456",      "chen123456",
    "piaohao123",       "piaohao1234",
    "piaohao12345",     "piaohao123456",
    "bank123456",       "yinhang123",
    "yinhang888",       "123456789abc",
    "123123123a",       "147258369a",
    "159357258456",     "7894561230",
    "0987654321a",      "password!!",
    "password123!",     "correcthorsebatterystaple",
};

static bool is_common(const char *low)
{
    for (size_t i = 0; i < COUNT(common); i++) {
        if (strcmp(common[i], low) == 0)
            return true;
    }
    return false;
}

/* Characters, not bytes: a Chinese one counts as one. */
static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static size_t different_bytes(const char *s)
{
    bool seen[256] = { false };
    size_t n = 0;
    for (; *s; s++) {
        n += !seen[(unsigned char)*s];
        seen[(unsigned char)*s] = true;
    }
    return n;
}

/* "1234567890", "abcdefghij", "9876543210": every step is +1 or every step is -1 (9 to 0 too). */
static bool is_run(const char *s)
{
    for (int step = -1; step <= 1; step += 2) {
        const char *at = s;
        while (at[0] && at[1]) {
            bool turn = (step == 1 && at[0] == '9' && at[1] == '0') ||
                        (step == -1 && at[0] == '0' && at[1] == '9');
            if (at[1] - at[0] != step && !turn)
                break;
            at++;
        }
        if (at[0] && !at[1])
            return true;
    }
    return false;
}

int who_rules_password(const char *username, const char *password, const char **why)
{
    char low[WHO_PASSWORD_MAX + 1] = { 0 };
    size_t n = strlen(password);
    *why = "";
    if (n > WHO_PASSWORD_MAX) {
        *why = "longer than 256 bytes";
        return BASE_TOO_LONG;
    }
    for (size_t i = 0; i <= n; i++)
        low[i] = lower(password[i]);
    if (characters(password) < CHARACTERS_MIN)
        *why = "shorter than ten characters";
    else if (is_common(low) || is_run(low))
        *why = "among the first that are tried";
    else if (different_bytes(low) < DIFFERENT_MIN)
        *why = "too few different characters";
    else if (username && strlen(username) >= NAME_IN_IT_MIN && strstr(low, username))
        *why = "contains the user name";
    secret_wipe(low, sizeof(low));
    return **why ? WHO_WEAK_PASSWORD : 0;
}
