#!/usr/bin/env bash
# instances.sh -- Three servers on one PostgreSQL through kill -9 of everything, with fast books and
# with plain ones. See instances.c.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
binary=${PIAOHAO_BIN:-$PWD/build/piaohao}
export PIAOHAO_BIN=$binary
place=$(mktemp -d)
chmod 755 "$place"
trap 'tools/postgres stop "$place/pg" >/dev/null 2>&1; rm -rf "$place"' EXIT
url=$(tools/postgres start "$place/pg" durable) || exit 3
for books in fast plain; do
    echo "books: $books"
    PGOPTIONS='' psql -q "$url" -c "CREATE DATABASE $books TEMPLATE template0" || exit 3
    "$(dirname "$binary")/test/slow/slow_instances" "${url%/postgres}/$books" "$place/pg" "$books" \
        "$@" || exit 1
done
