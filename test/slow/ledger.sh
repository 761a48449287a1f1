#!/usr/bin/env bash
# ledger.sh -- The books through kill -9, a full disk, failing calls. See ledger.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_ledger"
