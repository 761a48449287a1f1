/* move.h -- A bank goes to another store: from a file to a server or back, table by table, in one
 * transaction of the target, compared row by row there, and proven. Books stay fast or plain; the
 * history of fast ones is not copied but made again.
 *
 * The source is written by nobody meanwhile: a file is ours alone, a server's pen is held. The
 * target has no row of a bank before, and none after a move that was broken off. */
#ifndef APP_MOVE_H
#define APP_MOVE_H
#include "app/bank.h"
#include "store/db_table.h"

struct moved_table {
    const char *name;
    int64_t rows;                 /* in the source */
    int64_t there;                /* in the target */
    uint8_t digest[DIGEST_BYTES]; /* of the source's rows */
    bool same;
};
struct moved {
    struct moved_table *tables; /* in the arena */
    int n_tables;
    int64_t rows, differ; /* differ: tables that are not the same */
};
/* now and then: which table, how far */
typedef void move_see(void *ctx, const char *table, int64_t done, int64_t all);

/* Copies and compares. RC_CONFLICT: the target is not empty, or the source is served or cannot go
 * there; error says which, also of a fault. */
MUST_USE int move_bank(struct bank *from, struct bank *to, struct arena *arena, int64_t now_us,
                       move_see *see, void *ctx, struct moved *out, char *error, size_t size);
#endif
