/* import.c -- See import.h. */
#include "lobby/import.h"
#include "lobby/lobby_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { NAMES_MAX = 512 };

struct name { /* a word of the log and what it stands for here */
    const char *word;
    int64_t id;
    int index; /* prefix letter of a service, index of a class */
};
struct import {
    struct import_target target;
    struct import_numbers numbers;
    struct arena *arena;
    struct name outlets[NAMES_MAX], services[26], classes[BRANCH_CLASSES_MAX];
    int n_outlets, n_services, n_classes;
};

struct import *import_new(struct arena *arena, const struct import_target *t)
{
    struct import *i = arena_alloc(arena, sizeof *i);
    CHECK(t->outlet_code && *t->outlet_code);
    i->target = *t;
    i->arena = arena;
    return i;
}

const struct import_numbers *import_numbers(const struct import *i)
{
    return &i->numbers;
}

static const struct name *known(const struct name *list, int n, const char *word)
{
    for (int k = 0; k < n; k++)
        if (!strcmp(list[k].word, word))
            return &list[k];
    return NULL;
}

static int outlet_make(struct call *c, struct import *i, const char *code, outlet_id *out)
{
    /* History only: not shown to customers. Its place is unknown: a micro-degree off 0, 0. */
    struct branch_outlet o = { .lat_e6 = 1, .lon_e6 = 1 };
    snprintf(o.code, sizeof o.code, "%s", code);
    snprintf(o.name_zh, sizeof o.name_zh, "导入 %s", code);
    snprintf(o.name_en, sizeof o.name_en, "Imported %s", code);
    int rc = branch_outlet_put(c, &o);
    *out = o.id;
    i->numbers.outlets_made += rc == 0;
    return rc;
}

static int outlet_of(struct call *c, struct import *i, const char *word, outlet_id *out)
{
    const char *code = *word ? word : i->target.outlet_code;
    const struct name *have = known(i->outlets, i->n_outlets, code);
    struct branch_outlet o;
    if (have) {
        out->n = have->id;
        return 0;
    }
    int rc = branch_outlet_find(c, code, &o);
    *out = o.id;
    if (rc == BRANCH_NO_OUTLET)
        rc = outlet_make(c, i, code, out);
    if (rc)
        return rc;
    if (i->n_outlets == NAMES_MAX)
        return call_refuse(c, BASE_RANGE, "outlet", "more than %d outlets", NAMES_MAX);
    i->outlets[i->n_outlets++] = (struct name){ .word = arena_text(i->arena, code), .id = out->n };
    return 0;
}

/* The first letter that no service has; Y belongs to bookings. */
static int service_make(struct call *c, struct import *i, const char *word,
                        const struct branch_service *all, int n, struct branch_service *out)
{
    bool used[26] = { false };
    used['Y' - 'A'] = true;
    for (int k = 0; k < n; k++)
        used[all[k].prefix - 'A'] = true;
    for (int letter = 0; letter < 26; letter++) {
        if (used[letter])
            continue;
        *out = (struct branch_service){ .prefix = (char)('A' + letter), .handling_s = 180 };
        snprintf(out->code, sizeof out->code, "%s", word);
        snprintf(out->name_zh, sizeof out->name_zh, "%s", word);
        snprintf(out->name_en, sizeof out->name_en, "%s", word);
        i->numbers.services_made++;
        return branch_service_put(c, out);
    }
    return call_refuse(c, BRANCH_BAD_PREFIX, "service", "%s: no letter is free", word);
}

static int service_of(struct call *c, struct import *i, const char *log_word, struct name *out)
{
    const char *word = *log_word ? log_word : "-";
    const struct name *have = known(i->services, i->n_services, word);
    struct branch_service *all, made;
    int n = 0;
    if (have) {
        *out = *have;
        return 0;
    }
    int rc = branch_services(c, &all, &n);
    const struct branch_service *found = NULL;
    for (int k = 0; !rc && k < n; k++)
        if (!strcmp(all[k].code, word))
            found = &all[k];
    if (!rc && !found) {
        rc = service_make(c, i, word, all, n, &made);
        found = &made;
    }
    if (rc)
        return rc;
    *out = (struct name){ arena_text(i->arena, word), found->id.n, found->prefix };
    CHECK(i->n_services < 26);
    i->services[i->n_services++] = *out;
    return 0;
}

/* The bank's class of that code; the word for mid/high is class 1; everything else is class 0. */
static int class_of(struct call *c, struct import *i, const char *word, int *out)
{
    const struct name *have = known(i->classes, i->n_classes, word);
    struct branch_class *all;
    int n = 0;
    *out = 0;
    if (have) {
        *out = have->index;
        return 0;
    }
    int rc = branch_classes(c, &all, &n);
    if (!rc && n == 0) {
        struct branch_class normal = { .code = "normal",
                                       .name_zh = "普通客户",
                                       .name_en = "Normal",
                                       .target_s = 1200,
                                       .goal_ppm = 950000 };
        struct branch_class mid = { .index = 1,
                                    .code = "mid",
                                    .name_zh = "中端客户",
                                    .name_en = "Mid",
                                    .rank = 1,
                                    .target_s = 600,
                                    .goal_ppm = 900000,
                                    .mid_high = true };
        rc = branch_class_put(c, &normal);
        if (!rc)
            rc = branch_class_put(c, &mid);
        i->numbers.classes_made += 2;
    }
    for (int k = 0; !rc && k < n; k++)
        if (!strcmp(all[k].code, word))
            *out = all[k].index;
    if (i->target.mid_class && !strcmp(word, i->target.mid_class))
        *out = 1;
    if (!rc && i->n_classes < BRANCH_CLASSES_MAX)
        i->classes[i->n_classes++] =
            (struct name){ .word = arena_text(i->arena, word), .index = *out };
    return rc;
}

