#!/usr/bin/env bash
# advice.sh -- Is live advice right? Days of the demo city, looked at and scored. See advice.c.
set -uo pipefail
binary=${PIAOHAO_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/piaohao}
export PIAOHAO_BIN=$binary
exec "$(dirname "$binary")/test/slow/slow_advice"
