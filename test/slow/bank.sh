#!/usr/bin/env bash
# bank.sh -- A bank over HTTP through kill -9 of its server: plain and fast books. See bank.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_bank"
