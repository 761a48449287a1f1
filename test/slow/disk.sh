#!/usr/bin/env bash
# disk.sh -- A disk that fills up, fails, or may only be read. See disk.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_disk"
