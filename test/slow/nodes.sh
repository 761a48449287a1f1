#!/usr/bin/env bash
# nodes.sh -- Two nodes on one PostgreSQL close the same dates and are killed. See nodes.c.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
binary=${PIAOHAO_BIN:-$PWD/build/piaohao}
export PIAOHAO_BIN=$binary
place=$(mktemp -d)
chmod 755 "$place"
trap 'tools/postgres stop "$place/pg" >/dev/null 2>&1; rm -rf "$place"' EXIT
url=$(tools/postgres start "$place/pg") || exit 3
for books in fast plain; do
    echo "books: $books"
    PGOPTIONS='' psql -q "$url" -c "CREATE DATABASE $books TEMPLATE template0" || exit 3
    "$(dirname "$binary")/test/slow/slow_nodes" "${url%/postgres}/$books" "${1:-200}" \
        "${2:-20261126}" "$books" || exit 1
done
