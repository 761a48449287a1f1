/* chart_api.c -- The chart of accounts (会计科目): what there is, and one more. */
#include "api/books.h"
#include "api/handlers.h"
#include "approve/approve.h"
#include "api/checked.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static int find(struct call *c, const char *code, struct ledger_subject *out, bool *found)
{
    struct ledger_subject *list;
    int n = 0, rc = ledger_subjects(c, &list, &n);
    *found = false;
    for (int i = 0; !rc && i < n && !*found; i++)
        if (!strcmp(list[i].code, code)) {
            *out = list[i];
            *found = true;
        }
    return rc;
}

int api_subjects(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_subject *list;
    struct jsonw w;
    int n = 0, rc = ledger_subjects(c, &list, &n);
    UNUSED(q);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        jw_object(&w, NULL);
        jw_text(&w, "code", list[i].code);
        jw_i64(&w, "class", list[i].class);
        pair_json(&w, "name", list[i].name_zh, list[i].name_en);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* The subject as it would be: what the body does not say stays as it is. */
static int read_subject(struct call *c, struct request *q, struct ledger_subject *s, bool *found)
{
    const char *zh = NULL, *en = NULL;
    int64_t class = 0;
    memset(s, 0, sizeof *s);
    int rc = find(c, q->param[0], s, found);
    if (rc)
        return rc;
    class = (int64_t)s->class;
    json_want_text(q->doc, q->body, "name_zh", LEDGER_NAME_MAX, &zh);
    json_want_text(q->doc, q->body, "name_en", LEDGER_NAME_MAX, &en);
    json_want_i64(q->doc, q->body, "class", SUBJECT_ASSET, SUBJECT_EXPENSE, &class);
    s->class = (enum ledger_class) class;
    if (zh)
        (void)snprintf(s->name_zh, sizeof s->name_zh, "%s", zh);
    if (en)
        (void)snprintf(s->name_en, sizeof s->name_en, "%s", en);
    if (strlen(q->param[0]) < sizeof s->code)
        (void)snprintf(s->code, sizeof s->code, "%s", q->param[0]);
    return 0;
}

int api_subject_put(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_subject s;
    bool found;
    int rc = read_subject(c, q, &s, &found);
    if (!rc)
        rc = body_done(c, q);
    if (!rc)
        rc = ledger_subject_put(c, &s);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int weigh_subject(struct call *c, struct request *q, struct weight *w)
{
    struct ledger_subject s;
    bool found;
    int rc = read_subject(c, q, &s, &found);
    if (rc)
        return rc;
    w->kind = APPROVE_SETTING;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "%s：%s %s", found ? "修改会计科目" : "新会计科目", s.code,
                   s.name_zh);
    (void)snprintf(w->en, sizeof w->en, "%s: %s %s",
                   found ? "change a subject of the chart" : "a new subject of the chart", s.code,
                   s.name_en);
    return 0;
}
