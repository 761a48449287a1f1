#!/usr/bin/env bash
# dayend.sh -- kill -9 the day end of a quarter's settlement, again and again. See dayend.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_dayend"
