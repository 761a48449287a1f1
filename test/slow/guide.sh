#!/usr/bin/env bash
# guide.sh -- kill -9 while numbers are given back for places elsewhere; see guide.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_guide"
