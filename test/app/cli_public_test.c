/* cli_public_test.c -- plan nearby and lobby chart, at the command line. */
#include "app/verbs.h"
#include "app/bank.h"
#include "app/demo.h"
#include "base/json.h"
#include "base/secret.h"
#include <sys/stat.h>
#include <math.h>
#include <unistd.h>

static int made(void **state)
{
    UNUSED(state);
    struct demo_settings s = { .seed = 7, .days = 4 };
    struct demo_numbers numbers;
    struct bank b;
    char path[400], error[600] = "";
    snprintf(path, sizeof path, "%s/public.db", test_dir());
    (void)unlink(path);
    assert_int_equal(secret_init(), 0);
    assert_true(date_from_ymd(2026, 11, 18, &s.first)); /* a Wednesday */
    assert_int_equal(app_bank_open(path, true, date_instant(s.first, 0), &b, error, sizeof error),
                     0);
    assert_int_equal(demo_make(&b, &s), 0);
    assert_int_equal(demo_history(&b, &s, NULL, &numbers), 0);
    app_bank_close(&b);
    return 0;
}

static void a_list_of_outlets_is_told_by_distance(void **state)
{
    UNUSED(state);
    static struct verb_run r;
    verb_file("list.csv", "branch_id,lat,lon,name,services\nN1,30,105,near,cash loan\n"
                          "N2,30,105,too,cash\nF1,31,105,far,loan\n");
    verb_run("plan nearby --format outlets @/list.csv --from 30.001,105 --json", &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"rows\":3,\"outlets\":3,\"places\":2,"));
    assert_non_null(strstr(r.out, "\"rank\":1,\"km\":0.1112,"));
    verb_run("plan nearby --format outlets @/list.csv --from N1 --service loan --max 1", &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "  1    0.000  N1        near"));
    assert_null(strstr(r.out, "too"));
    verb_says("plan nearby --format outlets @/list.csv --from 105,30", 2, "latitude comes first");
    verb_says("plan nearby --format outlets @/list.csv --from N9", 2, "no outlet of the list");
    verb_says("plan nearby --format outlets @/list.csv --from 1,1 --now 25:00", 2, "--now");
    verb_says("plan nearby --format outlets @/list.csv --from 1,1 --max 0", 2, "--max");
    verb_says("plan nearby --format csv @/list.csv --from 1,1", 2, "known: outlets");
    verb_says("plan nearby @/list.csv --from 1,1", 2, "is needed with FILE");
    verb_says("plan nearby --format outlets @/list.csv", 2, "--from LAT,LON");
    verb_says("plan nearby --format outlets @/none.csv --from 1,1", 3, "No such file");
    verb_says("plan nearby --format outlets @ --from 1,1", 3, "Is a directory");
    verb_says("plan nearby --format outlets @/list.csv --from 1,1 --service gold", 1, "offers it");
    verb_file("bare.csv", "lat,lon\n1,2\n");
    verb_says("plan nearby --format outlets @/bare.csv --from 1,1 --service gold", 1,
              "no column 'services'");
    verb_file("bad.csv", "lat,lon\n1,2\n1,200\n");
    verb_says("plan nearby --format outlets @/bad.csv --from 1,1", 1,
              "bad.csv: line 3: lon: '200' is not degrees");
}

static void the_banks_own_outlets_are_told_with_what_they_offer(void **state)
{
    UNUSED(state);
    static struct verb_run r;
    verb_run("plan nearby --db @/public.db --from JZ01 --service A --now 2026-11-21T20:00", &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "JZ03     closed now"));
    verb_run("plan nearby --db @/public.db --from 35.24,113.23 --service cash --json --max 2", &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "{\"here\":null,\"items\":[{\"code\":\"JZ02\""));
    verb_says("plan nearby --db @/public.db --from JZ01 --service zz", 1, "there are: A cash");
    verb_says("plan nearby --db @/public.db --from XX --service A", 1, "'XX'");
    verb_says("plan nearby --db @/public.db --from 95,1 --service A", 1, "latitude comes first");
    verb_says("plan nearby --db @/public.db --from JZ01", 2, "needs --service");
    verb_says("plan nearby --db @/public.db --from JZ01 --service A --mode fly", 2,
              "walk or drive");
    verb_says("plan nearby --db @/none.db --from JZ01 --service A", 3, "no such store");
}

