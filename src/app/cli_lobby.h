/* cli_lobby.h -- What the lobby verbs share. */
#ifndef APP_CLI_LOBBY_H
#define APP_CLI_LOBBY_H
#include "app/cli.h"
#include "branch/branch.h"
#include "lobby/callog.h"

struct lobby_log {
    struct arena *arena; /* the caller frees it */
    struct callog *log;
};
/* Reads args[0] by --format and --map; more: memory beyond the log's own. The exit status. */
int lobby_log_open(struct cli *c, size_t more, struct lobby_log *out);
/* --within 180s. False after saying so when it is given and no duration. */
bool cli_duration(struct cli *c, const char *name, int64_t *out_us);
int lobby_audit_own(struct cli *c, int64_t list);
int lobby_replay(struct cli *c);
/* A service by its letter or code. BRANCH_NO_SERVICE with the ones there are. */
MUST_USE int cli_service_find(struct call *c, const char *word, service_id *out);
#endif
