#!/usr/bin/env bash
# model.sh -- A million lobby operations against a slow, obvious model, and every seed that ever
# failed. See test/model/lobby_model.c.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
binary=${PIAOHAO_BIN:-$top/build/piaohao}
# shellcheck disable=SC2046 # one seed a word
exec "$(dirname "$binary")/test/slow/slow_model" --model --ops "${PIAOHAO_MODEL_OPS:-1000000}" \
    $(grep -v '^#' "$top/test/seeds.txt")
