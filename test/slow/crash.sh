#!/usr/bin/env bash
# crash.sh -- kill -9 a hundred times under load; what was acknowledged is there once. See crash.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_crash"
