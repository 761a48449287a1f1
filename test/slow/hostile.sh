#!/usr/bin/env bash
# hostile.sh -- What no good client sends gets a clear refusal. See hostile.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_hostile"
