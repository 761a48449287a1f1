/* roster_schema.c -- The room's tables. Days are days since 1970, times minutes of the day. */
#include "roster/roster.h"

#include "base/banned.h"

static const char tables[] =
    "CREATE TABLE roster_rules (outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " rest_minutes {I64} NOT NULL, days_in_row {I64} NOT NULL, min_people {I64} NOT NULL,"
    " break_after {I64} NOT NULL, break_minutes {I64} NOT NULL, shift_min {I64} NOT NULL,"
    " shift_max {I64} NOT NULL, early_before {I64} NOT NULL, late_after {I64} NOT NULL,"
    " PRIMARY KEY (outlet_id)) {NO_ROWID};\n"
    "CREATE TABLE roster_pattern (outlet_id {I64} NOT NULL REFERENCES outlet(id), n {I64} NOT NULL,"
    " code {TEXT} NOT NULL, from_min {I64} NOT NULL, until_min {I64} NOT NULL,"
    " break_from {I64} NOT NULL, break_until {I64} NOT NULL, break_minutes {I64} NOT NULL,"
    " CHECK (from_min < until_min), PRIMARY KEY (outlet_id, n)) {NO_ROWID};\n"
    "CREATE TABLE roster_contract (staff_id {I64} NOT NULL REFERENCES staff(id),"
    " outlet_id {I64} NOT NULL REFERENCES outlet(id), skills {I64} NOT NULL,"
    " minutes_min {I64} NOT NULL, minutes_max {I64} NOT NULL, likes {I64} NOT NULL,"
    " lend {I64} NOT NULL, PRIMARY KEY (staff_id)) {NO_ROWID};\n"
    "CREATE TABLE roster_absence (id {ID}, outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " staff_id {I64} NOT NULL REFERENCES staff(id), from_day {I64} NOT NULL,"
    " until_day {I64} NOT NULL, kind {TEXT} NOT NULL, note {TEXT} NOT NULL,"
    " CHECK (from_day <= until_day)) {TABLE_END};\n"
    "CREATE INDEX roster_absence_days ON roster_absence (outlet_id, until_day);\n"
    "CREATE TABLE roster_wish (outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " staff_id {I64} NOT NULL REFERENCES staff(id), day {I64} NOT NULL, wish {I64} NOT NULL,"
    " PRIMARY KEY (staff_id, day)) {NO_ROWID};\n"
    "CREATE TABLE roster_need (outlet_id {I64} NOT NULL REFERENCES outlet(id), day {I64} NOT NULL,"
    " personal {TEXT} NOT NULL, corporate {TEXT} NOT NULL, source {TEXT} NOT NULL,"
    " PRIMARY KEY (outlet_id, day)) {NO_ROWID};\n"
    "CREATE TABLE roster_week (outlet_id {I64} NOT NULL REFERENCES outlet(id),"
    " monday {I64} NOT NULL, version {I64} NOT NULL, revision {I64} NOT NULL,"
    " saved_us {I64} NOT NULL, saved_by {I64} NOT NULL,"
    " PRIMARY KEY (outlet_id, monday, version)) {NO_ROWID};\n"
    "CREATE TABLE roster_work (outlet_id {I64} NOT NULL, monday {I64} NOT NULL,"
    " version {I64} NOT NULL, staff_id {I64} NOT NULL, day {I64} NOT NULL,"
    " at_outlet {I64} NOT NULL, from_min {I64} NOT NULL, until_min {I64} NOT NULL,"
    " break_from {I64} NOT NULL, break_minutes {I64} NOT NULL, pinned {I64} NOT NULL,"
    " PRIMARY KEY (outlet_id, monday, version, staff_id, day)) {NO_ROWID};\n"
    "CREATE INDEX roster_work_day ON roster_work (at_outlet, day);\n";

const struct db_migration roster_migrations[] = { { "roster-001-tables", tables } };
const size_t roster_migrations_count = COUNT(roster_migrations);
