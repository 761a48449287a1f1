/* lease.h -- Of several instances on one server's database one does the jobs: who has the lease, a
 * row with an end (bank_setting, jobs_lease) that its holder renews and anybody may take when it
 * has passed. Jobs are safe to do twice (each is a transaction that looks first): the lease saves
 * the work, it is not what keeps the books right. A file has one process, and needs none. */
#ifndef APP_LEASE_H
#define APP_LEASE_H
#include "app/clock.h"
#include "store/door.h"

struct lease;
struct lease *lease_new(struct door *door, struct db *db, struct clock *clock);
void lease_free(struct lease *l); /* gives it back; NULL is fine */
/* Does this process do the jobs? Asks the database when its own end is near or past. */
bool lease_leads(struct lease *l);
/* When the lease of whoever has it ends; 0: nobody has it. */
MUST_USE int lease_until(struct db_tx *tx, int64_t *until_us);
#endif
