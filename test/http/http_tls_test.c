/* http_tls_test.c -- The same server behind TLS, with a key made for the test. */
#include "desk.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

static char certificate_path[200], key_path[200];

static void write_pem(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *c = X509_new();
    assert_true(key && c);
    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), 3600);
    X509_set_pubkey(c, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC,
                               (const unsigned char *)"127.0.0.1", -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(c));
    assert_true(X509_sign(c, key, EVP_sha256()) > 0);
    snprintf(certificate_path, sizeof(certificate_path), "%s/c.pem", test_dir());
    snprintf(key_path, sizeof(key_path), "%s/k.pem", test_dir());
    FILE *f = fopen(certificate_path, "w");
    assert_true(f && PEM_write_X509(f, c) == 1 && fclose(f) == 0);
    f = fopen(key_path, "w");
    assert_true(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
    assert_int_equal(fclose(f), 0);
    X509_free(c);
    EVP_PKEY_free(key);
}

static void open_desk(struct desk *d)
{
    if (!certificate_path[0])
        write_pem();
    desk_open_with(
        d, &(struct http_settings){ .tls_certificate = certificate_path, .tls_key = key_path });
}

struct secure {
    struct http_client *c;
    SSL_CTX *ctx;
    SSL *ssl;
};

static void secure_open(struct secure *s, struct desk *d)
{
    s->c = desk_client(d);
    s->ctx = SSL_CTX_new(TLS_client_method());
    s->ssl = SSL_new(s->ctx);
    assert_true(SSL_set_fd(s->ssl, http_client_fd(s->c)) == 1);
    assert_int_equal(SSL_connect(s->ssl), 1);
}

static void secure_close(struct secure *s)
{
    SSL_free(s->ssl);
    SSL_CTX_free(s->ctx);
    http_client_close(s->c);
}

static void ask(struct secure *s, const char *bytes, size_t len)
{
    assert_int_equal(SSL_write(s->ssl, bytes, (int)len), (int)len);
}

/* Reads until text has come; all must have room. */
static void await_secure(struct secure *s, const char *text, char *all, size_t size)
{
    size_t n = 0;
    all[0] = '\0';
    while (!strstr(all, text)) {
        int got = SSL_read(s->ssl, all + n, (int)(size - n - 1));
        if (got <= 0)
            fail_msg("it ended before %s: %s", text, all);
        n += (size_t)got;
        all[n] = '\0';
    }
}

static void answers_come_over_tls_and_ask_for_it_for_ever(void **state)
{
    static const char request[] =
        "POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nquiet";
    static struct desk d;
    struct secure s;
    char all[4000];
    (void)state;
    open_desk(&d);
    secure_open(&s, &d);
    for (int i = 0; i < 3; i++) {
        ask(&s, request, sizeof(request) - 1);
        await_secure(&s, "quiet", all, sizeof(all));
        assert_non_null(strstr(all, "HTTP/1.1 201 "));
        assert_non_null(strstr(all, "\r\nStrict-Transport-Security: max-age="));
    }
    secure_close(&s);
    desk_shut(&d);
}

static void a_stream_goes_on_over_tls(void **state)
{
    static const char request[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
    static struct desk d;
    struct secure s;
    char all[4000], event[40];
    (void)state;
    open_desk(&d);
    secure_open(&s, &d);
    ask(&s, request, sizeof(request) - 1);
    await_secure(&s, ": hello\n\n", all, sizeof(all));
    for (int i = 0; i < 20; i++) {
        int n = snprintf(event, sizeof(event), "data: %d\n\n", i);
        assert_true(http_stream_send(d.streams[0].s, event, (size_t)n));
        await_secure(&s, event, all, sizeof(all));
    }
    secure_close(&s);
    desk_await(&d, &d.streams[0].closed, 1);
    desk_shut(&d);
}

static void a_chunked_body_over_the_limit_is_refused_over_tls(void **state)
{
    static const char head[] =
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    static struct desk d;
    struct secure s;
    char chunk[1040] = "400\r\n", all[4000];
    (void)state;
    open_desk(&d);
    secure_open(&s, &d);
    ask(&s, head, sizeof(head) - 1);
    memset(chunk + 5, 'x', 1024);
    memcpy(chunk + 5 + 1024, "\r\n", 2);
    for (int i = 0; i < 50; i++)
        ask(&s, chunk, 5 + 1024 + 2);
    ask(&s, "0\r\n\r\n", 5);
    await_secure(&s, "\"code\":\"body_too_large\"", all, sizeof(all));
    secure_close(&s);
    desk_shut(&d);
}

static void plain_text_gets_no_answer_from_a_tls_port(void **state)
{
    static struct desk d;
    struct http_reply r;
    (void)state;
    open_desk(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_call(c, "GET", "/hello", NULL, NULL, 0, &r), RC_IO);
    assert_int_equal(desk_read(&d, &d.handled), 0);
    http_client_close(c);
    desk_shut(&d);
}

SUITE(http_tls, cmocka_unit_test(answers_come_over_tls_and_ask_for_it_for_ever),
      cmocka_unit_test(a_stream_goes_on_over_tls),
      cmocka_unit_test(a_chunked_body_over_the_limit_is_refused_over_tls),
      cmocka_unit_test(plain_text_gets_no_answer_from_a_tls_port))
