#!/usr/bin/env bash
# crowd.sh -- 10,000 idle clients, 1,000 that do not read, 400 that drip. See crowd.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_crowd"
