/* nearby_test.c -- Distances on the ground. */
#include "test.h"
#include "branch/branch.h"
#include "base/arena.h"

/* kind,branch_id,lat,lon,"name","address",phone,work_time. False: not an outlet's row. */
static bool outlet_row(const char *line, struct branch_outlet *o)
{
    double lat, lon;
    memset(o, 0, sizeof *o);
    if (sscanf(line, "outlet,%15[^,],%lf,%lf,\"%95[^\"]\"", o->code, &lat, &lon, o->name_zh) != 4)
        return false;
    o->lat_e6 = (int32_t)(lat * 1e6 + 0.5);
    o->lon_e6 = (int32_t)(lon * 1e6 + 0.5);
    return true;
}

static void the_five_nearest_outlets_of_a_city_bank_come_in_order(void **state)
{
    UNUSED(state);
    const char *path = test_data("service/cn_branches/cn_city_bank_outlets.csv");
    if (!path)
        return;
    static struct branch_outlet list[64];
    static struct branch_near near[64];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char line[1024];
    int n = 0;
    while (fgets(line, sizeof line, f))
        if (n < 64 && outlet_row(line, &list[n]))
            n++;
    fclose(f);
    assert_int_equal(n, 48);
    branch_nearest(list, n, 30512822, 105591054, near);
    static const struct {
        int metres;
        const char *part;
    } want[] = {
        { 605, "船山" },     { 626, "遂州商场" }, { 722, "德胜路" },
        { 844, "凯旋下路" }, { 961, "公园西路" },
    };
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal((int)(near[i].metres + 0.5), want[i].metres);
        assert_non_null(strstr(near[i].outlet->name_zh, want[i].part));
    }
    int places = 0; /* 48 outlets share 35 points */
    for (int i = 0; i < n; i++) {
        bool first = true;
        for (int j = 0; j < i; j++)
            if (list[j].lat_e6 == list[i].lat_e6 && list[j].lon_e6 == list[i].lon_e6)
                first = false;
        places += first;
    }
    assert_int_equal(places, 35);
}

static void distances_hold_at_the_edges_of_the_globe(void **state)
{
    UNUSED(state);
    static const struct {
        int32_t lat1, lon1, lat2, lon2;
        double metres;
        const char *why;
    } row[] = {
        { 35240000, 113230000, 35240000, 113230000, 0, "the same place" },
        { 0, 179999999, 0, -179999999, 0.2224, "across the date line" },
        { 90000000, 0, 90000000, 120000000, 0, "the pole has every longitude" },
        { 0, 0, 0, 180000000, 20015114.4, "half the equator" },
        { -90000000, 0, 90000000, 0, 20015114.4, "pole to pole" },
        { 35240000, 113230000, 35241000, 113230000, 111.195, "a thousandth of a degree" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        double got = branch_distance_m(row[i].lat1, row[i].lon1, row[i].lat2, row[i].lon2);
        double off = got - row[i].metres;
        if (off > 0.1 || off < -0.1)
            fail_msg("%s: %f", row[i].why, got);
    }
}

SUITE(branch_nearby, cmocka_unit_test(the_five_nearest_outlets_of_a_city_bank_come_in_order),
      cmocka_unit_test(distances_hold_at_the_edges_of_the_globe))