/* To every digit of the reference: a chance of 6e-5 with twelve decimals has eight digits. */
static void a_queue_by_formulas_keeps_its_digits(void **state)
{
    UNUSED(state);
    static struct verb_run r;
    static const struct {
        const char *line, *key;
        double want; /* lobby.md 4.2 */
    } row[] = {
        { "plan erlang --load 2 --servers 5 --mean 15m --places 12 --json",
          "\"p_blocked\":", 5.8691251576e-5 },
        { "plan erlang --load 718.8371 --servers 889 --json",
          "\"erlang_b\":", 9.955458179242020e-11 },
        { "plan erlang --load 1326.7554 --servers 1760 --json",
          "\"erlang_c\":", 5.652973055718015e-30 },
        { "plan erlang --load 3.6 --servers 4 --high 0.2 --json",
          "\"high_mean_wait_s\":", 115.28096550663844 },
        { "plan erlang --load 3.6 --servers 4 --high 0.2 --gathers 4 --json",
          "\"accumulating_low_mean_wait_s\":", 1092.836898444434 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        verb_run(row[i].line, &r);
        assert_int_equal(r.status, 0);
        const char *at = strstr(r.out, row[i].key);
        assert_non_null(at);
        double x = strtod(at + strlen(row[i].key), NULL);
        if (!(fabs(x / row[i].want - 1) < 1e-9))
            fail_msg("%s: %s %.17g, not %.17g", row[i].line, row[i].key, x, row[i].want);
    }
    verb_says("plan erlang --load 1 --servers 2 --gathers 2", 2, "give --high");
    verb_says("plan erlang --load 1 --servers 2 --high 1.5", 2, "--high");
}

static void a_history_is_trained_to_its_last_day_and_may_have_blank_lines(void **state)
{
    UNUSED(state);
    static struct verb_run r;
    verb_file("h.csv", "date,time,count\r\n2026-11-16,09:00,4\r\n2026-11-17,09:00,5\r\n"
                       "  \r\n\r\n2026-11-18,09:00,6\r\n\t\r\n");
    verb_run(
        "plan forecast --history @/h.csv --format csv --train-until 2026-11-18 --days 2 --json",
        &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"train_until\":\"2026-11-18\""));
    assert_non_null(strstr(r.out, "\"date\":\"2026-11-19\""));
    assert_non_null(strstr(r.out, "\"date\":\"2026-11-20\""));
    verb_says("plan forecast --history @/h.csv --format csv --train-until 2026-11-19", 1,
              "no day is left to test");
}

static void the_flow_chart_is_a_file(void **state)
{
    UNUSED(state);
    static struct verb_run r;
    const char *at = "--now 2026-11-22T08:00 --db @/public.db";
    char line[400];
    snprintf(line, sizeof line,
             "lobby chart --outlet JZ01 --origin https://b.example --json %s"
             " --out @/flow.pdf",
             at);
    verb_run(line, &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"bytes\":"));
    assert_string_equal(r.said, "");
    snprintf(line, sizeof line, "lobby chart --outlet JZ01 --english --service A %s --format svg",
             at);
    verb_run(line, &r);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "<svg"));
    assert_non_null(strstr(r.said, "no QR code"));
    verb_says("lobby chart", 2, "needs --outlet");
    verb_says("lobby chart --outlet JZ01 --format png", 2, "pdf or svg");
    verb_says("lobby chart --db @/public.db --outlet NOPE", 1, "'NOPE'");
    verb_says("lobby chart --db @/public.db --outlet JZ01 --service zz", 1, "there are: A cash");
    verb_says("lobby chart --db @/public.db --outlet JZ01 --now 2020-01-01T10:00", 1,
              "ADVISE_NO_CHART");
    verb_says("lobby chart --db @/none.db --outlet JZ01", 3, "no such store");
    verb_says("lobby chart --db @/public.db --outlet JZ01 --out @/no/such.pdf "
              "--now 2026-11-22T08:00",
              3, "No such file");
}

static void what_tells_of_customers_is_its_owners_alone(void **state)
{
    static struct verb_run r;
    char path[300];
    struct stat st;
    UNUSED(state);
    mode_t was = umask(0);
    verb_run("ledger export --format csv --db @/public.db --out @/books.csv", &r);
    umask(was);
    assert_int_equal(r.status, 0);
    snprintf(path, sizeof path, "%s/books.csv", test_dir());
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

SUITE(cli_public, cmocka_unit_test_setup(a_list_of_outlets_is_told_by_distance, made),
      cmocka_unit_test(the_banks_own_outlets_are_told_with_what_they_offer),
      cmocka_unit_test(the_flow_chart_is_a_file),
      cmocka_unit_test(what_tells_of_customers_is_its_owners_alone),
      cmocka_unit_test(a_queue_by_formulas_keeps_its_digits),
      cmocka_unit_test(a_history_is_trained_to_its_last_day_and_may_have_blank_lines))
