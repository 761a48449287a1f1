#!/usr/bin/env bash
# seats.sh -- Does the demo city keep what its published roster's certificate says? See seats.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_seats"
