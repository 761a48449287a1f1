/* secret.c -- The only file that names libsodium and OpenSSL.
 * The algorithms are fetched once: OpenSSL 3 looks a name up under a lock on every implicit fetch.
 */
#include "base/secret.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(PASSWORD_TEXT == crypto_pwhash_STRBYTES, "an argon2id string fits");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_MAC *hmac;
static bool ready;

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ready = sodium_init() >= 0 && sha256 && hmac;
}

int secret_init(void)
{
    pthread_once(&once, fetch);
    return ready ? 0 : RC_IO;
}

void secret_random(void *out, size_t n)
{
    CHECK(secret_init() == 0);
    randombytes_buf(out, n);
}

void secret_token(char out[TOKEN_TEXT])
{
    uint8_t bytes[32];
    secret_random(bytes, sizeof(bytes));
    sodium_bin2base64(out, TOKEN_TEXT, bytes, sizeof(bytes),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
}

/* OWASP's first choice for argon2id where memory is shared: 19 MiB, two passes, one lane. */
int secret_password_hash(const char *password, enum password_cost cost, char out[PASSWORD_TEXT])
{
    CHECK(secret_init() == 0);
    unsigned long long passes = cost == PASSWORD_NORMAL ? 2 : crypto_pwhash_OPSLIMIT_MIN;
    size_t memory = cost == PASSWORD_NORMAL ? (size_t)19 * 1024 * 1024 : crypto_pwhash_MEMLIMIT_MIN;
    return crypto_pwhash_str(out, password, strlen(password), passes, memory) ? RC_FULL : 0;
}

bool secret_password_ok(const char *hash, const char *password)
{
    CHECK(secret_init() == 0);
    char padded[PASSWORD_TEXT] = { 0 }; /* the library reads a full, padded field */
    size_t n = strlen(hash);
    if (n >= sizeof(padded))
        return false;
    memcpy(padded, hash, n);
    return crypto_pwhash_str_verify(padded, password, strlen(password)) == 0;
}

void secret_wipe(void *at, size_t n)
{
    sodium_memzero(at, n);
}

bool secret_equal(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    volatile unsigned char diff = la != lb;
    for (size_t i = 0; i < lb; i++)
        diff = (unsigned char)(diff | ((unsigned char)a[la ? i % la : 0] ^ (unsigned char)b[i]));
    return diff == 0;
}

static void digest_two(const void *a, size_t na, const void *b, size_t nb, uint8_t *out)
{
    CHECK(secret_init() == 0);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK(ctx != NULL);
    CHECK(EVP_DigestInit_ex2(ctx, sha256, NULL) == 1);
    CHECK(EVP_DigestUpdate(ctx, a, na) == 1);
    CHECK(EVP_DigestUpdate(ctx, b, nb) == 1);
    CHECK(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES])
{
    digest_two(bytes, n, "", 0, out);
}

void digest_link(const uint8_t previous[DIGEST_BYTES], const void *bytes, size_t n,
                 uint8_t out[DIGEST_BYTES])
{
    digest_two(previous, DIGEST_BYTES, bytes, n, out);
}

void digest_hex(const uint8_t in[DIGEST_BYTES], char out[DIGEST_TEXT])
{
    sodium_bin2hex(out, DIGEST_TEXT, in, DIGEST_BYTES);
}

void digest_keyed(const char *key, const char *text, char out[DIGEST_TEXT])
{
    CHECK(secret_init() == 0);
    CHECK(key[0] != '\0'); /* an empty key would make the pseudonym guessable */
    uint8_t mac[DIGEST_BYTES];
    size_t len = 0;
    char name[] = "SHA256";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                            OSSL_PARAM_construct_end() };
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
    CHECK(ctx != NULL);
    CHECK(EVP_MAC_init(ctx, (const unsigned char *)key, strlen(key), params) == 1);
    CHECK(EVP_MAC_update(ctx, (const unsigned char *)text, strlen(text)) == 1);
    CHECK(EVP_MAC_final(ctx, mac, &len, sizeof(mac)) == 1);
    CHECK(len == DIGEST_BYTES);
    EVP_MAC_CTX_free(ctx);
    digest_hex(mac, out);
}
