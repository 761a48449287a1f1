/* ledger_known.h -- Fast layout: the ids of late, in the writer's memory, so that a new one need
 * not be looked for on the disk.
 *
 * An id carries its maker's time. All booked ids whose time is after the horizon are in here; an id
 * after it that is not in here is new. An older one, or one of the future, is looked for in the
 * history file. Two generations, of each kind: when the younger is full and the history file has
 * all of the elder, the elder goes and the horizon moves up to its latest time. (With clocks that
 * are an hour ahead that is the future: then for an hour every id is looked for.) */
#ifndef LEDGER_LEDGER_KNOWN_H
#define LEDGER_LEDGER_KNOWN_H
#include "ledger/ledger.h"

struct known;
struct known *known_new(int64_t horizon_ms);
void known_free(struct known *k);
/* The number of the next entry that may be this id's: 0 at the end. *at: 0 at first. */
int64_t known_next(const struct known *k, transfer_id id, uint64_t *at);
/* Its places are fetched into the cache. */
void known_expect(const struct known *k, transfer_id id);
/* Is an id that is not in here certainly new? */
bool known_surely(const struct known *k, transfer_id id, int64_t now_us);
void known_add(struct known *k, transfer_id id, int64_t number, int64_t now_us);
void known_remove(struct known *k, transfer_id id, int64_t number);
/* A generation is 2,097,152 ids (fewer: for tests), so two of them and those that wait for history
 * are all the memory there is. */
void known_bound(struct known *k, size_t generation);
size_t known_bytes(const struct known *k);
/* After a commit: all numbers up to `filled` are in the history file. */
void known_turn(struct known *k, int64_t filled);
#endif
