#!/usr/bin/env bash
# packaging.sh -- `meson install` puts everything where a packager expects it, and the man page and
# both completions know the verbs that `piaohao help` prints. Closes with `N passed, N failed`.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
binary=${PIAOHAO_BIN:-$top/build/piaohao}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0
failed=0

is() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" >"$stage/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        head -n 20 "$stage/log"
    fi
}

installed() {
    DESTDIR=$stage/root meson install -C "$(dirname "$binary")" --no-rebuild --quiet || return
    local p=$stage/root/usr/local f
    for f in bin/piaohao share/man/man1/piaohao.1 share/bash-completion/completions/piaohao \
        share/zsh/site-functions/_piaohao share/doc/piaohao/LICENSE share/doc/piaohao/NOTICE \
        lib/systemd/system/piaohao.service; do
        [ -s "$p/$f" ] || { echo "$f is not installed"; return 1; }
    done
    [ "$(find "$stage/root" -type f | wc -l)" = 7 ] || { find "$stage/root" -type f; return 1; }
    grep -q '^ExecStart=/usr/local/bin/piaohao serve ' "$p/lib/systemd/system/piaohao.service"
}

# The program alone, in an empty folder, with no file beside it.
stands_alone() {
    (cd "$stage/root" && env -i "$stage/root/usr/local/bin/piaohao" version) | grep -q '0\.1\.0'
}

same() { # NAME ONE OTHER: two sorted lists
    diff "$2" "$3" >"$stage/diff" || { echo "$1:"; cat "$stage/diff"; return 1; }
}

# `piaohao help` has a line for each verb: two spaces, the verb, what it does.
"$binary" help 2>&1 | sed -n -E 's/^  ([a-z]+)( .*)?$/\1/p' | sort -u >"$stage/verbs"
completed() { # WORDS...: what bash would offer for the last of them
    # shellcheck source=/dev/null
    source "$top/completions/piaohao.bash"
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _piaohao
    printf '%s\n' "${COMPREPLY[@]}"
}

man_knows() {
    sed -n '/^\.SH VERBS/,/^\.SH OPTIONS/{/^\.B /{s/^\.B \([a-z]*\).*/\1/p}}' \
        "$top/docs/piaohao.1" | sort -u >"$stage/man"
    same "help and man page" "$stage/verbs" "$stage/man"
}

bash_knows() {
    completed "$binary" '' | sort -u >"$stage/bash"
    same "help and bash completion" "$stage/verbs" "$stage/bash"
}

nouns_known() {
    printf '%s\n' audit import promise replay >"$stage/four"
    completed "$binary" lobby '' | sort -u >"$stage/bash"
    same "lobby's nouns in bash" "$stage/four" "$stage/bash"
}

# Every option that a verb's help prints is in the man page, and offered by bash.
options_known() {
    local v o bad=0
    while read -r v; do
        completed "$binary" "$v" '' -- | sort -u >"$stage/bash"
        "$binary" help "$v" | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' | sort -u >"$stage/options"
        while read -r o; do
            grep -q -F -- "${o//-/\\-}" "$top/docs/piaohao.1" ||
                { echo "$v $o is not in the man page"; bad=1; }
            grep -q -x -F -- "$o" "$stage/bash" || { echo "bash does not offer $v $o"; bad=1; }
        done <"$stage/options"
    done <"$stage/verbs"
    return $bad
}

every_verb_has_help() {
    local v
    while read -r v; do
        "$binary" help "$v" >/dev/null || { echo "help $v: exit $?"; return 1; }
    done <"$stage/verbs"
    [ -s "$stage/verbs" ]
}

wrong_usage_is_2() {
    "$binary" no-such-verb
    [ $? = 2 ] || return 1
    "$binary" serve --no-such-option
    [ $? = 2 ]
}

man_is_clean() {
    command -v man >/dev/null 2>&1 || return 0
    [ -z "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
        "$top/docs/piaohao.1" 2>&1 >/dev/null)" ]
}

unit_is_confined() {
    command -v systemd-analyze >/dev/null 2>&1 || return 0
    systemd-analyze security --offline=true --threshold=20 \
        "$stage/root/usr/local/lib/systemd/system/piaohao.service"
}

is "meson install puts seven files in their places" installed
is "the program stands alone" stands_alone
is "the man page has the verbs of help" man_knows
is "bash completion has the verbs of help" bash_knows
is "bash completion has the nouns of lobby" nouns_known
is "every verb has its help" every_verb_has_help
is "every option is in the man page and offered by bash" options_known
is "wrong usage exits 2" wrong_usage_is_2
is "the man page has no warnings" man_is_clean
is "the service is confined" unit_is_confined
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