static int number_taken(struct call *c, const struct ticket *t, bool *taken)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                        " AND number=$3",
                        DB_ARGS(DB_I(t->outlet.n), DB_I(t->day.days), DB_T(t->number)), 0, &n);
    *taken = n > 0;
    return rc;
}

/* The number as in the log; when the day has it already, or it does not fit, the line's own. */
static int number_of(struct call *c, struct import *i, const struct callog_row *row,
                     struct ticket *t)
{
    bool taken = true;
    int rc = 0;
    size_t n = strlen(row->number);
    if (n > 0 && n < sizeof t->number) {
        snprintf(t->number, sizeof t->number, "%s", row->number);
        rc = number_taken(c, t, &taken);
    }
    if (rc || !taken)
        return rc;
    i->numbers.renamed++;
    snprintf(t->number, sizeof t->number, "#%" PRId64, row->line % INT64_C(1000000000));
    return 0;
}

static int64_t or_zero(int64_t us)
{
    return us == CALLOG_NEVER ? 0 : us;
}

static void times_of(const struct callog_row *row, struct ticket *t)
{
    int64_t queued = row->queued_us != CALLOG_NEVER ? row->queued_us : row->taken_us;
    t->taken_us = row->taken_us;
    t->since_us = t->queued_us = queued;
    if (row->outcome == CALLOG_SERVED) {
        t->state = TICKET_DONE;
        t->called_us = queued + row->wait_us; /* the log's own wait is what is kept */
        t->serving_us = or_zero(row->served_us) > t->called_us ? row->served_us : t->called_us;
        t->ended_us = or_zero(row->ended_us) > t->serving_us ? row->ended_us : t->serving_us;
    } else {
        t->state = row->outcome == CALLOG_NOSHOW ? TICKET_NO_SHOW : TICKET_LEFT;
        t->ended_us = queued + row->wait_us;
        if (row->outcome == CALLOG_NOSHOW)
            t->called_us = t->ended_us;
    }
    if (!callog_offered(row)) { /* left before there was a wait: no part of any share */
        t->state = TICKET_VOID;
        snprintf(t->reason, sizeof t->reason, "not offered");
    }
    t->inaccurate = row->quirks != 0;
}

static int row_add(struct call *c, struct import *i, const struct callog_row *row, const char *key)
{
    struct ticket t = { .undo = "",
                        .source = SOURCE_IMPORT,
                        .forecast_low_s = -1,
                        .forecast_high_s = -1,
                        .day = row->day };
    struct name service;
    int rc = outlet_of(c, i, row->outlet, &t.outlet);
    if (!rc)
        rc = service_of(c, i, row->service, &service);
    if (!rc)
        rc = class_of(c, i, row->class_code, &t.class_index);
    if (!rc)
        rc = number_of(c, i, row, &t);
    if (rc)
        return rc;
    t.id.n = call_id(c);
    t.service.n = service.id;
    t.prefix = service.index;
    times_of(row, &t);
    rc = ticket_insert(c, &t, NULL);
    if (!rc)
        rc = leg_insert(c, &t, t.ended_us,
                        t.state == TICKET_DONE   ? LEG_DONE
                        : t.state == TICKET_LEFT ? LEG_LEFT
                        : t.state == TICKET_VOID ? LEG_VOID
                                                 : LEG_NO_SHOW);
    if (!rc)
        rc = db_exec(c->tx, "INSERT INTO lobby_import (row_key, ticket_id) VALUES ($1,$2)",
                     DB_ARGS(DB_T(key), DB_I(t.id.n)));
    if (rc)
        return rc;
    i->numbers.added++;
    return ticket_event(c, "ticket.imported", &t, NULL, "key", key);
}

int import_rows(struct call *c, struct import *i, const struct callog_row *rows, size_t n)
{
    int rc = 0;
    for (size_t k = 0; !rc && k < n; k++) {
        char key[CALLOG_KEY];
        int64_t have = 0;
        if (rows[k].outcome == CALLOG_PHANTOM) {
            i->numbers.phantoms++;
            continue;
        }
        callog_key(&rows[k], key);
        rc = db_one_i64(c->tx, "SELECT ticket_id FROM lobby_import WHERE row_key=$1",
                        DB_ARGS(DB_T(key)), 0, &have);
        if (!rc && have)
            i->numbers.same++;
        else if (!rc)
            rc = row_add(c, i, &rows[k], key);
    }
    return rc;
}
