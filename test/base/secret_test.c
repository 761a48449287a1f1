/* secret_test.c -- Known answers for digests; passwords and tokens by their promises. */
#include "base/secret.h"
#include "test.h"

static const char *sha256_hex(const void *bytes, size_t n)
{
    static char hex[DIGEST_TEXT];
    uint8_t digest[DIGEST_BYTES];
    digest_sha256(bytes, n, digest);
    digest_hex(digest, hex);
    return hex;
}

static void sha256_gives_the_answers_of_fips_180(void **state)
{
    UNUSED(state);
    static char million[1000000];
    memset(million, 'a', sizeof(million));
    assert_string_equal(sha256_hex("abc", 3),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(sha256_hex("", 0),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(sha256_hex(million, sizeof(million)),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_link_is_the_digest_of_both_parts_together(void **state)
{
    UNUSED(state);
    uint8_t both[DIGEST_BYTES + 5], previous[DIGEST_BYTES], one[DIGEST_BYTES], two[DIGEST_BYTES];
    memset(previous, 7, sizeof(previous));
    memcpy(both, previous, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, "event", 5);
    digest_sha256(both, sizeof(both), one);
    digest_link(previous, "event", 5, two);
    assert_memory_equal(one, two, DIGEST_BYTES);
}

static void a_keyed_digest_is_hmac_of_rfc_4231(void **state)
{
    UNUSED(state);
    char out[DIGEST_TEXT];
    digest_keyed("Jefe", "what do ya want for nothing?", out);
    assert_string_equal(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void a_password_fits_its_own_hash_only(void **state)
{
    UNUSED(state);
    char one[PASSWORD_TEXT], two[PASSWORD_TEXT];
    assert_int_equal(secret_password_hash("correct horse 票号", PASSWORD_TEST, one), 0);
    assert_int_equal(secret_password_hash("correct horse 票号", PASSWORD_TEST, two), 0);
    assert_string_not_equal(one, two); /* salted */
    assert_true(secret_password_ok(one, "correct horse 票号"));
    assert_true(secret_password_ok(two, "correct horse 票号"));
    assert_false(secret_password_ok(one, "correct horse 票"));
    assert_false(secret_password_ok(one, ""));
    assert_false(secret_password_ok("", "correct horse 票号"));
    assert_false(secret_password_ok("not a hash", "correct horse 票号"));
}

static void the_normal_cost_is_19_mib_and_two_passes(void **state)
{
    UNUSED(state);
    char hash[PASSWORD_TEXT];
    assert_int_equal(secret_password_hash("x", PASSWORD_NORMAL, hash), 0);
    assert_memory_equal(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
}

static void tokens_are_43_url_safe_characters_and_differ(void **state)
{
    UNUSED(state);
    char a[TOKEN_TEXT], b[TOKEN_TEXT];
    for (int i = 0; i < 100; i++) {
        secret_token(a);
        secret_token(b);
        assert_int_equal(strlen(a), 43);
        assert_int_equal(
            strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
        assert_string_not_equal(a, b);
    }
}

static void comparing_secrets_compares_all_of_them(void **state)
{
    UNUSED(state);
    static const struct {
        const char *a, *b;
        bool want;
        const char *why;
    } row[] = {
        { "abc", "abc", true, "equal" },       { "", "", true, "both empty" },
        { "abc", "abd", false, "last byte" },  { "xbc", "abc", false, "first byte" },
        { "ab", "abab", false, "a repeated" }, { "abcabc", "abc", false, "b repeated" },
        { "", "a", false, "a empty" },         { "a", "", false, "b empty" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        if (secret_equal(row[i].a, row[i].b) != row[i].want)
            fail_msg("%s", row[i].why);
    char wiped[8] = "secret!";
    secret_wipe(wiped, sizeof(wiped));
    assert_memory_equal(wiped, "\0\0\0\0\0\0\0\0", 8);
}

SUITE(secret, cmocka_unit_test(sha256_gives_the_answers_of_fips_180),
      cmocka_unit_test(a_link_is_the_digest_of_both_parts_together),
      cmocka_unit_test(a_keyed_digest_is_hmac_of_rfc_4231),
      cmocka_unit_test(a_password_fits_its_own_hash_only),
      cmocka_unit_test(the_normal_cost_is_19_mib_and_two_passes),
      cmocka_unit_test(tokens_are_43_url_safe_characters_and_differ),
      cmocka_unit_test(comparing_secrets_compares_all_of_them))
