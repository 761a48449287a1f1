#!/usr/bin/env bash
# failover.sh -- Two servers on a primary with a synchronous standby: the primary turns read-only,
# its backends are ended, it dies for good, the standby takes over, and that one crashes, too. See
# failover.c.     failover.sh [fast] [plain]: the layouts of the books, else fast ones
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
binary=${PIAOHAO_BIN:-$PWD/build/piaohao}
export PIAOHAO_BIN=$binary
place=$(mktemp -d)
chmod 755 "$place"
trap 'tools/postgres stop "$place/a" >/dev/null 2>&1; tools/postgres stop "$place/b" >/dev/null 2>&1
    rm -rf "$place"' EXIT
[ $# -gt 0 ] || set -- fast
for books in "$@"; do
    echo "books: $books"
    a=$(tools/postgres start "$place/a" durable) || exit 3
    b=$(tools/postgres standby "$place/b" "$place/a") || exit 3
    both=${a%/postgres},${b#postgres://piaohao@}
    "$(dirname "$binary")/test/slow/slow_failover" "$both" "$place/a" "$place/b" "$books" || exit 1
    tools/postgres stop "$place/a" >/dev/null 2>&1
    tools/postgres stop "$place/b" >/dev/null 2>&1
done
