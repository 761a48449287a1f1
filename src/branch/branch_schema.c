/* branch_schema.c -- The room's tables. */
#include "branch/branch.h"
#include "store/db.h"

#include "base/banned.h"

static const char tables[] =
    "CREATE TABLE outlet (id {ID}, code {TEXT} NOT NULL UNIQUE, name_zh {TEXT} NOT NULL,"
    " name_en {TEXT} NOT NULL, district_zh {TEXT} NOT NULL, district_en {TEXT} NOT NULL,"
    " address_zh {TEXT} NOT NULL, address_en {TEXT} NOT NULL, phone {TEXT} NOT NULL,"
    " lat_e6 {I64} NOT NULL, lon_e6 {I64} NOT NULL, active {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE outlet_hours (outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " weekday {I64} NOT NULL CHECK (weekday BETWEEN 1 AND 7), open_s {I64} NOT NULL,"
    " close_s {I64} NOT NULL, CHECK (open_s <= close_s),"
    " PRIMARY KEY (outlet_id, weekday)) {NO_ROWID};\n"
    "CREATE TABLE service (id {ID}, prefix {TEXT} NOT NULL UNIQUE, code {TEXT} NOT NULL UNIQUE,"
    " name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL, handling_s {I64} NOT NULL,"
    " documents_zh {TEXT} NOT NULL, documents_en {TEXT} NOT NULL, machine_zh {TEXT} NOT NULL,"
    " machine_en {TEXT} NOT NULL, corporate {I64} NOT NULL, active {I64} NOT NULL,"
    " bookable {I64} NOT NULL, sort {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE outlet_window (id {ID}, outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " number {I64} NOT NULL, name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL,"
    " corporate {I64} NOT NULL, active {I64} NOT NULL, UNIQUE (outlet_id, number)) {TABLE_END};\n"
    "CREATE TABLE window_service (window_id {I64} NOT NULL REFERENCES outlet_window(id),"
    " service_id {I64} NOT NULL REFERENCES service(id), preference {I64} NOT NULL,"
    " PRIMARY KEY (window_id, service_id)) {NO_ROWID};\n"
    "CREATE TABLE customer_class (class_index {ID}, code {TEXT} NOT NULL UNIQUE,"
    " name_zh {TEXT} NOT NULL, name_en {TEXT} NOT NULL, class_rank {I64} NOT NULL,"
    " target_s {I64} NOT NULL, goal_ppm {I64} NOT NULL, mid_high {I64} NOT NULL) {TABLE_END};\n"
    "CREATE TABLE calendar_day (day {ID}, kind {TEXT} NOT NULL, name_zh {TEXT} NOT NULL)"
    " {TABLE_END};\n";

static const char version[] =
    "CREATE TABLE branch_version (id {ID}, version {I64} NOT NULL) {TABLE_END};\n";

const struct db_migration branch_migrations[] = { { "branch-001-tables", tables },
                                                  { "branch-002-version", version } };
const size_t branch_migrations_count = COUNT(branch_migrations);
